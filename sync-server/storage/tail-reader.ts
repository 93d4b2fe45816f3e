// Reads what is stored of documents, for a thread of its own: its connection cannot write, and the main thread does nothing
// per row. Each row is held against its checksum here as well.

import { DatabaseSync } from "node:sqlite";
import { checksumOfUpdate } from "./checksums.ts";
import { joinSeqs } from "./joined-seqs.ts";
import { createLogRows, isDamage } from "./log-rows.ts";
import { createPackedUpdates, type PackedUpdates } from "./packed-updates.ts";
import type { StoredTail } from "./storage.ts";

export type ReadTail = {
  readonly docId: string;
  readonly lastSeq: number;
  readonly snapshot: Uint8Array | undefined;
  readonly updates: PackedUpdates;
};

export type TailReader = {
  /** `undefined` in place of a document of which something is not what was written, or not there. */
  read(tails: readonly StoredTail[]): readonly (ReadTail | undefined)[];
};

/** Rows between those that are wanted cost less than another statement, so many of them. */
const NEAR = 8;
/** Of one statement: a checkpoint waits until it has ended. */
const RUN = 1_000;

type Row = readonly [seq: number, document: number, at: number, author: string, bytes: unknown, checksum: number];

/** Numbers of which the rows are read at once. */
function* runsOf(seqs: Float64Array): Generator<Float64Array> {
  let start = 0;
  for (let end = 1; end <= seqs.length; end += 1) {
    const next = seqs[end] ?? Number.POSITIVE_INFINITY;
    if (next - (seqs[end - 1] ?? 0) <= NEAR && next - (seqs[start] ?? 0) < RUN) continue;
    yield seqs.subarray(start, end);
    start = end;
  }
}

export function openTailReader(path: string): TailReader {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  const rows = createLogRows(database);
  const between = database.prepare(
    "SELECT seq, document, at, author, bytes, checksum FROM updates WHERE seq BETWEEN ? AND ? ORDER BY seq",
  );
  between.setReturnArrays(true);

  function rowsOf(run: Float64Array): readonly Row[] {
    try {
      return between.all(run[0] ?? 0, run.at(-1) ?? 0) as unknown as Row[];
    } catch (error) {
      if (!isDamage(error)) throw error;
      // The others of the run are whole.
      return run.length === 1 ? [] : Array.from(run).flatMap((seq) => rowsOf(Float64Array.of(seq)));
    }
  }

  /** The next update of its document, or nothing: then that one lacks it in the end. */
  function takeRow([seq, document, at, author, bytes, checksum]: Row, tail: StoredTail, updates: PackedUpdates): void {
    const place = updates.length;
    if (tail.seqs[place] !== seq || !(bytes instanceof Uint8Array)) return;
    const previous = tail.seqs[place - 1] ?? tail.snapshotSeq;
    if (checksumOfUpdate({ previous, seq, document, at, author, bytes }) === checksum)
      updates.add({ at, author, bytes });
  }

  return {
    read(tails) {
      const read = new Map(tails.map((tail) => [tail.number, { tail, updates: createPackedUpdates() }]));
      for (const run of runsOf(joinSeqs(tails.map(({ seqs }) => seqs))))
        for (const row of rowsOf(run)) {
          const document = read.get(row[1]);
          if (document !== undefined) takeRow(row, document.tail, document.updates);
        }
      return Array.from(read.values(), ({ tail, updates }): ReadTail | undefined => {
        const { docId, snapshotSeq, seqs } = tail;
        const lastSeq = seqs.at(-1) ?? snapshotSeq;
        if (updates.length < seqs.length) return undefined;
        if (snapshotSeq === 0) return { docId, lastSeq, snapshot: undefined, updates };
        const row = rows.snapshot(tail);
        return typeof row === "string" || row.seq !== snapshotSeq
          ? undefined
          : { docId, lastSeq, snapshot: row.bytes, updates };
      });
    },
  };
}
