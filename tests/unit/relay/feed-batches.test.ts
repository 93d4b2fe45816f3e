import fc from "fast-check";
import { expect, test } from "vitest";
import { assert } from "#shared/model/result.ts";
import { decodeRelayFrame, type BatchEntry } from "#shared/protocol/frames.ts";
import { limits } from "#shared/protocol/limits.ts";
import { createLiveBatch, type LiveBatch } from "#sync-server/gateways/feed-batches.ts";
import type { WireFrames } from "#sync-server/gateways/wire-frames.ts";
import { seedFor } from "#tests/seed.ts";
import { messagesIn } from "#tests/wire-payload.ts";

const sources = [{}, {}, {}, {}];
const somebodyElse = {};

function entriesIn(frame: WireFrames): readonly BatchEntry[] {
  const [message, ...others] = messagesIn(frame);
  assert(message !== undefined && others.length === 0, "one message in a frame");
  const decoded = decodeRelayFrame(message);
  assert(decoded.ok && decoded.value.kind === "batch" && decoded.value.space === "crm", "a batch of the space");
  const { entries } = decoded.value;
  expect(message.length).toBeLessThanOrEqual(limits.frameBytes);
  expect(entries.length).toBeGreaterThan(0);
  expect(entries.length).toBeLessThanOrEqual(limits.batchEntries);
  return entries;
}

const entriesOf = (sizes: readonly { readonly size: number; readonly who: number }[]) =>
  sizes.map(({ size, who }, index) => ({
    seq: 10 + index * 2,
    docId: `r${index % 7}.internal`,
    at: 1_000 + index,
    bytes: new Uint8Array(size).fill(index),
    source: sources[who] ?? somebodyElse,
  }));

type Batch = LiveBatch<ReturnType<typeof entriesOf>[number]>;

/** As the feed asks: what a reader has already, and what it wrote itself, is left out. */
const framesFor = (batch: Batch, sentUpTo: number, reader: object): readonly WireFrames[] =>
  batch.framesWithout(({ seq, source }) => seq <= sentUpTo || source === reader);

const seqsIn = (frames: readonly WireFrames[]): number[] => frames.flatMap(entriesIn).map(({ seq }) => seq);

test("L1 every reader gets what is new to it and not its own, whole and in order, within the limits of a frame", () => {
  const size = fc.oneof(
    { weight: 8, arbitrary: fc.nat(300) },
    { weight: 1, arbitrary: fc.integer({ min: 100_000, max: 262_144 }) },
  );
  const entry = fc.record({ size, who: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), fc.integer({ min: 0, max: 140 }), (sizes, sentUpTo) => {
      const entries = entriesOf(sizes);
      const batch = createLiveBatch("crm", entries);
      expect(batch.newestSeq).toBe(entries.at(-1)?.seq ?? 0);
      for (const source of [...sources, somebodyElse]) {
        const wanted = entries.filter((each) => each.seq > sentUpTo && each.source !== source);
        const got = framesFor(batch, sentUpTo, source).flatMap(entriesIn);
        expect(got.map(({ seq, docId, at, bytes }) => [seq, docId, at, bytes.length, bytes[0]])).toEqual(
          wanted.map(({ seq, docId, at, bytes }) => [seq, docId, at, bytes.length, bytes[0]]),
        );
      }
    }),
    { seed: seedFor("BATCH_SEED"), numRuns: 60 },
  );
});

test("L1 more entries than a frame may hold, with gaps in between", () => {
  const entries = entriesOf(
    Array.from({ length: limits.batchEntries * 2 + 30 }, (_, index) => ({ size: 3, who: Number(index % 97 === 0) })),
  );
  const batch = createLiveBatch("crm", entries);
  expect(seqsIn(batch.frames())).toEqual(entries.map(({ seq }) => seq));
  const [, gaps] = sources;
  const frames = framesFor(batch, 0, gaps ?? {});
  expect(frames.map((frame) => entriesIn(frame).length)).toEqual([limits.batchEntries, limits.batchEntries, 19]);
  expect(seqsIn(frames)).toEqual(entries.filter(({ source }) => source !== gaps).map(({ seq }) => seq));
});

test("those who get all of it share the same bytes", () => {
  const batch = createLiveBatch("crm", entriesOf([{ size: 5, who: 0 }]));
  expect(batch.frames()[0]).toBe(batch.frames()[0]);
  expect(framesFor(batch, 0, sources[0] ?? {})).toEqual([]);
});
