// Where an open live document keeps its bytes. Same tables and same transaction as every other edit: what is typed is on
// this device before anybody else sees it, and the feed delivers whatever the live connection did not.

import { Dexie, liveQuery } from "dexie";
import { parseDocId } from "#shared/model/ids.ts";
import { bytesEqual } from "#shared/doc/update-bytes.ts";
import { assert } from "#shared/model/result.ts";
import type { Database } from "./database.ts";
import { reprojectRecord } from "./held-record.ts";
import { outboxRow, stampOf } from "./edit-writes.ts";
import { confirmRows } from "./outbox.ts";
import { isQuotaError, type QuotaWatch } from "./quota.ts";
import { findDoc } from "./record-rows.ts";
import { writing, type Replica } from "./replica.ts";

export type DocumentStore = {
  /** Everything this device holds of the document: confirmed state, then what waits. */
  load(docId: string): Promise<Uint8Array[]>;
  /** Saves a local update with the record's row. Resolves with the key of its outbox row. */
  saveLocal(docId: string, update: Uint8Array): Promise<number>;
  /** The relay has these on disk: it echoed them over the live connection. */
  confirm(keys: number[]): Promise<void>;
  /** Updates that other tabs or the feed wrote. May hand out bytes that are known already. */
  observe(docId: string, onUpdate: (bytes: Uint8Array) => void): () => void;
  /** While held, the feed leaves new updates of the document to the live connection for a moment. Returns the release. */
  hold(docId: string): () => void;
};

export type HeldDocuments = { isHeld(docId: string): boolean };

export function createDocumentStore(replicaNow: () => Replica, quota: QuotaWatch): DocumentStore & HeldDocuments {
  const holds = new Map<string, number>();

  async function piecesOf(database: Database, docId: string): Promise<{ key: string; bytes: Uint8Array }[]> {
    const row = await findDoc(database, docId);
    const waiting = await database.updates.where("docId").equals(docId).sortBy("key");
    return [
      ...(row?.snapshot === undefined ? [] : [{ key: "snapshot", bytes: row.snapshot }]),
      ...waiting.map((update) => ({ key: String(update.key), bytes: update.bytes })),
    ];
  }

  return {
    load: async (docId) => (await piecesOf(replicaNow().database, docId)).map((piece) => piece.bytes),
    saveLocal: async (docId, update) => {
      const replica = replicaNow();
      try {
        const key = await writing(replica, async () => {
          const row = await findDoc(replica.database, docId);
          assert(row !== undefined, "a live document belongs to a record of this device");
          const added = await replica.database.updates.add(outboxRow(row, update, [], stampOf(replica)));
          await reprojectRecord(replica.database, row.recordId);
          return added;
        });
        quota.storageFull(false);
        quota.saved();
        return key;
      } catch (error) {
        // Said at once: the words are only in the open document until there is room again.
        if (isQuotaError(error)) quota.storageFull(true);
        throw error;
      }
    },
    confirm: async (keys) => {
      const replica = replicaNow();
      const at = replica.now().getTime();
      await confirmRows(
        replica,
        keys.map((n) => ({ n, at })),
      );
    },
    observe: (docId, onUpdate) => {
      assert(parseDocId(docId).ok, "a document id names a record and a facet");
      // Taken once: what is open belongs to the member who opened it, whoever is signed in when it changes.
      const { database } = replicaNow();
      const seen = new Map<string, Uint8Array>();
      // Async, or Dexie would not follow what is read after the first await.
      const subscription = liveQuery(async () => piecesOf(database, docId)).subscribe({
        next: (pieces) => {
          for (const { key, bytes } of pieces) {
            const known = seen.get(key);
            if (known !== undefined && bytesEqual(known, bytes)) continue;
            seen.set(key, bytes);
            onUpdate(bytes);
          }
        },
        error: (error: unknown) => {
          // Signing out closes the database below an open document; anything else is a fault.
          if (!(error instanceof Dexie.DatabaseClosedError)) throw error;
        },
      });
      return () => subscription.unsubscribe();
    },
    hold: (docId) => {
      holds.set(docId, (holds.get(docId) ?? 0) + 1);
      let released = false;
      return () => {
        if (released) return;
        released = true;
        const left = (holds.get(docId) ?? 1) - 1;
        if (left === 0) holds.delete(docId);
        else holds.set(docId, left);
      };
    },
    isHeld: (docId) => holds.has(docId),
  };
}
