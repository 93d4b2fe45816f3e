// One entry of the audit: when, what, who to whom, and the particulars in words.

import type { AuditEntry } from "#renderer/data/trust-types.ts";
import { exactTime } from "#renderer/fields/times.ts";
import { when } from "#renderer/ui/when.ts";
import { isPersona, personaLabels } from "#shared/model/personas.ts";
import classes from "./trust.module.css";

const ID_LENGTH = 8;

/** Ids of records and documents say little; enough of them to tell two apart. */
const shortId = (id: string): string => (id.length > ID_LENGTH * 2 ? `…${id.slice(-ID_LENGTH)}` : id);

const words = (value: string | number | boolean): string => {
  const text = String(value);
  return isPersona(text) ? personaLabels[text] : shortId(text);
};

const particulars = ({ details }: AuditEntry): string =>
  Object.entries(details)
    .map(([name, value]) => `${name}: ${words(value)}`)
    .join(", ");

const nameOf = (id: string, name: string): string => (name === "" ? shortId(id) : name);

export function AuditRow({ entry }: { readonly entry: AuditEntry }) {
  const { actor, actorName, target, targetName } = entry;
  const by = actor === "" ? "Nobody signed in" : nameOf(actor, actorName);
  const to = target === "" || target === actor ? "" : nameOf(target, targetName);
  return (
    <li className={classes.entry}>
      <time className={classes.when} dateTime={entry.at} title={exactTime(entry.at)}>
        {when(entry.at)}
      </time>
      <span className={classes.what}>{entry.words}</span>
      <span className={classes.who}>
        {by}
        {to === "" ? null : (
          <>
            <span aria-hidden> → </span>
            <span title={target}>{to}</span>
          </>
        )}
      </span>
      <span className={classes.details}>{particulars(entry)}</span>
    </li>
  );
}
