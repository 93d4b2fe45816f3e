// What happened with a record, as one list, newest first: what people wrote, tasks, and changes in plain words.

import type { Received } from "#renderer/data/trust-types.ts";
import type { ChangeRow, RecordRow } from "#renderer/data/types.ts";
import { idsIn } from "#renderer/fields/field-context.tsx";
import { changeWords } from "#renderer/fields/change-words.ts";
import type { FormatContext } from "#shared/model/field-value.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { choiceWords } from "./record-words.ts";

export type Entry = {
  readonly id: string;
  readonly kind: "activity" | "comment" | "task" | "change" | "stage";
  readonly at: string;
  readonly by: string;
  readonly receivedAt?: string;
  /** What the author's device called itself. */
  readonly device?: string;
  /** Member id of whoever sent it, by the relay's word. */
  readonly sentBy?: string;
  /** It came after its author's right had ended: member id of whoever let it in, and when. */
  readonly acceptedBy?: string;
  readonly acceptedAt?: string;
  /** After the name: "logged a meeting", "set Close date to". */
  readonly verb: string;
  /** What the verb ends in, in bold. */
  readonly object?: string;
  readonly tail?: string;
  readonly row?: RecordRow;
};

export const timelineFilters = ["All", "Notes", "Tasks", "Changes"] as const;
export type TimelineFilter = (typeof timelineFilters)[number];

export function passes(entry: Entry, filter: TimelineFilter): boolean {
  if (filter === "All") return true;
  if (filter === "Notes") return entry.kind === "activity" || entry.kind === "comment";
  if (filter === "Tasks") return entry.kind === "task";
  return entry.kind === "change" || entry.kind === "stage";
}

const activityVerbs: Readonly<Record<string, string>> = {
  note: "wrote a note",
  call: "logged a call",
  meeting: "logged a meeting",
  email: "logged an e-mail",
  visit: "logged a visit",
  chat: "logged a chat",
  sms: "logged an SMS",
};

function activityEntry(row: RecordRow, titles: FormatContext): Entry {
  const channel = row.fields["channel"];
  const planned = row.fields["status"] === "planned";
  const contact = row.fields["contact"];
  const withWhom = typeof contact === "string" ? titles.recordTitle?.(contact) : undefined;
  const start = row.fields["startAt"];
  const verb = planned
    ? `planned a ${choiceWords(row, "channel").toLowerCase() || "meeting"}`
    : ((typeof channel === "string" ? activityVerbs[channel] : undefined) ?? "logged an activity");
  const owner = row.fields["owner"];
  return {
    id: row.id,
    kind: "activity",
    at: typeof start === "string" && !planned ? start : row.createdAt,
    by: typeof owner === "string" ? owner : row.createdBy,
    verb: withWhom === undefined ? verb : `${verb} with`,
    ...(withWhom === undefined ? {} : { object: withWhom }),
    row,
  };
}

function changeEntry(change: ChangeRow, definition: RecordTypeDefinition, context: FormatContext): Entry | undefined {
  const words = changeWords(change, definition, context);
  if (words === undefined) return undefined;
  return {
    id: `${change.facet} ${change.id}`,
    kind: change.field === "stage" && change.kind === "changed" ? "stage" : "change",
    at: change.at,
    by: change.by,
    ...(change.receivedAt === undefined ? {} : { receivedAt: change.receivedAt }),
    ...(change.device === undefined ? {} : { device: change.device }),
    ...words,
  };
}

/** Records that changes of relation fields name, before and after. */
export const idsInChanges = (changes: readonly ChangeRow[], definition: RecordTypeDefinition): readonly string[] =>
  changes.flatMap(({ field, from, to }) => {
    const kind = field === undefined ? undefined : definition.fields[field]?.kind;
    return kind === "relation" || kind === "relations" ? [...idsIn(from), ...idsIn(to)] : [];
  });

const newestFirst = (left: Entry, right: Entry): number =>
  left.at < right.at ? 1 : left.at > right.at ? -1 : left.id < right.id ? 1 : -1;

export function toEntries(
  record: RecordRow,
  definition: RecordTypeDefinition,
  referring: readonly RecordRow[],
  changes: readonly ChangeRow[],
  context: FormatContext,
): readonly Entry[] {
  const entries: Entry[] = [];
  for (const row of referring) {
    if (row.state === "deleted") continue;
    if (row.type === "activity") entries.push(activityEntry(row, context));
    else if (row.type === "comment")
      entries.push({ id: row.id, kind: "comment", at: row.createdAt, by: row.createdBy, verb: "commented", row });
    else if (row.type === "task")
      entries.push({
        id: row.id,
        kind: "task",
        at: row.createdAt,
        by: row.createdBy,
        verb: "added the task",
        object: row.title,
        row,
      });
  }
  // Each facet has its own "created"; for people a record is made once.
  let made = false;
  for (const change of changes.toSorted((left, right) => (left.at < right.at ? -1 : 1))) {
    if (change.kind === "created" && made) continue;
    made ||= change.kind === "created";
    const entry = changeEntry(change, definition, context);
    if (entry !== undefined) entries.push(entry);
  }
  if (!made && record.createdAt !== "") {
    entries.push({
      id: "made",
      kind: "change",
      at: record.createdAt,
      by: record.createdBy,
      verb: `made this ${definition.label.one.toLowerCase()}`,
    });
  }
  return sameDeedOnce(entries).toSorted(newestFirst);
}

/** Adds what the relay knows of changes: a device that came late has the values, not when they were received. */
export function withReceipts(entries: readonly Entry[], received: readonly Received[]): readonly Entry[] {
  const byId = new Map(received.map((one) => [one.id, one]));
  return entries.map((entry) => {
    const { receivedAt, sentBy, acceptedBy, acceptedAt } = byId.get(entry.id.slice(entry.id.indexOf(" ") + 1)) ?? {};
    return {
      ...entry,
      ...(receivedAt === undefined || entry.receivedAt !== undefined ? {} : { receivedAt }),
      ...(sentBy === undefined ? {} : { sentBy }),
      ...(acceptedBy === undefined || acceptedAt === undefined ? {} : { acceptedBy, acceptedAt }),
    };
  });
}

/** Deleting writes into every facet: people deleted once. */
function sameDeedOnce(entries: readonly Entry[]): readonly Entry[] {
  const seen = new Set<string>();
  return entries.filter((entry) => {
    const deed = `${entry.at} ${entry.by} ${entry.verb} ${entry.object ?? ""} ${entry.row?.id ?? ""}`;
    if (seen.has(deed)) return false;
    seen.add(deed);
    return true;
  });
}
