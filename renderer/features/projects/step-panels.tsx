// What is done and what comes next: milestones and tasks in one short list each.

import { IconCheck, IconSquare } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Panel } from "#renderer/ui/panel.tsx";
import { dayWords } from "./project-days.ts";
import { isCanceled, isMilestoneDone, isTaskOpen } from "./project-progress.ts";
import { lateWords, milestoneStatus } from "./project-words.ts";
import classes from "./step-panels.module.css";
import type { ProjectContext } from "./use-project.ts";

type Props = { readonly context: ProjectContext; readonly onOpen: (id: string) => void };

const SHOWN = 4;

export function DonePanel({ context, onOpen }: Props) {
  const milestones = context.milestones
    .filter((one) => isMilestoneDone(one))
    .map((one) => ({
      id: one.id,
      title: `${one.title} ${milestoneStatus(one.status).toLowerCase()}`,
      at: one.completedDate ?? one.row.updatedAt.slice(0, 10),
    }));
  const tasks = context.tasks
    .filter((task) => task.status === "completed")
    .map((task) => ({ id: task.id, title: task.title, at: task.row.updatedAt.slice(0, 10) }));
  const done = [...milestones, ...tasks].toSorted((left, right) => right.at.localeCompare(left.at)).slice(0, SHOWN);
  return (
    <Panel title={context.team ? "Done" : "Done lately"}>
      {done.length === 0 && <p className={classes.quiet}>Nothing is finished yet.</p>}
      <ul className={classes.steps}>
        {done.map((step) => (
          <Step
            key={step.id}
            icon={<IconCheck size={16} stroke={1.8} aria-hidden />}
            title={step.title}
            onOpen={() => onOpen(step.id)}
          >
            {step.at === "" ? "" : dayWords(step.at, context.today, context.locale)}
          </Step>
        ))}
      </ul>
    </Panel>
  );
}

export function NextPanel({ context, onOpen }: Props) {
  const tasks = context.tasks
    .filter((task) => isTaskOpen(task) && task.status !== "deferred" && task.dueDate !== undefined)
    .map((task) => ({ id: task.id, title: task.title, at: task.dueDate ?? "", who: task.assignee, late: task.late }));
  const milestones = context.milestones
    .filter((one) => !isMilestoneDone(one) && !isCanceled(one) && one.targetDate !== undefined)
    .map((one) => ({ id: one.id, title: one.title, at: one.targetDate ?? "", who: undefined, late: one.late }));
  const next = [...tasks, ...milestones].toSorted((left, right) => left.at.localeCompare(right.at)).slice(0, SHOWN);
  return (
    <Panel title={context.team ? "Next" : "What is next"}>
      {next.length === 0 && <p className={classes.quiet}>Nothing has a date yet.</p>}
      <ul className={classes.steps}>
        {next.map((step) => (
          <Step
            key={step.id}
            icon={<IconSquare size={15} stroke={1.8} aria-hidden />}
            title={step.title}
            onOpen={() => onOpen(step.id)}
          >
            {step.who === undefined ? "" : `${context.nameOf(step.who)}, `}
            {step.late > 0 ? (
              <span className={classes.late}>{lateWords(step.late)}</span>
            ) : (
              dayWords(step.at, context.today, context.locale)
            )}
          </Step>
        ))}
      </ul>
    </Panel>
  );
}

function Step({
  icon,
  title,
  onOpen,
  children,
}: {
  icon: ReactNode;
  title: string;
  onOpen: () => void;
  children: ReactNode;
}) {
  return (
    <li>
      <button type="button" className={classes.step} onClick={onOpen}>
        {icon}
        <span className={classes.words}>
          <span className={classes.title}>{title}</span>
          <span className={classes.detail}>{children}</span>
        </span>
      </button>
    </li>
  );
}
