// One entry of the audit: when, what, who to whom, and the particulars in words. Ids become names where this device knows
// them; the audit itself holds ids only.

import { Link } from "@tanstack/react-router";
import type { AuditEntry } from "#renderer/data/trust-types.ts";
import { usePersonaLabel } from "#renderer/data/use-personas.ts";
import { exactTime } from "#renderer/fields/times.ts";
import { when } from "#renderer/ui/when.ts";
import { parseDocId } from "#shared/model/ids.ts";
import { isPersona } from "#shared/model/personas.ts";
import { particularOf } from "./audit-words.ts";
import classes from "./trust.module.css";

const ID_LENGTH = 8;

/** Ids of records and documents say little; enough of them to tell two apart. */
const shortId = (id: string): string => (id.length > ID_LENGTH * 2 ? `…${id.slice(-ID_LENGTH)}` : id);

/** The record of a document's id, for its title; undefined for anything else. */
export function recordOf(target: string): string | undefined {
  const parsed = parseDocId(target);
  return parsed.ok ? parsed.value.recordId : undefined;
}

type AuditRowProps = {
  readonly entry: AuditEntry;
  /** Names of spaces and titles of records that this device holds, by id. */
  readonly names: ReadonlyMap<string, string>;
};

export function AuditRow({ entry, names }: AuditRowProps) {
  const labelOf = usePersonaLabel();
  const { actor, actorName, target, targetName } = entry;
  const nameOf = (id: string, name = ""): string => (name === "" ? (names.get(id) ?? shortId(id)) : name);
  const wordsOf = (text: string): string => (isPersona(text) ? labelOf(text) : nameOf(text));
  const particulars = Object.entries(entry.details).map(([name, value]) => particularOf(name, value, wordsOf));
  return (
    <li className={classes.entry}>
      <time className={classes.when} dateTime={entry.at} title={exactTime(entry.at)}>
        {when(entry.at)}
      </time>
      <span className={classes.what}>{entry.words}</span>
      <span className={classes.who}>
        {actor === "" ? "Nobody signed in" : nameOf(actor, actorName)}
        {target === "" || target === actor ? null : (
          <>
            <span aria-hidden> → </span>
            <Target target={target} name={targetName} nameOf={nameOf} />
          </>
        )}
      </span>
      <span className={classes.details}>{particulars.join(", ")}</span>
    </li>
  );
}

type TargetProps = {
  readonly target: string;
  readonly name: string;
  readonly nameOf: (id: string, name?: string) => string;
};

function Target({ target, name, nameOf }: TargetProps) {
  const record = recordOf(target);
  if (record === undefined) return <span title={target}>{nameOf(target, name)}</span>;
  return (
    <Link to="/record/$id" params={{ id: record }} title={target}>
      {nameOf(record)}
    </Link>
  );
}
