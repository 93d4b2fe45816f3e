// What can be done with changes that wait, and with those that were not accepted.

import { editFacet } from "#shared/doc/facet-document.ts";
import { isSealedType } from "#shared/doc/sealed-document.ts";
import { canWriteFacet } from "#shared/model/facets.ts";
import type { RefusedRow } from "./database.ts";
import { writeRecord, stampOf, type FacetChange } from "./edit-writes.ts";
import { reprojectRecord } from "./held-record.ts";
import { discardWaiting, forgetEmptyDocs } from "./outbox.ts";
import { dropBytes, findDoc, type DocRow } from "./record-rows.ts";
import { writing, type Replica } from "./replica.ts";
import type { EditApi, SyncApi } from "./types.ts";
import type { UnkeptEdit } from "./unkept-edits.ts";
import { readPending, REFUSED_KEPT_MS } from "./waiting-changes.ts";

export type WaitingApi = Pick<
  SyncApi,
  "retryRefused" | "discardRefused" | "discardPending" | "exportPending" | "takeIn"
>;

type WaitingDeps = {
  readonly edit: EditApi;
  /** What this device had no room for. */
  readonly unkept: () => readonly UnkeptEdit[];
};

export function createWaitingApi(replicaNow: () => Replica, { edit, unkept }: WaitingDeps): WaitingApi {
  return {
    retryRefused: (id) => retry(replicaNow(), id),
    discardRefused: async (id) => {
      const replica = replicaNow();
      await writing(replica, async () => {
        const row = await replica.database.refused.get(id);
        if (row !== undefined) await forget(replica, row);
      });
    },
    discardPending: (recordId) => discardWaiting(replicaNow(), recordId),
    exportPending: async () => {
      const { writePendingZip } = await import("./pending-zip.ts");
      return writePendingZip(replicaNow(), await readPending(replicaNow()), unkept());
    },
    takeIn: async (content, onProgress) => {
      const { takePendingZip } = await import("./pending-zip.ts");
      return takePendingZip(replicaNow(), new Uint8Array(await content.arrayBuffer()), edit, onProgress);
    },
  };
}

/** Inside `writing`. */
async function forget({ database }: Replica, row: RefusedRow): Promise<void> {
  await database.refused.delete(row.id);
  await forgetEmptyDocs(database, row.recordId);
  if (row.file === 1) await database.files.delete(row.recordId);
  else await dropBytes(database, [row.recordId]);
  await reprojectRecord(database, row.recordId);
}

/** Inside `writing`. The bytes wait again, if there is still a record that they belong to. */
async function sendAgain({ database }: Replica, row: RefusedRow): Promise<void> {
  if ((await database.records.get(row.recordId)) === undefined) {
    const reason = "This is no longer shared with you. Save a copy if you need it, then discard this.";
    await database.refused.update(row.id, { reason });
    return;
  }
  await database.refused.delete(row.id);
  await database.files.update(row.recordId, { waits: 1 });
  await reprojectRecord(database, row.recordId);
}

/** The tray keeps what was not accepted for a while, not for ever: it would hold words of people who are gone. */
export async function forgetOldRefused(replica: Replica): Promise<void> {
  const { database } = replica;
  const before = replica.now().getTime() - REFUSED_KEPT_MS;
  const isOld = (row: RefusedRow): boolean => Date.parse(row.refusedAt ?? row.at) < before;
  if ((await database.refused.filter(isOld).count()) === 0) return;
  await writing(replica, async () => {
    for (const row of await database.refused.filter(isOld).toArray()) await forget(replica, row);
  });
}

/** The same values once more, as a new edit by whoever presses the button. */
async function retry(replica: Replica, id: number): Promise<void> {
  const { database } = replica;
  await writing(replica, async () => {
    const row = await database.refused.get(id);
    if (row === undefined) return;
    if (row.file === 1) return sendAgain(replica, row);
    const home = await findHome(replica, row);
    if (home !== undefined && isSealedType(home.type)) {
      await database.refused.update(id, { reason: "Sign this again where you decided it, then discard this." });
      return;
    }
    if (home === undefined || row.patches.length === 0) {
      const reason = home === undefined ? "This is no longer shared with you." : "Text cannot be sent again by itself.";
      await database.refused.update(id, { reason: `${reason} Copy your words, then discard this.` });
      return;
    }
    const { recordId, facet, type, space } = home;
    const stamp = stampOf(replica);
    const edits = Object.fromEntries(row.patches.map((patch) => [patch.field, patch.to ?? null]));
    const change: FacetChange = (document) => {
      const edited = editFacet(document, type, edits, stamp);
      return edited === undefined ? undefined : { update: edited.update, patches: edited.changed };
    };
    await writeRecord(replica, { recordId, type, space, changes: new Map([[facet, change]]) }, stamp);
    await forget(replica, row);
  });
}

/** Where a refused change belongs: its document, or the record it was about when the document never came to be. */
async function findHome(
  { database }: Replica,
  { docId, recordId }: RefusedRow,
): Promise<Pick<DocRow, "recordId" | "facet" | "type" | "space"> | undefined> {
  const home = (await findDoc(database, docId)) ?? (await database.records.get(recordId));
  if (home === undefined) return undefined;
  const facet = docId.slice(recordId.length + 1);
  const persona = (await database.spaces.get(home.space))?.persona;
  const { type, space } = home;
  return persona !== undefined && canWriteFacet(facet, persona) ? { recordId, facet, type, space } : undefined;
}
