// Updates of one document, one behind the other in one buffer: thousands of small objects that are kept until all rows are
// read would be what the garbage collector spends its time on.

import { createInterner } from "./interner.ts";
import type { ReceivedUpdate } from "./receipts.ts";

const FIRST_BYTES = 4_096;

export type PackedUpdates = {
  readonly length: number;
  add(update: ReceivedUpdate): void;
  /** Their bytes are views of the buffer: for as long as nothing is added. */
  received(): readonly ReceivedUpdate[];
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
    received: () =>
      ends.map((end, index) => ({
        at: times[index] ?? 0,
        author: authors[index] ?? "",
        bytes: buffer.subarray(ends[index - 1] ?? 0, end),
      })),
  };
}
