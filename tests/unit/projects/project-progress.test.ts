// Progress, planks, slack: the figures of "where do we stand".

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  milestoneProgress,
  milestoneStand,
  nextMilestone,
  plankStates,
  projectProgress,
  type MilestoneFacts,
  type TaskFacts,
} from "#renderer/features/projects/project-progress.ts";

import { milestone as milestoneType } from "#shared/record-types/index.ts";
import { formatField, parseField } from "#shared/model/field-kinds.ts";
import { milestoneStatus } from "#renderer/features/projects/project-words.ts";
import { standsOf, toMilestones } from "#renderer/features/projects/project-view.ts";
import type { ApprovalView } from "#renderer/data/approval-types.ts";
import { recordRow } from "../inbox/record-rows.ts";

const SEED = 20_261_123;
const task = (milestone: string, status: string): TaskFacts => ({ milestone, status });

describe("progress of a milestone", () => {
  test("is the share of its tasks done; canceled tasks do not count", () => {
    const tasks = [task("m", "completed"), task("m", "started"), task("m", "canceled"), task("other", "completed")];
    expect(milestoneProgress({ id: "m", status: "inProgress" }, tasks)).toBe(0.5);
  });

  test("without tasks is 0 or 1 by its status", () => {
    expect(milestoneProgress({ id: "m", status: "inReview" }, [])).toBe(0);
    expect(milestoneProgress({ id: "m", status: "approved" }, [])).toBe(1);
    expect(milestoneProgress({ id: "m", status: "completed" }, [task("m", "canceled")])).toBe(1);
  });
});

describe("progress of a project", () => {
  const done: MilestoneFacts = { id: "a", status: "completed", plannedHours: 30 };
  const open: MilestoneFacts = { id: "b", status: "planned", plannedHours: 10 };

  test("is weighted by planned hours where all milestones have them", () => {
    expect(projectProgress([done, open], [])).toBe(0.75);
  });

  test("counts milestones alike as soon as one has no hours, as on a client's device", () => {
    expect(projectProgress([done, { id: "b", status: "planned" }], [])).toBe(0.5);
  });

  test("has no figure without milestones, and leaves canceled ones out", () => {
    expect(projectProgress([], [])).toBeUndefined();
    expect(projectProgress([{ id: "c", status: "canceled" }], [])).toBeUndefined();
    expect(projectProgress([done, { id: "c", status: "canceled" }], [])).toBe(1);
  });

  test(`stays between 0 and 1, and never falls when a task is finished (seed ${SEED})`, () => {
    const status = fc.constantFrom("notStarted", "started", "completed", "deferred", "canceled");
    const milestones = fc.array(
      fc.record({
        id: fc.constantFrom("a", "b", "c", "d"),
        status: fc.constantFrom("planned", "inProgress", "completed"),
        plannedHours: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    const tasks = fc.array(fc.record({ milestone: fc.constantFrom("a", "b", "c", "d"), status }), { maxLength: 12 });
    fc.assert(
      fc.property(milestones, tasks, (ms, ts) => {
        const before = projectProgress(ms, ts) ?? 0;
        const after =
          projectProgress(
            ms,
            ts.map((one) => (one.status === "started" ? { ...one, status: "completed" } : one)),
          ) ?? 0;
        expect(before).toBeGreaterThanOrEqual(0);
        expect(after).toBeLessThanOrEqual(1 + 1e-9);
        expect(after).toBeGreaterThanOrEqual(before - 1e-9);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});

describe("planks", () => {
  test("the one under way is current", () => {
    const states = plankStates([
      { id: "1", status: "completed" },
      { id: "2", status: "inReview" },
      { id: "3", status: "planned" },
    ]);
    expect(states).toEqual(["done", "current", "ahead"]);
  });

  test("when none is under way, the first open one is where we are", () => {
    expect(
      plankStates([{ id: "1", status: "approved" }, { id: "2", status: "canceled" }, { id: "3" }, { id: "4" }]),
    ).toEqual(["done", "ahead", "current", "ahead"]);
  });

  test("the next milestone is the open one with the earliest target", () => {
    const found = nextMilestone([
      { id: "1", status: "completed", targetDate: "2026-05-01" },
      { id: "2", targetDate: "2026-07-10" },
      { id: "3", targetDate: "2026-05-30" },
    ]);
    expect(found?.id).toBe("3");
  });
});

describe("how a milestone stands", () => {
  test("Approved is no status somebody picks, types, sends or imports; stored, it is no words", () => {
    const { status } = milestoneType.fields;
    for (const typed of ["approved", "Approved"]) expect(parseField(typed, status).ok).toBe(false);
    expect(formatField("approved", status, { locale: "en-GB" })).toBe("");
    expect(milestoneStatus("approved")).toBe("Approved");
  });

  test("J5: a stale approval says nothing of the milestone, whatever is stored", () => {
    const row = recordRow("m2", "milestone", { title: "M2", status: "approved" });
    const view = (isStale: boolean) => ({ request: { about: "m2" }, status: { outcome: "approved" }, isStale });
    const stand = (isStale: boolean) =>
      toMilestones([row], [], "2026-05-14", standsOf([view(isStale) as unknown as ApprovalView]))[0]?.status;
    expect([stand(false), stand(true)]).toEqual(["approved", "planned"]);
  });

  test("J4: Ready once everything it depends on is done, by whatever made it so", () => {
    const row = (id: string, status: string, ...dependsOn: readonly string[]) =>
      recordRow(id, "milestone", { title: id, status, dependsOn: [...dependsOn] });
    const rows = [
      row("m1", "completed"),
      row("m2", "planned"),
      row("m3", "planned", "m1", "m2", "m9"),
      row("m4", "planned", "m3"),
      row("m5", "inProgress", "m1"),
      row("m9", "canceled"),
    ];
    const said = (approved: readonly string[]) =>
      Object.fromEntries(
        toMilestones(rows, [], "2026-05-14", new Map(approved.map((id) => [id, "approved"] as const))).map(
          ({ id, status }) => [id, status],
        ),
      );
    expect(said([])).toMatchObject({ m3: "planned", m4: "planned", m5: "inProgress" });
    expect(said(["m2"])).toMatchObject({ m2: "approved", m3: "ready", m4: "planned" });
    expect(milestoneStatus("ready")).toBe("Ready");
    expect(parseField("ready", milestoneType.fields.status).ok).toBe(false);
  });

  const tasks = (...all: readonly string[]) => all.map((status) => ({ milestone: "m", status }));

  test.each([
    ["planned", [], undefined, "planned"],
    ["planned", ["notStarted"], undefined, "planned"],
    ["planned", ["started", "notStarted"], undefined, "inProgress"],
    ["planned", ["completed", "notStarted"], undefined, "inProgress"],
    ["inProgress", ["completed", "completed", "canceled", "deferred"], undefined, "completed"],
    ["inReview", ["completed"], undefined, "inReview"],
    ["completed", ["notStarted"], undefined, "completed"],
    ["planned", ["completed"], "pending", "inReview"],
    ["planned", ["notStarted"], "approved", "approved"],
    ["approved", [], undefined, "planned"],
    ["approved", ["started"], undefined, "inProgress"],
    ["approved", ["completed"], undefined, "completed"],
    ["approved", ["completed"], "pending", "inReview"],
    ["approved", ["completed"], "approved", "approved"],
    ["completed", ["completed"], "changesRequested", "changesRequested"],
    ["completed", ["completed"], "rejected", "changesRequested"],
    ["canceled", ["completed"], "approved", "canceled"],
  ] as const)("set %s, tasks %j, approval %s: %s", (status, own, approval, stands) => {
    expect(milestoneStand({ id: "m", status }, tasks(...own), approval)).toBe(stands);
  });
});
