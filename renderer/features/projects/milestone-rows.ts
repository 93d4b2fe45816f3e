// The rows that table and timeline share: each milestone and, unless it is folded, its tasks.

import type { MilestoneView, TaskView } from "./project-view.ts";

export type MilestoneRow =
  | { readonly kind: "milestone"; readonly id: string; readonly milestone: MilestoneView; readonly index: number }
  | { readonly kind: "task"; readonly id: string; readonly task: TaskView };

/** Rows that are drawn now, and where they begin and end among all. */
export type RowWindow = { readonly indexes: readonly number[]; readonly before: number; readonly after: number };

export const ROW_HEIGHT = 44;

export const toRows = (milestones: readonly MilestoneView[], folded: ReadonlySet<string>): readonly MilestoneRow[] =>
  milestones.flatMap((milestone, index): readonly MilestoneRow[] => [
    { kind: "milestone", id: milestone.id, milestone, index },
    ...(folded.has(milestone.id) ? [] : milestone.tasks.map((task) => ({ kind: "task" as const, id: task.id, task }))),
  ]);

/** First and last day of a row; one day stands for both, and the earlier one comes first. */
export function barOf(row: MilestoneRow): { readonly from: string; readonly to: string } | undefined {
  const [start, end] =
    row.kind === "milestone"
      ? [row.milestone.startDate, row.milestone.targetDate]
      : [row.task.startDate, row.task.dueDate];
  const from = start ?? end;
  const to = end ?? start;
  if (from === undefined || to === undefined) return undefined;
  return from <= to ? { from, to } : { from: to, to: from };
}
