// What of a project, or of one person's tasks, goes into a calendar: open tasks with a day due, open milestones with a target.

import type { CalendarDay } from "./calendar-file.ts";
import { isCanceled, isMilestoneDone, isTaskOpen } from "./project-progress.ts";
import type { MilestoneView, TaskView } from "./project-view.ts";
import { tabPath } from "./project-words.ts";

const taskDay = (task: TaskView, projectTitle: string, address: string): readonly CalendarDay[] =>
  task.dueDate === undefined || !isTaskOpen(task) || task.status === "deferred"
    ? []
    : [{ id: task.id, title: task.title, day: task.dueDate, detail: `Task, ${projectTitle}`, address }];

export const taskDays = (
  tasks: readonly TaskView[],
  titleOf: (task: TaskView) => string,
  origin: string,
): readonly CalendarDay[] =>
  tasks.flatMap((task) => taskDay(task, titleOf(task), `${origin}${tabPath(task.row.space, "tasks")}`));

export function projectDays(
  project: { readonly id: string; readonly title: string },
  milestones: readonly MilestoneView[],
  tasks: readonly TaskView[],
  origin: string,
): readonly CalendarDay[] {
  const targets = milestones.flatMap((one): readonly CalendarDay[] =>
    one.targetDate === undefined || isMilestoneDone(one) || isCanceled(one)
      ? []
      : [
          {
            id: one.id,
            title: one.title,
            day: one.targetDate,
            detail: `Milestone, ${project.title}`,
            address: `${origin}${tabPath(project.id, "milestones")}`,
          },
        ],
  );
  return [...targets, ...taskDays(tasks, () => project.title, origin)];
}
