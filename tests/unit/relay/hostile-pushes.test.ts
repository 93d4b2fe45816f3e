// What a push tells about documents that are not its author's (E5), and what repeating one costs (W2).

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { newId } from "#shared/model/ids.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import { poison } from "../pipe/hostile-updates.ts";
import { createFakeAccess } from "./fake-access.ts";
import {
  connect,
  fieldsOf,
  metaOf,
  openStorage,
  startRelay,
  updateOf,
  until,
  type Device,
  type TestRelay,
} from "./test-relay.ts";

let relay: TestRelay;
let carla: Device;
const secret = newId();

beforeEach(async () => {
  const access = createFakeAccess({ olga: "owner", carla: "client" });
  access.join("crm", "olga", "owner");
  access.join("roof", "olga", "owner", "project");
  access.join("roof", "carla", "client", "project");
  relay = await startRelay(access);
  const olga = await connect(relay, "olga");
  await olga.upToDate("crm");
  olga.push(1, `${secret}.internal`, updateOf("name", "Harbor"), metaOf(secret));
  await olga.acked(1);
  await olga.close();
  carla = await connect(relay, "carla");
  await carla.upToDate("roof");
});
afterEach(async () => {
  await carla.close();
  await relay.close();
});

const refusalOf = async (n: number): Promise<unknown> => {
  const find = () => carla.of("refused").find((frame) => frame.n === n);
  await until(() => find() !== undefined, `refusal ${n}`);
  const { code, reason } = find() ?? {};
  return { code, reason };
};

describe("E5 a push cannot tell a document that is not its author's from one that does not exist", () => {
  const bytes = updateOf("name", "guess");
  const tries = {
    "without meta": () => undefined,
    "meta of a foreign space": (id: string) => metaOf(id),
    "meta of no space at all": (id: string) => metaOf(id, "internal", newId()),
    "meta without a type": (id: string) => ({ ...metaOf(id), type: "" }),
    "meta of another record": () => metaOf(newId()),
    "meta of another facet": (id: string) => metaOf(id, "shared", "roof"),
    "a project of that name": (id: string) => ({ ...metaOf(id, "internal", id), type: "project" }),
  };

  test.each(Object.entries(tries))("%s", async (_name, metaFor) => {
    const missing = newId();
    carla.push(10, `${secret}.internal`, bytes, metaFor(secret));
    carla.push(11, `${missing}.internal`, bytes, metaFor(missing));
    expect(await refusalOf(10)).toEqual(await refusalOf(11));
  });

  test("and takes as long: medians over 200 tries differ by less than 2 ms", async () => {
    const timed = async (n: number, id: string): Promise<number> => {
      const startedAt = performance.now();
      carla.push(n, `${id}.internal`, bytes, metaOf(id));
      await refusalOf(n);
      return performance.now() - startedAt;
    };
    const [present, absent]: [number[], number[]] = [[], []];
    for (let n = 100; n < 300; n += 2) {
      present.push(await timed(n, secret));
      absent.push(await timed(n + 1, newId()));
    }
    const median = (list: number[]): number => list.toSorted((left, right) => left - right)[list.length >> 1] ?? 0;
    expect(Math.abs(median(present) - median(absent))).toBeLessThan(2);
  });
});

test("R6 what was there at the start is folded in the background, whether or not anybody writes on it", async () => {
  const storage = await openStorage();
  const before = openUpdateLog(storage.log, { compaction: { everyMs: 1_000_000 } });
  const docIds = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const meta = metaOf(newId());
      const docId = `${meta.recordId}.internal`;
      const doc = new Y.Doc();
      const source = {};
      for (const name of ["Harbor", "Harbor Clinic"]) {
        doc.getMap("fields").set("name", name);
        await before.append({ docId, bytes: Y.encodeStateAsUpdate(doc), author: "ana", source, meta });
      }
      return docId;
    }),
  );
  await before.close();
  expect(docIds.map((docId) => storage.log.readDocument(docId).updates.length)).toEqual([2, 2, 2]);

  const log = openUpdateLog(storage.log, { compaction: { everyMs: 5, quietMs: 5 } });
  await vi.waitFor(
    () => expect(docIds.map((docId) => storage.log.readDocument(docId).updates.length)).toEqual([0, 0, 0]),
    { timeout: 10_000 },
  );
  for (const docId of docIds) expect(fieldsOf([...log.read(docId)])).toEqual({ name: "Harbor Clinic" });
  await log.close();
  await storage.close();
});

describe("W2 an endless loop of repeated pushes", () => {
  test("leaves a short log: repetitions are folded away, poison among them too", async () => {
    const storage = await openStorage();
    const log = openUpdateLog(storage.log, { compaction: { longTail: 64, longestTail: 256, everyMs: 5, quietMs: 5 } });
    const meta = metaOf(newId());
    const docId = `${meta.recordId}.internal`;
    const doc = new Y.Doc();
    doc.getMap("fields").set("name", "Harbor".repeat(200));
    const bytes = Y.encodeStateAsUpdate(doc);
    const source = {};
    let longest = 0;
    const tail = (): number => storage.log.readDocument(docId).updates.length;
    for (let round = 0; round < 40; round += 1) {
      const again = [...Array.from({ length: 49 }, () => bytes), poison()];
      const results = await Promise.all(
        again.map((each) => log.append({ docId, bytes: each, author: "ana", source, meta })),
      );
      expect(results.every((result) => result.ok)).toBe(true);
      longest = Math.max(longest, tail());
      // It is pushed on and on, and folded all the same.
      await until(() => tail() < 600, "the tail is short again");
    }
    await log.compact();
    const held = storage.log.readDocument(docId);
    expect(longest).toBeLessThan(1_000);
    expect(held.updates.length).toBeLessThan(2);
    expect(
      (held.snapshot?.bytes.length ?? 0) + held.updates.reduce((sum, update) => sum + update.bytes.length, 0),
    ).toBeLessThan(2 * bytes.length);
    expect(fieldsOf([...log.read(docId)])).toEqual({ name: "Harbor".repeat(200) });
    await log.close();
    await storage.close();
  });
});
