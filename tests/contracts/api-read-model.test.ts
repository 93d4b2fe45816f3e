// The read model follows the log, survives restarts and documents that make no sense, and never blocks on them.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rmSync } from "node:fs";
import { pino } from "pino";
import * as Y from "yjs";
import { assert } from "#shared/model/result.ts";
import { keys } from "#shared/doc/keys.ts";
import { generateRecords } from "#sync-server/demo/generate-records.ts";
import { recordUpdates } from "#sync-server/demo/record-updates.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import { openReadModel, type ReadModel } from "#sync-server/read-model/open-read-model.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import type { FacetRow, RelayStorage } from "#sync-server/storage/storage.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { temporaryFolder } from "./api-harness.ts";

const SEED = 11;
let folder: string;
let storage: RelayStorage;
let log: UpdateLog;
let readModel: ReadModel | undefined;
let projected: FacetRow[];

async function open(): Promise<void> {
  const opened = await openSqliteStorage(folder);
  assert(opened.ok, "the folder opens");
  storage = opened.value;
  log = openUpdateLog(storage.log);
}

function startReadModel(): ReadModel {
  projected = [];
  const started = openReadModel({
    log,
    storage,
    logger: pino({ level: "silent" }),
    onProjected: async (rows) => void projected.push(...rows),
  });
  readModel = started;
  return started;
}

async function close(): Promise<void> {
  await log.close();
  await readModel?.close();
  readModel = undefined;
  await storage.close();
}

async function appendRecords(count: number, seed: number): Promise<void> {
  const updates = generateRecords(count, seed).flatMap(recordUpdates);
  const results = await Promise.all(updates.map((update) => log.append({ ...update, source: {} })));
  expect(results.every((result) => result.ok)).toBe(true);
}

const nonsense = (change: (doc: Y.Doc) => void): Uint8Array => {
  const doc = new Y.Doc();
  change(doc);
  return Y.encodeStateAsUpdate(doc);
};

beforeEach(async () => {
  folder = temporaryFolder();
  await open();
});
afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

describe(`read model (seed ${SEED})`, () => {
  it("shows what was appended, by the sequence a reader waits for", async () => {
    const fold = vi.spyOn(log, "fold");
    const model = startReadModel();
    await appendRecords(300, SEED);
    await model.upTo(log.seq);
    const companies = generateRecords(300, SEED);
    const ids = storage.readModel.recordIds({
      space: "crm",
      type: "company",
      facets: ["published"],
      after: "",
      limit: 1_000,
    });
    expect(ids).toEqual(companies.map((company) => company.id).toSorted());
    const [first] = companies;
    const rows = storage.readModel.facetsOfRecord(first?.id ?? "");
    expect(Object.assign({}, ...rows.map((row) => row.fields))).toEqual(first?.values);
    expect(storage.readModel.projectedSeq()).toBe(log.seq);
    expect(fold, "short tails wait for no folding").not.toHaveBeenCalled();
  });

  it("resumes where it stopped: only what is new is projected again", async () => {
    const model = startReadModel();
    await appendRecords(50, SEED);
    await model.upTo(log.seq);
    await model.close();
    readModel = undefined;
    await appendRecords(3, SEED + 1);
    await close();
    await open();
    await startReadModel().upTo(log.seq);
    expect(new Set(projected.map((row) => row.recordId))).toEqual(
      new Set(generateRecords(3, SEED + 1).map((record) => record.id)),
    );
    await startReadModel().upTo(log.seq);
    expect(projected).toEqual([]);
  });

  it("passes over documents that make no sense, and keeps odd values away from SQL and JSON", async () => {
    const model = startReadModel();
    const odd = [
      nonsense((doc) => doc.getArray(keys.changes).push([null])),
      nonsense((doc) => doc.getMap(keys.fields).set("title", { deep: { deeper: { deepest: 1n } } })),
      nonsense((doc) => doc.getMap(keys.fields).set("title", new Y.Map([["a", new Y.Map([["b", 1]])]]))),
      nonsense((doc) => doc.getMap(keys.fields).set("title", new Uint8Array(8))),
      nonsense((doc) => doc.getText(keys.fields).insert(0, "a text where a map should be")),
      nonsense((doc) => {
        doc.getMap(keys.meta).set("createdAt", ["not", "a", "date"]);
        doc.getArray(keys.changes).push([{ at: { no: "date" }, by: 7 }]);
        doc.getMap(keys.fields).set("title", "Readable");
      }),
      nonsense((doc) => {
        let inner = new Y.Map();
        doc.getMap(keys.fields).set("title", inner);
        for (let depth = 0; depth < 30; depth += 1) {
          const next = new Y.Map();
          inner.set("n", next);
          inner = next;
        }
      }),
    ];
    for (const [index, bytes] of odd.entries()) {
      const meta = { space: "crm", type: "task", recordId: `odd-${index}`, facet: "shared" };
      expect(await log.append({ docId: `odd-${index}.shared`, bytes, author: "m", source: {}, meta })).toMatchObject({
        ok: true,
      });
    }
    await appendRecords(1, SEED);
    await model.upTo(log.seq);
    expect(storage.readModel.projectedSeq()).toBe(log.seq);
    expect(storage.readModel.facetsOfRecord(generateRecords(1, SEED)[0]?.id ?? "").length).toBeGreaterThan(0);
    expect(storage.readModel.facetsOfRecord("odd-5")).toMatchObject([
      { fields: { title: "Readable" }, createdAt: "", updatedBy: "" },
    ]);
    for (const index of [1, 2, 3])
      for (const row of storage.readModel.facetsOfRecord(`odd-${index}`)) expect(row.fields).toEqual({});
  });

  it("folds a long tail before it projects it: its updates are gone through once for both", async () => {
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => updates.push(update));
    for (let index = 1; index <= 600; index += 1) doc.getMap(keys.fields).set("title", `Title ${index}`);
    const meta = { space: "crm", type: "task", recordId: "hot", facet: "shared" };
    await Promise.all(
      updates.map((bytes) => log.append({ docId: "hot.shared", bytes, author: "m", source: {}, meta })),
    );
    await startReadModel().upTo(log.seq);
    expect(storage.log.tailLength("hot.shared")).toBe(0);
    expect(storage.readModel.facetsOfRecord("hot")).toMatchObject([{ fields: { title: "Title 600" } }]);
  });

  it("tries again after the disk failed, and lets waiting readers go on", async () => {
    const { readModel: rows } = storage;
    let failures = 2;
    const model = openReadModel({
      log,
      storage: {
        log: storage.log,
        readModel: {
          ...rows,
          saveFacets: (...input) =>
            failures-- > 0 ? Promise.reject(new Error("disk full")) : rows.saveFacets(...input),
        },
      },
      logger: pino({ level: "silent" }),
      onProjected: async () => undefined,
    });
    readModel = model;
    await appendRecords(5, SEED);
    await model.upTo(log.seq);
    await expect.poll(() => rows.projectedSeq(), { timeout: 5_000 }).toBe(log.seq);
  });

  it("tells of changed rows again when what follows from them could not be done", async () => {
    let failures = 1;
    const followed = new Set<string>();
    readModel = openReadModel({
      log,
      storage,
      logger: pino({ level: "silent" }),
      onProjected: async (rows) => {
        if (failures-- > 0) throw new Error("disk full");
        for (const { docId } of rows) followed.add(docId);
      },
    });
    await appendRecords(5, SEED);
    const all = Array.from(log.documents(), ({ docId }) => docId);
    await expect.poll(() => all.every((docId) => followed.has(docId)), { timeout: 5_000 }).toBe(true);
    expect(storage.readModel.projectedSeq()).toBe(log.seq);
  });
});
