// What the documents of the log hold: the newest updates from memory, the rest from rows that are checked as they are read.
// A document with a row that is not what was written is damaged: nothing of it is given out any more, and the others go on.

import type { DatabaseSync } from "node:sqlite";
import { DamagedDocument, unlessDamaged } from "./damaged-document.ts";
import { placeInTail, previousOf, tailUpTo, type IndexedDocument, type LogIndex } from "./log-index.ts";
import { createLogRows } from "./log-rows.ts";
import { createRecentUpdates, type RecentBatch } from "./recent-updates.ts";
import type { ReceivedUpdate } from "./receipts.ts";
import type { StoredDocument, StoredSnapshot, StoredUpdate } from "./storage.ts";

/** Of the newest updates. */
const RECENT_BYTES = 8 * 1024 * 1024;

export type LogContents = {
  /** Undefined: it was folded. Throws DamagedDocument, as `snapshot` and `beyond` do. */
  update(document: IndexedDocument, seq: number): StoredUpdate | undefined;
  snapshot(document: IndexedDocument): StoredSnapshot | undefined;
  /** Of the snapshot and the updates after it what lies beyond a number. */
  beyond(document: IndexedDocument, seq: number): StoredDocument;
  /** Reads what a document holds beyond a number, before the first entry of it is given out: all of it comes, or nothing. */
  checkBeyond(document: IndexedDocument, seq: number): void;
  /** Updates with their authors; without those that cannot be read. */
  received(document: IndexedDocument): readonly ReceivedUpdate[];
  /** What was just written is read soonest: by live documents, the read model, folding, and devices that were away for a moment. */
  remember(batch: RecentBatch): void;
  forget(seqs: readonly number[]): void;
  /** Their rows go meanwhile: one that is not there says nothing. */
  whileErasing<Value>(documents: readonly IndexedDocument[], work: () => Promise<Value>): Promise<Value>;
  damage(document: IndexedDocument): void;
  isDamaged(docId: string): boolean;
  onDamaged(listener: (docId: string) => void): void;
};

export function createLogContents(database: DatabaseSync, index: LogIndex): LogContents {
  const rows = createLogRows(database);
  const recents = createRecentUpdates(RECENT_BYTES);
  const damaged = new Set<string>();
  const erasing = new Set<IndexedDocument>();
  const listeners = new Set<(docId: string) => void>();

  function damage({ docId }: IndexedDocument): void {
    if (damaged.has(docId)) return;
    damaged.add(docId);
    for (const listener of listeners) listener(docId);
  }

  function failOn(document: IndexedDocument): never {
    if (!erasing.has(document)) damage(document);
    throw new DamagedDocument(document.docId);
  }

  function snapshot(document: IndexedDocument): StoredSnapshot | undefined {
    const row = rows.snapshot(document);
    if (row === "gone" && (document.snapshotSeq === 0 || erasing.has(document))) return undefined;
    if (row === "gone" || row === "damaged" || row.seq < document.snapshotSeq) return failOn(document);
    return { seq: row.seq, docId: document.docId, bytes: row.bytes };
  }

  function update(document: IndexedDocument, seq: number): StoredUpdate | undefined {
    // Its row and its bytes in memory may be there a while longer: what was deleted does not go to a later reader.
    if (seq <= document.snapshotSeq) return undefined;
    const recent = recents.find(seq);
    if (recent !== undefined) return recent;
    const place = placeInTail(document, seq);
    if (place === undefined) return undefined;
    const row = rows.update(document, seq, previousOf(document, place));
    if (typeof row !== "string") return { seq, docId: document.docId, at: row.at, bytes: row.bytes };
    // Folded, and the index is not told yet: then the snapshot has it.
    if (row === "gone" && (erasing.has(document) || (snapshot(document)?.seq ?? 0) >= seq)) return undefined;
    const owner = index.withNumber(rows.documentOf(seq));
    // The index that was read at the start gave somebody else's row to this document: that one lacks it.
    if (owner !== undefined) damage(owner);
    return failOn(document);
  }

  function requireUndamaged({ docId }: IndexedDocument): void {
    if (damaged.has(docId)) throw new DamagedDocument(docId);
  }

  return {
    update,
    snapshot,
    beyond(document, seq) {
      requireUndamaged(document);
      const wanted = document.tail.slice(tailUpTo(document, seq));
      // Updates first: if the writer folds them in between, the snapshot that is read next holds them.
      const updates = wanted.flatMap((each) => update(document, each) ?? []);
      // Nothing was folded that is wanted, and nothing while they were read.
      if (document.snapshotSeq <= seq && updates.length === wanted.length) return { updates };
      const folded = snapshot(document);
      return folded === undefined ? { updates } : { snapshot: folded, updates };
    },
    checkBeyond(document, seq) {
      const isFolded = document.snapshotSeq > seq;
      // A single entry is checked when it is read.
      if (document.isChecked || document.tail.length + Number(isFolded) < 2) return;
      const isWhole = unlessDamaged(() => {
        for (const each of document.tail) if (each > seq) update(document, each);
        if (isFolded) snapshot(document);
        return true;
      });
      document.isChecked = isWhole === true && seq === 0;
    },
    received: (document) =>
      document.tail.flatMap((seq, place): readonly ReceivedUpdate[] => {
        const recent = recents.find(seq);
        if (recent !== undefined) return [recent];
        const row = rows.update(document, seq, previousOf(document, place));
        return typeof row === "string" ? [] : [row];
      }),
    remember: (batch) => recents.add(batch),
    forget(seqs) {
      for (const seq of seqs) recents.forget(seq);
    },
    async whileErasing(documents, work) {
      for (const document of documents) erasing.add(document);
      try {
        return await work();
      } finally {
        for (const document of documents) erasing.delete(document);
      }
    },
    damage,
    isDamaged: (docId) => damaged.has(docId),
    onDamaged(listener) {
      listeners.add(listener);
      for (const docId of damaged) listener(docId);
    },
  };
}
