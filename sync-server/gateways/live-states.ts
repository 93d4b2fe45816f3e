// What live documents hold, as merged bytes, and what is worked out of them: once for everybody who opens a document, and once
// for whoever comes back to it soon. No Y.Doc.

import { bytesEqual, isEmptyUpdate, joinUpdates, missingFrom, stateVectorOf } from "#shared/doc/update-bytes.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";

export type LiveState = {
  /** Everything the document holds, as one update. */
  readonly update: Uint8Array;
  readonly stateVector: () => Uint8Array;
  /** What a client with this state vector lacks, deletions included. */
  readonly missingFrom: (stateVector: Uint8Array) => Uint8Array;
};

export type LiveStates = {
  /** As it is stored now. Throws DamagedDocument. */
  of(docId: string): LiveState;
  forget(docId: string): void;
};

const emptyUpdate = new Uint8Array([0, 0]);
export const emptyStateVector = new Uint8Array([0]);
export const isNewReader = (stateVector: Uint8Array): boolean => bytesEqual(stateVector, emptyStateVector);
/** What a document costs that is kept, beside its bytes. */
const OVERHEAD = 320;

/** Joins what can be joined: an update that decodes may still not merge with the others, and must not cost them. */
function joinReadable(parts: readonly Uint8Array[]): Uint8Array {
  // The first update of a document that was made to be opened live is often an empty one.
  const updates = parts.filter((part) => !isEmptyUpdate(part));
  try {
    return updates.length === 0 ? emptyUpdate : joinUpdates(updates);
  } catch {
    if (updates.length === 1) return emptyUpdate;
    const middle = updates.length >>> 1;
    const halves = [joinReadable(updates.slice(0, middle)), joinReadable(updates.slice(middle))].filter(
      (half) => !isEmptyUpdate(half),
    );
    try {
      return halves.length === 0 ? emptyUpdate : joinUpdates(halves);
    } catch {
      return halves[0] ?? emptyUpdate;
    }
  }
}

export function liveStateOf(parts: readonly Uint8Array[]): LiveState {
  const update = joinReadable(parts);
  let vector: Uint8Array | undefined;
  let deletions: Uint8Array | undefined;
  const stateVector = (): Uint8Array => (vector ??= stateVectorOf(update));
  return {
    update,
    stateVector,
    missingFrom(other) {
      // Two answers are given again and again: a new reader lacks all of it as it is, and who has every edit is told the deletions
      // only, which no state vector speaks of.
      if (isNewReader(other)) return update;
      if (bytesEqual(other, stateVector())) return (deletions ??= missingFrom(update, other));
      return missingFrom(update, other);
    },
  };
}

/** `maxBytes`: what may be kept of documents that were read lately, whoever has them open. */
export function createLiveStates(
  log: Pick<UpdateLog, "read" | "versionOf" | "isDamaged">,
  maxBytes: number,
): LiveStates {
  /** The one that was asked for last is at the end. */
  const kept = new Map<string, { readonly version: number; readonly state: LiveState }>();
  let bytes = 0;
  const costOf = ({ update }: LiveState): number => update.length + OVERHEAD;

  function forget(docId: string): void {
    const found = kept.get(docId);
    if (found === undefined) return;
    kept.delete(docId);
    bytes -= costOf(found.state);
  }

  function keep(docId: string, version: number, state: LiveState): void {
    kept.set(docId, { version, state });
    bytes += costOf(state);
    for (const oldest of kept.keys()) {
      if (bytes <= maxBytes) return;
      forget(oldest);
    }
  }

  return {
    of(docId) {
      const version = log.versionOf(docId);
      const found = kept.get(docId);
      forget(docId);
      const state = found?.version === version && !log.isDamaged(docId) ? found.state : liveStateOf(log.read(docId));
      keep(docId, version, state);
      return state;
    },
    forget,
  };
}
