// How often a live query reads again while rows come by the thousand (a first download, an import): for a small share of
// the time. What is asked now and then is never put off.

/** The share of the time a query may take. */
const SHARE = 1 / 20;
/** So much reading is free; it comes back as time passes. */
const FREE_MS = 200;
const LONGEST_REST_MS = 2_000;

export type Pace = {
  /** How long to wait before reading again. */
  readonly rest: () => number;
  /** A read took so long. */
  readonly took: (ms: number) => void;
};

export function createPace(now: () => number = () => performance.now()): Pace {
  let used = 0;
  let at = now();

  function usedNow(): number {
    const time = now();
    used = Math.max(0, used - (time - at) * SHARE);
    at = time;
    return used;
  }

  return {
    rest: () => Math.min(LONGEST_REST_MS, Math.max(0, (usedNow() - FREE_MS) / SHARE)),
    took: (ms) => {
      used = usedNow() + ms;
    },
  };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
