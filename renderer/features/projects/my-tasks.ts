// The open tasks of one person, sorted into what is late, what is for today, this week, later, and some day.

import { daysBetween } from "./project-days.ts";
import { isTaskOpen } from "./project-progress.ts";

type DueTask = {
  readonly id: string;
  readonly status: string;
  readonly dueDate?: string | undefined;
  readonly row: { readonly space: string };
};

const WEEK = 7;

/** Open and not put off, outside of the spaces given (archived projects, templates). */
export const mineOpen = <Task extends DueTask>(tasks: readonly Task[], away: ReadonlySet<string>): readonly Task[] =>
  tasks.filter((task) => isTaskOpen(task) && task.status !== "deferred" && !away.has(task.row.space));

function groupOf(dueDate: string | undefined, today: string): string {
  if (dueDate === undefined) return "Some day";
  const days = daysBetween(today, dueDate);
  if (days < 0) return "Late";
  if (days === 0) return "Today";
  return days < WEEK ? "Within a week" : "Later";
}

const ORDER = ["Late", "Today", "Within a week", "Later", "Some day"];

export function groupByDue<Task extends DueTask>(
  tasks: readonly Task[],
  today: string,
): readonly { readonly name: string; readonly tasks: readonly Task[] }[] {
  const sorted = tasks.toSorted(
    (left, right) => (left.dueDate ?? "9999").localeCompare(right.dueDate ?? "9999") || left.id.localeCompare(right.id),
  );
  const groups = Map.groupBy(sorted, (task) => groupOf(task.dueDate, today));
  return ORDER.flatMap((name) => {
    const own = groups.get(name);
    return own === undefined ? [] : [{ name, tasks: own }];
  });
}
