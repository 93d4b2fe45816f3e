// Batch frames from entries that are encoded once: receivers that read the same facets share one frame, the others share
// its parts.

import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";
import { encodeRelayFrame, type BatchEntry } from "#shared/protocol/frames.ts";
import { limits } from "#shared/protocol/limits.ts";
import { varUint, wireFrameOf, type WireFrames } from "./wire-frames.ts";

/** An entry as it lies in a frame, without the count before it. */
export type EncodedEntry = Uint8Array;

/** Room for the header of a frame within its limit. */
const CONTENT_BYTES = limits.frameBytes - 1024;
/** A catch-up is cut finer than it must be, so that live frames find their way between. */
const CATCH_UP_BYTES = 256 * 1024;
const WORTH_DEFLATING = 1024;

const deflate = promisify(deflateRaw);

/** Room for a varint. */
const MAX_VARINT = 8;

/** Returns where the next byte goes. */
function writeVarUint(out: Buffer, at: number, value: number): number {
  let rest = value;
  let next = at;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out[next++] = 0x80 | (rest % 0x80);
  out[next++] = rest;
  return next;
}

/** The bytes of encodeBatchEntries after its count; a document's id is ASCII, so its length is known before. */
export function encodeEntry({ seq, docId, at, bytes }: BatchEntry): EncodedEntry {
  const out = Buffer.allocUnsafe(docId.length + bytes.length + 4 * MAX_VARINT);
  let end = writeVarUint(out, 0, seq);
  end = writeVarUint(out, end, docId.length);
  end += out.write(docId, end, "latin1");
  end = writeVarUint(out, end, at);
  end = writeVarUint(out, end, bytes.length);
  out.set(bytes, end);
  return out.subarray(0, end + bytes.length);
}

/** What every batch of a space begins with. */
const headOf = (space: string): Uint8Array =>
  // An empty batch ends with the count 0, a single byte.
  encodeRelayFrame({ kind: "batch", space, entries: [] }).subarray(0, -1);

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

/** Live batches, ready for the wire and to be shared. */
export const batchFrames = (space: string, entries: readonly EncodedEntry[]): readonly WireFrames[] => {
  const head = headOf(space);
  return [...cut(entries, CONTENT_BYTES)].map((list) => wireFrameOf([head, varUint(list.length), ...list]));
};

/** Frames of documents that a link or a change of rights put into a space (rule R8), made as they are asked for. */
export function* placedFrames(
  space: string,
  isLinked: boolean,
  entries: Iterable<EncodedEntry>,
): Generator<Uint8Array> {
  const head = encodeRelayFrame({ kind: "placed", space, isLinked, entries: [] }).subarray(0, -1);
  for (const list of cut(entries, CATCH_UP_BYTES)) yield Buffer.concat([head, varUint(list.length), ...list]);
}

/** Frames of a catch-up, made as they are asked for: deflated where that makes them smaller. */
export async function* catchUpFrames(space: string, entries: Iterable<EncodedEntry>): AsyncGenerator<Uint8Array> {
  const head = headOf(space);
  for (const list of cut(entries, CATCH_UP_BYTES)) {
    const content = Buffer.concat([varUint(list.length), ...list]);
    const payload = content.length < WORTH_DEFLATING ? content : await deflate(content, { level: 1 });
    yield payload.length < content.length
      ? encodeRelayFrame({ kind: "deflatedBatch", space, payload })
      : Buffer.concat([head, content]);
  }
}
