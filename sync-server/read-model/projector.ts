// Projects documents as the log holds them: small ones right here, larger ones in a thread of their own. Of those that people go
// on writing shadows are kept, which are told only what they do not hold already.

import type { Logger } from "pino";
import { isSnapshot, type UpdateLog } from "#sync-server/log/update-log.ts";
import type { FacetRow } from "#sync-server/storage/storage.ts";
import { createBackgroundThread } from "#sync-server/background-thread.ts";
import { createShadows, type ProjectionReply, type ProjectionRequest } from "./shadows.ts";

export type Projector = {
  /** Nothing when the document does not apply, is damaged, or is gone: its row stays what it was. */
  project(docId: string, seq: number): Promise<readonly FacetRow[]>;
  /** The number up to which a document need not be read again; 0 when all of it has to be. */
  heldUpTo(docId: string): number;
  close(): Promise<void>;
};

/** What a shadow holds: up to which number, how many bytes of updates, and whether it is the thread's. */
type Held = { readonly upTo: number; readonly bytes: number; readonly isInThread: boolean };

/** Larger documents are projected in the thread; a shadow that is here may grow, since what is applied at once is little. */
const LARGE_BYTES = 16 * 1024;
const LARGE_SHADOW_BYTES = 64 * 1024;
const LARGE_MS = 5_000;
const SHADOW_BYTES = 4 * 1024 * 1024;
/** More than there are shadows; one that is gone answers "cold". */
const REMEMBERED = 1_000;

export function createProjector(log: UpdateLog, logger: Logger): Projector {
  const thread = createBackgroundThread<ProjectionRequest, ProjectionReply>(
    new URL("./projection-worker.ts", import.meta.url),
    LARGE_MS,
  );
  const shadows = createShadows(SHADOW_BYTES);
  /** The one that was used last is at the end. */
  const held = new Map<string, Held>();
  const unsubscribe = log.onErased((documents) => {
    for (const { docId } of documents) shadows.forget(docId);
  });

  /** What lies beyond a number; the whole document where it was folded since. Undefined for one that is damaged or gone. */
  function requestFor(docId: string, seq: number, after: number): ProjectionRequest | undefined {
    const meta = log.find(docId);
    const entries = log.entriesOf(docId, after);
    if (meta === undefined || log.isDamaged(docId)) return undefined;
    const first = entries[0];
    return {
      meta,
      after: first !== undefined && isSnapshot(first) ? 0 : after,
      updates: entries.map(({ bytes }) => bytes),
      upTo: entries.at(-1)?.seq ?? after,
      seq,
    };
  }

  /** "cold" too where a shadow has become too large for this thread. */
  async function ask(docId: string, request: ProjectionRequest): Promise<ProjectionReply | undefined> {
    const shadow = request.after === 0 ? undefined : held.get(docId);
    held.delete(docId);
    const bytes = request.updates.reduce((total, { length }) => total + length, shadow?.bytes ?? 0);
    const isInThread = shadow?.isInThread ?? bytes > LARGE_BYTES;
    if (!isInThread && bytes > LARGE_SHADOW_BYTES) return "cold";
    const reply = isInThread ? await thread.ask(request) : shadows.project(request);
    if (typeof reply === "object" && "row" in reply) held.set(docId, { upTo: request.upTo, bytes, isInThread });
    for (const oldest of held.keys()) {
      if (held.size <= REMEMBERED) break;
      held.delete(oldest);
    }
    return reply;
  }

  const heldUpTo = (docId: string): number => held.get(docId)?.upTo ?? 0;

  return {
    async project(docId, seq) {
      let request = requestFor(docId, seq, heldUpTo(docId));
      let reply = request && (await ask(docId, request));
      if (reply === "cold") {
        request = requestFor(docId, seq, 0);
        reply = request && (await ask(docId, request));
      }
      if (request === undefined) return [];
      if (typeof reply === "object" && "row" in reply) return [reply.row];
      const reason = typeof reply === "object" ? reply.problem : "it takes too long";
      logger.warn({ docId, seq, reason }, "document not projected");
      return [];
    },
    heldUpTo,
    async close() {
      unsubscribe();
      await thread.close();
    },
  };
}
