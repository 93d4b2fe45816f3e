// Rows of updates that a snapshot has replaced. Nobody reads them any more; they are deleted behind the snapshots, a little
// at a time and along the log, so that no ack waits for long and each page of the file is written once, not once per document.

import { unlessDamaged } from "./damaged-document.ts";
import { joinSeqs } from "./joined-seqs.ts";
import type { LogContents } from "./log-contents.ts";
import type { IndexedDocument, LogIndex } from "./log-index.ts";
import type { Writer } from "./writer.ts";

/** Of one transaction. Rows that lie side by side go together; others are a page each. */
const PART_ROWS = 4_096;
const PART_RANGES = 512;

export type ReplacedRows = {
  add(seqs: readonly number[]): void;
  /** Rejects when the disk refuses; what is left goes the next time. */
  remove(): Promise<void>;
};

type Range = readonly [first: number, last: number];

/** Numbers that follow one another as one range, in parts for one transaction each. */
function* partsOf(numbers: Float64Array): Generator<{ readonly ranges: readonly Range[]; readonly end: number }> {
  let ranges: Range[] = [];
  let first = 0;
  let partStart = 0;
  for (let end = 1; end <= numbers.length; end += 1) {
    const isPartFull = end - partStart >= PART_ROWS;
    if (!isPartFull && end < numbers.length && numbers[end] === (numbers[end - 1] ?? 0) + 1) continue;
    ranges.push([numbers[first] ?? 0, numbers[end - 1] ?? 0]);
    first = end;
    if (!isPartFull && end < numbers.length && ranges.length < PART_RANGES) continue;
    yield { ranges, end };
    ranges = [];
    partStart = end;
  }
}

/** `found`: what the relay had no time to delete before it ended, by document. */
export function createReplacedRows(
  writer: Writer,
  contents: LogContents,
  index: LogIndex,
  found: Map<IndexedDocument, readonly number[]>,
): ReplacedRows {
  let waiting: ArrayLike<number>[] = [];

  async function removeFound(): Promise<void> {
    for (const [document, seqs] of found) {
      const isThere = index.find(document.docId) === document;
      // Damaged, it may claim to replace what it does not hold.
      if (isThere && unlessDamaged(() => contents.snapshot(document)) !== undefined)
        for (let start = 0; start < seqs.length; start += PART_RANGES)
          await writer.run([
            // The row says itself whose it is: the index that was read at the start may be wrong.
            {
              sql: "DELETE FROM updates WHERE seq = ? AND document = ?",
              rows: seqs.slice(start, start + PART_RANGES).map((seq) => [seq, document.number]),
            },
          ]);
      found.delete(document);
    }
  }

  function takeWaiting(): Float64Array {
    const seqs = joinSeqs(waiting);
    waiting = [];
    return seqs;
  }

  return {
    add: (seqs) => void waiting.push(seqs),
    async remove() {
      await removeFound();
      const seqs = takeWaiting();
      let removed = 0;
      try {
        for (const { ranges, end } of partsOf(seqs)) {
          await writer.run([{ sql: "DELETE FROM updates WHERE seq BETWEEN ? AND ?", rows: ranges }]);
          removed = end;
        }
      } finally {
        if (removed < seqs.length) waiting.push(seqs.subarray(removed));
      }
    },
  };
}
