// How an edit reaches the disk: one Yjs transaction per facet document, one Dexie transaction for everything. Whatever
// is written here is complete (documents, outbox, row, history) or not there at all.

import { readChanges } from "#shared/doc/facet-document.ts";
import type { Stamp } from "#shared/doc/facet-content.ts";
import type { Doc } from "yjs";
import type { Database, EditPatch } from "./database.ts";
import {
  changeRows,
  loadRecord,
  openNew,
  projectHeld,
  putRecords,
  type HeldFacet,
  type HeldRecord,
} from "./held-record.ts";
import { readPolicy } from "./policy.ts";
import type { Replica } from "./replica.ts";
import { stateOf, updatesOf, withHistory, type DocRow } from "./record-rows.ts";
import type { ChangeRow } from "./types.ts";

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

export const stampOf = ({ now, me, deviceName }: Replica): Stamp => ({
  at: now().toISOString(),
  by: me.id,
  ...(deviceName === "" ? {} : { device: deviceName }),
});

/** Inside `writing`. Returns the patches that were written, over all facets. */
export async function writeRecord(replica: Replica, write: RecordWrite, stamp: Stamp): Promise<readonly EditPatch[]> {
  const { database } = replica;
  const clientId = await replica.clientId();
  const held = new Map(await loadRecord(database, write.recordId, clientId));
  const written: FacetWrite[] = [];
  for (const [facet, change] of write.changes) {
    const target =
      held.get(facet) ?? openNew({ recordId: write.recordId, facet, space: write.space, type: write.type }, clientId);
    const one = changeFacet(target, change, stamp);
    if (one === undefined) continue;
    written.push(one);
    held.set(facet, target);
  }
  if (written.length > 0) {
    await database.updates.bulkAdd(written.map((one) => one.waiting));
    await saveDocuments(
      database,
      write.recordId,
      held,
      written.flatMap((one) => one.history),
    );
  }
  await saveProjection(database, write.recordId, held);
  return written.flatMap((one) => one.patches);
}

type FacetWrite = {
  readonly waiting: ReturnType<typeof outboxRow>;
  readonly history: readonly ChangeRow[];
  readonly patches: readonly EditPatch[];
};

function changeFacet(facet: HeldFacet, change: FacetChange, stamp: Stamp): FacetWrite | undefined {
  const known = readChanges(facet.doc).length;
  const result = change(facet.doc);
  if (result === undefined) return undefined;
  return {
    waiting: outboxRow(facet.row, result.update, result.patches, stamp),
    history: changeRows(facet, known),
    patches: result.patches,
  };
}

async function saveDocuments(
  { documents }: Database,
  id: string,
  held: HeldRecord,
  changes: readonly ChangeRow[],
): Promise<void> {
  const known = await documents.get(id);
  await documents.put({
    id,
    facets: Object.fromEntries([...held].map(([facet, { row }]) => [facet, stateOf(row)])),
    history: withHistory(known?.history ?? [], changes),
  });
}

export const outboxRow = (row: DocRow, bytes: Uint8Array, patches: readonly EditPatch[], stamp: Stamp) => ({
  docId: row.docId,
  recordId: row.recordId,
  bytes,
  at: stamp.at,
  by: stamp.by,
  patches,
});

async function saveProjection(database: Database, recordId: string, held: HeldRecord): Promise<void> {
  const pending = (await updatesOf(database, [recordId]).count()) > 0;
  const refused = (await database.refused.where("recordId").equals(recordId).count()) > 0;
  const record = projectHeld(recordId, [...held.values()], { pending, refused }, await readPolicy(database));
  if (record !== undefined) await putRecords(database, [record]);
}

/** One change per facet from the values that go there. */
export const mapGroups = <Values>(
  groups: ReadonlyMap<string, Values>,
  toChange: (values: Values) => FacetChange,
): ReadonlyMap<string, FacetChange> => new Map([...groups].map(([facet, values]) => [facet, toChange(values)]));
