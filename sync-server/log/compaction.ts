// Folds long tails of updates into snapshots in the background: a little at a time, so that no ack waits for it, and not while
// a document is being written on, unless its tail grows without end: folding costs as much as receiving, and a busy relay has
// better things to do.

import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { limits } from "#shared/protocol/limits.ts";
import { unlessDamaged } from "#sync-server/storage/damaged-document.ts";
import type { FoldedSnapshot, LogStorage } from "#sync-server/storage/storage.ts";
import { createBackgroundThread } from "#sync-server/background-thread.ts";
import type { FoldReply, FoldRequest } from "./fold-worker.ts";

export type TailSize = { readonly updates: number; readonly tailBytes: number; readonly snapshotBytes: number };

export type CompactionOptions = {
  /** Tails at least this long are folded once nobody writes for a moment (`everyMs`). */
  readonly longTail: number;
  /** Tails this long are folded although somebody writes on; those of big documents later (`longestFor`). */
  readonly longestTail: number;
  /** Shorter ones (from two updates) when nobody wrote for this long: deleted text leaves the log with them (rule R6). */
  readonly quietMs: number;
  /** A document of this many bytes, a quarter of them in its tail, is folded at once: full before long, its writers would wait. */
  readonly soonFullBytes: number;
  /** Every tail when it is this old, written on or not; and a single update that deletes something. */
  readonly oldestMs: number;
  readonly everyMs: number;
  readonly timeoutMs: number;
};

export const defaultCompaction: CompactionOptions = {
  longTail: 64,
  longestTail: 4_096,
  soonFullBytes: limits.documentBytes / 2,
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

/** What is written in one go. */
const CHUNK_BYTES = 256 * 1024;
const CHUNK_DOCUMENTS = 32;
/** Of those that were there at the start, noted in one round: no ack waits for more than a few milliseconds. */
const CHUNK_TAILS = 10_000;
const CHUNK_UPDATES = 512;
/** Tails as long as this are of documents that are written on at once: their rows lie side by side, and are read together. */
const VERY_LONG = 1_024;
const VERY_LONG_CHUNK_UPDATES = 131_072;
/** Of one round, so that a document that must be folded now does not wait long. */
const ROUND_DOCUMENTS = 100;
/** Folding in the background takes a fifth of the time at most: acks and batches go before it. */
const REST = 4;

/** A big document waits for a longer tail: folding costs what the whole document holds. */
const isLong = (size: TailSize, longTail: number): boolean =>
  size.updates >= longTail && (size.tailBytes * 4 >= size.snapshotBytes || size.updates >= longTail * 8);

/** Unless it is its snapshot that fills it: then there is little to gain. */
const isSoonFull = ({ tailBytes, snapshotBytes }: TailSize, soonFullBytes: number): boolean =>
  snapshotBytes + tailBytes >= soonFullBytes && tailBytes * 4 >= soonFullBytes;

/** Of `longestTail`, at most. */
const BIG_DOCUMENT = 4;

/**
 * How long the tail of a document may grow that is written on without end: until it is as big as the snapshot, which every
 * folding goes through as a whole.
 */
export function longestFor({ updates, tailBytes, snapshotBytes }: TailSize, longestTail: number): number {
  const asBig = (snapshotBytes * updates) / Math.max(tailBytes, 1);
  return Math.min(Math.max(asBig, longestTail), longestTail * BIG_DOCUMENT);
}

type Dependencies = CompactionOptions & {
  /** What there was at the start: noted in the background, since a large log has a hundred thousand of them. */
  readonly tails: Iterator<readonly [docId: string, size: TailSize]>;
  readonly onProblem: (error: unknown) => void;
};

export function startCompaction(storage: LogStorage, options: Dependencies): Compaction {
  const { tails, onProblem } = options;
  const folder = createBackgroundThread<FoldRequest, FoldReply>(
    new URL("./fold-worker.ts", import.meta.url),
    options.timeoutMs,
  );
  /** docId -> its tail, in parts of the longest that it may have while it is written on. */
  const long = new Map<string, number>();
  /** Of those, the ones that were written since the last look. */
  let written = new Set<string>();
  /** Documents with tails so large that they are being folded at once. */
  const filling = new Set<string>();
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

  async function write(snapshots: readonly FoldedSnapshot[]): Promise<void> {
    await storage.writeSnapshots(snapshots);
    // Acks go in between.
    await nextTurn();
  }

  async function writeAll(snapshots: readonly FoldedSnapshot[]): Promise<void> {
    let portion: FoldedSnapshot[] = [];
    let bytes = 0;
    for (const snapshot of snapshots) {
      portion.push(snapshot);
      bytes += snapshot.bytes.length;
      if (bytes < CHUNK_BYTES) continue;
      await write(portion);
      portion = [];
      bytes = 0;
    }
    if (portion.length > 0) await write(portion);
  }

  async function foldTogether(docIds: readonly string[]): Promise<void> {
    const sound = docIds.filter((docId) => !unfoldable.has(docId));
    if (sound.length === 0 || isClosed) return;
    const reply = await folder.ask(storage.tailsOf(sound));
    if (reply === undefined) {
      if (isClosed) return;
      // One of them never ends, or takes too much memory. Which one shows when each is alone.
      if (sound.length === 1) for (const docId of sound) unfoldable.add(docId);
      else for (const docId of sound) await foldTogether([docId]);
      return;
    }
    if ("failed" in reply) throw new Error(reply.failed);
    for (const docId of reply.unfoldable) unfoldable.add(docId);
    // Read once more over here, so that everybody learns of it.
    for (const docId of reply.damaged) unlessDamaged(() => storage.readDocument(docId));
    await writeAll(reply.folded);
  }

  /** Documents that are folded together: of at most so many updates. */
  function* chunksOf(docIds: readonly string[], most: number): Generator<readonly string[]> {
    let chunk: string[] = [];
    let total = 0;
    for (const docId of docIds) {
      chunk.push(docId);
      total += storage.tailLength(docId);
      if (total < most && chunk.length < CHUNK_DOCUMENTS) continue;
      yield chunk;
      chunk = [];
      total = 0;
    }
    if (chunk.length > 0) yield chunk;
  }

  function* allChunksOf(docIds: readonly string[]): Generator<readonly string[]> {
    const isVeryLong = (docId: string): boolean => storage.tailLength(docId) >= VERY_LONG;
    yield* chunksOf(docIds.filter(isVeryLong), VERY_LONG_CHUNK_UPDATES);
    yield* chunksOf(
      docIds.filter((docId) => !isVeryLong(docId)),
      CHUNK_UPDATES,
    );
  }

  /** Tails grow faster than they are folded: there is no time to rest. */
  function isBehind(): boolean {
    for (const share of long.values()) if (share >= 2) return true;
    return false;
  }

  async function foldMany(docIds: readonly string[]): Promise<void> {
    for (const chunk of allChunksOf(docIds)) {
      for (const docId of chunk) {
        long.delete(docId);
        quiet.delete(docId);
        tailed.delete(docId);
      }
      if (isClosed) return;
      const startedAt = performance.now();
      await foldTogether(chunk);
      if (isClosed) return;
      await storage.removeReplaced();
      if (hurried > 0 || isBehind()) continue;
      await sleep((performance.now() - startedAt) * REST, undefined, { signal: closing.signal });
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

  const report = (error: unknown): void => {
    if (!isClosed) onProblem(error);
  };

  function foldAtOnce(docId: string): void {
    if (filling.has(docId)) return;
    filling.add(docId);
    void hurry([docId])
      .catch(report)
      .finally(() => filling.delete(docId));
  }

  function touched(docId: string, size: TailSize): void {
    if (!tailed.has(docId)) tailed.set(docId, Date.now());
    if (size.updates < 2 && size.snapshotBytes === 0) return;
    quiet.delete(docId);
    quiet.set(docId, Date.now());
    if (!isLong(size, options.longTail) || unfoldable.has(docId)) return;
    long.set(docId, size.updates / longestFor(size, options.longestTail));
    written.add(docId);
    if (isSoonFull(size, options.soonFullBytes)) foldAtOnce(docId);
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
    for (const [docId, share] of long) if (!written.has(docId) || share >= 1) due.add(docId);
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
    if (isBusy) return;
    isBusy = true;
    const due = dueNow();
    void next(async () => {
      // What was left when the relay ended, or when the disk had no room.
      await storage.removeReplaced();
      await foldMany(due);
    })
      .catch(report)
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
