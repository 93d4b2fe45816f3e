import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MilestoneFacts } from "#renderer/features/projects/project-progress.ts";
import { addDays, daysBetween } from "#renderer/features/projects/project-days.ts";
import {
  dependentShift,
  draggedDays,
  findCircles,
  scheduleOf,
  slackWords,
  wouldCircle,
} from "#renderer/features/projects/schedule.ts";

const SEED = 20261126;
const today = "2026-05-14";
const ids = Array.from({ length: 9 }, (_, index) => `m${index}`);

const milestone = (id: string) =>
  fc
    .record({
      status: fc.constantFrom("planned", "inProgress", "completed", "canceled"),
      start: fc.integer({ min: -40, max: 60 }),
      length: fc.integer({ min: 0, max: 40 }),
      dependsOn: fc.uniqueArray(fc.constantFrom(...ids, "gone"), { maxLength: 3 }),
      dated: fc.boolean(),
    })
    .map(({ status, start, length, dependsOn, dated }): MilestoneFacts => ({
      id,
      status,
      dependsOn,
      ...(dated ? { startDate: addDays(today, start), targetDate: addDays(today, start + length) } : {}),
    }));

/** Any graph, circles and dangling ids included. */
const project = fc
  .integer({ min: 0, max: ids.length })
  .chain((count) => fc.tuple(...ids.slice(0, count).map(milestone)))
  .map((list): readonly MilestoneFacts[] => list);

const isOpen = (one: MilestoneFacts): boolean => one.status === "planned" || one.status === "inProgress";

/** Whether `from` waits for `to`, told without looking at the module's ways. */
function waits(list: readonly MilestoneFacts[], from: string, to: string): boolean {
  const seen = new Set<string>();
  const walk = (id: string): boolean => {
    if (seen.has(id)) return false;
    seen.add(id);
    const before = (list.find((one) => one.id === id)?.dependsOn ?? []).filter(
      (one) => one !== id && list.some((other) => other.id === one),
    );
    return before.includes(to) || before.some(walk);
  };
  return walk(from);
}

const check = (name: string, run: (list: readonly MilestoneFacts[]) => void): void =>
  test(`property: ${name} (seed ${SEED})`, () => {
    fc.assert(fc.property(project, run), { seed: SEED, numRuns: 200 });
  });

describe("circles", () => {
  check("two milestones are in one circle if, and only if, each waits for the other", (list) => {
    const circles = findCircles(list);
    for (const left of list)
      for (const right of list) {
        if (left.id === right.id) continue;
        const together = circles.some((circle) => circle.includes(left.id) && circle.includes(right.id));
        expect(together).toBe(waits(list, left.id, right.id) && waits(list, right.id, left.id));
      }
  });

  check("a dependency that is not warned of closes no new circle", (list) => {
    for (const one of list) {
      const closed = wouldCircle(list, one.id);
      for (const other of list) {
        if (other.id === one.id || closed.has(other.id)) continue;
        const after = list.map((each) =>
          each.id === one.id ? { ...each, dependsOn: [...(each.dependsOn ?? []), other.id] } : each,
        );
        expect(findCircles(after).flat().length).toBe(findCircles(list).flat().length);
      }
    }
  });

  test("a chain of 20,000 and one closed to a circle end, and quickly", () => {
    const chain = Array.from({ length: 20_000 }, (_, index): MilestoneFacts => ({
      id: `c${index}`,
      startDate: today,
      targetDate: addDays(today, 1),
      dependsOn: index === 0 ? [] : [`c${index - 1}`],
    }));
    expect(findCircles(chain)).toEqual([]);
    const closed = chain.map((one, index) => (index === 0 ? { ...one, dependsOn: ["c19999"] } : one));
    expect(findCircles(closed).map((circle) => circle.length)).toEqual([20_000]);
    expect(scheduleOf(closed, [], today).circles).toHaveLength(1);
    expect(dependentShift(closed, "c5", 3)).toHaveLength(19_999);
  });
});

describe("the schedule", () => {
  check("every open milestone has a forecast, none ends before what it waits for or before today", (list) => {
    const { forecasts, circles } = scheduleOf(list, [], today);
    expect([...forecasts.keys()].sort()).toEqual(list.filter(isOpen).map((one) => one.id));
    const inCircle = new Set(circles.flat());
    for (const one of list) {
      const own = forecasts.get(one.id);
      if (own === undefined) continue;
      expect(own.end >= today).toBe(true);
      expect(own.slip).toBe(one.targetDate === undefined ? 0 : Math.max(0, daysBetween(one.targetDate, own.end)));
      for (const before of one.dependsOn ?? []) {
        const other = forecasts.get(before);
        if (other === undefined || (inCircle.has(before) && inCircle.has(one.id))) continue;
        expect(own.end >= other.end).toBe(true);
      }
    }
  });

  check("the slack is what lies between the last forecast and the last target", (list) => {
    const { slack, forecasts } = scheduleOf(list, [], today);
    const last = list
      .filter((one) => one.status !== "canceled")
      .flatMap((one) => one.targetDate ?? [])
      .toSorted()
      .at(-1);
    const end = [...forecasts.values()]
      .map((one) => one.end)
      .toSorted()
      .at(-1);
    expect(slack).toBe(last === undefined || end === undefined ? undefined : daysBetween(end, last));
  });

  check(
    "a day more on a critical milestone ends the whole a day later; on any other it does not end it sooner",
    (list) => {
      const before = scheduleOf(list, [], today);
      const endOf = (schedule: typeof before): string =>
        [...schedule.forecasts.values()]
          .map((one) => one.end)
          .toSorted()
          .at(-1) ?? "";
      for (const [id, forecast] of before.forecasts) {
        const longer = list.map((one) =>
          one.id === id && one.targetDate !== undefined ? { ...one, targetDate: addDays(one.targetDate, 1) } : one,
        );
        const after = endOf(scheduleOf(longer, [], today));
        const dated = list.find((one) => one.id === id)?.targetDate !== undefined;
        if (forecast.critical && dated) expect(after).toBe(addDays(endOf(before), 1));
        else expect(after >= endOf(before)).toBe(true);
      }
      if (endOf(before) > today) expect([...before.forecasts.values()].some((one) => one.critical)).toBe(true);
    },
  );

  check("is the same whatever the order in which milestones come", (list) => {
    const turned = scheduleOf(list.toReversed(), [], today);
    const straight = scheduleOf(list, [], today);
    expect(turned.slack).toBe(straight.slack);
    expect(Object.fromEntries(turned.forecasts)).toEqual(Object.fromEntries(straight.forecasts));
  });

  test("runs from the end of the longest dependent chain to the last target", () => {
    const milestones: MilestoneFacts[] = [
      { id: "2", status: "inProgress", startDate: "2026-05-09", targetDate: "2026-05-30" },
      { id: "3", status: "planned", startDate: "2026-06-01", targetDate: "2026-07-10", dependsOn: ["2"] },
    ];
    const half = ["completed", "started"].map((status) => ({ milestone: "2", status }));
    // 11 of 21 days remain, then 39: 3 July, a week before 10 July.
    expect(scheduleOf(milestones, half, today).slack).toBe(7);
    const { slack, forecasts } = scheduleOf(milestones, [], today);
    expect(slack).toBe(-3);
    expect(forecasts.get("2")).toEqual({ end: "2026-06-04", slip: 5, critical: true });
    expect(forecasts.get("3")).toEqual({ end: "2026-07-13", slip: 3, critical: true });
  });

  test("has no slack to tell when all is done or no target is set", () => {
    expect(scheduleOf([{ id: "1", status: "completed", targetDate: "2026-05-01" }], [], today).slack).toBeUndefined();
    expect(scheduleOf([{ id: "1" }], [], today).slack).toBeUndefined();
  });

  test("is said in words", () => {
    expect(slackWords(8)).toBe("8 days of slack");
    expect(slackWords(-1)).toBe("1 day short");
    expect(slackWords(0)).toBe("no slack");
    expect(slackWords(undefined)).toBeUndefined();
  });
});

describe("moving days", () => {
  check(
    "the shift moves every open dependent by the same days, never the milestone itself, never a finished one",
    (list) => {
      for (const one of list) {
        const edits = dependentShift(list, one.id, 5);
        const wanted = list.filter(
          (other) =>
            other.id !== one.id && isOpen(other) && other.targetDate !== undefined && waits(list, other.id, one.id),
        );
        expect(edits.map((edit) => edit.id)).toEqual(wanted.map((other) => other.id));
        for (const edit of edits) {
          const was = list.find((other) => other.id === edit.id);
          expect(edit.values).toEqual({
            startDate: addDays(was?.startDate ?? "", 5),
            targetDate: addDays(was?.targetDate ?? "", 5),
          });
        }
        expect(dependentShift(list, one.id, 0)).toEqual([]);
      }
    },
  );

  test(`property: no end passes the other, moving keeps the length (seed ${SEED})`, () => {
    const edge = fc.constantFrom("move" as const, "start" as const, "end" as const);
    fc.assert(
      fc.property(fc.nat(60), fc.integer({ min: -90, max: 90 }), edge, (length, days, which) => {
        const to = addDays(today, length);
        const after = draggedDays(today, to, which, days);
        expect(after.from <= after.to).toBe(true);
        if (which === "move") expect(daysBetween(after.from, after.to)).toBe(length);
        if (which === "start") expect(after.to).toBe(to);
        if (which === "end") expect(after.from).toBe(today);
      }),
      { seed: SEED },
    );
  });
});
