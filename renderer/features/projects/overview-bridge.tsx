// The big bridge: one plank per milestone, as wide as it is long, filled as far as it is done, a tick where today is.

import { IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { PageLink } from "#renderer/ui/page-link.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import classes from "./overview-bridge.module.css";
import { dayWords, daysBetween } from "./project-days.ts";
import { projectProgress } from "./project-progress.ts";
import { slackWords } from "./schedule.ts";
import type { MilestoneView } from "./project-view.ts";
import { lateWords, milestoneCaption, percentWords, tabPath } from "./project-words.ts";
import type { ProjectContext } from "./use-project.ts";

type Props = { readonly context: ProjectContext; readonly onOpen: (milestoneId: string) => void };

const lengthOf = (milestone: MilestoneView): number =>
  milestone.startDate === undefined || milestone.targetDate === undefined
    ? 0
    : Math.max(1, daysBetween(milestone.startDate, milestone.targetDate));

/** Widths follow durations, but no plank gets too narrow for its name. */
function columns(milestones: readonly MilestoneView[]): string {
  const known = milestones.map(lengthOf).filter((length) => length > 0);
  const mean = known.length === 0 ? 1 : known.reduce((sum, length) => sum + length, 0) / known.length;
  return milestones
    .map((one) => `minmax(7.5rem, ${Math.max(lengthOf(one) === 0 ? mean : lengthOf(one), mean / 2).toFixed(2)}fr)`)
    .join(" ");
}

function todayShare(milestone: MilestoneView, today: string): number | undefined {
  if (
    milestone.startDate === undefined ||
    milestone.targetDate === undefined ||
    milestone.targetDate < milestone.startDate
  )
    return undefined;
  if (today < milestone.startDate || today > milestone.targetDate) return undefined;
  return daysBetween(milestone.startDate, today) / lengthOf(milestone);
}

export function standWords(context: ProjectContext): string {
  const progress = projectProgress(context.milestones, context.tasks);
  if (progress === undefined) return "No milestones yet";
  const target = context.milestones
    .flatMap((milestone) => milestone.targetDate ?? [])
    .toSorted()
    .at(-1);
  const slack = context.team ? context.schedule.slack : undefined;
  const words = slackWords(slack);
  if (words === undefined || target === undefined) return `${percentWords(progress)} done`;
  const end = dayWords(target, context.today, context.locale);
  return `${percentWords(progress)} done, ${words} ${(slack ?? 0) < 0 ? "of" : "to"} the last target, ${end}`;
}

export function OverviewBridge({ context, onOpen }: Props) {
  const shown = context.milestones.filter((milestone) => milestone.status !== "canceled");
  const client = context.project.fields["client"];
  const link = <PageLink to={tabPath(context.spaceId, "milestones")}>Milestones</PageLink>;
  const title = (
    <>
      {context.team ? "Where do we stand" : "Where we stand"}{" "}
      <span className={classes.stand}>{standWords(context)}</span>
    </>
  );
  return (
    <Panel title={title} aside={link}>
      {shown.length > 0 && (
        <div className={classes.row}>
          <Post name={context.organization} label="Starts from" />
          <ol
            className={classes.bridge}
            style={{ gridTemplateColumns: columns(shown) }}
            aria-label="Milestones, in order"
          >
            {shown.map((milestone) => (
              <Plank key={milestone.id} milestone={milestone} context={context} onOpen={onOpen} />
            ))}
          </ol>
          <Post name={typeof client === "string" ? client : "Handover"} label="Arrives at" />
        </div>
      )}
    </Panel>
  );
}

function Post({ name, label }: { readonly name: string; readonly label: string }): ReactNode {
  return (
    <span className={classes.post} title={label}>
      {name}
    </span>
  );
}

function Plank({ milestone, context, onOpen }: Props & { readonly milestone: MilestoneView }) {
  const today = todayShare(milestone, context.today);
  return (
    <li className={classes.plank} data-state={milestone.state}>
      <button type="button" className={classes.open} onClick={() => onOpen(milestone.id)}>
        <span className={classes.head}>
          <span className={classes.name}>{milestone.title}</span>
          {milestone.targetDate !== undefined && (
            <span className={classes.date}>{dayWords(milestone.targetDate, context.today, context.locale)}</span>
          )}
        </span>
        <span className={classes.deck} aria-hidden="true">
          <span
            className={classes.fill}
            style={{ width: milestone.state === "done" ? "100%" : `${milestone.progress * 100}%` }}
          />
          {today !== undefined && <span className={classes.today} style={{ left: `${today * 100}%` }} />}
        </span>
        <span className={classes.caption}>
          {milestone.state === "done" && <IconCheck size={15} stroke={2} aria-hidden="true" />}
          {milestone.late > 0 ? (
            <span className={classes.late}>{lateWords(milestone.late)}</span>
          ) : (
            milestoneCaption(milestone, context)
          )}
        </span>
      </button>
    </li>
  );
}
