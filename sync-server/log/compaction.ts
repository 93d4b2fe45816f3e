// Folds long tails of updates into snapshots in the background: a little at a time, so that no ack waits for it.

import { setImmediate as nextTurn } from "node:timers/promises";
import type { LogStorage, StoredSnapshot } from "#sync-server/storage/storage.ts";
import { createBackgroundThread } from "#sync-server/background-thread.ts";
import type { FoldReply, FoldRequest } from "./fold-worker.ts";

export type TailSize = { readonly updates: number; readonly tailBytes: number; readonly snapshotBytes: number };

export type CompactionOptions = {
  /** Tails at least this long are folded soon. */
  readonly longTail: number;
  /** Shorter ones (from two updates) when nobody wrote for this long: deleted text leaves the log with them (rule R6). */
  readonly quietMs: number;
  readonly everyMs: number;
  readonly timeoutMs: number;
};

export const defaultCompaction: CompactionOptions = {
  longTail: 64,
  quietMs: 600_000,
  everyMs: 2_000,
  timeoutMs: 5_000,
};

export type Compaction = {
  /** Told after every commit. */
  touched(docId: string, size: TailSize): void;
  /** Folds one document now. */
  foldNow(docId: string): Promise<void>;
  /** Runs between two rounds of folding: nothing that is being folded comes back after it. */
  between(work: () => Promise<void>): Promise<void>;
  /** Folds every document with a tail of two updates or more. */
  foldAll(): Promise<void>;
  close(): Promise<void>;
};

export type Folded = StoredSnapshot & { readonly foldedUpdates: number; readonly foldedBytes: number };

const CHUNK_BYTES = 256 * 1024;
const CHUNK_DOCUMENTS = 16;

/** A big document waits for a longer tail: folding costs what the whole document holds. */
const isLong = (size: TailSize, longTail: number): boolean =>
  size.updates >= longTail && (size.tailBytes * 4 >= size.snapshotBytes || size.updates >= longTail * 8);

export function startCompaction(
  storage: LogStorage,
  options: CompactionOptions,
  onFolded: (folded: Folded) => void,
  onProblem: (error: unknown) => void,
): Compaction {
  const folder = createBackgroundThread<FoldRequest, FoldReply>(
    new URL("./fold-worker.ts", import.meta.url),
    options.timeoutMs,
  );
  const long = new Set<string>();
  /** docId -> when it was last written; oldest first. */
  const quiet = new Map<string, number>();
  /** Documents with an update that does not apply: they keep their tail. */
  const unfoldable = new Set<string>();
  let running: Promise<void> = Promise.resolve();
  let isClosed = false;

  async function snapshotOf(docId: string): Promise<Folded | undefined> {
    const { snapshot, updates } = storage.readDocument(docId);
    const last = updates.at(-1);
    if (last === undefined || unfoldable.has(docId) || (snapshot === undefined && updates.length === 1))
      return undefined;
    const parts = updates.map((update) => update.bytes);
    const reply = await folder.ask({ docId, updates: snapshot === undefined ? parts : [snapshot.bytes, ...parts] });
    const bytes = reply?.bytes;
    if (bytes === undefined && !isClosed) unfoldable.add(docId);
    if (bytes === undefined) return undefined;
    const foldedBytes = parts.reduce((total, part) => total + part.length, 0);
    return { docId, seq: last.seq, bytes, foldedUpdates: parts.length, foldedBytes };
  }

  async function write(snapshots: readonly Folded[]): Promise<void> {
    if (snapshots.length === 0) return;
    await storage.writeSnapshots(snapshots);
    for (const snapshot of snapshots) onFolded(snapshot);
    await nextTurn();
  }

  async function foldMany(docIds: readonly string[]): Promise<void> {
    let chunk: Folded[] = [];
    let bytes = 0;
    for (const docId of docIds) {
      if (isClosed) return;
      long.delete(docId);
      quiet.delete(docId);
      const snapshot = await snapshotOf(docId);
      if (snapshot === undefined) continue;
      chunk.push(snapshot);
      bytes += snapshot.bytes.length;
      if (bytes < CHUNK_BYTES && chunk.length < CHUNK_DOCUMENTS) continue;
      await write(chunk);
      chunk = [];
      bytes = 0;
    }
    await write(chunk);
  }

  /** One round at a time. */
  function next(work: () => Promise<void>): Promise<void> {
    const round = running.then(work);
    running = round.catch(() => undefined);
    return round;
  }

  const schedule = (docIds: readonly string[]): Promise<void> => next(() => foldMany(docIds));

  function dueNow(): string[] {
    const due = [...long];
    const before = Date.now() - options.quietMs;
    for (const [docId, at] of quiet) {
      if (at > before) break;
      due.push(docId);
    }
    return due;
  }

  let isBusy = false;
  const timer = setInterval(() => {
    const due = isBusy ? [] : dueNow();
    if (due.length === 0) return;
    isBusy = true;
    void schedule(due)
      .catch(onProblem)
      .finally(() => (isBusy = false));
  }, options.everyMs);
  timer.unref();

  return {
    touched(docId, size) {
      if (size.updates < 2 && size.snapshotBytes === 0) return;
      quiet.delete(docId);
      quiet.set(docId, Date.now());
      if (isLong(size, options.longTail) && !unfoldable.has(docId)) long.add(docId);
    },
    between: next,
    foldNow: (docId) => schedule([docId]),
    foldAll: () => schedule([...quiet.keys()]),
    async close() {
      isClosed = true;
      clearInterval(timer);
      await folder.close();
      await running;
    },
  };
}
