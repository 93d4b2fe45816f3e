import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { joinUpdates, missingFrom, stateVectorOf } from "#shared/doc/update-bytes.ts";
import { refusalCodes } from "#shared/protocol/close-codes.ts";
import { longestFor } from "#sync-server/log/compaction.ts";
import { isReadableUpdate } from "#sync-server/log/check-update.ts";
import { openUpdateLog, type UpdateLogOptions } from "#sync-server/log/open-update-log.ts";
import type { CommittedUpdate, UpdateLog } from "#sync-server/log/update-log.ts";
import type { LogStorage, RelayStorage } from "#sync-server/storage/storage.ts";
import { fieldsOf, metaOf, openStorage, until, updateOf } from "./test-relay.ts";
import { seedFor } from "#tests/seed.ts";

let storage: RelayStorage;
let log: UpdateLog;
const source = {};

function open(options: UpdateLogOptions = {}, over: Partial<LogStorage> = {}): void {
  log = openUpdateLog({ ...storage.log, ...over }, options);
}

const append = (docId: string, bytes: Uint8Array, space = "crm") => {
  const [recordId = "", facet = ""] = docId.split(".");
  return log.append({ docId, bytes, author: "ana", source, meta: metaOf(recordId, facet, space) });
};

async function codeOf(result: ReturnType<typeof append>): Promise<number | undefined> {
  const settled = await result;
  return settled.ok ? undefined : settled.error.code;
}

beforeEach(async () => {
  storage = await openStorage();
});

afterEach(async () => {
  await log.close();
  await storage.close();
});

describe("append", () => {
  test("W1 subscribers hear of a commit, in order, before append resolves; commits are grouped", async () => {
    let commits = 0;
    open({}, { append: (updates) => ((commits += 1), storage.log.append(updates)) });
    const told: CommittedUpdate[] = [];
    log.subscribe((committed) => told.push(...committed));
    const results = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const result = await append(`r${index % 20}.internal`, updateOf("n", String(index)));
        if (result.ok) expect(told.at(-1)?.seq).toBeGreaterThanOrEqual(result.value.seq);
        return result.ok;
      }),
    );
    expect(results.every(Boolean)).toBe(true);
    expect(told.map((update) => update.seq)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(told[0]).toMatchObject({ docId: "r0.internal", author: "ana", source, ...metaOf("r0") });
    expect(commits).toBeLessThan(10);
    expect(log.seq).toBe(200);
  });

  test("W3 nobody claims a facet of a record from another space, or under another type", async () => {
    open();
    const { badMeta } = refusalCodes;
    expect(await codeOf(append("r1.internal", updateOf("name", "Harbor"), "crm"))).toBeUndefined();
    expect(await codeOf(append("r1.client-shared", updateOf("phone", "1"), "project"))).toBe(badMeta);
    const meta = { ...metaOf("r1", "client-shared", "crm"), type: "comment" };
    const request = { docId: "r1.client-shared", bytes: updateOf("phone", "1"), author: "carla", source, meta };
    expect(await codeOf(log.append(request))).toBe(badMeta);
    expect(await codeOf(append("r1.client-shared", updateOf("phone", "1"), "crm"))).toBeUndefined();
  });

  test("W3 metadata is checked against the docId and never changes", async () => {
    open();
    const bytes = updateOf("a", "b");
    const base = { bytes, author: "ana", source };
    const { badMeta } = refusalCodes;
    const tries = [
      { ...base, docId: "r1.internal" },
      { ...base, docId: "r1.internal", meta: metaOf("r2") },
      { ...base, docId: "r1.internal", meta: metaOf("r1", "shared") },
      { ...base, docId: "r1.internal", meta: metaOf("r1", "internal", "bad space") },
      { ...base, docId: "r1.internal", meta: metaOf("r1", "internal", "crm", "") },
      { ...base, docId: "../x.internal", meta: metaOf("../x") },
      { ...base, docId: "r1.presence", meta: metaOf("r1", "presence") },
      { ...base, docId: "r1", meta: metaOf("r1") },
    ];
    for (const request of tries) expect(await codeOf(log.append(request))).toBe(badMeta);
    expect(log.find("r1.internal")).toBeUndefined();
    expect(await codeOf(append("r1.internal", bytes))).toBeUndefined();
    expect(await codeOf(append("r1.internal", bytes, "other"))).toBe(badMeta);
    expect(await codeOf(log.append({ ...base, docId: "r1.internal" }))).toBeUndefined();
    expect(log.find("r1.internal")).toEqual(metaOf("r1"));
  });

  test("a start looks at no document; afterwards all are known, in every way they are asked for", async () => {
    open();
    const bytes = updateOf("name", "Harbor");
    await Promise.all([append("r1.internal", bytes), append("r1.client-shared", bytes), append("r2.internal", bytes)]);
    await log.close();
    let looks = 0;
    const documents: LogStorage["documents"] = (wanted) => ((looks += 1), storage.log.documents(wanted));
    open({}, { documents });
    expect(looks).toBe(0);
    // On its way to the disk: found, and held against what its record is.
    const pending = append("r1.published", bytes);
    expect([log.find("r1.published"), log.lastSeqOf("r1.published")]).toEqual([metaOf("r1", "published"), undefined]);
    expect(await codeOf(append("r2.client-shared", bytes, "project"))).toBe(refusalCodes.badMeta);
    const facetsOf = (recordId: string): string[] => log.documentsOf(recordId).map(({ facet }) => facet);
    expect(facetsOf("r1")).toEqual(["internal", "client-shared", "published"]);
    expect((await pending).ok).toBe(true);
    expect([log.find("r2.internal"), log.lastSeqOf("r2.internal")]).toEqual([metaOf("r2"), 3]);
    expect(log.documentsIn("company", "internal")).toEqual([metaOf("r1"), metaOf("r2")]);
    const some = [...log.documents(({ facet }) => facet === "published")];
    expect(some).toEqual([{ docId: "r1.published", meta: metaOf("r1", "published"), lastSeq: 4 }]);
    await log.erase(["r1.internal"]);
    expect(facetsOf("r1")).toEqual(["client-shared", "published"]);
    expect([log.find("r1.internal"), [...log.documents()].length]).toEqual([undefined, 3]);
  });

  test("two devices make the same document at once: one metadata wins", async () => {
    open();
    const results = await Promise.all([
      append("r1.internal", updateOf("a", "1"), "crm"),
      append("r1.internal", updateOf("a", "2"), "p1"),
    ]);
    expect(results.map((result) => result.ok)).toEqual([true, false]);
    expect(log.find("r1.internal")?.space).toBe("crm");
  });

  test("P1 a disk that refuses: nobody is told, nothing is acked, and it goes on when there is room again", async () => {
    let full = true;
    open(
      {},
      {
        append: (updates) =>
          full ? Promise.reject(new Error("database or disk is full")) : storage.log.append(updates),
      },
    );
    const told: CommittedUpdate[] = [];
    log.subscribe((committed) => told.push(...committed));
    await expect(append("r1.internal", updateOf("a", "1"))).rejects.toThrow(/full/);
    expect(told).toEqual([]);
    expect(log.find("r1.internal")).toBeUndefined();
    full = false;
    expect((await append("r1.internal", updateOf("a", "2"))).ok).toBe(true);
    expect(told).toHaveLength(1);
  });

  test("L1 W1 a document that is nearly full: what waits for room is not overtaken by what comes after it", async () => {
    open();
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => updates.push(update));
    const text = doc.getText("text/description");
    const takeAll = (): Uint8Array[] => updates.splice(0);
    // Nearly 2 MiB of words, deleted again: room is there once it is folded.
    for (let round = 0; round < 9; round += 1) {
      text.insert(0, "w".repeat(220_000));
      text.delete(0, 220_000);
    }
    for (const update of takeAll()) expect(await codeOf(append("r1.internal", update))).toBeUndefined();
    text.insert(0, "v".repeat(200_000));
    for (let index = 0; index < 5; index += 1) text.insert(0, `${index}`);
    const told: Uint8Array[] = [];
    log.subscribe((committed) => told.push(...committed.map(({ bytes }) => bytes)));
    const sent = takeAll();
    expect(await Promise.all(sent.map((update) => codeOf(append("r1.internal", update))))).toEqual(
      sent.map(() => undefined),
    );
    expect(told.map(({ length }) => length)).toEqual(sent.map(({ length }) => length));
    expect(told).toEqual(sent);
  });

  test("a listener that throws costs the others nothing", async () => {
    const problems: string[] = [];
    open({ logger: { error: (_details, message) => problems.push(message) } });
    const told: CommittedUpdate[] = [];
    log.subscribe(() => {
      throw new Error("listener");
    });
    log.subscribe((committed) => told.push(...committed));
    expect((await append("r1.internal", updateOf("a", "1"))).ok).toBe(true);
    expect(told).toHaveLength(1);
    expect(problems).toHaveLength(1);
  });
});

describe("folding", () => {
  test("R6 long tails become snapshots in the background; readers see the same", async () => {
    open({ compaction: { longTail: 20, everyMs: 10 } });
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => updates.push(update));
    for (let i = 0; i < 50; i++) doc.getMap("fields").set("same", `value ${i}`);
    await Promise.all(updates.map((update) => append("r1.internal", update)));
    await until(() => log.catchUp("crm", 0, () => true).count === 1, "the snapshot");
    expect(log.read("r1.internal")).toHaveLength(1);
    expect(fieldsOf(log.read("r1.internal"))).toEqual({ same: "value 49" });
    const { count, entries } = log.catchUp("crm", 0, () => true);
    expect(count).toBe(1);
    expect([...entries]).toMatchObject([{ seq: 50, at: 0 }]);
    expect([...log.catchUp("crm", 50, () => true).entries]).toEqual([]);
  });

  /** Three documents that are written on by turns, and up to which number each was folded. */
  function openWritten(compaction: NonNullable<UpdateLogOptions["compaction"]>) {
    const names = ["r1.internal", "r2.internal", "r3.internal"];
    const foldedUpTo = new Map(names.map((docId): [string, number[]] => [docId, []]));
    const writeSnapshots: LogStorage["writeSnapshots"] = (snapshots) => {
      for (const { docId, seq } of snapshots) foldedUpTo.get(docId)?.push(seq);
      return storage.log.writeSnapshots(snapshots);
    };
    open({ compaction }, { writeSnapshots });
    const appended: Promise<unknown>[] = [];
    const docs = names.map((docId) => {
      const doc = new Y.Doc();
      doc.on("update", (update: Uint8Array) => appended.push(append(docId, update)));
      return { docId, doc };
    });
    return {
      docs,
      folds: (docId: string): number => foldedUpTo.get(docId)?.length ?? 0,
      write: async (edits: number): Promise<void> => {
        for (let edit = 0; edit < edits; edit++)
          for (const { doc } of docs) doc.getMap("fields").set(`f${edit % 7}`, edit);
        await Promise.all(appended.splice(0));
      },
    };
  }

  test("waits until nobody writes, unless the tail is very long", async () => {
    const { docs, folds, write } = openWritten({ longTail: 20, longestTail: 1_000, everyMs: 100 });
    // Far more often than it is looked at; a machine that stands still for so long may fold them once.
    while (log.seq < 1_500) await write(10);
    for (const { docId } of docs) expect(folds(docId)).toBeLessThan(2);
    for (let tries = 0; docs.some(({ docId }) => folds(docId) === 0) && tries < 10_000; tries++) await write(10);
    for (const { docId } of docs) expect(folds(docId), "although it is written on").toBeGreaterThan(0);
    await until(() => docs.every(({ docId }) => log.read(docId).length === 1), "the rest, in a quiet moment");
    for (const { docId, doc } of docs) expect(fieldsOf(log.read(docId))).toEqual(doc.getMap("fields").toJSON());
  });

  test("the bigger the snapshot, the longer a tail may grow while somebody writes on: as big as it, four times as long at most", () => {
    const longest = (snapshotBytes: number): number =>
      longestFor({ updates: 4_096, tailBytes: 200_000, snapshotBytes }, 4_096);
    expect([0, 40_000, 200_000, 400_000, 800_000, 2_000_000].map(longest)).toEqual([
      4_096, 4_096, 4_096, 8_192, 16_384, 16_384,
    ]);
  });

  test("a document that would soon be full is folded at once, without waiting for a look, the others are not", async () => {
    const { docs, folds, write } = openWritten({ everyMs: 1e9, soonFullBytes: 20_000 });
    const [hot] = docs;
    const text = "w".repeat(100);
    for (let edit = 0; edit < 400; edit++) hot?.doc.getMap("fields").set(`f${edit % 7}`, text);
    await write(100);
    await until(() => folds("r1.internal") > 0, "its folding");
    await until(() => storage.log.tailLength("r1.internal") < 200, "the end of it");
    expect([folds("r2.internal"), folds("r3.internal")]).toEqual([0, 0]);
    expect(fieldsOf(log.read("r1.internal"))).toEqual(hot?.doc.getMap("fields").toJSON());
  });

  test("long tails are folded all together, each once", async () => {
    const { docs, folds, write } = openWritten({ everyMs: 1e9 });
    for (let round = 0; round < 10; round++) await write(300);
    await log.compact();
    for (const { docId, doc } of docs) {
      expect(folds(docId)).toBe(1);
      expect(log.read(docId)).toHaveLength(1);
      expect(fieldsOf(log.read(docId))).toEqual(doc.getMap("fields").toJSON());
    }
    expect(storage.log.receipts("r1.internal").at(-1)?.until).toBe(3_000);
  });

  const writeTwice = async (docIds: readonly string[]): Promise<void> => {
    for (const field of ["name", "city"])
      await Promise.all(docIds.map((docId) => append(docId, updateOf(field, "Harbor"))));
  };

  test("W13 a row that is not what was written: its document keeps its tail and is left out, the others are folded", async () => {
    open({ compaction: { everyMs: 1e9 } });
    const [damaged = "", ...others] = Array.from({ length: 6 }, (_, index) => `r${index}.internal`);
    await writeTwice([damaged, ...others]);
    await log.close();
    const { path } = storage.log.tailsOf([]);
    const [tail] = storage.log.tailsOf([damaged]).tails;
    const database = new DatabaseSync(path);
    database.prepare("UPDATE updates SET bytes = zeroblob(length(bytes)) WHERE seq = ?").run(tail?.seqs[1] ?? 0);
    // What is in memory is still whole.
    await storage.close();
    storage = await openStorage(dirname(path));
    open({ compaction: { everyMs: 1e9 } });
    await log.compact();
    const rowsOf = database.prepare("SELECT count(*) AS n FROM updates");
    expect(rowsOf.get()?.["n"]).toBe(2);
    database.close();
    expect([damaged, ...others].map((docId) => storage.log.isDamaged(docId))).toEqual([
      true,
      ...others.map(() => false),
    ]);
    for (const docId of others) expect(fieldsOf(log.read(docId))).toEqual({ name: "Harbor", city: "Harbor" });
    expect(storage.log.tailLength(damaged)).toBe(2);
  });

  test("a document on which folding never ends keeps its tail; those that were to be folded with it are", async () => {
    const [endless = "", ...others] = Array.from({ length: 4 }, (_, index) => `r${index}.internal`);
    // Reading millions of rows one by one takes far more processor time than there is.
    const seqs = Float64Array.from({ length: 4_000_000 }, (_, index) => 1_000 + index * 20);
    const tailsOf: LogStorage["tailsOf"] = (docIds) => {
      const { path, tails } = storage.log.tailsOf(docIds);
      return { path, tails: tails.map((tail) => (tail.docId === endless ? { ...tail, seqs } : tail)) };
    };
    open({ compaction: { everyMs: 1e9, timeoutMs: 1_000 } }, { tailsOf });
    await writeTwice([endless, ...others]);
    await log.compact();
    expect(storage.log.tailLength(endless)).toBe(2);
    for (const docId of others) expect(storage.log.tailLength(docId)).toBe(0);
    for (const docId of [endless, ...others])
      expect(fieldsOf(log.read(docId))).toEqual({ name: "Harbor", city: "Harbor" });
  });

  test("appends go on while everything is folded", async () => {
    open();
    const docs = Array.from({ length: 30 }, () => new Y.Doc());
    for (const [index, doc] of docs.entries())
      doc.on("update", (update: Uint8Array) => void append(`r${index}.internal`, update));
    const write = (round: number): void => docs.forEach((doc) => doc.getMap("fields").set(`f${round % 5}`, round));
    for (let round = 0; round < 10; round++) write(round);
    const folding = log.compact();
    for (let round = 10; round < 30; round++) {
      write(round);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await folding;
    await until(() => log.seq === 900, "all appends");
    await log.compact();
    for (const [index, doc] of docs.entries()) {
      expect(log.read(`r${index}.internal`)).toHaveLength(1);
      expect(fieldsOf(log.read(`r${index}.internal`))).toEqual(doc.getMap("fields").toJSON());
    }
  });
});

/** The attacks of security.md, section 0, as bytes. */
const hostile = {
  "GC struct of length 2^50": write((out) => {
    for (const value of [1, 1, 42, 0]) encoding.writeVarUint(out, value);
    encoding.writeUint8(out, 0);
    encoding.writeVarUint(out, 2 ** 50);
    encoding.writeVarUint(out, 0);
  }),
  "clock at the end of the numbers": write((out) => {
    for (const value of [1, 1, 42, Number.MAX_SAFE_INTEGER - 1]) encoding.writeVarUint(out, value);
    encoding.writeUint8(out, 0);
    for (const value of [1, 0]) encoding.writeVarUint(out, value);
  }),
  "a promise of a billion structs": write((out) => {
    for (const value of [1, 1_000_000_000, 42, 0]) encoding.writeVarUint(out, value);
  }),
  "a cut update": updateOf("name", "a long enough value").slice(0, 20),
  "cut deletions": new Uint8Array([0, 1, 42, 5]),
  "an update of encoding V2": encodedV2(),
  "an empty update with something behind it": new Uint8Array([0, 0, 7]),
  nothing: new Uint8Array(),
} as const;

/** Honest to the eye, so they are stored: what they do is another matter. */
const parked = {
  "deletion of the future": write((out) => {
    for (const value of [0, 1, 42, 1, 0, 1_000]) encoding.writeVarUint(out, value);
  }),
  "a gap": write((out) => {
    for (const value of [1, 1, 42, 5_000]) encoding.writeVarUint(out, value);
    encoding.writeUint8(out, 0);
    for (const value of [1, 0]) encoding.writeVarUint(out, value);
  }),
};

function encodedV2(): Uint8Array {
  const doc = new Y.Doc();
  doc.getMap("fields").set("name", "Acme");
  return Y.encodeStateAsUpdateV2(doc);
}

function write(fill: (out: encoding.Encoder) => void): Uint8Array {
  const out = encoding.createEncoder();
  fill(out);
  return encoding.toUint8Array(out);
}

/** Deeply nested maps: applies, but a recursive reader overflows. */
function nestingBomb(depth: number): Uint8Array {
  const doc = new Y.Doc();
  doc.transact(() => {
    let at = doc.getMap<Y.Map<unknown>>("fields") as Y.Map<unknown>;
    for (let level = 0; level < depth; level++) {
      const next = new Y.Map<unknown>();
      at.set("k", next);
      at = next;
    }
  });
  return Y.encodeStateAsUpdate(doc);
}

describe("hostile updates", () => {
  test.each(Object.entries(hostile))("W7 refused with code 4: %s", async (_name, bytes) => {
    open();
    const started = performance.now();
    expect(await codeOf(append("r1.internal", bytes))).toBe(refusalCodes.badUpdate);
    expect(performance.now() - started).toBeLessThan(250);
  });

  test("what is parked or nested is stored, folded and joined without harm, and honest edits survive", async () => {
    open();
    const honest = new Y.Doc();
    honest.getMap("fields").set("name", "Acme");
    await append("r1.internal", Y.encodeStateAsUpdate(honest));
    for (const bytes of [...Object.values(parked), nestingBomb(32)])
      expect((await append("r1.internal", bytes)).ok).toBe(true);
    for (const levels of [33, 3_000])
      expect(await codeOf(append("r1.internal", nestingBomb(levels)))).toBe(refusalCodes.badUpdate);
    await log.compact();
    const joined = joinUpdates(log.read("r1.internal"));
    expect(missingFrom(joined, stateVectorOf(joined)).length).toBeGreaterThan(0);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, joined);
    expect(doc.getMap("fields").get("name")).toBe("Acme");
  });

  test("an update that does not apply is folded away and costs neither its document nor another one anything", async () => {
    const problems: string[] = [];
    open({
      compaction: { longTail: 2, everyMs: 10 },
      logger: { error: (_details, message) => problems.push(message) },
    });
    // Found by mutation: it decodes whole, and a Y.Doc throws on it ("Unexpected case").
    const poison = new Uint8Array(Buffer.from("010107000401066669656c6473046e616d650177017600", "hex"));
    expect(isReadableUpdate(poison)).toBe(true);
    expect(applies(poison)).toBe(false);
    for (let n = 0; n < 3; n++) {
      expect((await append("bad.internal", poison)).ok).toBe(true);
      await append("bad.internal", updateOf(`honest ${n}`, "kept"));
    }
    await append("good.internal", updateOf("a", "1"));
    await append("good.internal", updateOf("b", "2"));
    await until(() => log.read("good.internal").length === 1, "the good one is folded");
    await log.compact();
    expect(log.read("bad.internal")).toHaveLength(1);
    expect(fieldsOf(log.read("bad.internal"))).toEqual({ "honest 0": "kept", "honest 1": "kept", "honest 2": "kept" });
    expect(problems).toEqual([]);
  });

  test("R17 20,000 mutated updates: the check never throws or hangs, and what it accepts joins and diffs in bounded time", () => {
    const seed = seedFor("UPDATE_SEED");
    const random = seeded(seed);
    const doc = new Y.Doc();
    doc.getText("text/note").insert(0, "some words");
    doc.getMap("fields").set("tags", ["a", { deep: [1, 2, null] }]);
    doc.getText("text/note").delete(2, 3);
    const base = Y.encodeStateAsUpdate(doc);
    let accepted = 0;
    let slowest = 0;
    for (let run = 0; run < 20_000; run++) {
      const bytes = mutate(base, random);
      const started = cpuMs();
      if (isReadableUpdate(bytes)) {
        accepted += 1;
        quietly(() => joinUpdates([base, bytes, base]));
        quietly(() => missingFrom(bytes, stateVectorOf(base)));
      }
      slowest = Math.max(slowest, cpuMs() - started);
    }
    expect(accepted, `seed ${seed}`).toBeGreaterThan(100);
    expect(slowest, `seed ${seed}`).toBeLessThan(250);
  });
});

/** Of this thread: other work on the machine does not count. */
const cpuMs = (): number => process.threadCpuUsage().user / 1_000;

function seeded(seed: number): (below: number) => number {
  let state = seed + 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutate(update: Uint8Array, random: (below: number) => number): Uint8Array {
  const bytes = [...update];
  for (let change = 1 + random(3); change > 0; change--) {
    const at = random(bytes.length);
    if (random(3) === 0) bytes.splice(at, 1);
    else bytes[at] = random(256);
  }
  return new Uint8Array(bytes);
}

function applies(update: Uint8Array): boolean {
  try {
    Y.applyUpdate(new Y.Doc(), update);
    return true;
  } catch {
    return false;
  }
}

/** Throwing is allowed, hanging is not. */
function quietly(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}
