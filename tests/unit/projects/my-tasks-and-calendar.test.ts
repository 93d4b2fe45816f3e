import ICAL from "ical.js";
import { describe, expect, test } from "vitest";
import { toCalendarFile } from "#renderer/features/projects/calendar-file.ts";
import { groupByDue, mineOpen } from "#renderer/features/projects/my-tasks.ts";
import { projectDays } from "#renderer/features/projects/project-calendar.ts";
import { mayChangeTask, toMilestones, toTasks } from "#renderer/features/projects/project-view.ts";
import { recordRow } from "../inbox/record-rows.ts";

const today = "2026-05-14";
const task = (id: string, fields: Record<string, string>, space = "roof") =>
  recordRow(id, "task", { title: id, status: "notStarted", ...fields }, { space });

describe("my tasks", () => {
  test("open ones outside of archives and templates, late first, each in its group", () => {
    const rows = [
      task("later", { dueDate: "2026-06-20" }),
      task("late", { dueDate: "2026-05-02" }),
      task("today", { dueDate: today }),
      task("week", { dueDate: "2026-05-20" }),
      task("someday", {}),
      task("done", { status: "completed" }),
      task("off", { status: "deferred" }),
      task("pattern", { dueDate: today }, "template"),
    ];
    const mine = mineOpen(toTasks(rows, today), new Set(["template"]));
    expect(groupByDue(mine, today).map(({ name, tasks }) => [name, tasks.map((one) => one.id)])).toEqual([
      ["Late", ["late"]],
      ["Today", ["today"]],
      ["Within a week", ["week"]],
      ["Later", ["later"]],
      ["Some day", ["someday"]],
    ]);
  });

  test("a client changes his own, the team all", () => {
    const client = { plans: false, readOnly: false, meId: "carla" };
    expect(mayChangeTask({ assignee: "carla" }, client)).toBe(true);
    expect(mayChangeTask({ assignee: "igor" }, client)).toBe(false);
    expect(mayChangeTask({}, client)).toBe(false);
    expect(mayChangeTask({ assignee: "igor" }, { plans: true, readOnly: false, meId: "ana" })).toBe(true);
    // Through the lens nobody changes anything, one's own neither.
    expect(mayChangeTask({ assignee: "carla" }, { ...client, readOnly: true })).toBe(false);
  });
});

describe("the calendar file", () => {
  const tasks = toTasks(
    [
      task("t1", { title: "Snow load; sheet, 4\nurgent", dueDate: "2026-05-15" }),
      task("t2", { status: "completed", dueDate: today }),
    ],
    today,
  );
  const milestones = toMilestones(
    [
      recordRow("m1", "milestone", { title: "M1 Survey", status: "completed", targetDate: "2026-05-13" }),
      recordRow("m2", "milestone", { title: "M2 Structure", targetDate: "2026-12-31" }),
    ],
    tasks,
    today,
  );

  test("holds open milestones and tasks as whole days, whatever stands in a title", async () => {
    const days = projectDays({ id: "roof", title: "Clinic roof" }, milestones, tasks, "https://relay.example");
    const text = await toCalendarFile("Clinic roof", days, "2026-05-14T09:00:00.000Z");
    expect(text.split("\r\n").every((line) => new TextEncoder().encode(line).length <= 75)).toBe(true);
    const calendar = new ICAL.Component(ICAL.parse(text) as never);
    const events = calendar.getAllSubcomponents("vevent").map((one) => new ICAL.Event(one));
    expect(
      events.map((event) => [event.uid, event.summary, event.startDate.toString(), event.endDate.toString()]),
    ).toEqual([
      ["m2@drawbridge", "M2 Structure", "2026-12-31", "2027-01-01"],
      ["t1@drawbridge", "Snow load; sheet, 4\nurgent", "2026-05-15", "2026-05-16"],
    ]);
    expect(events.map((event) => event.component.getFirstPropertyValue("url"))).toEqual([
      "https://relay.example/projects/roof/milestones",
      "https://relay.example/projects/roof/tasks",
    ]);
  });

  test("is the same for the same days", async () => {
    const days = projectDays({ id: "roof", title: "Clinic roof" }, milestones, tasks, "https://relay.example");
    const made = "2026-05-14T09:00:00.000Z";
    expect(await toCalendarFile("a", days, made)).toBe(await toCalendarFile("a", days, made));
  });
});
