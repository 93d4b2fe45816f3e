// Everything that was put up for approval in this project: what waits for whom first.

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useApprovals } from "#renderer/data/hooks.tsx";
import { approvalPath } from "#renderer/fields/approval-paths.ts";
import { outcomeTone, outcomeWords } from "#renderer/fields/approval-words.ts";
import { ChainAlarm } from "#renderer/fields/chain-alarm.tsx";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { StatusChip } from "#renderer/ui/status-chip.tsx";
import classes from "./documents-tab.module.css";
import { dayWords } from "./project-days.ts";
import type { ProjectContext } from "./use-project.ts";

/** Drawn at once; a long project has hundreds, and what needs somebody stands first. */
const FIRST = 100;

export function ApprovalsTab({ context }: { readonly context: ProjectContext }) {
  const views = useApprovals(context.spaceId);
  const [all, setAll] = useState(false);
  if (views === undefined) return null;
  const shown = all ? views : views.slice(0, FIRST);
  return (
    <div className={classes.tab}>
      <ChainAlarm space={context.spaceId} />
      {views.length === 0 ? (
        <EmptyState
          kind="nothingToDo"
          title="Nothing was put up for approval yet"
          text={
            context.plans
              ? "Open a milestone or a document and ask for approval: it is bound to exactly what it says then."
              : "When something needs your approval, it stands here."
          }
        />
      ) : (
        <ul className={classes.documents}>
          {shown.map((view) => (
            <li key={view.request.id} className={classes.document}>
              <Link className={classes.title} to={approvalPath(view)}>
                {view.request.title}
              </Link>
              <StatusChip tone={outcomeTone(view)}>{outcomeWords(view)}</StatusChip>
              <span className={classes.kind}>
                {view.needsMe
                  ? "needs your decision"
                  : view.status.waitingFor.length > 0
                    ? `waits for ${view.status.waitingFor.map((id) => context.nameOf(id)).join(", ")}`
                    : `revision ${view.request.revision}`}
              </span>
              <span className={classes.updated}>
                {view.request.dueDate === undefined || view.status.outcome !== "pending"
                  ? ""
                  : `due ${dayWords(view.request.dueDate, context.today, context.locale)}`}
              </span>
            </li>
          ))}
        </ul>
      )}
      {shown.length < views.length && (
        <Button variant="default" onClick={() => setAll(true)}>
          Show {views.length - shown.length} more
        </Button>
      )}
    </div>
  );
}
