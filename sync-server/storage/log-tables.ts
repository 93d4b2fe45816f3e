// The log over SQLite: appends go to the writer thread, reads are short and come in pages, so that no read holds back a
// checkpoint while a slow socket drains.

import type { DatabaseSync } from "node:sqlite";
import { assert } from "#shared/model/result.ts";
import { checksumOfDocument, checksumOfSnapshot } from "./checksums.ts";
import { unlessDamaged } from "./damaged-document.ts";
import { createInterner } from "./interner.ts";
import { createLogContents } from "./log-contents.ts";
import {
  createLogIndex,
  noTail,
  previousOf,
  rowOf,
  tailUpTo,
  type IndexedDocument,
  type IndexedEntry,
  type LogIndex,
} from "./log-index.ts";
import { HIGHEST_SEQ } from "./schema.ts";
import type { Numbering } from "./numbering.ts";
import type { LogStorage, NewUpdate, StoredUpdate } from "./storage.ts";
import { receiptsOf } from "./receipts.ts";
import { createReplacedRows } from "./replaced-rows.ts";
import type { NewDocument, Statement } from "./writer-jobs.ts";
import type { Writer } from "./writer.ts";

const PAGE = 256;
/** Few enough to be gone before the collector has to move them. */
const LOAD_ROWS = 1_000;

type Row = readonly (string | number)[];

/** Rows as arrays, so many at a time: a log of a gigabyte has a million, and an object for each would be most of a start. */
function eachRow(database: DatabaseSync, sql: string, take: (row: Row) => void): void {
  const statement = database.prepare(`${sql} LIMIT ${LOAD_ROWS}`);
  statement.setReturnArrays(true);
  for (let after = 0; ;) {
    // The first column is a positive number, ascending.
    const rows = statement.all(after) as unknown as Row[];
    for (const row of rows) take(row);
    if (rows.length < LOAD_ROWS) return;
    after = Number(rows.at(-1)?.[0]);
  }
}

type LoadedIndex = {
  readonly index: LogIndex;
  readonly lastNumber: number;
  /** Documents of which nothing is left. */
  readonly empty: readonly IndexedDocument[];
  /** Updates that a snapshot replaced, and nobody deleted yet. */
  readonly replaced: Map<IndexedDocument, number[]>;
};

function loadIndex(database: DatabaseSync): LoadedIndex {
  const index = createLogIndex();
  const intern = createInterner();
  /** By the number of the document, which starts at 1. */
  const foldedSeqs: number[] = [];
  const foldedSizes: number[] = [];
  const byNumber: (IndexedDocument | undefined)[] = [];
  // First: a document's object is made once, with what it holds.
  const snapshots =
    "SELECT document, seq, length(bytes) FROM snapshots INDEXED BY snapshot_places WHERE document > ? ORDER BY document";
  eachRow(database, snapshots, (row) => {
    const number = Number(row[0]);
    foldedSeqs[number] = Number(row[1]);
    foldedSizes[number] = Number(row[2]);
  });
  const documents =
    "SELECT number, doc_id, space, type, record_id, facet, checksum FROM documents WHERE number > ? ORDER BY number";
  eachRow(database, documents, (row) => {
    const number = Number(row[0]);
    const docId = String(row[1]);
    const space = intern(row[2]);
    const type = intern(row[3]);
    const recordId = String(row[4]);
    const facet = intern(row[5]);
    // Nobody knows which document this was: what is written under its name would begin anew.
    if (checksumOfDocument(number, docId, space, type, recordId, facet) !== row[6])
      throw new Error("the list of documents");
    const document = {
      docId,
      number,
      space,
      type,
      recordId,
      facet,
      snapshotSeq: foldedSeqs[number] ?? 0,
      snapshotBytes: foldedSizes[number] ?? 0,
      tail: noTail,
      tailSizes: noTail,
      tailBytes: 0,
      isChecked: false,
    };
    byNumber[number] = document;
    index.add(document);
  });
  const updates =
    "SELECT seq, document, length(bytes) FROM updates INDEXED BY update_places WHERE seq > ? ORDER BY seq";
  const replaced = new Map<IndexedDocument, number[]>();
  let last = 0;
  eachRow(database, updates, (row) => {
    const seq = Number(row[0]);
    const document = byNumber[Number(row[1])];
    if (seq <= last) throw new Error("the order of the log");
    last = seq;
    if (document === undefined) return;
    if (seq > document.snapshotSeq) index.appended(document, seq, Number(row[2]));
    else if (replaced.get(document)?.push(seq) === undefined) replaced.set(document, [seq]);
  });
  const empty = byNumber.filter((document) => document?.tail.length === 0 && document.snapshotSeq === 0);
  return {
    index,
    lastNumber: Math.max(0, byNumber.length - 1),
    empty: empty.filter((one) => one !== undefined),
    replaced,
  };
}

const highestSeq = (database: DatabaseSync): number => Number(database.prepare(HIGHEST_SEQ).get()?.["seq"] ?? 0);

/** Gives the next sequence number to something that is no update: every row gets it as its last value. */
export type Stamp = (statements: readonly Statement[]) => Promise<number>;

export type LogTables = LogStorage & {
  readonly stamp: Stamp;
  /** Resolves when what was appended so far is done, well or not. */
  idle(): Promise<void>;
};

export function createLogTables(
  logId: string,
  path: string,
  database: DatabaseSync,
  writer: Writer,
  numbering: Numbering,
): LogTables {
  const openedAt = Date.now();
  const { index, lastNumber, empty, replaced } = loadIndex(database);
  let nextNumber = lastNumber + 1;
  const contents = createLogContents(database, index);
  for (const document of empty) contents.damage(document);
  const replacedRows = createReplacedRows(writer, contents, index, replaced);
  const readReceipts = database.prepare("SELECT client, until, at, author FROM receipts WHERE document = ?");
  let lastSeq = highestSeq(database);
  const seqAtStart = lastSeq;
  let lastAt = 0;
  let lastAppend: Promise<unknown> = Promise.resolve();

  async function appendNow(updates: readonly NewUpdate[]): Promise<readonly { seq: number; at: number }[]> {
    const created = new Map<string, IndexedDocument>();
    const documents = updates.map((update) => {
      const known = index.find(update.docId) ?? created.get(update.docId);
      if (known !== undefined) return known;
      assert(update.meta !== undefined, `the first update of ${update.docId} carries its metadata`);
      const { space, type, recordId, facet } = update.meta;
      const document: IndexedDocument = {
        docId: update.docId,
        number: nextNumber++,
        space,
        type,
        recordId,
        facet,
        snapshotSeq: 0,
        snapshotBytes: 0,
        tail: noTail,
        tailSizes: noTail,
        tailBytes: 0,
        isChecked: true,
      };
      created.set(update.docId, document);
      return document;
    });
    // Never backwards, whatever the clock does.
    const at = Math.max(Date.now(), lastAt);
    const firstSeq = numbering.next(lastSeq, at);
    const newest = new Map<IndexedDocument, number>();
    const previous = documents.map((document, position) => {
      const before = newest.get(document) ?? previousOf(document, document.tail.length);
      newest.set(document, firstSeq + position);
      return before;
    });
    const lengths = updates.map((update) => update.bytes.length);
    const authors = updates.map((update) => update.author);
    const bytes = pack(updates);
    await writer.send({
      kind: "append",
      firstSeq,
      at,
      documents: [...created.values()].map(({ number, docId, space, type, recordId, facet }): NewDocument => [
        number,
        docId,
        space,
        type,
        recordId,
        facet,
      ]),
      numbers: documents.map((document) => document.number),
      previous,
      lengths,
      authors,
      bytes,
    });
    lastSeq = firstSeq + updates.length - 1;
    lastAt = at;
    for (const document of created.values()) index.add(document);
    contents.remember({ firstSeq, at, docIds: documents.map(({ docId }) => docId), authors, lengths, bytes });
    return documents.map((document, position) => {
      const seq = firstSeq + position;
      index.appended(document, seq, lengths[position] ?? 0);
      return { seq, at };
    });
  }

  /** An entry's bytes. The writer may have folded it a moment ago: then the snapshot, which holds it, stands in its place. */
  function entryOf(
    { seq, document, isSnapshot }: IndexedEntry,
    replaced: Set<IndexedDocument>,
  ): StoredUpdate | undefined {
    const update = isSnapshot ? undefined : contents.update(document, seq);
    if (update !== undefined) return update;
    if (!isSnapshot && replaced.has(document)) return undefined;
    if (!isSnapshot) replaced.add(document);
    const snapshot = contents.snapshot(document);
    return snapshot === undefined ? undefined : { seq, docId: document.docId, at: 0, bytes: snapshot.bytes };
  }

  return {
    logId,
    isLost: (seq) => seq > lastSeq || !numbering.mayHaveGiven(seq, seqAtStart, openedAt),
    lastSeq: () => lastSeq,
    stamp(statements) {
      const result = lastAppend.then(async () => {
        const seq = numbering.next(lastSeq, Math.max(Date.now(), lastAt));
        await writer.run(statements.map(({ sql, rows }) => ({ sql, rows: rows.map((row) => [...row, seq]) })));
        lastSeq = seq;
        return seq;
      });
      lastAppend = result.catch(() => undefined);
      return result;
    },
    documents: (wanted) => index.rows(wanted),
    find(docId) {
      const document = index.find(docId);
      return document === undefined ? undefined : rowOf(document);
    },
    append(updates) {
      // One at a time: the next batch may lean on documents that this one creates.
      const result = lastAppend.then(() => appendNow(updates));
      lastAppend = result.catch(() => undefined);
      return result;
    },
    async idle() {
      await lastAppend;
    },
    *entriesSince(seq, space, wanted) {
      const looked = new Set<IndexedDocument>();
      for (let cursor = seq; ;) {
        // A page is planned in one turn, so that nothing slips from its updates to its snapshots unseen.
        const page = index.entriesAfter(space, cursor, PAGE, wanted);
        const last = page.at(-1);
        if (last === undefined) return;
        cursor = last.seq;
        const replaced = new Set<IndexedDocument>();
        for (const each of page) {
          const { document } = each;
          if (!document.isChecked && !looked.has(document)) contents.checkBeyond(document, seq);
          looked.add(document);
          if (contents.isDamaged(document.docId)) continue;
          const entry = unlessDamaged(() => entryOf(each, replaced));
          if (entry !== undefined) yield entry;
        }
      }
    },
    countSince: (seq, space, wanted) => index.entriesAfter(space, seq, Infinity, wanted).length,
    versionOf(docId) {
      const document = index.find(docId);
      // Both only grow, so their sum changes when either does.
      return document === undefined ? 0 : document.snapshotSeq + (document.tail.at(-1) ?? document.snapshotSeq);
    },
    readDocument(docId, after = 0) {
      const document = index.find(docId);
      return document === undefined ? { updates: [] } : contents.beyond(document, after);
    },
    tailLength(docId, after = 0) {
      const document = index.find(docId);
      return document === undefined ? 0 : document.tail.length - tailUpTo(document, after);
    },
    tailsOf: (docIds) => ({
      path,
      tails: docIds.flatMap((docId) => {
        const document = index.find(docId);
        if (document === undefined || contents.isDamaged(docId)) return [];
        const { number, snapshotSeq, tail } = document;
        return [{ docId, number, snapshotSeq, seqs: Float64Array.from(tail) }];
      }),
    }),
    async erase(docIds) {
      const documents = docIds.flatMap((docId) => index.find(docId) ?? []);
      const ids = documents.map(({ docId }): [string] => [docId]);
      const numbers = documents.map(({ number }): [number] => [number]);
      const statements = [
        {
          sql: `INSERT OR IGNORE INTO erased_documents VALUES (?, ?, ?, ?, ?, (${HIGHEST_SEQ}))`,
          rows: documents.map(({ docId, space, type, recordId, facet }) => [docId, space, type, recordId, facet]),
        },
        { sql: "DELETE FROM updates WHERE document = ?", rows: numbers },
        { sql: "DELETE FROM snapshots WHERE document = ?", rows: numbers },
        { sql: "DELETE FROM documents WHERE number = ?", rows: numbers },
        { sql: "DELETE FROM receipts WHERE document = ?", rows: numbers },
        { sql: "DELETE FROM facets WHERE doc_id = ?", rows: ids },
      ];
      await contents.whileErasing(documents, () => writer.run(statements));
      for (const { tail } of documents) contents.forget(tail);
      index.remove(new Set(docIds));
    },
    receipts(docId) {
      const document = index.find(docId);
      if (document === undefined) return [];
      const folded = readReceipts.all(document.number).map((row) => ({
        client: Number(row["client"]),
        until: Number(row["until"]),
        at: Number(row["at"]),
        author: String(row["author"]),
      }));
      return [...folded, ...receiptsOf(contents.received(document))];
    },
    erased: () =>
      database
        .prepare("SELECT * FROM erased_documents ORDER BY seq")
        .all()
        .map((row) => ({
          docId: String(row["doc_id"]),
          space: String(row["space"]),
          type: String(row["type"]),
          recordId: String(row["record_id"]),
          facet: String(row["facet"]),
          seq: Number(row["seq"]),
        })),
    async writeSnapshots(snapshots) {
      // A snapshot older than the stored one would lose what lies between.
      const newer = snapshots.flatMap((snapshot) => {
        const document = index.find(snapshot.docId);
        return document === undefined || snapshot.seq <= document.snapshotSeq ? [] : [{ snapshot, document }];
      });
      await writer.run([
        {
          sql: "INSERT OR IGNORE INTO receipts VALUES (?, ?, ?, ?, ?)",
          rows: newer.flatMap(({ snapshot: { receipts }, document: { number } }) =>
            receipts.map(({ client, until, at, author }) => [number, client, until, at, author]),
          ),
        },
        {
          sql: `INSERT INTO snapshots VALUES (?, ?, ?, ?)
            ON CONFLICT (document) DO UPDATE SET seq = excluded.seq, bytes = excluded.bytes, checksum = excluded.checksum`,
          rows: newer.map(({ snapshot: { seq, bytes }, document: { number } }) => [
            number,
            seq,
            bytes,
            checksumOfSnapshot(number, seq, bytes),
          ]),
        },
      ]);
      for (const { snapshot, document } of newer) {
        replacedRows.add(document.tail.slice(0, tailUpTo(document, snapshot.seq)));
        index.folded(document, snapshot.seq, snapshot.bytes.length);
      }
    },
    removeReplaced: () => replacedRows.remove(),
    isDamaged: (docId) => contents.isDamaged(docId),
    onDamaged: (listener) => contents.onDamaged(listener),
  };
}

/** One buffer for the whole batch, which the writer takes apart again and the newest updates are read from. */
function pack(updates: readonly NewUpdate[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(updates.reduce((total, update) => total + update.bytes.length, 0));
  let offset = 0;
  for (const update of updates) {
    bytes.set(update.bytes, offset);
    offset += update.bytes.length;
  }
  return bytes;
}
