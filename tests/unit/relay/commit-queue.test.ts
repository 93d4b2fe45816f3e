// Group commit, and how long it rests. fast-check prints its seed when a run fails.

import fc from "fast-check";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createCommitPace } from "#sync-server/log/commit-pace.ts";
import { COMMIT_UPDATES, createCommitQueue } from "#sync-server/log/commit-queue.ts";

type Item = { readonly request: { readonly bytes: Uint8Array }; readonly n: number };

const itemOf = (n: number, size = 1): Item => ({ request: { bytes: new Uint8Array(size) }, n });

describe("commit queue", () => {
  test("commits everything once, in order, one batch at a time, within its limits", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ turns: fc.nat(2), sizes: fc.array(fc.nat(2 ** 20), { maxLength: 6 }) }), {
          maxLength: 12,
        }),
        fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }),
        async (arrivals, commitTurns) => {
          const committed: number[] = [];
          let running = 0;
          let commits = 0;
          const queue = createCommitQueue<Item>(async (batch) => {
            running += 1;
            expect(running).toBe(1);
            expect(batch.length).toBeGreaterThan(0);
            const bytes = batch.reduce((total, { request }) => total + request.bytes.length, 0);
            expect(batch.length === 1 || bytes <= 4 * 2 ** 20).toBe(true);
            for (let turn = commitTurns[commits++ % commitTurns.length] ?? 0; turn > 0; turn--) await nextTurn();
            committed.push(...batch.map(({ n }) => n));
            running -= 1;
          });
          let n = 0;
          for (const { turns, sizes } of arrivals) {
            for (const size of sizes) queue.add(itemOf(n++, size));
            for (let turn = turns; turn > 0; turn--) await nextTurn();
          }
          await queue.settled();
          expect(committed).toEqual(Array.from({ length: n }, (_, index) => index));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a commit takes a limited number, and the rest follows", async () => {
    const sizes: number[] = [];
    const queue = createCommitQueue<Item>(async (batch) => void sizes.push(batch.length));
    for (let n = 0; n < COMMIT_UPDATES * 2 + 5; n++) queue.add(itemOf(n));
    await queue.settled();
    expect(sizes).toEqual([COMMIT_UPDATES, COMMIT_UPDATES, 5]);
  });
});

describe("commit pace", () => {
  /** Commits of `updates` every `everyMs`, for a second. */
  function paceAfter(updates: number, everyMs: number): { rest: number; now: number } {
    const pace = createCommitPace();
    let now = 5_000;
    for (; now < 6_000; now += everyMs) pace.started(updates, now);
    const last = now - everyMs;
    return { rest: pace.rest(last), now: last };
  }

  test("nothing rests while little arrives, nor after a burst that follows silence", () => {
    expect(paceAfter(1, 2).rest).toBe(0);
    expect(paceAfter(1, 1).rest).toBe(0);
    const pace = createCommitPace();
    pace.started(1, 1_000);
    pace.started(200, 9_000);
    expect(pace.rest(9_000)).toBe(0);
  });

  test("commits rest the longer the more arrives, and never for long", () => {
    const rests = [3, 6, 12, 100].map((updates) => paceAfter(updates, 1).rest);
    expect(rests[0]).toBeCloseTo(3, 0);
    expect(rests[1]).toBeCloseTo(6, 0);
    expect(rests.slice(2)).toEqual([8, 8]);
  });

  test("whatever the load was, a rest ends within 8 ms of the last commit", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5_000), fc.nat(50))), fc.nat(20), (commits, later) => {
        const pace = createCommitPace();
        let now = 1_000;
        for (const [updates, elapsed] of commits) pace.started(updates, (now += elapsed));
        const rest = pace.rest(now + later);
        expect(rest).toBeGreaterThanOrEqual(0);
        expect(rest).toBeLessThanOrEqual(Math.max(0, 8 - later));
      }),
    );
  });
});
