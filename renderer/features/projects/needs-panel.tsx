// The first thing an outsider reads: what we need from you. Nothing needed is said as well, with what comes next.

import { IconFlag } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { approvalPath } from "#renderer/fields/approval-words.ts";
import classes from "./needs-panel.module.css";
import { dayWords, daysBetween } from "./project-days.ts";
import { isTaskOpen, nextMilestone } from "./project-progress.ts";
import { lateWords } from "./project-words.ts";
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
        {approvals.map((view) => (
          <li key={view.request.id}>
            <Link className={classes.need} to={approvalPath(view)}>
              <NeedWords
                title={`Approve ${view.request.title}`}
                detail={day(view.request.dueDate)}
                late={
                  view.request.dueDate === undefined ? 0 : Math.max(0, daysBetween(view.request.dueDate, context.today))
                }
              />
            </Link>
          </li>
        ))}
        {reviews.map((milestone) => (
          <Need
            key={milestone.id}
            title={`Look at ${milestone.title}, tell us what you think`}
            detail={day(milestone.targetDate)}
            late={milestone.late}
            onOpen={() => onOpen(milestone.id)}
          />
        ))}
        {mine.map((task) => (
          <Need
            key={task.id}
            title={task.title}
            detail={day(task.dueDate)}
            late={task.late}
            onOpen={() => onOpen(task.id)}
          />
        ))}
      </ul>
    </section>
  );
}

function Need({ title, detail, late, onOpen }: { title: string; detail: string; late: number; onOpen: () => void }) {
  return (
    <li>
      <button type="button" className={classes.need} onClick={onOpen}>
        <NeedWords title={title} detail={detail} late={late} />
      </button>
    </li>
  );
}

function NeedWords({ title, detail, late }: { title: string; detail: string; late: number }) {
  return (
    <>
      <span className={classes.flag}>
        <IconFlag size={18} stroke={1.8} aria-hidden />
      </span>
      <span>
        <span className={classes.what}>{title}</span>
        {late > 0 ? (
          <span className={classes.late}>{lateWords(late)}</span>
        ) : (
          detail !== "" && <span className={classes.due}>Due {detail}</span>
        )}
      </span>
    </>
  );
}
