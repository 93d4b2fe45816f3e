// The first thing an outsider reads: what we need from you. Nothing needed is said as well, with what comes next.

import { ApprovalNeeds, NeedWords } from "./approval-needs.tsx";
import classes from "./needs-panel.module.css";
import { dayWords } from "./project-days.ts";
import { isTaskOpen, nextMilestone } from "./project-progress.ts";
import type { ProjectContext } from "./use-project.ts";

type Props = { readonly context: ProjectContext; readonly onOpen: (id: string) => void };

export function NeedsPanel({ context, onOpen }: Props) {
  const mine = context.tasks
    .filter((task) => task.assignee === context.meId && isTaskOpen(task))
    .toSorted((left, right) => (left.dueDate ?? "9999").localeCompare(right.dueDate ?? "9999"));
  const approvals = context.approvals.filter((view) => view.needsMe);
  // What was put up for approval is asked, or was answered, there.
  const asked = new Set(context.approvals.map((view) => view.request.about));
  const reviews =
    context.persona === "client"
      ? context.milestones.filter((one) => one.set === "inReview" && !asked.has(one.id))
      : [];
  const next = nextMilestone(context.milestones);
  const day = (date: string | undefined): string =>
    date === undefined ? "" : dayWords(date, context.today, context.locale);
  const needed = approvals.length + mine.length + reviews.length > 0;
  return (
    <section className={classes.panel} data-needed={needed || undefined} aria-labelledby="needs-title">
      <h2 id="needs-title" className={classes.title}>
        {needed ? "What we need from you" : "Nothing needed from you now"}
      </h2>
      {!needed && next !== undefined && (
        <p className={classes.next}>
          Next: {next.title}
          {next.targetDate === undefined ? "" : ` on ${day(next.targetDate)}`}.
        </p>
      )}
      <ul className={classes.needs}>
        <ApprovalNeeds views={approvals} today={context.today} />
        {reviews.map((milestone) => (
          <Need
            key={milestone.id}
            title={`Look at ${milestone.title}, tell us what you think`}
            due={milestone.targetDate}
            today={context.today}
            onOpen={() => onOpen(milestone.id)}
          />
        ))}
        {mine.map((task) => (
          <Need
            key={task.id}
            title={task.title}
            due={task.dueDate}
            today={context.today}
            onOpen={() => onOpen(task.id)}
          />
        ))}
      </ul>
    </section>
  );
}

type NeedProps = {
  readonly title: string;
  readonly due: string | undefined;
  readonly today: string;
  readonly onOpen: () => void;
};

const Need = ({ onOpen, ...words }: NeedProps) => (
  <li>
    <button type="button" className={classes.need} onClick={onOpen}>
      <NeedWords {...words} />
    </button>
  </li>
);
