// The newest updates, in memory: read soonest by live documents, the read model, folding, and devices that were away for a
// moment. Kept as they were committed, a batch in one piece: thousands of small objects that live on would be what the
// garbage collector spends its time on.

import type { ReceivedUpdate } from "./receipts.ts";
import type { StoredUpdate } from "./storage.ts";

export type RecentUpdate = StoredUpdate & ReceivedUpdate;

/** What one commit wrote. Its updates are numbered on from `firstSeq`. */
export type RecentBatch = {
  readonly firstSeq: number;
  readonly at: number;
  /** Per update. */
  readonly docIds: readonly string[];
  readonly authors: readonly string[];
  readonly lengths: readonly number[];
  /** All of them, one behind the other. */
  readonly bytes: Uint8Array;
};

export type RecentUpdates = {
  find(seq: number): RecentUpdate | undefined;
  /** Later numbers than all before. */
  add(batch: RecentBatch): void;
  forget(seq: number): void;
};

type Kept = RecentBatch & {
  /** Where each update ends in `bytes`. */
  readonly ends: readonly number[];
  forgotten?: Set<number>;
};

/** What an update costs beside its bytes, and a batch beside its updates. */
const UPDATE_OVERHEAD = 32;
const BATCH_OVERHEAD = 500;
/** Places in front that were left, before the queue is cut. */
const CUT = 1_024;

const costOf = ({ bytes, docIds }: RecentBatch): number =>
  bytes.length + docIds.length * UPDATE_OVERHEAD + BATCH_OVERHEAD;

function endsOf(lengths: readonly number[]): readonly number[] {
  let end = 0;
  return lengths.map((length) => (end += length));
}

export function createRecentUpdates(maxBytes: number): RecentUpdates {
  /** Oldest first; those before `first` were pushed out. */
  let batches: (Kept | undefined)[] = [];
  let first = 0;
  let bytes = 0;

  /** The place of the batch that would hold a number: the last one that begins at it or before. */
  function placeOf(seq: number): number {
    let low = first;
    let high = batches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((batches[middle]?.firstSeq ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  function pushOut(): void {
    const oldest = batches[first];
    batches[first++] = undefined;
    if (oldest !== undefined) bytes -= costOf(oldest);
    if (first < CUT) return;
    batches = batches.slice(first);
    first = 0;
  }

  function keptOf(seq: number): { readonly batch: Kept; readonly index: number } | undefined {
    const place = placeOf(seq);
    const batch = place < first ? undefined : batches[place];
    const index = seq - (batch?.firstSeq ?? 0);
    return batch === undefined || index >= batch.docIds.length ? undefined : { batch, index };
  }

  return {
    find(seq) {
      const kept = keptOf(seq);
      if (kept === undefined || kept.batch.forgotten?.has(kept.index) === true) return undefined;
      const { batch, index } = kept;
      return {
        seq,
        docId: batch.docIds[index] ?? "",
        at: batch.at,
        author: batch.authors[index] ?? "",
        // A copy: a view that goes to another thread would take the whole batch along.
        bytes: batch.bytes.slice(batch.ends[index - 1] ?? 0, batch.ends[index]),
      };
    },
    add(batch) {
      batches.push({ ...batch, ends: endsOf(batch.lengths) });
      bytes += costOf(batch);
      while (bytes > maxBytes) pushOut();
    },
    forget(seq) {
      const kept = keptOf(seq);
      if (kept !== undefined) (kept.batch.forgotten ??= new Set()).add(kept.index);
    },
  };
}
