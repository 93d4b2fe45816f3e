import "fake-indexeddb/auto";
import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { encodeBatchEntries } from "#shared/protocol/frames.ts";
import { createBatchWriter, type BatchFrame } from "#renderer/data/feed-batches.ts";
import { createCompany, createTestRelay, openTestReplica, unwrap, type TestReplica } from "./test-replica.ts";

/** What the relay's log holds as packed frames of a few entries each. */
function framesOf(log: ReturnType<typeof createTestRelay>["log"], perFrame: number): readonly BatchFrame[] {
  const frames: BatchFrame[] = [];
  for (let start = 0; start < log.length; start += perFrame) {
    const payload = new Uint8Array(deflateRawSync(encodeBatchEntries(log.slice(start, start + perFrame))));
    frames.push({ kind: "deflatedBatch", space: "crm", payload });
  }
  return frames;
}

const rowsOf = async ({ database }: TestReplica): Promise<unknown> => ({
  records: await database.records.toArray(),
  documents: await database.documents.toArray(),
  cursor: await database.cursors.get("crm"),
});

test("worked out ahead or one by one, the same is on the device: records over several batches, known and new ones", async () => {
  const [ana, relay] = [await openTestReplica("ana"), createTestRelay()];
  const ids: string[] = [];
  for (let n = 0; n < 12; n += 1) ids.push(await createCompany(ana, { phone: "+49 30 901820", employees: n }));
  await relay.push(ana);
  for (const id of ids) unwrap(await ana.edit.set(id, { industry: "Health", employees: 99 }));
  await relay.push(ana);
  // Seven entries a frame: the facets of a record fall into different frames, its edits into later ones.
  const frames = framesOf(relay.log, 7);
  const [plain, ahead] = [await openTestReplica("igor"), await openTestReplica("igor")];
  const first = createBatchWriter(plain.replica, { ahead: false });
  for (const frame of frames) await first.write([frame]);
  const second = createBatchWriter(ahead.replica, { ahead: true });
  const counts = await Promise.all(frames.map((frame) => second.write([frame])));
  expect(counts.reduce((total, count) => total + count, 0)).toBe(relay.log.length);
  expect(await rowsOf(ahead)).toEqual(await rowsOf(plain));
  expect((await ahead.database.records.get(ids[0] ?? ""))?.fields).toMatchObject({ industry: "Health", employees: 99 });
});

test("after a batch that cannot be read nothing is written: the cursor would skip what is missing", async () => {
  const [ana, igor, relay] = [await openTestReplica("ana"), await openTestReplica("igor"), createTestRelay()];
  for (let n = 0; n < 12; n += 1) await createCompany(ana);
  await relay.push(ana);
  const [one, two] = framesOf(relay.log, 4);
  if (one === undefined || two === undefined) throw new Error("there are two frames");
  const broken: BatchFrame = {
    kind: "deflatedBatch",
    space: "crm",
    payload: new Uint8Array(deflateRawSync(new Uint8Array([200]))),
  };
  const writer = createBatchWriter(igor.replica, { ahead: true });
  const results = await Promise.allSettled([writer.write([one]), writer.write([broken]), writer.write([two])]);
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect((await igor.database.cursors.get("crm"))?.seq).toBe(relay.log[3]?.seq);
});
