// Keeps the read model in step with the log, off the hot path: in small chunks, yielding between them, resuming at start
// from the sequence it reached. A document that does not apply is reported and passed over.

import { setImmediate } from "node:timers/promises";
import type { Logger } from "pino";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import type { FacetRow, RelayStorage } from "#sync-server/storage/storage.ts";
import { createProjector } from "./projector.ts";

export type ReadModel = {
  /** Resolves when everything up to `seq` can be read. */
  upTo(seq: number): Promise<void>;
  close(): Promise<void>;
};

type Dependencies = {
  readonly log: UpdateLog;
  readonly storage: Pick<RelayStorage, "log" | "readModel">;
  readonly logger: Logger;
  readonly onProjected: (rows: readonly FacetRow[]) => Promise<void>;
};

const CHUNK_DOCUMENTS = 100;
/** How long feeds and acks may have to wait while a chunk is made: what is ready to go then goes first. */
const SLICE_MS = 1;
/** Keystrokes of a live document arrive in bursts: one projection serves them all. */
const QUIET_MS = 50;
/**
 * Of those who go on typing one round serves many strokes: so long between two, and a twentieth of the time at most, unless
 * somebody waits for a row.
 */
const REST = 20;
const SHORTEST_REST_MS = 500;
const LONGEST_REST_MS = 2_000;
const RETRY_MS = 1_000;
/** More updates that are to be read are folded first: they are gone through once for both then. */
const LONG_TAIL = 512;

export function openReadModel({ log, storage, logger, onProjected }: Dependencies): ReadModel {
  // docId -> seq of its newest update, ascending: an update puts its document at the end again.
  const waiting = new Map<string, number>();
  const readers: { readonly seq: number; readonly resolve: () => void }[] = [];
  let projectedSeq = storage.readModel.projectedSeq();
  let toldSeq = log.seq;
  let restUntil = 0;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let closed = false;

  function enqueue(docId: string, seq: number): void {
    waiting.delete(docId);
    waiting.set(docId, seq);
  }

  /** Puts documents that could not be saved back in front, behind nothing that is newer. */
  function putBack(chunk: ReadonlyMap<string, number>): void {
    const later = [...waiting];
    waiting.clear();
    for (const [docId, seq] of [...chunk, ...later]) enqueue(docId, seq);
  }

  const isOpen = (): boolean => !closed;

  const answerReaders = (upTo: number): void => {
    while (readers[0] !== undefined && readers[0].seq <= upTo) readers.shift()?.resolve();
  };

  const projector = createProjector(log, logger);
  const hasLongTail = (docId: string): boolean => storage.log.tailLength(docId, projector.heldUpTo(docId)) >= LONG_TAIL;

  function nextChunk(): ReadonlyMap<string, number> {
    const next = new Map<string, number>();
    for (const [docId, seq] of waiting) if (next.set(docId, seq).size === CHUNK_DOCUMENTS) break;
    return next;
  }

  /** Returns how many documents it took. */
  async function projectChunk(): Promise<number> {
    const next = nextChunk();
    const chunk = new Map<string, number>();
    const rows: FacetRow[] = [];
    const long = [...next.keys()].filter(hasLongTail);
    // Folding nothing would wait for what is being folded all the same.
    if (long.length > 0) await log.fold(long);
    let sliceEnd = performance.now() + SLICE_MS;
    let reached = projectedSeq;
    for (const [docId, seq] of next) {
      if (!isOpen()) break;
      // Written on while this chunk is being made: it has its turn here, and waits for the next one as well.
      if (waiting.get(docId) === seq) waiting.delete(docId);
      chunk.set(docId, seq);
      rows.push(...(await projector.project(docId, seq)));
      reached = Math.max(reached, seq);
      if (performance.now() < sliceEnd) continue;
      await setImmediate();
      sliceEnd = performance.now() + SLICE_MS;
    }
    try {
      // Erased meanwhile: its row is not written again.
      await storage.readModel.saveFacets(
        rows.filter((row) => !log.isErased(row.docId)),
        reached,
      );
      projectedSeq = reached;
      await onProjected(rows);
    } catch (error) {
      // What follows from a row is not done before it is: it is told of again.
      putBack(chunk);
      throw error;
    }
    answerReaders(projectedSeq);
    await setImmediate();
    return chunk.size;
  }

  /** What waits now; what comes meanwhile is left to the next round, or a busy document would keep this one going. */
  async function drain(): Promise<void> {
    let left = waiting.size;
    while (waiting.size > 0 && (left > 0 || readers.length > 0) && isOpen()) left -= await projectChunk();
    if (waiting.size === 0) answerReaders(toldSeq);
  }

  function runNow(): void {
    clearTimeout(timer);
    timer = undefined;
    if (running !== undefined) return;
    const startedAt = performance.now();
    let delay = QUIET_MS;
    running = drain()
      .then(() => {
        const took = performance.now() - startedAt;
        restUntil = performance.now() + Math.min(Math.max(took * REST, SHORTEST_REST_MS), LONGEST_REST_MS);
      })
      .catch((error: unknown) => {
        logger.error({ err: error }, "the read model could not be saved; it tries again");
        delay = RETRY_MS;
        // A reader gets what there is rather than no answer.
        answerReaders(Number.POSITIVE_INFINITY);
      })
      .finally(() => {
        running = undefined;
        if (waiting.size + readers.length > 0 && !closed) schedule(delay);
      });
  }

  function schedule(delay: number): void {
    if (timer !== undefined || running !== undefined) return;
    const rest = readers.length > 0 ? 0 : restUntil - performance.now();
    timer = setTimeout(runNow, Math.max(delay, rest));
  }

  const missed: { docId: string; lastSeq: number }[] = [];
  if (log.seq > projectedSeq) {
    for (const { docId, lastSeq } of storage.log.documents())
      if (lastSeq > projectedSeq) missed.push({ docId, lastSeq });
  }
  for (const row of missed.toSorted((left, right) => left.lastSeq - right.lastSeq)) enqueue(row.docId, row.lastSeq);
  const unsubscribe = log.subscribe((committed) => {
    for (const update of committed) {
      enqueue(update.docId, update.seq);
      toldSeq = update.seq;
    }
    if (readers.length > 0) runNow();
    else schedule(QUIET_MS);
  });
  if (waiting.size > 0) schedule(QUIET_MS);

  return {
    upTo(wanted) {
      // Numbers beyond the last update belong to links and changes of rights (rule R9): there is nothing to project.
      const seq = Math.min(wanted, toldSeq);
      const allDone = waiting.size === 0 && running === undefined && seq <= toldSeq;
      if (allDone || seq <= projectedSeq || closed) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      readers.push({ seq, resolve });
      readers.sort((left, right) => left.seq - right.seq);
      runNow();
      return promise;
    },
    async close() {
      closed = true;
      unsubscribe();
      clearTimeout(timer);
      await projector.close();
      await running;
      for (const reader of readers.splice(0)) reader.resolve();
    },
  };
}
