// Carries field values to the facets where the policy puts them, in the background, record by record. Every step can be
// repeated: a relay that was killed in the middle goes on at its next start. Values are copied first and cleared after, so
// that no moment loses one; what is cleared is folded away before the move counts as done.

import { setImmediate as nextTurn } from "node:timers/promises";
import { encodeStateAsUpdate, encodeStateVector } from "yjs";
import type { Logger } from "pino";
import { openFacetDocument } from "#shared/doc/facet-document.ts";
import { clearFields, copyFields } from "#shared/doc/move-fields.ts";
import { splitUpdate } from "#shared/doc/split-update.ts";
import { isNarrowing } from "#shared/model/policy.ts";
import { docIdOf } from "#shared/model/ids.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import { onePush } from "#shared/protocol/limits.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { unlessDamaged } from "#sync-server/storage/damaged-document.ts";
import type { FieldMoveRow } from "#sync-server/storage/storage.ts";
import type { PolicyKeeper } from "./policy-keeper.ts";

export type FieldMover = {
  /** Resolves when nothing is left to move. */
  settled(): Promise<void>;
  close(): Promise<void>;
};

type Dependencies = {
  readonly log: UpdateLog;
  readonly policies: PolicyKeeper;
  readonly logger: Pick<Logger, "info" | "error">;
};

const CHUNK = 50;
const RETRY_MS = 1_000;
/** Who writes: nobody changed a value, so no member. */
const RELAY_AUTHOR = "";

/** Moves that leave the same documents for the same place are one walk. */
type Walk = { readonly moves: readonly FieldMoveRow[]; readonly first: FieldMoveRow };

export function openFieldMover({ log, policies, logger }: Dependencies): FieldMover {
  const source = {};
  const state = { isClosed: false };
  let running: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;

  async function append(meta: DocumentMeta, bytes: Uint8Array): Promise<void> {
    // Whoever did not hold the document (its facet had no fields for a while) needs all of it, not a difference.
    for (const piece of splitUpdate(bytes, onePush)) {
      const docId = docIdOf(meta.recordId, meta.facet);
      const known = log.find(docId) !== undefined;
      const result = await log.append({
        docId,
        bytes: piece,
        author: RELAY_AUTHOR,
        source,
        ...(known ? {} : { meta }),
      });
      if (!result.ok) throw new Error(`A value could not be moved: ${result.error.reason}`);
    }
  }

  const open = (meta: DocumentMeta) => {
    const docId = docIdOf(meta.recordId, meta.facet);
    return openFacetDocument(meta, log.find(docId) === undefined ? [] : log.read(docId));
  };

  /** One record: its values written where they belong, then cleared where they were. True when anything was cleared. */
  async function moveRecord(meta: DocumentMeta, { moves, first }: Walk): Promise<boolean> {
    const fields = moves.map((move) => move.field);
    const target = { ...meta, facet: first.to };
    const opened = unlessDamaged(() => ({ from: open(meta), to: open(target) }));
    // Nobody reads a damaged document, and the others do not wait for it.
    if (opened === undefined) return false;
    const { from, to } = opened;
    const copied = copyFields(from, to, { type: meta.type, fields, since: new Date(first.since).toISOString() });
    if (copied) await append(target, encodeStateAsUpdate(to));
    const history = isNarrowing(policies.view(), first);
    const before = encodeStateVector(from);
    const isCleared = clearFields(from, fields, { history });
    if (isCleared) await append(meta, encodeStateAsUpdate(from, before));
    from.destroy();
    to.destroy();
    return isCleared;
  }

  async function walk(one: Walk): Promise<void> {
    const { type, from } = one.first;
    // Documents written while this walks come at the end again, until a look finds nothing left to do.
    const written = new Set<string>();
    const unsubscribe = log.subscribe((committed) => {
      for (const update of committed)
        if (update.source !== source && update.type === type && update.facet === from) written.add(update.docId);
    });
    try {
      // What was accepted before the policy counted is on its way to the disk.
      await log.settled();
      let documents = log.documentsIn(type, from);
      while (documents.length > 0) {
        for (let start = 0; start < documents.length && !state.isClosed; start += CHUNK) {
          const chunk = documents.slice(start, start + CHUNK);
          const cleared = await Promise.all(
            chunk.map(async (meta) => ((await moveRecord(meta, one)) ? [docIdOf(meta.recordId, meta.facet)] : [])),
          );
          await log.fold(cleared.flat());
          await nextTurn();
        }
        if (state.isClosed) return;
        documents = [...written].flatMap((docId) => log.find(docId) ?? []);
        written.clear();
      }
    } finally {
      unsubscribe();
    }
    await policies.finish(one.moves);
    logger.info({ type, from, to: one.first.to, fields: one.moves.map((move) => move.field) }, "fields moved");
  }

  async function work(): Promise<void> {
    for (
      let next = nextWalk(policies.moves());
      next !== undefined && !state.isClosed;
      next = nextWalk(policies.moves())
    )
      await walk(next);
  }

  function start(): void {
    if (running !== undefined || state.isClosed || policies.moves().length === 0) return;
    clearTimeout(retry);
    running = work()
      .catch((error: unknown) => {
        logger.error({ err: error }, "fields could not be moved; trying again");
        retry = setTimeout(start, RETRY_MS);
      })
      .finally(() => (running = undefined));
  }

  const unsubscribe = policies.onChanged(start);
  start();
  return {
    async settled() {
      while (policies.moves().length > 0 && !state.isClosed) {
        start();
        await running;
      }
    },
    async close() {
      state.isClosed = true;
      clearTimeout(retry);
      unsubscribe();
      await running;
    },
  };
}

function nextWalk(moves: readonly FieldMoveRow[]): Walk | undefined {
  const [first] = moves;
  if (first === undefined) return undefined;
  const { type, from, to } = first;
  return { first, moves: moves.filter((move) => move.type === type && move.from === from && move.to === to) };
}
