// Who has to act: one person and one task per line, the most pressing first.

import { Link } from "@tanstack/react-router";
import { approvalPath } from "#renderer/fields/approval-paths.ts";
import { Panel } from "#renderer/ui/panel.tsx";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import classes from "./act-panel.module.css";
import { countWords } from "#renderer/ui/count-words.ts";
import { daysBetween, dayWords } from "./project-days.ts";
import { lateWords, tabPath } from "./project-words.ts";
import type { ProjectContext } from "./use-project.ts";
import { whoActs } from "./who-acts.ts";

type Props = { readonly context: ProjectContext; readonly onOpen: (id: string) => void };

export function ActPanel({ context, onOpen }: Props) {
  const lines = whoActs(context.tasks, context.today);
  const waiting = context.approvals.flatMap((view) =>
    view.isStale ? [] : view.status.waitingFor.map((memberId) => ({ memberId, view })),
  );
  return (
    <Panel title="Who has to act" aside={<Link to={tabPath(context.spaceId, "tasks")}>Tasks</Link>}>
      {lines.length + waiting.length === 0 && (
        <p className={classes.quiet}>Nobody. No open task is due within two weeks.</p>
      )}
      <ul className={classes.lines}>
        {waiting.map(({ memberId, view }) => {
          const persona = context.personaOf(memberId);
          const { dueDate, title, at } = view.request;
          const days = daysBetween(at.slice(0, 10), context.today);
          return (
            <li key={`${view.request.id} ${memberId}`}>
              <Link className={classes.line} to={approvalPath(view)}>
                <PersonAvatar
                  name={context.nameOf(memberId)}
                  size={26}
                  decorative
                  {...(persona === undefined ? {} : { persona })}
                />
                <span className={classes.words}>
                  <span className={classes.title}>
                    <strong>{memberId === context.meId ? "You" : context.nameOf(memberId)}</strong>{" "}
                    {memberId === context.meId ? "approve" : "approves"} {title}
                  </span>
                  <span className={view.isOverdue ? classes.late : classes.waits}>
                    {days > 0 ? `waits ${countWords(days, "day")}` : "asked today"}
                    {dueDate !== undefined && `, due ${dayWords(dueDate, context.today, context.locale)}`}
                  </span>
                </span>
              </Link>
            </li>
          );
        })}
        {lines.map(({ memberId, task, late, more }) => {
          const persona = context.personaOf(memberId);
          return (
            <li key={memberId ?? ""}>
              <button type="button" className={classes.line} onClick={() => onOpen(task.id)}>
                <PersonAvatar
                  name={memberId === undefined ? "?" : context.nameOf(memberId)}
                  size={26}
                  decorative
                  {...(persona === undefined ? {} : { persona })}
                />
                <span className={classes.words}>
                  <span className={classes.title}>
                    <strong>{memberId === context.meId ? "You" : context.nameOf(memberId)}</strong> {task.title}
                  </span>
                  <span className={classes.detail}>
                    {late > 0 ? (
                      <span className={classes.late}>{lateWords(late)}</span>
                    ) : (
                      `due ${dayWords(task.dueDate ?? context.today, context.today, context.locale)}`
                    )}
                    {more > 0 && `, and ${more} more`}
                  </span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
