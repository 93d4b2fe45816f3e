// Run writes in chunks, stops where it is told, keeps a batch that can be undone, and never makes a row twice.

import { describe, expect, test } from "vitest";
import type { Data } from "#renderer/data/types.ts";
import { createImportDesk } from "#renderer/features/import/import-desk.ts";
import { runImport, undoImport } from "#renderer/features/import/run-import.ts";
import { openMemoryStore, planFile, runToEnd, SPACE } from "./import-fixtures.ts";

const manyRows = (count: number): string =>
  [
    "Id,Name,Website,Phone",
    ...Array.from(
      { length: count },
      (_, index) => `${index},Company ${index},c${index}.example,+49 30 ${10_000 + index}`,
    ),
  ].join("\n");

describe("runImport", () => {
  test("reports progress up to the end and keeps the batch", async () => {
    const store = openMemoryStore();
    const { desk } = await planFile(store, manyRows(1_000));
    const reported: number[] = [];
    const outcome = await runImport({
      data: store.data as Data,
      desk,
      fileName: "many.csv",
      type: "company",
      signal: new AbortController().signal,
      report: (done) => reported.push(done),
    });
    expect(outcome).toMatchObject({ state: "done", batch: { fileName: "many.csv", type: "company" } });
    expect(reported.at(-1)).toBe(1_000);
    expect(reported).toEqual(reported.toSorted((a, b) => a - b));
    expect([...store.batches.values()]).toEqual([outcome.batch]);
    expect(new Set(outcome.batch.created)).toEqual(new Set(store.rows.keys()));
  });

  test("cancel leaves what is in and lists exactly that; undo takes it back; importing again makes only the rest", async () => {
    const store = openMemoryStore();
    const { desk } = await planFile(store, manyRows(1_000));
    const stop = new AbortController();
    let chunks = 0;
    store.beforeChunk = () => {
      chunks += 1;
      if (chunks === 8) stop.abort();
    };
    const outcome = await runToEnd(store, desk, "company", stop.signal);
    expect(outcome.state).toBe("stopped");
    expect(store.rows.size).toBe(400);
    expect(new Set(outcome.batch.created)).toEqual(new Set(store.rows.keys()));

    store.beforeChunk = () => undefined;
    const again = await planFile(store, manyRows(1_000));
    expect(again.plan.summary).toMatchObject({ create: 600, duplicate: 400, unchanged: 400 });
    await runToEnd(store, again.desk, "company");
    expect(store.active("company")).toHaveLength(1_000);

    const undone = await undoImport(store.data as Data, outcome.batch, () => undefined);
    expect(undone.ok && undone.value.undone).toBeTruthy();
    expect(store.active("company")).toHaveLength(600);
    expect(store.batches.get(outcome.batch.id)?.undone).toBeTruthy();
  });

  test("a device that gives up in the middle leaves a batch that names what may be in, and a sentence", async () => {
    const store = openMemoryStore();
    const { desk } = await planFile(store, manyRows(1_000));
    let chunks = 0;
    store.beforeChunk = () => {
      chunks += 1;
      if (chunks === 7) throw new Error("QuotaExceededError");
    };
    const outcome = await runToEnd(store, desk, "company");
    expect(outcome).toMatchObject({ state: "failed", message: expect.stringMatching(/import the same file again/) });
    expect(store.rows.size).toBe(300);
    store.beforeChunk = () => undefined;
    const batch = [...store.batches.values()][0];
    if (batch === undefined) throw new Error("the batch is kept");
    expect([...store.rows.keys()].filter((id) => !batch.created.includes(id))).toEqual([]);
    expect((await undoImport(store.data as Data, batch, () => undefined)).ok).toBe(true);
    expect(store.active("company")).toEqual([]);
  });

  test("a row that arrived from elsewhere since the preview is not made again; a field filled since is kept", async () => {
    const store = openMemoryStore();
    await store.data.edit.createMany([{ id: "known", type: "company", space: SPACE, values: { name: "Company 1" } }]);
    const { desk } = await planFile(store, manyRows(3));
    const [first] = await desk.takeCreates(0, 1);
    if (first === undefined) throw new Error("one row is created");
    await store.data.edit.createMany([first]);
    await store.data.edit.set("known", { phone: "+1 999" });
    const outcome = await runToEnd(store, desk, "company");
    expect(outcome.batch.created).toHaveLength(1);
    expect(outcome.batch.filled).toEqual([{ id: "known", fields: ["externalId", "website"] }]);
    expect(store.rows.get("known")?.fields["phone"]).toBe("+1 999");
  });

  test("undo empties what the import filled, unless somebody changed it since", async () => {
    const store = openMemoryStore();
    await store.data.edit.createMany([{ id: "known", type: "company", space: SPACE, values: { name: "Company 1" } }]);
    const { desk } = await planFile(store, manyRows(3));
    const { batch } = await runToEnd(store, desk, "company");
    expect(store.rows.get("known")?.fields).toHaveProperty("website");
    const data = {
      ...store.data,
      changes: async () =>
        [
          {
            id: "c",
            recordId: "known",
            facet: "published",
            kind: "changed",
            field: "website",
            at: "2999-01-01T00:00:00.000Z",
            by: "igor",
          },
        ] as const,
    };
    await undoImport(data as unknown as Data, batch, () => undefined);
    expect(Object.keys(store.rows.get("known")?.fields ?? {}).toSorted()).toEqual(["name", "website"]);
    expect(store.active("company")).toHaveLength(1);
  });
});

describe("the desk", () => {
  test("stops planning when it is told to", async () => {
    const desk = createImportDesk(() => void desk.cancel());
    await desk.read({ text: manyRows(2_000) }, {});
    const choices = await desk.suggest("company");
    expect(await desk.plan({ type: "company", space: SPACE, choices, members: [], locale: "en-GB" })).toBeUndefined();
  });

  test("20,000 rows are read, planned and planned again in a few seconds", async () => {
    const store = openMemoryStore();
    const started = process.cpuUsage();
    const { desk } = await planFile(store, manyRows(20_000));
    await runToEnd(store, desk, "company");
    const { plan } = await planFile(store, manyRows(20_000));
    expect(plan.summary).toMatchObject({ willCreate: 0, duplicate: 20_000, unchanged: 20_000 });
    // Processor time, not the clock: the machine may be busy with other things.
    const { user, system } = process.cpuUsage(started);
    console.info(`20,000 rows twice: ${Math.round((user + system) / 1000)} ms of processor time`);
    expect((user + system) / 1000).toBeLessThan(15_000);
  }, 60_000);
});
