// What becomes of waiting updates: acknowledged ones join the confirmed state, refused and discarded ones leave the
// document, which is then rebuilt from what the relay has. Nothing a person wrote disappears without a row that says so.

import type { Change } from "#shared/doc/facet-content.ts";
import { editFacet } from "#shared/doc/facet-document.ts";
import { compactUpdates } from "#shared/doc/update-bytes.ts";
import { fitsInOne, splitUpdate } from "#shared/doc/split-update.ts";
import { refusalCodes } from "#shared/protocol/close-codes.ts";
import { onePush } from "#shared/protocol/limits.ts";
import { applyUpdate, type Doc } from "yjs";
import { docIdOf } from "#shared/model/ids.ts";
import type { Database, RecordDocuments, RefusedRow, StoredRecord, UpdateRow } from "./database.ts";
import { openHeld, reprojectRecord } from "./held-record.ts";
import { retireClientIds, writing, type Replica } from "./replica.ts";
import {
  bytesSettled,
  changeDocuments,
  clearPending,
  type DocRow,
  docRows,
  docsOf,
  dropDocs,
  findDoc,
  findDocs,
  updatesOf,
} from "./record-rows.ts";
import type { ChangeRow } from "./types.ts";

export type Confirmation = { readonly n: number; readonly at: number; readonly seq?: number };

/** Acknowledged rows become confirmed state. Returns the numbers that are not in the outbox any more. */
export async function confirmRows(
  replica: Replica,
  confirmations: readonly Confirmation[],
): Promise<readonly number[]> {
  const { database } = replica;
  return writing(replica, async () => {
    const found = await database.updates.bulkGet(confirmations.map((one) => one.n));
    const unknown = confirmations.flatMap((one, index) => (found[index] === undefined ? [one.n] : []));
    const rows = found.filter((row) => row !== undefined);
    const atByKey = new Map(confirmations.map((one) => [one.n, one.at]));
    const byRecord = Map.groupBy(rows, (row) => row.recordId);
    const spaceByDoc = new Map<string, string>();
    await changeDocuments(database, byRecord.keys(), (held) => {
      const own = byRecord.get(held.id) ?? [];
      for (const { docId, space } of docRows(held)) spaceByDoc.set(docId, space);
      return { ...held, facets: fold(held, own), history: stampReceived(held.history, own, atByKey) };
    });
    await database.updates.bulkDelete(rows.map((row) => row.key));
    await clearPending(database, [...byRecord.keys()]);
    await moveCursors(database, rows, spaceByDoc, confirmations);
    return unknown;
  });
}

/** Updates that are confirmed now join the snapshots of their documents. */
function fold({ id, facets }: RecordDocuments, rows: readonly UpdateRow[]): RecordDocuments["facets"] {
  return Object.fromEntries(
    Object.entries(facets).map(([facet, state]) => {
      const docId = docIdOf(id, facet);
      const more = rows.flatMap((row) => (row.docId === docId ? [row.bytes] : []));
      if (more.length === 0) return [facet, state];
      const pieces = [...(state.snapshot === undefined ? [] : [state.snapshot]), ...more];
      const only = pieces.length === 1 ? pieces[0] : undefined;
      return [facet, { ...state, snapshot: only ?? compactUpdates(docId, pieces) }];
    }),
  );
}

/** History entries of an update carry its time and author: that is how they are found again. */
const isOf = (row: UpdateRow, facet: string, change: Change): boolean =>
  row.docId.endsWith(`.${facet}`) && change.at === row.at && change.by === row.by;

const stampReceived = (
  history: readonly ChangeRow[],
  rows: readonly UpdateRow[],
  atByKey: ReadonlyMap<number, number>,
): readonly ChangeRow[] =>
  history.map((change) => {
    if (change.receivedAt !== undefined) return change;
    const row = rows.find((candidate) => isOf(candidate, change.facet, change));
    const at = row === undefined ? undefined : atByKey.get(row.key);
    return at === undefined ? change : { ...change, receivedAt: new Date(at).toISOString() };
  });

/** Rule W1. A space without a cursor was never caught up with: its acks say nothing about the rest of it. */
async function moveCursors(
  database: Database,
  rows: readonly UpdateRow[],
  spaceByDoc: ReadonlyMap<string, string>,
  confirmations: readonly Confirmation[],
): Promise<void> {
  const seqByKey = new Map(confirmations.map((one) => [one.n, one.seq ?? 0]));
  const highest = new Map<string, number>();
  for (const row of rows) {
    const space = spaceByDoc.get(row.docId) ?? "";
    highest.set(space, Math.max(highest.get(space) ?? 0, seqByKey.get(row.key) ?? 0));
  }
  for (const [space, seq] of highest) {
    const cursor = await database.cursors.get(space);
    if (cursor !== undefined && seq > cursor.seq) await database.cursors.put({ space, seq });
  }
}

/** An update larger than a push may be, as several. False when it cannot be split: a single value is too large. */
export async function splitRow(replica: Replica, row: UpdateRow): Promise<boolean> {
  const pieces = splitUpdate(row.bytes, onePush);
  if (pieces.some((piece) => !fitsInOne(piece, onePush))) return false;
  const { database } = replica;
  await writing(replica, async () => {
    // Discarded meanwhile: nothing of it may come back.
    if ((await database.updates.get(row.key)) === undefined) return;
    const { key: _replaced, patches, ...rest } = row;
    await database.updates.delete(row.key);
    await database.updates.bulkAdd(
      pieces.map((bytes, index) => ({
        ...rest,
        bytes,
        ...(patches === undefined ? {} : { patches: index === 0 ? patches : [] }),
      })),
    );
  });
  return true;
}

export type Refusal = { readonly code: number; readonly reason: string; readonly late?: 1 };

/**
 * Inside `writing`. Moves updates into the "Not accepted" tray. Offers of confirmed state (no author) are nobody's words when
 * access ended; too large or unreadable for the relay they may be the last copy, and are kept in this member's name.
 */
export async function moveToRefused(replica: Replica, rows: readonly UpdateRow[], refusal: Refusal): Promise<void> {
  const at = replica.now().toISOString();
  const docs = await findDocs(
    replica.database,
    rows.map((row) => row.docId),
  );
  await replica.database.refused.bulkAdd(
    rows.flatMap(({ docId, recordId, bytes, patches, by, at: madeAt }): Omit<RefusedRow, "id">[] => {
      if (by === undefined && refusal.code === refusalCodes.forbidden) return [];
      const doc = docs.get(docId);
      return [
        {
          docId,
          recordId,
          ...refusal,
          at: madeAt ?? at,
          by: by ?? replica.me.id,
          patches: patches ?? [],
          bytes,
          refusedAt: at,
          ...(doc === undefined ? {} : { type: doc.type, space: doc.space }),
          ...(doc === undefined || doc.snapshot !== undefined || doc.linked === 1 ? {} : { isNew: 1 }),
        },
      ];
    }),
  );
}

/** The relay did not accept an update: it leaves the document, later edits of it are made again on top of the rest. */
export async function refuseRow(replica: Replica, key: number, refusal: Refusal): Promise<void> {
  const { database } = replica;
  await writing(replica, async () => {
    const row = await database.updates.get(key);
    if (row === undefined) return;
    const later = (await database.updates.where("docId").equals(row.docId).sortBy("key")).filter(
      (update) => update.key > key,
    );
    await retireClientIds(database);
    await moveToRefused(replica, [row], refusal);
    await dropRows(database, [row]);
    const doc = await findDoc(database, row.docId);
    if (doc !== undefined) await replay(replica, doc, later, refusal);
    await reprojectRecord(database, row.recordId);
  });
}

/** Removes updates together with the history entries they made. */
export async function dropRows(database: Database, rows: readonly UpdateRow[]): Promise<void> {
  await database.updates.bulkDelete(rows.map((row) => row.key));
  const byRecord = Map.groupBy(rows, (row) => row.recordId);
  await changeDocuments(database, byRecord.keys(), (held) => ({
    ...held,
    history: held.history.filter(
      (change) =>
        change.receivedAt !== undefined ||
        byRecord.get(held.id)?.some((row) => isOf(row, change.facet, change)) !== true,
    ),
  }));
}

async function replay(replica: Replica, row: DocRow, later: readonly UpdateRow[], refusal: Refusal): Promise<void> {
  const { database } = replica;
  const before = (await database.updates.where("docId").equals(row.docId).sortBy("key")).filter(
    (update) => !later.some((one) => one.key === update.key),
  );
  const { doc } = openHeld(row, before, await replica.clientId());
  for (const update of later) {
    const bytes =
      update.patches !== undefined && update.patches.length > 0
        ? replayPatches(doc, row.type, update)
        : replayBytes(doc, update);
    if (bytes === "unusable") {
      await moveToRefused(replica, [update], refusal);
      await dropRows(database, [update]);
    } else if (bytes === undefined) {
      await dropRows(database, [update]);
    } else {
      await database.updates.update(update.key, { bytes });
    }
  }
}

function replayPatches(doc: Doc, type: string, row: UpdateRow): Uint8Array | undefined {
  const edits = Object.fromEntries((row.patches ?? []).map((patch) => [patch.field, patch.to ?? null]));
  return editFacet(doc, type, edits, { at: row.at ?? "", by: row.by ?? "" })?.update;
}

/** Bytes without patches (typed text, deletions) stand only if they do not build on what was refused. */
function replayBytes(doc: Doc, row: UpdateRow): Uint8Array | "unusable" {
  try {
    applyUpdate(doc, row.bytes);
  } catch {
    return "unusable";
  }
  return doc.store.pendingStructs === null ? row.bytes : "unusable";
}

/** Takes a record's waiting changes back: the record returns to what the relay has confirmed. */
export async function discardWaiting(replica: Replica, recordId: string): Promise<void> {
  const { database } = replica;
  await writing(replica, async () => {
    const rows = await updatesOf(database, [recordId]).toArray();
    if (rows.length === 0) return;
    await retireClientIds(database);
    await dropRows(database, rows);
    await forgetEmptyDocs(database, recordId);
    await reprojectRecord(database, recordId);
  });
}

/** A document without confirmed bytes, waiting updates or refused ones has nothing left to say. */
export async function forgetEmptyDocs(database: Database, recordId: string): Promise<void> {
  const empty: string[] = [];
  for (const doc of await docsOf(database, [recordId])) {
    if (doc.snapshot !== undefined) continue;
    const waiting = await database.updates.where("docId").equals(doc.docId).count();
    const refused = await database.refused.where("docId").equals(doc.docId).count();
    if (waiting + refused === 0) empty.push(doc.docId);
  }
  await dropDocs(database, empty);
}

/** Documents that were taken out of a space; what came to this device through another space meanwhile stays. */
export async function dropPlaced(replica: Replica, space: string, docIds: readonly string[]): Promise<void> {
  const docs = await findDocs(replica.database, docIds);
  await dropDocuments(
    replica,
    docIds.filter((docId) => docs.get(docId)?.space === space),
  );
}

/** The relay took documents away, or a whole space: they leave this device; what still waited in them is kept in the tray. */
export async function dropDocuments(replica: Replica, docIds: readonly string[]): Promise<void> {
  const { database } = replica;
  const reason = "Your access to this ended before the change was delivered. Copy your words if you need them.";
  for (let start = 0; start < docIds.length; start += 200) {
    const chunk = docIds.slice(start, start + 200);
    await writing(replica, async () => {
      const waiting = await database.updates.where("docId").anyOf(chunk).toArray();
      await moveToRefused(replica, waiting, { code: refusalCodes.forbidden, reason, late: 1 });
      await database.updates.bulkDelete(waiting.map((row) => row.key));
      await keepUndelivered(replica, chunk, reason);
      const held = await findDocs(database, chunk);
      await dropDocs(database, chunk);
      for (const recordId of new Set([...held.values()].map((doc) => doc.recordId)))
        await reprojectRecord(database, recordId);
    });
  }
}

/** Bytes of files that are about to leave with their records, and that nobody else has. */
async function keepUndelivered(replica: Replica, leaving: readonly string[], reason: string): Promise<void> {
  const { database } = replica;
  const waiting = await database.files.where("waits").equals(1).primaryKeys();
  if (waiting.length === 0) return;
  const isLeaving = new Set(leaving);
  for (const record of await database.records.bulkGet(waiting)) {
    if (record === undefined || !docsLeave(await docsOf(database, [record.id]), isLeaving)) continue;
    // Its making never arrived, and is in the tray already.
    if ((await database.refused.where("recordId").equals(record.id).count()) > 0) continue;
    await refuseFile(replica, record, { code: refusalCodes.forbidden, reason });
  }
}

const docsLeave = (docs: readonly DocRow[], leaving: ReadonlySet<string>): boolean =>
  docs.length > 0 && docs.every((doc) => leaving.has(doc.docId));

/** Inside `writing`. The bytes of a file are in the tray from now on, and on this device as long as that keeps them. */
export async function refuseFile(replica: Replica, record: StoredRecord, refusal: Refusal): Promise<void> {
  const { database, me } = replica;
  const at = replica.now().toISOString();
  const [facet = ""] = Object.keys(record.docs);
  await database.refused.add({
    docId: docIdOf(record.id, facet),
    recordId: record.id,
    ...refusal,
    at: record.createdAt,
    by: me.id,
    patches: [{ field: "name", to: record.title }],
    bytes: new Uint8Array(),
    refusedAt: at,
    type: record.type,
    space: record.space,
    file: 1,
  });
  await bytesSettled(database, record.id);
  await reprojectRecord(database, record.id);
}
