// The rows of a record in the tables: its documents, its updates, and the mark that something of it waits.

import { docIdOf, recordIdOf } from "#shared/model/ids.ts";
import type { Database, DocumentState, RecordDocuments } from "./database.ts";
import type { ChangeRow } from "./types.ts";

/** A facet document by itself. */
export type DocRow = DocumentState & { readonly docId: string; readonly recordId: string; readonly facet: string };

export const docRows = ({ id, facets }: RecordDocuments): readonly DocRow[] =>
  Object.entries(facets).map(([facet, state]) => ({ docId: docIdOf(id, facet), recordId: id, facet, ...state }));

export const stateOf = ({ space, type, linked, snapshot }: DocumentState): DocumentState => ({
  space,
  type,
  ...(linked === undefined ? {} : { linked }),
  ...(snapshot === undefined ? {} : { snapshot }),
});

/** All documents of these records. */
export async function docsOf({ documents }: Database, recordIds: readonly string[]): Promise<readonly DocRow[]> {
  const held = await documents.bulkGet([...recordIds]);
  return held.flatMap((one) => (one === undefined ? [] : docRows(one)));
}

/** These documents, as far as the device holds them. */
export async function findDocs(database: Database, docIds: Iterable<string>): Promise<ReadonlyMap<string, DocRow>> {
  const wanted = new Set(docIds);
  const docs = await docsOf(database, [...new Set([...wanted].map(recordIdOf))]);
  return new Map(docs.flatMap((doc) => (wanted.has(doc.docId) ? [[doc.docId, doc] as const] : [])));
}

export const findDoc = async (database: Database, docId: string): Promise<DocRow | undefined> =>
  (await findDocs(database, [docId])).get(docId);

/** Inside `writing`. Rewrites rows; one without documents left goes. */
export async function changeDocuments(
  { documents }: Database,
  recordIds: Iterable<string>,
  change: (held: RecordDocuments) => RecordDocuments,
): Promise<void> {
  const held = await documents.bulkGet([...new Set(recordIds)]);
  const changed = held.flatMap((one) => (one === undefined ? [] : [change(one)]));
  const isEmpty = (one: RecordDocuments): boolean => Object.keys(one.facets).length === 0;
  await documents.bulkPut(changed.filter((one) => !isEmpty(one)));
  await documents.bulkDelete(changed.filter(isEmpty).map((one) => one.id));
}

/** Inside `writing`. Documents leave the device, and with them what history tells of them and the bytes of files. */
export async function dropDocs(database: Database, docIds: readonly string[]): Promise<void> {
  const gone = new Set(docIds);
  await changeDocuments(database, docIds.map(recordIdOf), (held) => {
    const stays = (facet: string): boolean => !gone.has(docIdOf(held.id, facet));
    return {
      ...held,
      facets: Object.fromEntries(Object.entries(held.facets).filter(([facet]) => stays(facet))),
      history: held.history.filter((change) => stays(change.facet)),
    };
  });
  await dropBytes(database, docIds.map(recordIdOf));
}

/** These bytes wait no longer: the relay has them, or will not take them. */
export const bytesSettled = (database: Database, id: string): PromiseLike<number> =>
  database.files.update(id, (row) => {
    delete (row as { waits?: 1 }).waits;
  });

/** Inside `writing`. Of records this device holds nothing of: bytes stay only for the tray, which names the record then. */
export async function dropBytes({ documents, files, refused }: Database, recordIds: readonly string[]): Promise<void> {
  const held = await files
    .where("id")
    .anyOf([...new Set(recordIds)])
    .primaryKeys();
  if (held.length === 0) return;
  const docs = await documents.bulkGet(held);
  const gone = held.filter((_id, index) => docs[index] === undefined);
  const waiting = new Set(await files.where("waits").equals(1).primaryKeys());
  const inTray = await refused.where("recordId").anyOf(gone).toArray();
  const kept = new Set(inTray.flatMap(({ recordId, file }) => (file === 1 || waiting.has(recordId) ? [recordId] : [])));
  await files.bulkDelete(gone.filter((id) => !kept.has(id)));
}

/** Known entries again take the place of what they were. */
export function withHistory(history: readonly ChangeRow[], changes: readonly ChangeRow[]): readonly ChangeRow[] {
  if (changes.length === 0) return history;
  return [...new Map([...history, ...changes].map((change) => [change.id, change])).values()];
}

/** Updates of records: their document ids lie under `recordId + "."`. */
export const updatesOf = ({ updates }: Database, recordIds: readonly string[]) =>
  updates.where("docId").startsWithAnyOf(recordIds.map((id) => `${id}.`));

/** Which of these records still wait. */
async function waitingAmong(database: Database, recordIds: readonly string[]): Promise<ReadonlySet<string>> {
  const docIds = await updatesOf(database, recordIds).uniqueKeys();
  return new Set(docIds.flatMap((docId) => (typeof docId === "string" ? [recordIdOf(docId)] : [])));
}

/** Marks records whose documents have updates to send. */
export async function markPending(database: Database, recordIds: readonly string[]): Promise<void> {
  const records = await database.records.bulkGet([...recordIds]);
  await database.records.bulkPut(
    records.flatMap((record) => (record === undefined ? [] : [{ ...record, pending: 1 as const, waits: 1 as const }])),
  );
}

/** Takes the mark off the records that wait no longer. */
export async function clearPending(database: Database, recordIds: readonly string[]): Promise<void> {
  const waiting = await waitingAmong(database, recordIds);
  const done = await database.records.bulkGet(recordIds.filter((id) => !waiting.has(id)));
  await database.records.bulkPut(
    done.flatMap((record) => {
      if (record === undefined) return [];
      const { waits: _waits, ...rest } = record;
      return [{ ...rest, pending: 0 as const }];
    }),
  );
}
