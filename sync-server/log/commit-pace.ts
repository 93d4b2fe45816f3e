// How long commits rest. Under load a turn that takes more updates costs less for each of them: one fsync, one write per
// socket, one wake-up. So commits rest the longer the more arrives, and not at all while little does: then resting would only
// add to the latency.

/** Updates per ms below which nothing rests. */
const BUSY_PER_MS = 2;
const LONGEST_REST_MS = 8;
/** How fast the rate follows: a burst after silence is no load yet. */
const MEMORY_MS = 100;

export type CommitPace = {
  /** ms until the next commit should start. */
  rest(now: number): number;
  /** A commit starts with so many updates. */
  started(updates: number, now: number): void;
};

export function createCommitPace(): CommitPace {
  let perMs = 0;
  let lastAt = -Infinity;

  return {
    rest: (now) => (perMs < BUSY_PER_MS ? 0 : Math.max(0, lastAt + Math.min(perMs, LONGEST_REST_MS) - now)),
    started(updates, now) {
      const elapsed = Math.max(now - lastAt, 1);
      perMs += (updates / elapsed - perMs) * Math.min(1, elapsed / MEMORY_MS);
      lastAt = now;
    },
  };
}
