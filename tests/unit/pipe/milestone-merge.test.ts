// Both sides edit one milestone without a network: every field keeps what was last said of it, points merge by point,
// dependencies by member; a circle that neither could see is found alike on both devices.

import "fake-indexeddb/auto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findCircles, scheduleOf } from "#renderer/features/projects/schedule.ts";
import { toMilestones } from "#renderer/features/projects/project-view.ts";
import { createTestRelay, openTestReplica, settle, unwrap, type TestReplica } from "./test-replica.ts";

const SEED = 4711;

async function milestone(device: TestReplica, values: Readonly<Record<string, unknown>>): Promise<string> {
  return unwrap(await device.edit.create({ type: "milestone", space: "crm", values })).id;
}

const viewOf = async (device: TestReplica) =>
  toMilestones(
    (await device.database.records.toArray()).filter((row) => row.type === "milestone"),
    [],
    "2026-05-14",
  );

describe("a milestone edited by both sides offline", () => {
  it("keeps both: dates of one, note of the other, each one's ticks and dependencies", async () => {
    const relay = createTestRelay();
    const [ana, carla] = [await openTestReplica("ana"), await openTestReplica("carla", "client")];
    const ben = await openTestReplica("ben");
    const first = await milestone(ana, { title: "M1" });
    const id = await milestone(ana, {
      title: "M2 Structure",
      targetDate: "2026-05-30",
      acceptanceCriteria: "[ ] Frame stands\n[ ] Pull-out checked",
    });
    await settle(relay, ana, ben, carla);
    unwrap(
      await ana.edit.set(id, {
        targetDate: "2026-06-04",
        acceptanceCriteria: "[x] Frame stands\n[ ] Pull-out checked",
      }),
    );
    unwrap(
      await ben.edit.set(id, { dependsOn: [first], acceptanceCriteria: "[ ] Frame stands\n[x] Pull-out checked" }),
    );
    unwrap(await carla.edit.set(id, { clientNote: "Not on a Monday, please." }));
    expect((await carla.edit.set(id, { targetDate: "2026-07-01" })).ok).toBe(false);
    await settle(relay, ana, ben, carla);
    for (const device of [ana, ben, carla]) {
      const row = await device.database.records.get(id);
      expect(row?.fields).toMatchObject({
        targetDate: "2026-06-04",
        dependsOn: [first],
        clientNote: "Not on a Monday, please.",
        acceptanceCriteria: "[x] Frame stands\n[x] Pull-out checked",
      });
    }
  });

  it("finds the circle that two made unseen by each other, the same on both devices, and stays usable", async () => {
    const relay = createTestRelay();
    const [ana, ben] = [await openTestReplica("ana"), await openTestReplica("ben")];
    const dates = { startDate: "2026-05-20", targetDate: "2026-05-30" };
    const [a, b] = [await milestone(ana, { title: "A", ...dates }), await milestone(ana, { title: "B", ...dates })];
    await settle(relay, ana, ben);
    unwrap(await ana.edit.set(a, { dependsOn: [b] }));
    unwrap(await ben.edit.set(b, { dependsOn: [a] }));
    for (const device of [ana, ben]) expect(findCircles(await viewOf(device))).toEqual([]);
    await settle(relay, ana, ben);
    for (const device of [ana, ben]) {
      const schedule = scheduleOf(await viewOf(device), [], "2026-05-14");
      expect(schedule.circles.map((circle) => [...circle].sort())).toEqual([[a, b].sort()]);
      expect([...schedule.forecasts.keys()].sort()).toEqual([a, b].sort());
    }
    unwrap(await ben.edit.set(b, { dependsOn: null }));
    await settle(relay, ana, ben);
    for (const device of [ana, ben]) expect(findCircles(await viewOf(device))).toEqual([]);
  });

  it(`property: whatever both edit offline, every device shows the same schedule (seed ${SEED})`, async () => {
    const edit = fc.record({
      who: fc.nat(1),
      which: fc.nat(3),
      change: fc.oneof(
        fc.uniqueArray(fc.nat(3), { maxLength: 2 }).map((on) => ({ on })),
        fc.nat(28).map((day) => ({ day })),
        fc.constantFrom("planned", "inProgress", "completed").map((status) => ({ status })),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { maxLength: 8 }), async (edits) => {
        const relay = createTestRelay();
        const devices = [await openTestReplica("ana"), await openTestReplica("ben")] as const;
        const ids: string[] = [];
        for (const title of ["A", "B", "C", "D"])
          ids.push(await milestone(devices[0], { title, startDate: "2026-05-01", targetDate: "2026-05-20" }));
        await settle(relay, ...devices);
        for (const { who, which, change } of edits) {
          const id = ids[which] ?? "";
          const values =
            "on" in change
              ? { dependsOn: change.on.flatMap((at) => ids[at] ?? []).filter((other) => other !== id) }
              : "day" in change
                ? { targetDate: `2026-06-${String(change.day + 1).padStart(2, "0")}` }
                : change;
          unwrap(await (devices[who] ?? devices[0]).edit.set(id, values));
        }
        await settle(relay, ...devices);
        const [left, right] = await Promise.all(
          devices.map(async (device) => scheduleOf(await viewOf(device), [], "2026-05-14")),
        );
        expect(left).toEqual(right);
        for (const device of devices) device.database.close();
      }),
      { seed: SEED, numRuns: 12 },
    );
  });
});
