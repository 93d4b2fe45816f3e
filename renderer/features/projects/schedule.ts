// The schedule of a project as pure functions: which milestones wait for which, where they wait in a circle, what the end
// hangs on, how late it gets, and what would have to move along. No clock in here, and nothing that a circle of
// dependencies (two people may close one offline) could make run for ever: every walk visits a milestone once.

import { addDays, daysBetween } from "./project-days.ts";
import {
  isCanceled,
  isMilestoneDone,
  milestoneProgress,
  type MilestoneFacts,
  type TaskFacts,
} from "./project-progress.ts";

const isOpen = (milestone: MilestoneFacts): boolean => !isMilestoneDone(milestone) && !isCanceled(milestone);

/** What each milestone waits for, of those that are here; itself left out. */
function edgesOf(milestones: readonly MilestoneFacts[]): ReadonlyMap<string, readonly string[]> {
  const here = new Set(milestones.map((one) => one.id));
  return new Map(
    milestones.map((one) => [one.id, (one.dependsOn ?? []).filter((id) => id !== one.id && here.has(id))] as const),
  );
}

/** The same edges the other way round: who waits for each milestone. */
export function waitingFor(milestones: readonly MilestoneFacts[]): ReadonlyMap<string, readonly string[]> {
  const waiting = new Map<string, string[]>(milestones.map((one) => [one.id, []]));
  for (const [id, before] of edgesOf(milestones)) for (const one of before) waiting.get(one)?.push(id);
  return waiting;
}

/** Everything that can be reached along edges from here, without the start itself. */
function reach(start: string, edges: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set([start]);
  const pending = [start];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    for (const next of edges.get(id) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      pending.push(next);
    }
  }
  seen.delete(start);
  return seen;
}

/** Milestones that may not become what `id` waits for: they wait for it themselves, at whatever remove. */
export const wouldCircle = (milestones: readonly MilestoneFacts[], id: string): ReadonlySet<string> =>
  reach(id, waitingFor(milestones));

type Frame = { readonly id: string; readonly next: readonly string[]; at: number };

/** Groups that wait for one another in a circle (strongly connected, Tarjan without recursion), in the order given. */
export function findCircles(milestones: readonly MilestoneFacts[]): readonly (readonly string[])[] {
  const edges = edgesOf(milestones);
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const onPath = new Set<string>();
  const path: string[] = [];
  const circles: string[][] = [];
  const enter = (id: string): Frame => {
    order.set(id, order.size);
    low.set(id, order.size - 1);
    onPath.add(id);
    path.push(id);
    return { id, next: edges.get(id) ?? [], at: 0 };
  };
  const lower = (id: string, to: number): void => void low.set(id, Math.min(low.get(id) ?? to, to));
  const close = (id: string): void => {
    const circle = new Set(path.splice(path.indexOf(id)));
    for (const one of circle) onPath.delete(one);
    if (circle.size > 1) circles.push(milestones.flatMap((one) => (circle.has(one.id) ? [one.id] : [])));
  };
  for (const { id: start } of milestones) {
    if (order.has(start)) continue;
    const frames = [enter(start)];
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const next = frame.next[frame.at];
      frame.at += 1;
      if (next === undefined) {
        frames.pop();
        if (low.get(frame.id) === order.get(frame.id)) close(frame.id);
        const above = frames.at(-1);
        if (above !== undefined) lower(above.id, low.get(frame.id) ?? 0);
      } else if (!order.has(next)) frames.push(enter(next));
      else if (onPath.has(next)) lower(frame.id, order.get(next) ?? 0);
    }
  }
  return circles;
}

/** Open milestones with each after what it waits for; within a circle the waiting for one another does not count. */
function inOrder(milestones: readonly MilestoneFacts[]): {
  readonly order: readonly MilestoneFacts[];
  readonly before: ReadonlyMap<string, readonly string[]>;
} {
  const open = milestones.filter(isOpen);
  const circleOf = new Map(findCircles(open).flatMap((circle, index) => circle.map((id) => [id, index] as const)));
  const isWithin = (left: string, right: string): boolean =>
    circleOf.has(left) && circleOf.get(left) === circleOf.get(right);
  const before = new Map(
    [...edgesOf(open)].map(([id, list]) => [id, list.filter((one) => !isWithin(id, one))] as const),
  );
  const left = new Map([...before].map(([id, list]) => [id, list.length] as const));
  const after = new Map<string, string[]>(open.map((one) => [one.id, []]));
  for (const [id, list] of before) for (const one of list) after.get(one)?.push(id);
  const byId = new Map(open.map((one) => [one.id, one] as const));
  const ready = open.filter((one) => left.get(one.id) === 0).map((one) => one.id);
  const order: MilestoneFacts[] = [];
  for (const id of ready) {
    const milestone = byId.get(id);
    if (milestone !== undefined) order.push(milestone);
    for (const next of after.get(id) ?? []) {
      const rest = (left.get(next) ?? 1) - 1;
      left.set(next, rest);
      if (rest === 0) ready.push(next);
    }
  }
  return { order, before };
}

function remainingDays(milestone: MilestoneFacts, tasks: readonly TaskFacts[]): number {
  if (milestone.startDate === undefined || milestone.targetDate === undefined) return 0;
  const whole = Math.max(0, daysBetween(milestone.startDate, milestone.targetDate));
  return Math.ceil(whole * (1 - milestoneProgress(milestone, tasks)));
}

export type Forecast = {
  /** The day it ends when work goes on from today, one after the other. */
  readonly end: string;
  /** Days beyond its target; 0 when it makes it, or has no target. */
  readonly slip: number;
  /** The end of the whole hangs on it: a day later here is a day later there. */
  readonly critical: boolean;
};

export type Schedule = {
  readonly forecasts: ReadonlyMap<string, Forecast>;
  readonly circles: readonly (readonly string[])[];
  /**
   * Days between the last target date and the end of the longest chain of dependent, unfinished milestones counted from
   * today. Negative when the chain ends later. Undefined where nothing is open or no target is set.
   */
  readonly slack: number | undefined;
};

export function scheduleOf(
  milestones: readonly MilestoneFacts[],
  tasks: readonly TaskFacts[],
  today: string,
): Schedule {
  const byMilestone = Map.groupBy(tasks, (task) => task.milestone);
  const { order, before } = inOrder(milestones);
  const length = new Map(order.map((one) => [one.id, remainingDays(one, byMilestone.get(one.id) ?? [])] as const));
  const upTo = new Map<string, number>();
  for (const { id } of order)
    upTo.set(id, largest((before.get(id) ?? []).map((one) => upTo.get(one) ?? 0)) + (length.get(id) ?? 0));
  const longest = largest([...upTo.values()]);
  // Days from the end of each to the end of the longest chain it is in.
  const beyond = new Map<string, number>();
  for (const { id } of order.toReversed()) {
    const own = (beyond.get(id) ?? 0) + (length.get(id) ?? 0);
    for (const one of before.get(id) ?? []) beyond.set(one, Math.max(beyond.get(one) ?? 0, own));
  }
  const forecasts = new Map(
    order.map(({ id, targetDate }): [string, Forecast] => {
      const days = upTo.get(id) ?? 0;
      const end = addDays(today, days);
      const slip = targetDate === undefined ? 0 : Math.max(0, daysBetween(targetDate, end));
      return [id, { end, slip, critical: longest > 0 && days + (beyond.get(id) ?? 0) === longest }];
    }),
  );
  const last = milestones
    .filter((one) => !isCanceled(one))
    .flatMap((one) => one.targetDate ?? [])
    .toSorted()
    .at(-1);
  return {
    forecasts,
    circles: findCircles(milestones),
    slack: order.length === 0 || last === undefined ? undefined : daysBetween(addDays(today, longest), last),
  };
}

const largest = (numbers: readonly number[]): number => numbers.reduce((most, one) => Math.max(most, one), 0);

/** "8 days of slack", "3 days short", or nothing to say. */
export function slackWords(slack: number | undefined): string | undefined {
  if (slack === undefined) return undefined;
  const days = Math.abs(slack) === 1 ? "1 day" : `${Math.abs(slack)} days`;
  return slack < 0 ? `${days} short` : slack === 0 ? "no slack" : `${days} of slack`;
}

export type DayEdit = {
  readonly id: string;
  readonly values: { readonly startDate?: string; readonly targetDate?: string };
};

const shifted = (milestone: MilestoneFacts, days: number): DayEdit => ({
  id: milestone.id,
  values: {
    ...(milestone.startDate === undefined ? {} : { startDate: addDays(milestone.startDate, days) }),
    ...(milestone.targetDate === undefined ? {} : { targetDate: addDays(milestone.targetDate, days) }),
  },
});

/** What would move along when the end of a milestone moves: every open one that waits for it, by the same days. */
export function dependentShift(milestones: readonly MilestoneFacts[], id: string, days: number): readonly DayEdit[] {
  if (days === 0) return [];
  const dependents = reach(id, waitingFor(milestones));
  return milestones
    .filter((one) => dependents.has(one.id) && isOpen(one))
    .filter((one) => one.startDate !== undefined || one.targetDate !== undefined)
    .map((one) => shifted(one, days));
}

export type DragEdge = "move" | "start" | "end";

/** The dates a drag leads to: all of it, or one end, which never passes the other. */
export function draggedDays(
  from: string,
  to: string,
  edge: DragEdge,
  days: number,
): { readonly from: string; readonly to: string } {
  if (edge === "move") return { from: addDays(from, days), to: addDays(to, days) };
  const length = daysBetween(from, to);
  if (edge === "start") return { from: addDays(from, Math.min(days, length)), to };
  return { from, to: addDays(to, Math.max(days, -length)) };
}
