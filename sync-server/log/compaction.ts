// Folds long tails of updates into snapshots in the background: a little at a time, so that no ack waits for it, and not while
// a document is being written on, unless its tail grows without end: folding costs as much as receiving, and a busy relay has
// better things to do.

import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { LogStorage, StoredSnapshot } from "#sync-server/storage/storage.ts";
import { unlessDamaged } from "#sync-server/storage/damaged-document.ts";
import { createBackgroundThread } from "#sync-server/background-thread.ts";
import type { FoldReply, FoldRequest } from "./fold-worker.ts";

export type TailSize = { readonly updates: number; readonly tailBytes: number; readonly snapshotBytes: number };

export type CompactionOptions = {
  /** Tails at least this long are folded once nobody writes for a moment (`everyMs`). */
  readonly longTail: number;
  /** Tails this long are folded although somebody writes on. */
  readonly longestTail: number;
  /** Shorter ones (from two updates) when nobody wrote for this long: deleted text leaves the log with them (rule R6). */
  readonly quietMs: number;
  /** Every tail when it is this old, written on or not; and a single update that deletes something. */
  readonly oldestMs: number;
  readonly everyMs: number;
  readonly timeoutMs: number;
};

export const defaultCompaction: CompactionOptions = {
  longTail: 64,
  longestTail: 4_096,
  quietMs: 600_000,
  oldestMs: 24 * 3_600_000,
  everyMs: 2_000,
  timeoutMs: 5_000,
};

/** Folds early enough that the storage, which erases what was dropped, is done in time. */
export const compactionWithin = (eraseAfterMs: number): Partial<CompactionOptions> => ({
  quietMs: Math.min(defaultCompaction.quietMs, eraseAfterMs / 4),
  oldestMs: Math.min(defaultCompaction.oldestMs, eraseAfterMs / 2),
});

export type Compaction = {
  /** Told after every commit. */
  touched(docId: string, size: TailSize): void;
  /** Runs between two rounds of folding: nothing that is being folded comes back after it. */
  between(work: () => Promise<void>): Promise<void>;
  /** Folds these documents now. */
  foldNow(docIds: readonly string[]): Promise<void>;
  /** Folds every document with a tail of two updates or more. */
  foldAll(): Promise<void>;
  close(): Promise<void>;
};

export type Folded = StoredSnapshot & { readonly foldedUpdates: number; readonly foldedBytes: number };

/** What is written in one go. */
const CHUNK_BYTES = 256 * 1024;
const CHUNK_DOCUMENTS = 32;
/** Of those that were there at the start, noted in one round: no ack waits for more than a few milliseconds. */
const CHUNK_TAILS = 10_000;
/** What is dropped goes row by row, and a commit that comes meanwhile waits. */
const CHUNK_UPDATES = 512;
/** Tails as long as this are of documents that are written on at once: their rows lie side by side, and go together in longer parts. */
const VERY_LONG = 1_024;
const PART_UPDATES = 8_192;
/** Of one round, so that a document that must be folded now does not wait long. */
const ROUND_DOCUMENTS = 100;
/** Folding in the background takes a fifth of the time at most: acks and batches go before it. */
const REST = 4;

/** A big document waits for a longer tail: folding costs what the whole document holds. */
const isLong = (size: TailSize, longTail: number): boolean =>
  size.updates >= longTail && (size.tailBytes * 4 >= size.snapshotBytes || size.updates >= longTail * 8);

/** An update ends with its deletions; a list of none is the byte 0, and no other list ends with one. */
const mayDelete = (update: Uint8Array): boolean => update.at(-1) !== 0;

type Dependencies = CompactionOptions & {
  /** What there was at the start: noted in the background, since a large log has a hundred thousand of them. */
  readonly tails: Iterator<readonly [docId: string, size: TailSize]>;
  readonly onFolded: (folded: Folded) => void;
  readonly onProblem: (error: unknown) => void;
};

export function startCompaction(storage: LogStorage, options: Dependencies): Compaction {
  const { tails, onFolded, onProblem } = options;
  const folder = createBackgroundThread<FoldRequest, FoldReply>(
    new URL("./fold-worker.ts", import.meta.url),
    options.timeoutMs,
  );
  /** docId -> updates in its tail. */
  const long = new Map<string, number>();
  /** Of those, the ones that were written since the last look. */
  let written = new Set<string>();
  /** docId -> when it was last written; oldest first. */
  const quiet = new Map<string, number>();
  /** docId -> since when it has a tail; oldest first. */
  const tailed = new Map<string, number>();
  /** Documents with an update that does not apply: they keep their tail. */
  const unfoldable = new Set<string>();
  let running: Promise<void> = Promise.resolve();
  const closing = new AbortController();
  let hurried = 0;
  let isClosed = false;

  /** Of what was written up to a number, which is all of it or a beginning of the tail. */
  async function snapshotOf(docId: string, upTo: number): Promise<Folded | undefined> {
    const read = unlessDamaged(() => storage.readDocument(docId, upTo));
    if (read === undefined) return undefined;
    const { snapshot, updates } = read;
    const last = updates.at(-1);
    if (last === undefined || unfoldable.has(docId)) return undefined;
    if (snapshot === undefined && updates.length === 1 && !mayDelete(last.bytes)) return undefined;
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

  async function foldUpTo(docIds: readonly string[], upTo: number): Promise<void> {
    let snapshots: Folded[] = [];
    let bytes = 0;
    for (const docId of docIds) {
      if (isClosed) return;
      const snapshot = await snapshotOf(docId, upTo);
      if (snapshot === undefined) continue;
      snapshots.push(snapshot);
      bytes += snapshot.bytes.length;
      if (bytes < CHUNK_BYTES) continue;
      await write(snapshots);
      snapshots = [];
      bytes = 0;
    }
    await write(snapshots);
  }

  /** Where to stop on the way through long tails, so that each part of the log is gone through once for all of them. */
  function* stopsIn(docIds: readonly string[]): Generator<number> {
    const tails = docIds.flatMap((docId) => storage.tailOf(docId) ?? []);
    const updates = tails.reduce((total, tail) => total + tail.updates, 0);
    const first = Math.min(...tails.map((tail) => tail.firstSeq));
    const last = Math.max(...tails.map((tail) => tail.lastSeq));
    const parts = Math.ceil(updates / PART_UPDATES);
    for (let part = 1; part < parts; part += 1) yield first + Math.floor(((last - first) * part) / parts);
    yield Number.POSITIVE_INFINITY;
  }

  /** Documents that are folded and written together. */
  function* chunksOf(docIds: readonly string[]): Generator<readonly string[]> {
    const sizes = docIds.map((docId) => ({ docId, updates: storage.tailOf(docId)?.updates ?? 0 }));
    const veryLong = sizes.filter(({ updates }) => updates >= VERY_LONG).map(({ docId }) => docId);
    for (let start = 0; start < veryLong.length; start += CHUNK_DOCUMENTS)
      yield veryLong.slice(start, start + CHUNK_DOCUMENTS);
    let chunk: string[] = [];
    let total = 0;
    for (const { docId, updates } of sizes) {
      if (updates >= VERY_LONG) continue;
      chunk.push(docId);
      total += updates;
      if (total < CHUNK_UPDATES && chunk.length < CHUNK_DOCUMENTS) continue;
      yield chunk;
      chunk = [];
      total = 0;
    }
    if (chunk.length > 0) yield chunk;
  }

  /** Tails grow faster than they are folded: there is no time to rest. */
  function isBehind(): boolean {
    for (const updates of long.values()) if (updates >= 2 * options.longestTail) return true;
    return false;
  }

  async function foldMany(docIds: readonly string[]): Promise<void> {
    for (const chunk of chunksOf(docIds)) {
      for (const docId of chunk) {
        long.delete(docId);
        quiet.delete(docId);
        tailed.delete(docId);
      }
      for (const stop of stopsIn(chunk)) {
        if (isClosed) return;
        const startedAt = performance.now();
        await foldUpTo(chunk, stop);
        if (hurried > 0 || isBehind()) continue;
        await sleep((performance.now() - startedAt) * REST, undefined, { signal: closing.signal });
      }
    }
  }

  /** One round at a time. */
  function next(work: () => Promise<void>): Promise<void> {
    const round = running.then(work);
    running = round.catch(() => undefined);
    return round;
  }

  const schedule = (docIds: readonly string[]): Promise<void> => next(() => foldMany(docIds));

  /** Somebody waits: what runs before it does not rest either. */
  async function hurry(docIds: readonly string[]): Promise<void> {
    hurried += 1;
    try {
      await schedule(docIds);
    } finally {
      hurried -= 1;
    }
  }

  function touched(docId: string, size: TailSize): void {
    if (!tailed.has(docId)) tailed.set(docId, Date.now());
    if (size.updates < 2 && size.snapshotBytes === 0) return;
    quiet.delete(docId);
    quiet.set(docId, Date.now());
    if (!isLong(size, options.longTail) || unfoldable.has(docId)) return;
    long.set(docId, size.updates);
    written.add(docId);
  }

  function noteTails(most: number): void {
    for (let noted = 0; noted < most; noted += 1) {
      const next = tails.next();
      if (next.done === true) return;
      const [docId, size] = next.value;
      // Written on since: that was noted.
      if (!tailed.has(docId)) touched(docId, size);
    }
  }

  function dueNow(): string[] {
    noteTails(CHUNK_TAILS);
    const due = new Set<string>();
    for (const [docId, updates] of long) if (!written.has(docId) || updates >= options.longestTail) due.add(docId);
    written = new Set();
    const addOlder = (times: ReadonlyMap<string, number>, ms: number): void => {
      const before = Date.now() - ms;
      for (const [docId, at] of times) {
        if (at > before || due.size >= ROUND_DOCUMENTS) return;
        due.add(docId);
      }
    };
    addOlder(quiet, options.quietMs);
    addOlder(tailed, options.oldestMs);
    return [...due];
  }

  let isBusy = false;
  const timer = setInterval(() => {
    const due = isBusy ? [] : dueNow();
    if (due.length === 0) return;
    isBusy = true;
    void schedule(due)
      .catch((error: unknown) => {
        if (!isClosed) onProblem(error);
      })
      .finally(() => (isBusy = false));
  }, options.everyMs);
  timer.unref();

  return {
    touched,
    between: next,
    foldNow: hurry,
    foldAll() {
      noteTails(Number.POSITIVE_INFINITY);
      return hurry([...tailed.keys()]);
    },
    async close() {
      isClosed = true;
      closing.abort();
      clearInterval(timer);
      await folder.close();
      await running;
    },
  };
}
