// The documents of a record on this device, loaded inside a write transaction, and the row that follows from them.

import type { Doc } from "yjs";
import type { Change } from "#shared/doc/facet-content.ts";
import { openFacetDocument, readChanges, readFacet } from "#shared/doc/facet-document.ts";
import { docIdOf } from "#shared/model/ids.ts";
import type { PolicyView } from "#shared/model/policy.ts";
import type { Database, StoredRecord, UpdateRow } from "./database.ts";
import { projectRecord } from "./projection.ts";
import type { ChangeRow } from "./types.ts";
import { changeDocuments, docsOf, updatesOf, type DocRow } from "./record-rows.ts";
import { readPolicy } from "./policy.ts";

/** A facet document as it stands: confirmed snapshot and what waits in the outbox, applied. */
export type HeldFacet = { readonly row: DocRow; readonly waiting: readonly UpdateRow[]; readonly doc: Doc };

export type HeldRecord = ReadonlyMap<string, HeldFacet>;

export const piecesOf = (row: DocRow, waiting: readonly UpdateRow[]): readonly Uint8Array[] => [
  ...(row.snapshot === undefined ? [] : [row.snapshot]),
  ...waiting.map((update) => update.bytes),
];

export const openHeld = (row: DocRow, waiting: readonly UpdateRow[], clientId?: number): HeldFacet => ({
  row,
  waiting,
  doc: openFacetDocument(row, piecesOf(row, waiting), clientId === undefined ? {} : { clientId }),
});

/** An empty document for a facet the device does not hold yet. */
export const openNew = (row: Omit<DocRow, "docId" | "snapshot">, clientId: number): HeldFacet =>
  openHeld({ ...row, docId: docIdOf(row.recordId, row.facet) }, [], clientId);

/** Facet -> document. Empty when the device holds nothing of the record. */
export async function loadRecord(database: Database, recordId: string, clientId?: number): Promise<HeldRecord> {
  const rows = await docsOf(database, [recordId]);
  const waiting = rows.length === 0 ? [] : await updatesOf(database, [recordId]).sortBy("key");
  return new Map(
    rows.map((row) => [
      row.facet,
      openHeld(
        row,
        waiting.filter((update) => update.docId === row.docId),
        clientId,
      ),
    ]),
  );
}

/** The row of a record from its loaded documents; undefined when there are none. */
export function projectHeld(
  recordId: string,
  facets: readonly HeldFacet[],
  marks: { readonly pending: boolean; readonly refused: boolean },
  policy: PolicyView,
): StoredRecord | undefined {
  // A document whose only update was refused says nothing until somebody tries again.
  const speaking = facets.filter(
    (facet) => facet.row.snapshot !== undefined || facet.waiting.length > 0 || !isBlank(facet.doc),
  );
  const space = speaking[0]?.row.space;
  if (space === undefined) return undefined;
  const contents = speaking.map((facet) => readFacet(facet.doc));
  return projectRecord(recordId, space, contents, marks, policy);
}

const isBlank = (doc: Doc): boolean => doc.store.clients.size === 0;

/** Writes the row anew from what the device holds now, or removes it with the last document. */
export async function reprojectRecord(database: Database, recordId: string): Promise<void> {
  const held = [...(await loadRecord(database, recordId)).values()];
  const refused = (await database.refused.where("recordId").equals(recordId).count()) > 0;
  const pending = held.some((facet) => facet.waiting.length > 0);
  const record = projectHeld(recordId, held, { pending, refused }, await readPolicy(database));
  if (record === undefined) await forgetRecord(database, recordId);
  else await putRecords(database, [record]);
}

async function forgetRecord(database: Database, recordId: string): Promise<void> {
  await database.records.delete(recordId);
  // A document that was refused at birth stays until somebody decides; its history was about nothing.
  await changeDocuments(database, [recordId], (held) => ({ ...held, history: [] }));
  // A project that never reached the relay takes its space along.
  if ((await database.cursors.get(recordId)) === undefined) await database.spaces.delete(recordId);
}

/** Rows, and the name of a project's space, which is the project's title. */
export async function putRecords(database: Database, records: readonly StoredRecord[]): Promise<void> {
  await database.records.bulkPut(records);
  for (const { id, space, title } of records) {
    if (id === space && title !== "") await database.spaces.update(space, { name: title });
  }
}

/** History entries a document has beyond the first `known` ones of this device. */
export const changeRows = (facet: HeldFacet, since: number, receivedAt?: string): readonly ChangeRow[] =>
  toChangeRows(facet.row, readChanges(facet.doc).slice(since), receivedAt);

export const toChangeRows = (
  { recordId, facet }: Pick<DocRow, "recordId" | "facet">,
  changes: readonly Change[],
  receivedAt?: string,
): readonly ChangeRow[] =>
  changes.map((change) => ({ ...change, recordId, facet, ...(receivedAt === undefined ? {} : { receivedAt }) }));

/** Each facet says that it was made; for people a record is made once, and a first download is a third shorter. */
export function madeOnce(changes: readonly ChangeRow[], record: StoredRecord): readonly ChangeRow[] {
  const made = changes.find((change) => change.kind === "created" && change.at === record.createdAt);
  return changes.filter((change) => change.kind !== "created" || change === made);
}

/** Cursors only move forward: an ack may have taken one further than the batch that is applied now. */
export async function moveCursor(database: Database, space: string, seq: number): Promise<void> {
  const cursor = await database.cursors.get(space);
  if (cursor === undefined || seq > cursor.seq) await database.cursors.put({ space, seq });
}
