// Batch frames from entries that are encoded once: receivers that read the same facets share one frame, those who wrote some of
// it get what lies between.

import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";
import { encodeRelayFrame, type Ack, type BatchEntry } from "#shared/protocol/frames.ts";
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

/** The most bytes that an entry takes; a document's id is ASCII, so its length is known before. */
const roomFor = ({ docId, bytes }: BatchEntry): number => docId.length + bytes.length + 4 * MAX_VARINT;

/** Writes what encodeBatchEntries puts behind its count; returns where the next entry goes. */
function writeEntry(out: Buffer, at: number, { seq, docId, at: committedAt, bytes }: BatchEntry): number {
  let end = writeVarUint(out, at, seq);
  end = writeVarUint(out, end, docId.length);
  end += out.write(docId, end, "latin1");
  end = writeVarUint(out, end, committedAt);
  end = writeVarUint(out, end, bytes.length);
  out.set(bytes, end);
  return end + bytes.length;
}

export function encodeEntry(entry: BatchEntry): EncodedEntry {
  const out = Buffer.allocUnsafe(roomFor(entry));
  return out.subarray(0, writeEntry(out, 0, entry));
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

/** What was committed in a turn, for those who read the same of it. */
export type LiveBatch<Entry> = {
  /** Of its last entry; 0 when it is empty. */
  readonly newestSeq: number;
  /** All of it, to be shared by everybody who gets all of it. */
  frames(): readonly WireFrames[];
  framesWithout(isLeftOut: (entry: Entry) => boolean): readonly WireFrames[];
};

/** Entries lie side by side, so that frames without some of them are copies of what lies between. */
export function createLiveBatch<Entry extends BatchEntry>(space: string, entries: readonly Entry[]): LiveBatch<Entry> {
  let room = 0;
  for (const entry of entries) room += roomFor(entry);
  const content = Buffer.allocUnsafe(room);
  const ends: number[] = [];
  let end = 0;
  for (const entry of entries) ends.push((end = writeEntry(content, end, entry)));
  const head = headOf(space);
  let shared: readonly WireFrames[] | undefined;

  function framesOf(isWanted: (entry: Entry) => boolean): readonly WireFrames[] {
    const frames: WireFrames[] = [];
    let parts: Uint8Array[] = [];
    let count = 0;
    let bytes = 0;
    let start = 0;

    function takeUpTo(stop: number): void {
      if (stop > start) parts.push(content.subarray(start, stop));
    }
    function cutFrame(): void {
      if (count > 0) frames.push(wireFrameOf([head, varUint(count), ...parts]));
      parts = [];
      count = 0;
      bytes = 0;
    }

    for (const [index, entry] of entries.entries()) {
      const from = ends[index - 1] ?? 0;
      const size = (ends[index] ?? 0) - from;
      if (!isWanted(entry)) {
        takeUpTo(from);
        start = from + size;
        continue;
      }
      if (count === limits.batchEntries || (count > 0 && bytes + size > CONTENT_BYTES)) {
        takeUpTo(from);
        start = from;
        cutFrame();
      }
      count += 1;
      bytes += size;
    }
    takeUpTo(end);
    cutFrame();
    return frames;
  }

  return {
    newestSeq: entries.at(-1)?.seq ?? 0,
    frames: () => (shared ??= framesOf(() => true)),
    framesWithout: (isLeftOut) => framesOf((entry) => !isLeftOut(entry)),
  };
}

/** Where the acks of a frame begin. */
const ackHead = encodeRelayFrame({ kind: "ack", acks: [] }).subarray(0, -1);

/** The bytes of encodeRelayFrame for acks, which go out with every push. */
export function encodeAcks(acks: readonly Ack[]): Uint8Array {
  const out = Buffer.allocUnsafe(ackHead.length + MAX_VARINT * (1 + 3 * acks.length));
  out.set(ackHead);
  let end = writeVarUint(out, ackHead.length, acks.length);
  for (const { n, seq, at } of acks) {
    end = writeVarUint(out, end, n);
    end = writeVarUint(out, end, seq);
    end = writeVarUint(out, end, at);
  }
  return out.subarray(0, end);
}

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
