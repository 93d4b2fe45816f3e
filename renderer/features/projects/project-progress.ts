// Where a project stands, worked out the same on every device from what it holds: status, progress, what is late.

import { daysBetween } from "./project-days.ts";

export type MilestoneFacts = {
  readonly id: string;
  readonly status?: string | undefined;
  readonly startDate?: string | undefined;
  readonly targetDate?: string | undefined;
  readonly dependsOn?: readonly string[] | undefined;
  readonly plannedHours?: number | undefined;
};

export type TaskFacts = { readonly milestone?: string | undefined; readonly status?: string | undefined };

export type PlankState = "done" | "current" | "ahead";

const UNDER_WAY = new Set(["inProgress", "inReview", "changesRequested"]);

export const isMilestoneDone = (milestone: MilestoneFacts): boolean =>
  milestone.status === "completed" || milestone.status === "approved";

export const isCanceled = (fact: { readonly status?: string | undefined }): boolean => fact.status === "canceled";

export const isTaskOpen = (task: { readonly status?: string | undefined }): boolean =>
  task.status !== "completed" && task.status !== "canceled";

/** Share of the milestone's tasks that are done, 0 to 1; without tasks its status decides. Canceled tasks do not count. */
export function milestoneProgress(milestone: MilestoneFacts, tasks: readonly TaskFacts[]): number {
  const own = tasks.filter((task) => task.milestone === milestone.id && !isCanceled(task));
  if (own.length === 0) return isMilestoneDone(milestone) ? 1 : 0;
  return own.filter((task) => task.status === "completed").length / own.length;
}

/** Mean over the milestones, weighted by planned hours where all have them, else equal. Undefined without milestones. */
export function projectProgress(
  milestones: readonly MilestoneFacts[],
  tasks: readonly TaskFacts[],
): number | undefined {
  const counted = milestones.filter((milestone) => !isCanceled(milestone));
  if (counted.length === 0) return undefined;
  const weighted = counted.every((milestone) => (milestone.plannedHours ?? 0) > 0);
  const weightOf = (milestone: MilestoneFacts): number => (weighted ? (milestone.plannedHours ?? 0) : 1);
  const whole = counted.reduce((sum, milestone) => sum + weightOf(milestone), 0);
  const done = counted.reduce((sum, milestone) => sum + weightOf(milestone) * milestoneProgress(milestone, tasks), 0);
  return done / whole;
}

/** One plank per milestone, in the order given. When none is under way, the first open one is where we are. */
export function plankStates(milestones: readonly MilestoneFacts[]): readonly PlankState[] {
  const isUnderWay = (milestone: MilestoneFacts): boolean => UNDER_WAY.has(milestone.status ?? "");
  const first = milestones.some(isUnderWay)
    ? undefined
    : milestones.find((milestone) => !isMilestoneDone(milestone) && !isCanceled(milestone));
  return milestones.map((milestone) =>
    isMilestoneDone(milestone) ? "done" : isUnderWay(milestone) || milestone === first ? "current" : "ahead",
  );
}

/** Days past the target of something still open, else 0. */
export function daysLate(target: string | undefined, open: boolean, today: string): number {
  return target === undefined || !open ? 0 : Math.max(0, daysBetween(target, today));
}

/** The open milestone whose target comes first. */
export function nextMilestone<M extends MilestoneFacts>(milestones: readonly M[]): M | undefined {
  const open = milestones.filter((milestone) => !isMilestoneDone(milestone) && !isCanceled(milestone));
  return open.toSorted((left, right) => (left.targetDate ?? "9999").localeCompare(right.targetDate ?? "9999"))[0];
}

/** What an approval of the content as it stands now has come to. */
export type ApprovalStand = "approved" | "pending" | "changesRequested" | "rejected";

/**
 * How a milestone stands: what was decided about it as it is now, else what its tasks say, else what somebody set. Work only
 * carries it forward; put aside or finished by hand, it stays so. Approved it is by a decision only: stored without one, it
 * says nothing.
 */
export function milestoneStand(
  milestone: MilestoneFacts,
  ownTasks: readonly TaskFacts[],
  approval?: ApprovalStand,
): string {
  const { status = "planned" } = milestone;
  const set = status === "approved" || status === "ready" ? "planned" : status;
  if (set === "canceled") return set;
  if (approval === "approved") return "approved";
  if (approval === "pending") return "inReview";
  if (approval === "changesRequested" || approval === "rejected") return "changesRequested";
  if (set !== "planned" && set !== "inProgress") return set;
  const counted = ownTasks.filter((task) => !isCanceled(task) && task.status !== "deferred");
  const done = counted.filter((task) => task.status === "completed").length;
  if (counted.length > 0 && done === counted.length) return "completed";
  return done > 0 || counted.some((task) => task.status === "started") ? "inProgress" : set;
}

/** Planned, and what it depended on is done: its turn has come. What was called off keeps nobody waiting. */
export function withReady<M extends MilestoneFacts>(milestones: readonly M[]): readonly M[] {
  const byId = new Map(milestones.map((one) => [one.id, one] as const));
  return milestones.map((milestone) => {
    const before = (milestone.dependsOn ?? []).flatMap((id) => byId.get(id) ?? []).filter((one) => !isCanceled(one));
    const isReady = milestone.status === "planned" && before.length > 0 && before.every(isMilestoneDone);
    return isReady ? { ...milestone, status: "ready" } : milestone;
  });
}
