// Approvals that wait for the reader, each one press away from deciding: in a project, and over all of them.

import { IconFlag } from "@tabler/icons-react";
import type { ApprovalView } from "#renderer/data/approval-types.ts";
import { useApprovals } from "#renderer/data/hooks.tsx";
import { approvalPath } from "#renderer/fields/approval-paths.ts";
import { LOCALE } from "#renderer/fields/field-context.tsx";
import { PageLink } from "#renderer/ui/page-link.tsx";
import classes from "./needs-panel.module.css";
import { daysBetween, dayWords } from "./project-days.ts";
import { lateWords } from "./project-words.ts";

type NeedProps = { readonly title: string; readonly due: string | undefined; readonly today: string };

export function NeedWords({ title, due, today }: NeedProps) {
  const late = due === undefined ? 0 : Math.max(0, daysBetween(due, today));
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
          due !== undefined && <span className={classes.due}>Due {dayWords(due, today, LOCALE)}</span>
        )}
      </span>
    </>
  );
}

export const ApprovalNeeds = ({ views, today }: { readonly views: readonly ApprovalView[]; readonly today: string }) =>
  views.map((view) => (
    <li key={view.request.id}>
      <PageLink className={classes.need} to={approvalPath(view)}>
        <NeedWords title={`Approve ${view.request.title}`} due={view.request.dueDate} today={today} />
      </PageLink>
    </li>
  ));

/** What somebody from outside sees first: what is asked of him, in all projects. Nothing when nothing is. */
export function AskedOfMe({ today }: { readonly today: string }) {
  const views = (useApprovals() ?? []).filter((view) => view.needsMe);
  if (views.length === 0) return null;
  return (
    <section className={classes.panel} data-needed aria-labelledby="asked-title">
      <h2 id="asked-title" className={classes.title}>
        What we need from you
      </h2>
      <ul className={classes.needs}>
        <ApprovalNeeds views={views} today={today} />
      </ul>
    </section>
  );
}
