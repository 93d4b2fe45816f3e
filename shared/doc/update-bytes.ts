// Yjs update bytes without a Y.Doc where possible (V1 only: outside bytes never reach V2 functions, see yjs#687).

import * as Y from "yjs";
import { loadSoundly } from "./sound-updates.ts";

/** Joins updates. Not compaction: deleted text stays inside. */
export const joinUpdates = (updates: readonly Uint8Array[]): Uint8Array =>
  updates.length === 1 && updates[0] !== undefined ? updates[0] : Y.mergeUpdates([...updates]);

/**
 * Through a garbage-collected document: deleted text is gone, state vectors are equal. For snapshots and new readers. What
 * no document can apply is gone as well.
 */
export function compactUpdates(docId: string, updates: readonly Uint8Array[]): Uint8Array {
  const { doc } = loadSoundly(() => new Y.Doc({ guid: docId, gc: true }), updates);
  const bytes = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return bytes;
}

export const stateVectorOf = (update: Uint8Array): Uint8Array => Y.encodeStateVectorFromUpdate(update);

/** What `update` has beyond the state vector. */
export const missingFrom = (update: Uint8Array, stateVector: Uint8Array): Uint8Array =>
  Y.diffUpdate(update, stateVector);

/** The empty update `[0, 0]`: no structs, no deletions. */
export const isEmptyUpdate = (update: Uint8Array): boolean => update.length === 2 && update[0] === 0 && update[1] === 0;

/** Clock range per client that an update carries; throws on bytes that are no update. */
export const clockRanges = (
  update: Uint8Array,
): { from: ReadonlyMap<number, number>; to: ReadonlyMap<number, number> } => Y.parseUpdateMeta(update);

export type Struct = Y.AbstractStruct | Y.Skip;

/** The structs of an update in their order; throws on bytes that do not decode wholly, deletions included. */
export const structsOf = (update: Uint8Array): readonly Struct[] => Y.decodeUpdate(update).structs;

export const bytesEqual = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, index) => byte === right[index]);
