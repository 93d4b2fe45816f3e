// How updates are numbered. A counter would tell every reader how much others wrote in between, what is hidden from them
// included; so the relay numbers by the clock: the first of a commit gets its time in microseconds, with a random part of a
// millisecond, so that where in its batch an update stood is nothing to read from its number either (decision 0011).

import { randomInt } from "node:crypto";

export type Numbering = {
  /** The number of a commit's first update; the others follow. Always beyond `last`. `at`: ms since 1970. */
  next(last: number, at: number): number;
  /** Whether a log that held `atStart` when it was opened at `openedAt` may have given out this number since. */
  mayHaveGiven(number: number, atStart: number, openedAt: number): boolean;
};

const MICROSECONDS = 1_000;
const JITTER = 500;

/** What the relay uses. */
export const clockNumbers: Numbering = {
  next: (last, at) => Math.max(last + 1, at * MICROSECONDS + randomInt(JITTER)),
  mayHaveGiven: (number, atStart, openedAt) => number <= atStart || number >= openedAt * MICROSECONDS,
};

/** One after the other: for tests and measurements that name numbers. */
export const countedNumbers: Numbering = { next: (last) => last + 1, mayHaveGiven: () => true };
