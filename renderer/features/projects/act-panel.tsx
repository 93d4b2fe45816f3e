// Who has to act: one person and one task per line, the most pressing first.

import { Link } from "@tanstack/react-router";
import { Panel } from "#renderer/ui/panel.tsx";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import classes from "./act-panel.module.css";
import { dayWords } from "./project-days.ts";
import { lateWords, tabPath } from "./project-words.ts";
import type { ProjectContext } from "./use-project.ts";
import { whoActs } from "./who-acts.ts";

type Props = { readonly context: ProjectContext; readonly onOpen: (id: string) => void };

export function ActPanel({ context, onOpen }: Props) {
  const lines = whoActs(context.tasks, context.today);
  return (
    <Panel title="Who has to act" aside={<Link to={tabPath(context.spaceId, "tasks")}>Tasks</Link>}>
      {lines.length === 0 && <p className={classes.quiet}>Nobody. No open task is due within two weeks.</p>}
      <ul className={classes.lines}>
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
