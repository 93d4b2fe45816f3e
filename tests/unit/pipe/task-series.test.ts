// The next task of a series: made with the completion, once, also when two devices complete it unseen by one another.

import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { nextOfSeries } from "#shared/record-types/task-series.ts";
import { createTestRelay, openTestReplica, settle, unwrap, type TestReplica } from "./test-replica.ts";

const weekly = {
  title: "Clean the gutters",
  status: "started",
  repeat: "weekly",
  startDate: "2026-05-12",
  dueDate: "2026-05-14",
  checklist: "[x] North side\n[ ] South side",
  description: "Both gutters, bring the long ladder.",
};

const makeTask = async (device: TestReplica, values: Readonly<Record<string, unknown>> = {}): Promise<string> =>
  unwrap(await device.edit.create({ type: "task", space: "crm", values: { ...weekly, ...values } })).id;

const tasksOf = async (device: TestReplica) =>
  (await device.database.records.toArray()).filter((row) => row.type === "task" && row.state !== "deleted");

describe("the next task of a series", () => {
  it.each([
    ["daily", "2026-12-31", "2027-01-01"],
    ["weekly", "2026-05-14", "2026-05-21"],
    ["everyTwoWeeks", "2026-02-20", "2026-03-06"],
    ["monthly", "2026-01-31", "2026-02-28"],
    ["quarterly", "2026-11-30", "2027-02-28"],
    ["yearly", "2028-02-29", "2029-02-28"],
  ])("%s: after %s comes %s", (repeat, dueDate, next) => {
    const made = nextOfSeries("first", { status: "completed", repeat, dueDate });
    expect(made).toEqual({
      id: `first-${next.replaceAll("-", "")}`,
      values: { status: "notStarted", series: "first", dueDate: next, repeat },
    });
  });

  it("is none for a task that is open, does not repeat, or has no day", () => {
    const done = { status: "completed", repeat: "weekly", dueDate: "2026-05-14" };
    expect(nextOfSeries("a", { ...done, status: "started" })).toBeUndefined();
    expect(nextOfSeries("a", { status: "completed", dueDate: "2026-05-14" })).toBeUndefined();
    expect(nextOfSeries("a", { status: "completed", repeat: "weekly" })).toBeUndefined();
    expect(nextOfSeries("a", { ...done, dueDate: "soon" })).toBeUndefined();
    expect(nextOfSeries("a", { ...done, repeat: "never" })).toBeUndefined();
  });

  it("is made together with the completion, begins anew, and goes with its undo", async () => {
    const ana = await openTestReplica();
    const id = await makeTask(ana);
    const completed = unwrap(await ana.edit.set(id, { status: "completed" }));
    const next = (await tasksOf(ana)).find((row) => row.id !== id);
    expect(next?.id).toBe(`${id}-20260521`);
    expect(next?.fields).toEqual({
      ...weekly,
      status: "notStarted",
      startDate: "2026-05-19",
      dueDate: "2026-05-21",
      series: id,
      checklist: "[ ] North side\n[ ] South side",
    });
    unwrap(await completed.undo());
    expect((await tasksOf(ana)).map((row) => [row.id, row.fields["status"]])).toEqual([[id, "started"]]);
  });

  it("two devices complete it offline: one next task, each text in it once", async () => {
    const relay = createTestRelay();
    const [ana, ben] = [await openTestReplica("ana"), await openTestReplica("ben")];
    const id = await makeTask(ana);
    await settle(relay, ana, ben);
    unwrap(await ana.edit.set(id, { status: "completed" }));
    unwrap(await ben.edit.set(id, { status: "completed" }));
    await settle(relay, ana, ben);
    for (const device of [ana, ben]) {
      const tasks = await tasksOf(device);
      expect(tasks.map((row) => row.id).sort()).toEqual([id, `${id}-20260521`].sort());
      const next = tasks.find((row) => row.id !== id);
      expect(next?.fields["checklist"]).toBe("[ ] North side\n[ ] South side");
      expect(next?.fields["description"]).toBe(weekly.description);
    }
    expect((await tasksOf(ana)).map((row) => row.fields)).toEqual((await tasksOf(ben)).map((row) => row.fields));
  });

  it("a client completes his own task: the team's device makes the next one, once, and not again when it is deleted", async () => {
    const ana = await openTestReplica();
    const id = await makeTask(ana);
    const carla = await openTestReplica("carla", "client");
    const relay = createTestRelay();
    await settle(relay, ana, carla);
    unwrap(await carla.edit.set(id, { status: "completed" }));
    expect(await tasksOf(carla)).toHaveLength(1);
    expect((await carla.edit.set(id, { title: "Mine now" })).ok).toBe(false);
    await settle(relay, ana, carla);
    unwrap(await ana.edit.makeNext(id));
    unwrap(await ana.edit.makeNext(id));
    expect(await tasksOf(ana)).toHaveLength(2);
    unwrap(await ana.edit.remove([`${id}-20260521`]));
    unwrap(await ana.edit.makeNext(id));
    expect(await tasksOf(ana)).toHaveLength(1);
  });
});
