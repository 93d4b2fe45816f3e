// Repeatable chance: mulberry32 and the few draws that the demo needs. Equal seeds give equal data on every machine.

import { v7 as uuidV7 } from "uuid";

export type Random = {
  /** 0 <= value < 1 */
  next(): number;
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** A UUID v7 whose time part only grows: ids sort in the order they were drawn. */
  id(): string;
};

/** Where the ids' time part starts; fixed, so that ids do not depend on the day. */
const FIRST_ID_MS = Date.UTC(2025, 0, 6, 8);

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  let drawnIds = 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));

  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (items) => items[int(0, items.length - 1)] ?? items[0],
    id() {
      drawnIds += 1;
      const random = Uint8Array.from({ length: 16 }, () => int(0, 255));
      return uuidV7({ msecs: FIRST_ID_MS + drawnIds * 1_000, seq: int(0, 0x7fffffff), random });
    },
  };
}
