// Group commit: what arrived together goes to the disk together, one commit at a time, in order.

import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { createCommitPace } from "./commit-pace.ts";

/** What waits for its commit. */
export type Queued = { readonly request: { readonly bytes: Uint8Array } };

export type CommitQueue<Item extends Queued> = {
  add(item: Item): void;
  /** Resolves when everything added so far was committed, well or not. */
  settled(): Promise<void>;
};

export const COMMIT_UPDATES = 1_000;
const COMMIT_BYTES = 4 * 1024 * 1024;

/** `commit` never rejects: it tells each item how it ended. */
export function createCommitQueue<Item extends Queued>(
  commit: (batch: readonly Item[]) => Promise<void>,
): CommitQueue<Item> {
  const pace = createCommitPace();
  let queue: Item[] = [];
  let committing: Promise<void> | undefined;
  let isScheduled = false;

  function takeBatch(): readonly Item[] {
    let bytes = 0;
    let count = 0;
    for (const { request } of queue) {
      bytes += request.bytes.length;
      if (count === COMMIT_UPDATES || (count > 0 && bytes > COMMIT_BYTES)) break;
      count += 1;
    }
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    return batch;
  }

  async function commitAll(): Promise<void> {
    while (queue.length > 0) {
      const rest = queue.length < COMMIT_UPDATES ? pace.rest(performance.now()) : 0;
      if (rest >= 1) await sleep(rest);
      const batch = takeBatch();
      pace.started(batch.length, performance.now());
      await commit(batch);
    }
    committing = undefined;
  }

  /** The next commit starts as soon as the last one ended and rested; the first one waits for the rest of this turn's frames. */
  function schedule(): void {
    if (isScheduled || committing !== undefined) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      committing ??= commitAll();
    });
  }

  return {
    add(item) {
      queue.push(item);
      schedule();
    },
    async settled() {
      // A scheduled commit starts before this turn is over.
      await nextTurn();
      await committing;
    },
  };
}
