// Who has to act: one line per person, naming the one task that presses most.

import { daysBetween } from "./project-days.ts";
import { isTaskOpen } from "./project-progress.ts";

export type ActTask = {
  readonly id: string;
  readonly title: string;
  readonly status?: string | undefined;
  readonly assignee?: string | undefined;
  readonly dueDate?: string | undefined;
};

export type ActLine = {
  /** Undefined: nobody has taken it. */
  readonly memberId: string | undefined;
  readonly task: ActTask;
  readonly late: number;
  /** Further tasks of this person that press as well. */
  readonly more: number;
};

const HORIZON_DAYS = 14;

/** Open tasks overdue or due within two weeks, the most pressing per person, the latest first. */
export function whoActs(tasks: readonly ActTask[], today: string): readonly ActLine[] {
  const pressing = tasks
    .filter((task) => isTaskOpen(task) && task.status !== "deferred" && task.dueDate !== undefined)
    .filter((task) => daysBetween(today, task.dueDate ?? today) <= HORIZON_DAYS)
    .toSorted(
      (left, right) => (left.dueDate ?? "").localeCompare(right.dueDate ?? "") || left.id.localeCompare(right.id),
    );
  const byPerson = Map.groupBy(pressing, (task) => task.assignee);
  return [...byPerson].flatMap(([memberId, own]) => {
    const task = own[0];
    if (task === undefined) return [];
    return [{ memberId, task, late: Math.max(0, daysBetween(task.dueDate ?? today, today)), more: own.length - 1 }];
  });
}
