// What the pending page asks for: the changes that wait, those that were not accepted, and what to do with them.

import { editFacet } from "#shared/doc/facet-document.ts";
import { wordsOfUpdate } from "#shared/doc/update-words.ts";
import { isSealedType } from "#shared/doc/sealed-document.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { canWriteFacet } from "#shared/model/facets.ts";
import type { EditPatch, RefusedRow, UpdateRow } from "./database.ts";
import { writeRecord, stampOf, type FacetChange } from "./edit-writes.ts";
import { reprojectRecord } from "./held-record.ts";
import { discardWaiting, forgetEmptyDocs } from "./outbox.ts";
import { docsOf, findDoc, type DocRow } from "./record-rows.ts";
import { writing, type Replica } from "./replica.ts";
import type { SyncStatusKeeper } from "./sync-status.ts";
import type { PendingChange, RefusedChange, SyncApi } from "./types.ts";

type Naming = { readonly type: string; readonly title: string };

export function createSyncApi(replicaNow: () => Replica, status: SyncStatusKeeper, syncNow: () => void): SyncApi {
  return {
    status: status.status,
    subscribe: status.subscribe,
    syncNow,
    pending: () => readPending(replicaNow()),
    refused: async () => {
      const replica = replicaNow();
      const rows = await replica.database.refused.toArray();
      const names = await nameRecords(replica, rows);
      return rows.map((row) => toRefused(row, names.get(row.recordId)));
    },
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
      const { writePendingFile } = await import("./pending-file.ts");
      return writePendingFile(replicaNow(), await readPending(replicaNow()));
    },
    takeIn: async (text, onProgress) => {
      const { takePendingFile } = await import("./pending-file.ts");
      return takePendingFile(replicaNow(), text, onProgress);
    },
  };
}

type Edit = Pick<UpdateRow, "recordId" | "docId" | "at" | "by" | "patches"> & Pick<RefusedRow, "type">;

async function readPending(replica: Replica): Promise<readonly PendingChange[]> {
  // Offers of confirmed state (after a restored relay) are not changes anybody made.
  const rows = await replica.database.updates.filter((row) => row.by !== undefined).toArray();
  const names = await nameRecords(replica, rows);
  return [...Map.groupBy(rows, (row) => row.recordId)].map(([recordId, edits]) =>
    toPending(edits, names.get(recordId)),
  );
}

function toPending(edits: readonly Edit[], naming: Naming | undefined): PendingChange {
  const type = naming?.type ?? "";
  const labels = findRecordType(type)?.fields;
  return {
    recordId: edits[0]?.recordId ?? "",
    type,
    title: naming?.title ?? "",
    since: edits.map((edit) => edit.at ?? "").sort()[0] ?? "",
    fields: edits.flatMap((edit) =>
      (edit.patches ?? []).map((patch) => ({
        ...patch,
        label: labels?.[patch.field]?.label ?? patch.field,
        at: edit.at ?? "",
      })),
    ),
  };
}

/** Typed text has no values of before and after: its words are in the update itself. */
function toRefused(row: RefusedRow, naming: Naming | undefined): RefusedChange {
  const words = row.patches.length === 0 ? wordsOfUpdate(row.bytes) : "";
  return {
    ...toPending([row], naming),
    id: row.id,
    reason: row.reason,
    ...(words === "" ? {} : { words }),
    ...(row.refusedAt === undefined ? {} : { refusedAt: row.refusedAt }),
  };
}

/** A record that was refused at birth has no row: its name is among the values. */
async function nameRecords({ database }: Replica, edits: readonly Edit[]): Promise<ReadonlyMap<string, Naming>> {
  const byRecord = Map.groupBy(edits, (edit) => edit.recordId);
  const records = await database.records.bulkGet([...byRecord.keys()]);
  const nameless = [...byRecord.keys()].filter((_id, index) => records[index] === undefined);
  const typeByRecord = new Map((await docsOf(database, nameless)).map((doc) => [doc.recordId, doc.type]));
  return new Map(
    [...byRecord].map(([recordId, own], index): [string, Naming] => {
      const record = records[index];
      if (record !== undefined) return [recordId, record];
      const type = typeByRecord.get(recordId) ?? own.find((edit) => edit.type !== undefined)?.type ?? "";
      return [
        recordId,
        {
          type,
          title: titleFrom(
            type,
            own.flatMap((edit) => edit.patches ?? []),
          ),
        },
      ];
    }),
  );
}

function titleFrom(type: string, patches: readonly EditPatch[]): string {
  const title = findRecordType(type)?.title ?? [];
  const names = typeof title === "string" ? [title] : title;
  return names
    .map((name) => patches.find((patch) => patch.field === name)?.to)
    .filter((value) => typeof value === "string")
    .join(" ");
}

/** Inside `writing`. */
async function forget({ database }: Replica, row: RefusedRow): Promise<void> {
  await database.refused.delete(row.id);
  await forgetEmptyDocs(database, row.recordId);
  await reprojectRecord(database, row.recordId);
}

/** The same values once more, as a new edit by whoever presses the button. */
async function retry(replica: Replica, id: number): Promise<void> {
  const { database } = replica;
  await writing(replica, async () => {
    const row = await database.refused.get(id);
    if (row === undefined) return;
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
