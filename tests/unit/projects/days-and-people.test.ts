// Days in words, the day scale, who has to act, what happened.

import { describe, expect, test } from "vitest";
import { deedWords, toActivity } from "#renderer/features/projects/activity-entries.ts";
import { addDays, daysBetween, dayWords } from "#renderer/features/projects/project-days.ts";
import { createTimeScale } from "#renderer/features/projects/time-scale.ts";
import { whoActs } from "#renderer/features/projects/who-acts.ts";
import type { ChangeRow, RecordRow } from "#renderer/data/types.ts";

describe("days", () => {
  test("count over months and the change to summer time", () => {
    expect(daysBetween("2026-03-28", "2026-03-30")).toBe(2);
    expect(addDays("2026-02-27", 3)).toBe("2026-03-02");
  });

  test("are named as people say them", () => {
    const words = (day: string): string => dayWords(day, "2026-05-14", "en-GB");
    expect(words("2026-05-14")).toBe("today");
    expect(words("2026-05-15")).toBe("tomorrow");
    expect(words("2026-05-18")).toBe("Mon 18 May");
    expect(words("2026-07-15")).toBe("15 Jul");
    expect(words("2027-01-02")).toBe("2 Jan 2027");
  });
});

describe("the day scale", () => {
  test("holds every day given, today, and is at least as wide as asked", () => {
    const scale = createTimeScale(["2026-04-27", "2026-07-10"], "2026-05-14", "month", 2_000);
    expect(scale.width).toBeGreaterThanOrEqual(2_000);
    for (const day of ["2026-04-27", "2026-05-14", "2026-07-10"]) {
      expect(scale.x(day)).toBeGreaterThanOrEqual(0);
      expect(scale.x(day)).toBeLessThan(scale.width);
    }
    expect(scale.span("2026-05-14", "2026-05-14").width).toBe(5);
  });

  test("ticks on Mondays by week, on the first by month, and in steps of three by quarter", () => {
    const ticks = (zoom: "week" | "month" | "quarter"): readonly string[] =>
      createTimeScale(["2026-04-27", "2027-02-01"], "2026-05-14", zoom, 0).ticks.map((tick) => tick.day);
    expect(ticks("week").slice(0, 2)).toEqual(["2026-04-20", "2026-04-27"]);
    expect(ticks("month").slice(0, 3)).toEqual(["2026-04-01", "2026-05-01", "2026-06-01"]);
    expect(ticks("quarter")).toEqual(["2026-04-01", "2026-07-01", "2026-10-01", "2027-01-01"]);
  });
});

describe("who has to act", () => {
  test("one line per person, the latest first, the rest counted", () => {
    const lines = whoActs(
      [
        { id: "1", title: "Later", status: "notStarted", assignee: "igor", dueDate: "2026-05-20" },
        { id: "2", title: "Overdue", status: "started", assignee: "carla", dueDate: "2026-05-12" },
        { id: "3", title: "First", status: "started", assignee: "igor", dueDate: "2026-05-15" },
        { id: "4", title: "Done", status: "completed", assignee: "pia", dueDate: "2026-05-01" },
        { id: "5", title: "Far", status: "notStarted", assignee: "pia", dueDate: "2026-08-01" },
        { id: "6", title: "Put off", status: "deferred", assignee: "pia", dueDate: "2026-05-01" },
        { id: "7", title: "Nobody's", assignee: undefined, dueDate: "2026-05-16" },
      ],
      "2026-05-14",
    );
    expect(lines.map((line) => [line.memberId, line.task.title, line.late, line.more])).toEqual([
      ["carla", "Overdue", 2, 0],
      ["igor", "First", 0, 1],
      [undefined, "Nobody's", 0, 0],
    ]);
  });
});

const record = (id: string, type: string, fields: RecordRow["fields"] = {}): RecordRow => ({
  id,
  type,
  space: "p",
  title: id,
  fields,
  docs: { published: `${id}.published` },
  changedByBoth: {},
  state: "active",
  createdAt: "2026-05-14T08:00:00.000Z",
  createdBy: "igor",
  updatedAt: "2026-05-14T08:00:00.000Z",
  updatedBy: "igor",
  pending: 0,
  refused: 0,
});

const change = (id: string, kind: ChangeRow["kind"], at: string, field?: string): ChangeRow => ({
  id,
  kind,
  at: `2026-05-14T${at}:00.000Z`,
  by: "igor",
  recordId: "m",
  facet: "published",
  ...(field === undefined ? {} : { field }),
});

describe("what happened", () => {
  test("changes of one person within minutes are one line; hidden fields and second facets are no news", () => {
    const changes = [
      change("1", "created", "08:00"),
      change("2", "created", "08:00"),
      change("3", "changed", "08:01", "title"),
      change("4", "changed", "09:00", "status"),
      change("5", "changed", "09:02", "targetDate"),
      change("6", "changed", "09:30", "position"),
      change("7", "changed", "11:00", "status"),
    ];
    const entries = toActivity([record("m", "milestone")], new Map([["m", changes]]));
    expect(
      entries.flatMap((entry) => (entry.kind === "words" || entry.kind === "signed" ? [] : [deedWords(entry)])),
    ).toEqual(["changed Status of", "changed Status and Target of", "added the milestone"]);
  });

  test("a comment is an entry of its own and knows what it is about", () => {
    const entries = toActivity(
      [record("m", "milestone"), record("c", "comment", { body: "Fine", about: "m" })],
      new Map(),
    );
    expect(entries).toMatchObject([{ kind: "words", about: { id: "m" } }]);
  });
});
