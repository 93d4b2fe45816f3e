// Batch frames from entries that are encoded once: receivers that read the same facets share one frame, the others share
// its parts.

import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";
import * as encoding from "lib0/encoding";
import { encodeBatchEntries, encodeRelayFrame, type BatchEntry } from "#shared/protocol/frames.ts";
import { limits } from "#shared/protocol/limits.ts";

/** An entry as it lies in a frame, without the count before it. */
export type EncodedEntry = Uint8Array;

/** Room for the header of a frame within its limit. */
const CONTENT_BYTES = limits.frameBytes - 1024;
/** A catch-up is cut finer than it must be, so that live frames find their way between. */
const CATCH_UP_BYTES = 256 * 1024;
const WORTH_DEFLATING = 1024;

const deflate = promisify(deflateRaw);

/** One entry's list starts with the count 1, a single byte. */
export const encodeEntry = (entry: BatchEntry): EncodedEntry => encodeBatchEntries([entry]).subarray(1);

/** The list: count, then the entries. */
function writeList(out: encoding.Encoder, entries: readonly EncodedEntry[]): void {
  encoding.writeVarUint(out, entries.length);
  for (const entry of entries) encoding.writeUint8Array(out, entry);
}

function batchFrame(space: string, entries: readonly EncodedEntry[]): Uint8Array {
  const out = encoding.createEncoder();
  // An empty batch ends with the count 0, a single byte.
  encoding.writeUint8Array(out, encodeRelayFrame({ kind: "batch", space, entries: [] }).subarray(0, -1));
  writeList(out, entries);
  return encoding.toUint8Array(out);
}

/** Cuts entries so that each list stays within rule L1; a single entry over it goes alone. */
function* cut(entries: Iterable<EncodedEntry>, maxBytes: number): Generator<readonly EncodedEntry[]> {
  let list: EncodedEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (list.length === limits.batchEntries || (list.length > 0 && bytes + entry.length > maxBytes)) {
      yield list;
      list = [];
      bytes = 0;
    }
    list.push(entry);
    bytes += entry.length;
  }
  if (list.length > 0) yield list;
}

export const batchFrames = (space: string, entries: readonly EncodedEntry[]): readonly Uint8Array[] =>
  [...cut(entries, CONTENT_BYTES)].map((list) => batchFrame(space, list));

/** Frames of a catch-up, made as they are asked for: deflated where that makes them smaller. */
export async function* catchUpFrames(space: string, entries: Iterable<EncodedEntry>): AsyncGenerator<Uint8Array> {
  for (const list of cut(entries, CATCH_UP_BYTES)) {
    const plain = batchFrame(space, list);
    if (plain.length < WORTH_DEFLATING) {
      yield plain;
      continue;
    }
    const out = encoding.createEncoder();
    writeList(out, list);
    const payload = await deflate(encoding.toUint8Array(out), { level: 1 });
    yield payload.length < plain.length ? encodeRelayFrame({ kind: "deflatedBatch", space, payload }) : plain;
  }
}
