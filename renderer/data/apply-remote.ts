// Batches of the feed become confirmed state: documents, rows and history in one transaction, with the cursor. Grouped by
// record, so that no document is loaded twice; a first download (nothing known yet) reads nothing at all.

import { encodeStateAsUpdate, type Doc } from "yjs";
import { findChangedByBoth } from "#shared/doc/changed-by-both.ts";
import type { Change, ChangedByBoth, FacetContent } from "#shared/doc/facet-content.ts";
import { markChangedByBoth, openGrowingDocument, readChanges, readFacet } from "#shared/doc/facet-document.ts";
import { bytesEqual } from "#shared/doc/update-bytes.ts";
import { docIdOf, parseDocId } from "#shared/model/ids.ts";
import type { PolicyView } from "#shared/model/policy.ts";
import type { BatchEntry } from "#shared/protocol/frames.ts";
import type { DocumentState, RecordDocuments, StoredRecord, UpdateRow } from "./database.ts";
import { outboxRow, stampOf } from "./edit-writes.ts";
import { madeOnce, moveCursor, openHeld, piecesOf, putRecords, toChangeRows } from "./held-record.ts";
import { projectRecord } from "./projection.ts";
import { writing, type Replica } from "./replica.ts";
import type { ChangeRow } from "./types.ts";
import { docRows, updatesOf, withHistory, type DocRow } from "./record-rows.ts";

/** `isLinked`: the document's home is elsewhere, a link put it into this space (rule R8). */
export type RemoteEntry = BatchEntry & { readonly space: string; readonly isLinked?: boolean };

type Known = {
  readonly documents: ReadonlyMap<string, RecordDocuments>;
  readonly waiting: ReadonlyMap<string, readonly UpdateRow[]>;
};

/** What entries did to the facets of one record. */
type FacetOutcome = {
  readonly facets: Record<string, DocumentState>;
  readonly changes: ChangeRow[];
  /** History entries that left their document: of a field that moved to where fewer people look. */
  readonly forgotten: string[];
  /** Marks this device adds. */
  readonly added: ReturnType<typeof outboxRow>[];
  /** Own updates the relay sent back: it has them. */
  readonly echoed: number[];
};

type Outcome = Pick<FacetOutcome, "added" | "echoed"> & {
  readonly documents: RecordDocuments;
  readonly record: StoredRecord;
};

/** A record made of bytes that no code can stand stays as it was: all others go on (rule W4). Said where a developer looks. */
function applySoundly(recordId: string, apply: () => Outcome | undefined): Outcome | undefined {
  try {
    return apply();
  } catch (error) {
    console.error(`What arrived of record ${recordId} could not be applied; it stays as it was.`, error);
    return undefined;
  }
}

/** What entries make of records this device has nothing of: as good as certain in a first download. */
export type Prepared = ReadonlyMap<string, Outcome>;

const nothingKnown: Known = { documents: new Map(), waiting: new Map() };

/** The costly part of a first download, which needs no transaction: it runs while the batch before is being written. */
export async function prepareNew(replica: Replica, entries: readonly RemoteEntry[]): Promise<Prepared> {
  // A welcome, and with it another policy, is taken between batches only.
  const policy = await replica.policy();
  const prepared = new Map<string, Outcome>();
  for (const [recordId, group] of groupByRecord(entries)) {
    const outcome = applySoundly(recordId, () =>
      applyToRecord(replica, recordId, group, undefined, nothingKnown, { clientId: 0, policy }),
    );
    if (outcome !== undefined) prepared.set(recordId, outcome);
  }
  return prepared;
}

/** `cursors`: where each space stands once these entries are applied. */
export async function applyEntries(
  replica: Replica,
  entries: readonly RemoteEntry[],
  cursors: ReadonlyMap<string, number>,
  prepared: Prepared = new Map(),
): Promise<void> {
  const { database } = replica;
  const byRecord = groupByRecord(entries);
  await writing(replica, async () => {
    const stored = await database.records.bulkGet([...byRecord.keys()]);
    const known = await loadKnown(
      replica,
      stored.filter((record) => record !== undefined),
      byRecord.keys(),
    );
    const recordsById = new Map(
      stored.flatMap((record) => (record === undefined ? [] : [[record.id, record] as const])),
    );
    const clientId = known.waiting.size === 0 ? 0 : await replica.clientId();
    const policy = await replica.policy();
    const isNew = (recordId: string): boolean => !recordsById.has(recordId) && !known.documents.has(recordId);
    const outcomes = [...byRecord].flatMap(
      ([recordId, group]) =>
        (isNew(recordId) ? prepared.get(recordId) : undefined) ??
        applySoundly(recordId, () =>
          applyToRecord(replica, recordId, group, recordsById.get(recordId), known, { clientId, policy }),
        ) ??
        [],
    );
    await Promise.all([
      database.documents.bulkPut(outcomes.map((one) => one.documents)),
      database.updates.bulkDelete(outcomes.flatMap((one) => one.echoed)),
      database.updates.bulkAdd(outcomes.flatMap((one) => one.added)),
    ]);
    await putRecords(
      database,
      outcomes.map((one) => one.record),
    );
    for (const [space, seq] of cursors) await moveCursor(database, space, seq);
  });
}

type FacetEntries = Map<string, RemoteEntry[]>;

function groupByRecord(entries: readonly RemoteEntry[]): ReadonlyMap<string, FacetEntries> {
  const byRecord = new Map<string, FacetEntries>();
  for (const entry of entries) {
    const parsed = parseDocId(entry.docId);
    if (!parsed.ok) continue;
    const { recordId, facet } = parsed.value;
    const facets: FacetEntries = byRecord.get(recordId) ?? new Map<string, RemoteEntry[]>();
    facets.set(facet, [...(facets.get(facet) ?? []), entry]);
    byRecord.set(recordId, facets);
  }
  return byRecord;
}

/** Documents of records that have a row, and outbox rows of those that wait: a new record costs no read. */
async function loadKnown(
  replica: Replica,
  stored: readonly StoredRecord[],
  recordIds: Iterable<string>,
): Promise<Known> {
  const { documents, refused } = replica.database;
  // Only a record that was refused at birth has documents and no row.
  const rowless = (await refused.count()) > 0 ? recordIds : [];
  const wanted = new Set([...stored.map((record) => record.id), ...rowless]);
  const held = (await documents.bulkGet([...wanted])).filter((row) => row !== undefined);
  const pending = stored.filter((record) => record.pending === 1).map((record) => record.id);
  const waiting = pending.length === 0 ? [] : await updatesOf(replica.database, pending).sortBy("key");
  return {
    documents: new Map(held.map((row) => [row.id, row])),
    waiting: Map.groupBy(waiting, (row) => row.docId),
  };
}

function applyToRecord(
  replica: Replica,
  recordId: string,
  group: FacetEntries,
  stored: StoredRecord | undefined,
  known: Known,
  { clientId, policy }: { readonly clientId: number; readonly policy: PolicyView },
): Outcome | undefined {
  const held = known.documents.get(recordId) ?? { id: recordId, facets: {}, history: [] };
  const rows = new Map(docRows(held).map((row) => [row.facet, row]));
  const out: FacetOutcome = { facets: { ...held.facets }, changes: [], forgotten: [], added: [], echoed: [] };
  const facets = new Set([...Object.keys(stored?.docs ?? {}), ...group.keys()]);
  const contents: FacetContent[] = [];
  let waits = false;
  const places = [...facets].flatMap((facet) => {
    const row = rows.get(facet);
    const entries = group.get(facet);
    return row === undefined && entries === undefined ? [] : [placeOf(row, entries ?? [])];
  });
  // At home where any of it is; else in the space whose link brought it.
  const space = (places.find((place) => place.linked !== 1) ?? places.at(-1))?.space;
  for (const facet of facets) {
    const row = rows.get(facet);
    const waiting = known.waiting.get(docIdOf(recordId, facet)) ?? [];
    const entries = group.get(facet);
    if (entries === undefined) {
      if (row !== undefined) contents.push(readFacet(openHeld(row, waiting).doc));
      waits ||= waiting.length > 0;
    } else if (waiting.length === 0) {
      contents.push(applyConfirmed({ recordId, facet, entries, row }, out));
    } else if (row !== undefined) {
      const applied = applyBesideWaiting(replica, row, waiting, entries, clientId, out);
      contents.push(applied.content);
      waits ||= applied.waits;
    }
  }
  if (space === undefined || contents.length === 0) return undefined;
  const marks = { pending: waits, refused: stored?.refused === 1 };
  const record = projectRecord(recordId, space, contents, marks, policy);
  const kept = held.history.filter((change) => !out.forgotten.includes(change.id));
  const history = withHistory(kept, madeOnce(out.changes, record));
  return { ...out, record, documents: { ...held, facets: out.facets, history } };
}

/** Where a document belongs on this device: to the space that brought it last. */
function placeOf(row: DocRow | undefined, entries: readonly RemoteEntry[]): Pick<DocRow, "space" | "linked"> {
  const last = entries.at(-1);
  if (last === undefined) return { space: row?.space ?? "", ...(row?.linked === 1 ? { linked: 1 } : {}) };
  return { space: last.space, ...(last.isLinked === true ? { linked: 1 } : {}) };
}

type Target = {
  readonly recordId: string;
  readonly facet: string;
  readonly entries: readonly RemoteEntry[];
  readonly row: DocRow | undefined;
};

function applyConfirmed({ recordId, facet, entries, row }: Target, out: FacetOutcome): FacetContent {
  const growing = openGrowingDocument({ recordId, facet }, row?.snapshot === undefined ? [] : [row.snapshot]);
  const seen = new Set(readChanges(growing.doc).map((change) => change.id));
  for (const entry of entries) {
    growing.add(entry.bytes);
    out.changes.push(...freshChangeRows(growing.doc, { recordId, facet }, seen, entry.at));
  }
  const content = readFacet(growing.doc);
  out.forgotten.push(...missingFrom(seen, growing.doc));
  const first = entries[0];
  const isFirst = row?.snapshot === undefined && entries.length === 1 && growing.isWhole;
  const snapshot = isFirst && first !== undefined ? first.bytes : encodeStateAsUpdate(growing.doc);
  out.facets[facet] = { ...placeOf(row, entries), type: content.type, snapshot };
  return content;
}

function missingFrom(seen: ReadonlySet<string>, doc: Doc): readonly string[] {
  const kept = new Set(readChanges(doc).map((change) => change.id));
  return [...seen].filter((id) => !kept.has(id));
}

/** History entries that came with the update; a snapshot (`at` 0) does not tell when. */
function freshChangeRows(
  doc: Doc,
  key: Pick<DocRow, "recordId" | "facet">,
  seen: Set<string>,
  at: number,
): readonly ChangeRow[] {
  const fresh = readChanges(doc).filter((change) => !seen.has(change.id));
  for (const change of fresh) seen.add(change.id);
  return toChangeRows(key, fresh, at === 0 ? undefined : new Date(at).toISOString());
}

/** The document has edits the relay has not acknowledged: confirmed and working state go side by side, to find "changed by both". */
function applyBesideWaiting(
  replica: Replica,
  row: DocRow,
  waiting: readonly UpdateRow[],
  entries: readonly RemoteEntry[],
  clientId: number,
  out: FacetOutcome,
): { content: FacetContent; waits: boolean } {
  const confirmed = openGrowingDocument(row, piecesOf(row, []));
  const working = openGrowingDocument(row, piecesOf(row, waiting), { clientId });
  const seen = new Set(readChanges(confirmed.doc).map((change) => change.id));
  const marks: Record<string, ChangedByBoth> = {};
  let left = waiting;
  for (const entry of entries) {
    const echo = left.find((update) => bytesEqual(update.bytes, entry.bytes));
    const before = readFacet(confirmed.doc);
    confirmed.add(entry.bytes);
    out.changes.push(...freshChangeRows(confirmed.doc, row, seen, entry.at));
    if (echo !== undefined) {
      left = left.filter((update) => update !== echo);
      out.echoed.push(echo.key);
      continue;
    }
    const unseen = changesBeyond(confirmed.doc, working.doc);
    working.add(entry.bytes);
    const after = readFacet(confirmed.doc);
    Object.assign(marks, marksFor({ before, after, working: readFacet(working.doc), left, unseen }));
  }
  out.forgotten.push(...missingFrom(seen, confirmed.doc));
  const mark = Object.keys(marks).length === 0 ? undefined : markChangedByBoth(working.doc, marks);
  if (mark !== undefined) out.added.push(outboxRow(row, mark, [], stampOf(replica)));
  out.facets[row.facet] = {
    ...placeOf(row, entries),
    type: row.type,
    snapshot: encodeStateAsUpdate(confirmed.doc),
  };
  return { content: readFacet(working.doc), waits: left.length > 0 || mark !== undefined };
}

const changesBeyond = (doc: Doc, known: Doc): readonly Change[] => {
  const ids = new Set(readChanges(known).map((change) => change.id));
  return readChanges(doc).filter((change) => !ids.has(change.id));
};

type Sides = {
  readonly before: FacetContent;
  readonly after: FacetContent;
  readonly working: FacetContent;
  readonly left: readonly UpdateRow[];
  /** History entries this device had not seen: only fields they touch can have been changed by both. */
  readonly unseen: readonly Change[];
};

function marksFor({ before, after, working, left, unseen }: Sides): Readonly<Record<string, ChangedByBoth>> {
  const theirs = (field: string): Change | undefined =>
    unseen.findLast((change) => change.field === field || change.kind === "created");
  const unacked = left.flatMap((row) =>
    (row.patches ?? []).flatMap((patch) =>
      theirs(patch.field) === undefined
        ? []
        : [{ field: patch.field, to: patch.to ?? null, at: row.at ?? "", by: row.by ?? "" }],
    ),
  );
  if (unacked.length === 0) return {};
  const found = findChangedByBoth({
    confirmedBefore: before,
    confirmedAfter: after,
    working,
    unacked,
    remoteAuthor: (field) => ({ at: theirs(field)?.at ?? "", by: theirs(field)?.by ?? "" }),
  });
  const isKnown = (field: string, mark: ChangedByBoth): boolean => samePair(working.changedByBoth[field], mark);
  return Object.fromEntries(Object.entries(found).filter(([field, mark]) => !isKnown(field, mark)));
}

/** The other device may have left the same mark, with the sides as it saw them. */
function samePair(left: ChangedByBoth | undefined, right: ChangedByBoth): boolean {
  if (left === undefined) return false;
  const pair = (mark: ChangedByBoth): string =>
    [JSON.stringify(mark.kept), JSON.stringify(mark.other)].sort().join("\n");
  return pair(left) === pair(right);
}
