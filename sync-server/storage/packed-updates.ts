// Updates of one document, one behind the other in one buffer: thousands of small objects that are kept until all rows are
// read would be what the garbage collector spends its time on.

import { createInterner } from "./interner.ts";
import type { ReceivedUpdate } from "./receipts.ts";

const FIRST_BYTES = 4_096;

export type PackedUpdates = {
  readonly length: number;
  add(update: ReceivedUpdate): void;
  /** Views of the buffer: for as long as nothing is added. */
  bytes(): readonly Uint8Array[];
  received(): Iterable<ReceivedUpdate>;
};

export function createPackedUpdates(): PackedUpdates {
  let buffer = new Uint8Array(FIRST_BYTES);
  const ends: number[] = [];
  const times: number[] = [];
  const authors: string[] = [];
  const intern = createInterner();
  let size = 0;

  function makeRoom(bytes: number): void {
    if (size + bytes <= buffer.length) return;
    const larger = new Uint8Array(Math.max(buffer.length * 2, size + bytes));
    larger.set(buffer.subarray(0, size));
    buffer = larger;
  }

  const bytesAt = (index: number): Uint8Array => buffer.subarray(ends[index - 1] ?? 0, ends[index]);

  return {
    get length() {
      return ends.length;
    },
    add({ at, author, bytes }) {
      makeRoom(bytes.length);
      buffer.set(bytes, size);
      size += bytes.length;
      ends.push(size);
      times.push(at);
      authors.push(intern(author));
    },
    bytes: () => ends.map((_, index) => bytesAt(index)),
    *received() {
      for (const [index, at] of times.entries()) yield { at, author: authors[index] ?? "", bytes: bytesAt(index) };
    },
  };
}
