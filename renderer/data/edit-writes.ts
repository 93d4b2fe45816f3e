// How an edit reaches the disk: one Yjs transaction per facet document, one Dexie transaction for everything. Whatever
// is written here is complete (documents, outbox, row, history) or not there at all.

import { readChanges } from "#shared/doc/facet-document.ts";
import type { Stamp } from "#shared/doc/facet-content.ts";
import type { Doc } from "yjs";
import type { Database, DocRow, EditPatch } from "./database.ts";
import {
  changeRows,
  loadRecord,
  openNew,
  projectHeld,
  putRecords,
  type HeldFacet,
  type HeldRecord,
} from "./held-record.ts";
import type { Replica } from "./replica.ts";
import { updatesOf } from "./record-rows.ts";

/** What a change did to one document; undefined when it did nothing. */
export type FacetChange = (
  doc: Doc,
) => { readonly update: Uint8Array; readonly patches: readonly EditPatch[] } | undefined;

export type RecordWrite = {
  readonly recordId: string;
  readonly type: string;
  readonly space: string;
  readonly changes: ReadonlyMap<string, FacetChange>;
};

export const stampOf = (replica: Replica): Stamp => ({ at: replica.now().toISOString(), by: replica.me.id });

/** Inside `writing`. Returns the patches that were written, over all facets. */
export async function writeRecord(replica: Replica, write: RecordWrite, stamp: Stamp): Promise<readonly EditPatch[]> {
  const { database } = replica;
  const clientId = await replica.clientId();
  const held = new Map(await loadRecord(database, write.recordId, clientId));
  const patches: EditPatch[] = [];
  for (const [facet, change] of write.changes) {
    const known = held.get(facet);
    const target =
      known ?? openNew({ recordId: write.recordId, facet, space: write.space, type: write.type }, clientId);
    const written = await writeFacet(database, target, known === undefined, change, stamp);
    if (written === undefined) continue;
    patches.push(...written);
    held.set(facet, target);
  }
  await saveProjection(database, write.recordId, held);
  return patches;
}

async function writeFacet(
  database: Database,
  facet: HeldFacet,
  isNew: boolean,
  change: FacetChange,
  stamp: Stamp,
): Promise<readonly EditPatch[] | undefined> {
  const known = readChanges(facet.doc).length;
  const result = change(facet.doc);
  if (result === undefined) return undefined;
  if (isNew) await database.docs.add(facet.row);
  await database.updates.add(outboxRow(facet.row, result.update, result.patches, stamp));
  await database.changes.bulkPut([...changeRows(facet, known)]);
  return result.patches;
}

export const outboxRow = (row: DocRow, bytes: Uint8Array, patches: readonly EditPatch[], stamp: Stamp) => ({
  docId: row.docId,
  recordId: row.recordId,
  bytes,
  unsent: 1 as const,
  at: stamp.at,
  by: stamp.by,
  patches,
});

async function saveProjection(database: Database, recordId: string, held: HeldRecord): Promise<void> {
  const pending = (await updatesOf(database, [recordId]).count()) > 0;
  const refused = (await database.refused.where("recordId").equals(recordId).count()) > 0;
  const record = projectHeld(recordId, [...held.values()], { pending, refused });
  if (record !== undefined) await putRecords(database, [record]);
}

/** One change per facet from the values that go there. */
export const mapGroups = <Values>(
  groups: ReadonlyMap<string, Values>,
  toChange: (values: Values) => FacetChange,
): ReadonlyMap<string, FacetChange> => new Map([...groups].map(([facet, values]) => [facet, toChange(values)]));
