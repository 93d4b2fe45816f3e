// Work that has to be done in order and must not be lost: what fails stays first in line and is tried again, and whatever
// came later waits behind it.

import { setTimeout as sleep } from "node:timers/promises";

export type PatientQueue = {
  /** `about`: what the log says of work that failed. It is done again from its beginning. */
  add(work: () => Promise<void>, about: object): void;
  /** Once, in its turn; how it ends is told to the caller. */
  run<Value>(work: () => Promise<Value>): Promise<Value>;
  /** How much is not done. */
  waiting(): number;
  /** Resolves when everything so far is done. */
  settled(): Promise<void>;
  /** Resolves when everything so far is done, or something has failed. */
  tried(): Promise<void>;
  /** Tries what is left once more; from the first failure on nothing of it is done. */
  close(): Promise<void>;
};

type Options = {
  readonly onFailed: (error: unknown, about: object) => void;
  /** Rest after a first failure (ms); it doubles with each. */
  readonly restMs?: number;
};

const REST_MS = 1_000;
const MOST_REST_MS = 30_000;

const noMatter = (): void => undefined;

export function createPatientQueue({ onFailed, restMs = REST_MS }: Options): PatientQueue {
  const closing = new AbortController();
  let hasGivenUp = false;
  let waiting = 0;
  let working: Promise<void> = Promise.resolve();
  let failedOnce = noMatter;

  async function untilDone(work: () => Promise<void>, about: object): Promise<void> {
    for (let rest = restMs; !hasGivenUp; rest = Math.min(2 * rest, MOST_REST_MS)) {
      try {
        await work();
        waiting -= 1;
        return;
      } catch (error) {
        onFailed(error, about);
        failedOnce();
      }
      hasGivenUp = closing.signal.aborted;
      // Closing ends the rest: then there is one more try.
      if (!hasGivenUp) await sleep(rest, undefined, { signal: closing.signal }).catch(noMatter);
    }
  }

  return {
    add(work, about) {
      waiting += 1;
      working = working.then(() => untilDone(work, about));
    },
    run(work) {
      const running = working.then(work);
      working = running.then(noMatter, noMatter);
      return running;
    },
    waiting: () => waiting,
    settled: () => working,
    tried: () =>
      Promise.race([
        working,
        new Promise<void>((resolve) => {
          failedOnce = resolve;
        }),
      ]),
    async close() {
      closing.abort();
      await working;
    },
  };
}
