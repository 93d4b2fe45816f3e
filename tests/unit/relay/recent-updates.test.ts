// The newest updates in memory against a plain map that forgets nothing by itself. fast-check prints its seed when a run fails.

import fc from "fast-check";
import { expect, test } from "vitest";
import { createRecentUpdates, type RecentUpdate } from "#sync-server/storage/recent-updates.ts";

const MAX_BYTES = 8_000;

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ gap: fc.nat(5), sizes: fc.array(fc.nat(300), { minLength: 1, maxLength: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ forget: fc.nat() }) },
);

test("gives out what was added and not forgotten, the newest for certain, and nothing else", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const recents = createRecentUpdates(MAX_BYTES);
      const model = new Map<number, RecentUpdate>();
      const forgotten = new Set<number>();
      let seq = 1;
      let newest: number[] = [];
      for (const each of steps) {
        if ("forget" in each) {
          const target = each.forget % (seq + 3);
          recents.forget(target);
          forgotten.add(target);
          continue;
        }
        seq += each.gap;
        const updates = each.sizes.map((size, index): RecentUpdate => ({
          seq: seq + index,
          docId: `doc${index}`,
          at: seq * 10,
          author: `member${size % 3}`,
          bytes: new Uint8Array(size).fill(seq + index),
        }));
        recents.add({
          firstSeq: seq,
          at: seq * 10,
          docIds: updates.map(({ docId }) => docId),
          authors: updates.map(({ author }) => author),
          lengths: each.sizes,
          bytes: Buffer.concat(updates.map(({ bytes }) => bytes)),
        });
        for (const update of updates) model.set(update.seq, update);
        // Numbers are given once: what was forgotten ahead of its time is another one's.
        for (const { seq: added } of updates) forgotten.delete(added);
        newest = updates.map((update) => update.seq);
        seq += updates.length;
      }
      for (let number = 0; number < seq + 3; number++) {
        const found = recents.find(number);
        if (found !== undefined) {
          expect(forgotten.has(number)).toBe(false);
          expect({ ...found, bytes: [...found.bytes] }).toEqual({
            ...model.get(number),
            bytes: [...(model.get(number)?.bytes ?? [])],
          });
        } else if (newest.includes(number)) expect(forgotten.has(number)).toBe(true);
      }
    }),
  );
});

test("holds no more than it may, oldest out first", () => {
  const recents = createRecentUpdates(MAX_BYTES);
  for (let seq = 1; seq <= 5_000; seq++)
    recents.add({
      firstSeq: seq,
      at: 0,
      docIds: ["doc"],
      authors: ["ana"],
      lengths: [100],
      bytes: new Uint8Array(100).fill(seq),
    });
  const held = Array.from({ length: 5_000 }, (_, index) => index + 1).filter((seq) => recents.find(seq) !== undefined);
  expect(held.length * 100).toBeLessThanOrEqual(MAX_BYTES);
  expect(held.length).toBeGreaterThan(5);
  expect(held).toEqual(Array.from({ length: held.length }, (_, index) => 5_001 - held.length + index));
});
