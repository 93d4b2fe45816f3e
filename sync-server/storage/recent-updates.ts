// The newest updates, in memory: read soonest by live documents, the read model, folding, and devices that were away for a
// moment. Oldest out first; the order is kept beside the map, because a map that is emptied from its front gets slower and
// slower to walk.

import type { ReceivedUpdate } from "./receipts.ts";
import type { StoredUpdate } from "./storage.ts";

export type RecentUpdate = StoredUpdate & ReceivedUpdate;

export type RecentUpdates = {
  find(seq: number): RecentUpdate | undefined;
  add(update: RecentUpdate): void;
  forget(seq: number): void;
};

/** What an object costs beside its bytes. */
const OVERHEAD = 200;
/** Places in front that were left, before the queue is cut. */
const CUT = 4_096;

export function createRecentUpdates(maxBytes: number): RecentUpdates {
  const bySeq = new Map<number, RecentUpdate>();
  /** Every seq that was added and not pushed out, forgotten ones included. */
  let queue: number[] = [];
  let first = 0;
  let bytes = 0;

  function forget(seq: number): void {
    const update = bySeq.get(seq);
    if (update === undefined) return;
    bySeq.delete(seq);
    bytes -= update.bytes.length + OVERHEAD;
  }

  return {
    find: (seq) => bySeq.get(seq),
    add(update) {
      bySeq.set(update.seq, update);
      queue.push(update.seq);
      bytes += update.bytes.length + OVERHEAD;
      while (bytes > maxBytes) forget(queue[first++] ?? 0);
      if (first < CUT) return;
      queue = queue.slice(first);
      first = 0;
    },
    forget,
  };
}
