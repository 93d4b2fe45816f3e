// The rows of a record in the tables: its documents, its updates, and the mark that something of it waits.

import type { Database } from "./database.ts";

/**
 * Documents, and updates, of records: their ids lie under `recordId + "."`, so one index serves a document and all
 * documents of a record.
 */
export const docsOf = ({ docs }: Database, recordIds: readonly string[]) =>
  docs.where("docId").startsWithAnyOf(recordIds.map((id) => `${id}.`));

export const updatesOf = ({ updates }: Database, recordIds: readonly string[]) =>
  updates.where("docId").startsWithAnyOf(recordIds.map((id) => `${id}.`));

/** Which of these records still wait. */
async function waitingAmong(database: Database, recordIds: readonly string[]): Promise<ReadonlySet<string>> {
  const docIds = await updatesOf(database, recordIds).uniqueKeys();
  return new Set(docIds.flatMap((docId) => (typeof docId === "string" ? [docId.slice(0, docId.indexOf("."))] : [])));
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
