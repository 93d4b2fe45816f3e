// Where a project stands, worked out the same on every device from what it holds: progress, late milestones, slack.

import { addDays, daysBetween } from "./project-days.ts";

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

/**
 * Days between the last target date and the end of the longest chain of dependent, unfinished milestones counted from
 * today. Negative when the chain ends later. Undefined where nothing is open or no target is set.
 */
export function slackDays(
  milestones: readonly MilestoneFacts[],
  tasks: readonly TaskFacts[],
  today: string,
): number | undefined {
  const open = new Map(
    milestones.filter((one) => !isMilestoneDone(one) && !isCanceled(one)).map((one) => [one.id, one] as const),
  );
  const targets = milestones.filter((one) => !isCanceled(one)).flatMap((one) => one.targetDate ?? []);
  const last = targets.toSorted().at(-1);
  if (open.size === 0 || last === undefined) return undefined;
  const lengths = new Map<string, number>();
  const chainLength = (milestone: MilestoneFacts): number => {
    const known = lengths.get(milestone.id);
    if (known !== undefined) return known;
    // Two devices may close a circle of dependencies; inside one, a milestone waits for nothing more.
    lengths.set(milestone.id, 0);
    const before = (milestone.dependsOn ?? []).flatMap((id) => open.get(id) ?? []).map(chainLength);
    const length = Math.max(0, ...before) + remainingDays(milestone, tasks);
    lengths.set(milestone.id, length);
    return length;
  };
  const longest = Math.max(...[...open.values()].map(chainLength));
  return daysBetween(addDays(today, longest), last);
}

function remainingDays(milestone: MilestoneFacts, tasks: readonly TaskFacts[]): number {
  if (milestone.startDate === undefined || milestone.targetDate === undefined) return 0;
  const whole = Math.max(0, daysBetween(milestone.startDate, milestone.targetDate));
  return Math.ceil(whole * (1 - milestoneProgress(milestone, tasks)));
}

/** "8 days of slack", "3 days short", or nothing to say. */
export function slackWords(slack: number | undefined): string | undefined {
  if (slack === undefined) return undefined;
  const days = Math.abs(slack) === 1 ? "1 day" : `${Math.abs(slack)} days`;
  return slack < 0 ? `${days} short` : slack === 0 ? "no slack" : `${days} of slack`;
}
