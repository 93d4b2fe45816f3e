// Rows of a project as its pages read them: typed fields, progress and where each milestone stands.

import { checklistItems } from "#shared/model/checklist.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import type { ApprovalView } from "#renderer/data/approval-types.ts";
import type { RecordRow } from "#renderer/data/types.ts";
import {
  daysLate,
  isMilestoneDone,
  isCanceled,
  isTaskOpen,
  milestoneProgress,
  milestoneStand,
  plankStates,
  withReady,
  type ApprovalStand,
  type PlankState,
} from "./project-progress.ts";
import { sortByPosition } from "./row-order.ts";

const text = (value: FieldValue | undefined): string | undefined => (typeof value === "string" ? value : undefined);
const number = (value: FieldValue | undefined): number | undefined => (typeof value === "number" ? value : undefined);
const list = (value: FieldValue | undefined): readonly string[] => (Array.isArray(value) ? value : []);

export const textField = (row: RecordRow, field: string): string | undefined => text(row.fields[field]);

const taskOf = (row: RecordRow) => ({
  row,
  id: row.id,
  title: row.title,
  createdAt: row.createdAt,
  status: text(row.fields["status"]) ?? "notStarted",
  priority: text(row.fields["priority"]),
  assignee: text(row.fields["assignee"]),
  startDate: text(row.fields["startDate"]),
  dueDate: text(row.fields["dueDate"]),
  milestone: text(row.fields["milestone"]),
  repeat: text(row.fields["repeat"]),
  checklist: checklistItems(text(row.fields["checklist"]) ?? ""),
  position: text(row.fields["position"]),
});

/** Somebody from outside says how his own tasks stand; the rest is the team's. */
export const mayChangeTask = (
  task: { readonly assignee?: string | undefined },
  reader: { readonly plans: boolean; readonly readOnly: boolean; readonly meId: string },
): boolean => reader.plans || (!reader.readOnly && task.assignee === reader.meId);

export type TaskView = ReturnType<typeof taskOf> & { readonly late: number };

const milestoneOf = (row: RecordRow) => ({
  row,
  id: row.id,
  title: row.title,
  createdAt: row.createdAt,
  status: text(row.fields["status"]) ?? "planned",
  startDate: text(row.fields["startDate"]),
  targetDate: text(row.fields["targetDate"]),
  completedDate: text(row.fields["completedDate"]),
  dependsOn: list(row.fields["dependsOn"]),
  deliverables: list(row.fields["deliverables"]),
  plannedHours: number(row.fields["plannedHours"]),
  position: text(row.fields["position"]),
});

export type MilestoneView = ReturnType<typeof milestoneOf> & {
  readonly progress: number;
  readonly state: PlankState;
  readonly late: number;
  readonly tasks: readonly TaskView[];
  /** What somebody set; `status` is what follows from it, from the tasks and from approvals. */
  readonly set: string;
};

/** What approvals of the content as it is now have come to, by what they are about. A stale one says nothing. */
export const standsOf = (approvals: readonly ApprovalView[]): ReadonlyMap<string, ApprovalStand> =>
  new Map(
    approvals.flatMap(({ request, status, isStale }) =>
      isStale || status.outcome === "canceled" ? [] : [[request.about, status.outcome] as const],
    ),
  );

export const toTasks = (rows: readonly RecordRow[], today: string): readonly TaskView[] =>
  sortByPosition(rows.map(taskOf)).map((task) => ({ ...task, late: daysLate(task.dueDate, isTaskOpen(task), today) }));

export function toMilestones(
  rows: readonly RecordRow[],
  tasks: readonly TaskView[],
  today: string,
  approvals: ReadonlyMap<string, ApprovalStand> = new Map(),
): readonly MilestoneView[] {
  const byMilestone = Map.groupBy(tasks, (task) => task.milestone);
  const stands = sortByPosition(rows.map(milestoneOf)).map((milestone) => {
    const own = byMilestone.get(milestone.id) ?? [];
    return {
      ...milestone,
      tasks: own,
      status: milestoneStand(milestone, own, approvals.get(milestone.id)),
      set: milestone.status,
    };
  });
  const milestones = withReady(stands);
  const states = plankStates(milestones);
  return milestones.map((milestone, index) => ({
    ...milestone,
    progress: milestoneProgress(milestone, milestone.tasks),
    state: states[index] ?? "ahead",
    late: daysLate(milestone.targetDate, !isMilestoneDone(milestone) && !isCanceled(milestone), today),
  }));
}

/** The facet an author chose for a record of chosen placement: who can see it. */
export const chosenFacet = (row: RecordRow): string => Object.keys(row.docs)[0] ?? "internal";
