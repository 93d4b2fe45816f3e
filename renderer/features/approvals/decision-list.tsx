// Who decided what, in the order of the chain, with what each decision rests on. Nothing here is ever removed.

import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import type { DecisionView } from "#renderer/data/approval-types.ts";
import {
  clockWords,
  decisionWords,
  ignoredWords,
  newKeyWords,
  problemWords,
  shortHash,
  stampWords,
} from "#renderer/fields/approval-words.ts";
import classes from "./approvals.module.css";
import type { ApprovalContext } from "./use-approval.ts";

export function DecisionList({ context }: { readonly context: ApprovalContext }) {
  const { view, nameOf, personaOf } = context;
  if (view.decisions.length === 0) return null;
  return (
    <Panel title="Decisions" aside={String(view.decisions.length)} flush>
      <ul className={classes.decisions}>
        {view.decisions.map((one) => {
          const persona = personaOf(one.decidedBy);
          return (
            <li key={one.id}>
              <PersonAvatar
                name={nameOf(one.decidedBy)}
                {...(persona === undefined ? {} : { persona })}
                size={28}
                decorative
              />
              <div>
                <p>
                  <strong>{nameOf(one.decidedBy)}</strong> {decisionWords(one, nameOf)}
                </p>
                {one.reason !== undefined && <blockquote>{one.reason}</blockquote>}
                <p className={classes.small}>
                  <Standing one={one} team={context.team} />
                  {context.team && (
                    <>
                      {" "}
                      · key <code>{shortHash(one.keyId)}</code>
                    </>
                  )}
                </p>
                {one.newKey !== undefined && (
                  <p className={classes.small}>
                    {newKeyWords(one.newKey, one.decidedBy === context.meId ? "you" : nameOf(one.decidedBy))}
                  </p>
                )}
                {view.ignored.has(one.id) && <p className={classes.small}>{ignoredWords}</p>}
              </div>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function Standing({ one, team }: { readonly one: DecisionView; readonly team: boolean }) {
  const { delivery } = one;
  switch (delivery.state) {
    case "here":
      return <>Signed here, not yet delivered</>;
    case "delivered":
      return <>Delivered, being recorded</>;
    case "void":
      return <span className={classes.bad}>{problemWords[delivery.problem]}</span>;
    case "counts": {
      const doubt = clockWords(one);
      return (
        <>
          Recorded {stampWords(delivery.receivedAt)}
          {team && `, link ${delivery.seq}`}
          {doubt !== undefined && `. ${doubt}`}
        </>
      );
    }
  }
}
