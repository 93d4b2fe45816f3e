// The planner against a plain array: whatever way a query takes (index walk, small space, rare value, columns), the page
// must be the one a naive filter and sort would give.

import { shippedPolicy } from "#shared/model/policy.ts";
import "fake-indexeddb/auto";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Database, type StoredRecord } from "#renderer/data/database.ts";
import { projectRecord } from "#renderer/data/projection.ts";
import { createQueryApi } from "#renderer/data/query.ts";
import type { Filter, QueryApi, RecordQuery } from "#renderer/data/types.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { fold } from "#shared/model/field-value.ts";

let names = 0;
let database: Database;
let query: QueryApi;

beforeEach(() => {
  names += 1;
  database = new Database(`query-${names}`);
  query = createQueryApi(() => database);
});

afterEach(async () => {
  await database.delete();
});

type Sample = {
  readonly name?: string;
  readonly stage?: string;
  readonly amount?: number;
  readonly owner?: string;
  readonly closeDate?: string;
  readonly probability?: number;
  readonly space: string;
  readonly life: "active" | "deleted" | "archived";
  readonly minute: number;
};

const times = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

function toRecord(sample: Sample, index: number): StoredRecord {
  const fields: Record<string, FieldValue> = {};
  if (sample.name !== undefined) fields["name"] = sample.name;
  if (sample.stage !== undefined) fields["stage"] = sample.stage;
  if (sample.amount !== undefined) fields["amount"] = { amount: sample.amount, currency: "EUR" };
  if (sample.owner !== undefined) fields["owner"] = sample.owner;
  if (sample.closeDate !== undefined) fields["closeDate"] = sample.closeDate;
  if (sample.probability !== undefined) fields["probability"] = sample.probability;
  const content = (facet: string, own: Record<string, FieldValue>) => ({
    type: "deal",
    facet,
    createdAt: times(sample.minute),
    createdBy: "m1",
    updatedAt: times(sample.minute + 1),
    updatedBy: "m1",
    fields: own,
    changedByBoth: {},
    ...(sample.life === "active"
      ? {}
      : { deletion: { at: times(9), by: "m1", clocks: {}, editedAfter: sample.life === "archived" } }),
  });
  const pick = (keys: readonly string[]) =>
    Object.fromEntries(Object.entries(fields).filter(([key]) => keys.includes(key)));
  return projectRecord(
    `r${String(index).padStart(4, "0")}`,
    sample.space,
    [
      content("published", pick(["name", "stage", "closeDate"])),
      content("partner", pick(["amount"])),
      content("internal", pick(["owner", "probability"])),
    ],
    { pending: false, refused: false },
    shippedPolicy,
  );
}

const words = fc.constantFrom(
  "Ärger",
  "arger",
  "Harbor Clinic",
  "harbor",
  "Zoo",
  "ångström",
  `${"long ".repeat(30)}tail`,
  "long long",
);
const stages = fc.constantFrom("prospecting", "qualification", "won", "lost");
const dates = fc.constantFrom("2026-01-05", "2026-02-10", "2026-03-01");

const sample: fc.Arbitrary<Sample> = fc.record(
  {
    name: words,
    stage: stages,
    amount: fc.constantFrom(0, 100, 4_800_00, 12_50),
    owner: fc.constantFrom("m1", "m2", "m3"),
    closeDate: dates,
    probability: fc.constantFrom(10, 50, 80),
    space: fc.constantFrom("crm", "p1"),
    life: fc.constantFrom("active", "active", "active", "deleted", "archived"),
    minute: fc.integer({ min: 0, max: 5 }),
  },
  { requiredKeys: ["space", "life", "minute"] },
);

const filter: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({ field: fc.constant("stage"), op: fc.constantFrom("is" as const, "isNot" as const), value: stages }),
  fc.record({
    field: fc.constantFrom("name"),
    op: fc.constantFrom("contains" as const, "is" as const),
    value: fc.constantFrom("harbor", "ARGER", "tail", "zz"),
  }),
  fc.record({
    field: fc.constantFrom("stage", "owner", "amount", "name", "probability"),
    op: fc.constantFrom("isEmpty" as const, "isNotEmpty" as const),
  }),
  fc.record({
    field: fc.constant("closeDate"),
    op: fc.constantFrom("atLeast" as const, "atMost" as const),
    value: dates,
  }),
  fc.record({
    field: fc.constant("amount"),
    op: fc.constantFrom("atLeast" as const, "atMost" as const),
    value: fc.constantFrom(12.5, 1, 5000),
  }),
  fc.record({
    field: fc.constant("probability"),
    op: fc.constantFrom("is" as const, "atLeast" as const),
    value: fc.constantFrom(10, 50),
  }),
  fc.record({
    field: fc.constant("owner"),
    op: fc.constantFrom("is" as const, "isNot" as const),
    value: fc.constantFrom("m1", "m9"),
  }),
);

const recordQuery: fc.Arbitrary<RecordQuery> = fc.record(
  {
    type: fc.constant("deal"),
    space: fc.constantFrom("crm", "p1"),
    sort: fc.record(
      {
        field: fc.constantFrom(
          "name",
          "stage",
          "amount",
          "closeDate",
          "owner",
          "updatedAt",
          "createdAt",
          "probability",
        ),
        descending: fc.boolean(),
      },
      { requiredKeys: ["field"] },
    ),
    filters: fc.array(filter, { maxLength: 3 }),
    states: fc.constantFrom<RecordQuery["states"] & object>(
      ["active"],
      ["deleted"],
      ["active", "archived"],
      ["active", "archived", "deleted"],
    ),
    offset: fc.integer({ min: 0, max: 8 }),
    limit: fc.integer({ min: 0, max: 8 }),
  },
  { requiredKeys: ["type"] },
);

// The oracle speaks of values, not of keys or indexes.
const stageOrder = ["prospecting", "qualification", "proposal", "negotiation", "won", "lost"];

const textOf = (value: FieldValue | undefined): string => (typeof value === "string" ? value : "");

function plainKey(row: StoredRecord, field: string): string | number | undefined {
  if (field === "updatedAt" || field === "createdAt") return row[field];
  const value = row.fields[field];
  if (value === undefined) return undefined;
  if (field === "stage") return stageOrder.indexOf(textOf(value));
  if (field === "amount") return typeof value === "object" && "amount" in value ? value.amount / 100 : undefined;
  if (typeof value === "number") return value;
  return field === "name" ? fold(textOf(value)) : textOf(value);
}

function passes(row: StoredRecord, { field, op, value }: Filter): boolean {
  const held = plainKey(row, field);
  const wanted =
    field === "stage"
      ? stageOrder.indexOf(textOf(value))
      : field === "name"
        ? fold(textOf(value))
        : (value as string | number);
  switch (op) {
    case "is":
      return held === wanted;
    case "isNot":
      return held !== wanted;
    case "contains":
      return held !== undefined && String(held).includes(String(wanted));
    case "isEmpty":
      return held === undefined;
    case "isNotEmpty":
      return held !== undefined;
    case "atLeast":
      return held !== undefined && held >= wanted;
    case "atMost":
      return held !== undefined && held <= wanted;
  }
}

function oracle(rows: readonly StoredRecord[], asked: RecordQuery): { ids: readonly string[]; total: number } {
  const field = asked.sort?.field ?? "name";
  const direction = asked.sort?.descending === true ? -1 : 1;
  const matching = rows
    .filter((row) => (asked.states ?? ["active", "archived"]).includes(row.state))
    .filter((row) => asked.space === undefined || row.space === asked.space)
    .filter((row) => (asked.filters ?? []).every((one) => passes(row, one)))
    .toSorted((left, right) => {
      const [a, b] = [plainKey(left, field), plainKey(right, field)];
      const byId = left.id < right.id ? -1 : 1;
      if (a === undefined || b === undefined) return a === b ? byId : a === undefined ? 1 : -1;
      return direction * (a < b ? -1 : a > b ? 1 : byId);
    });
  const offset = asked.offset ?? 0;
  return {
    ids: matching.slice(offset, offset + (asked.limit ?? Infinity)).map((row) => row.id),
    total: matching.length,
  };
}

describe("records", () => {
  it("gives the page a plain filter and sort would give (small tables: rows in memory)", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(sample, { maxLength: 40 }),
        fc.array(recordQuery, { minLength: 1, maxLength: 6 }),
        async (samples, queries) => {
          await database.records.clear();
          const rows = samples.map(toRecord);
          await database.records.bulkPut(rows);
          for (const asked of queries) {
            const page = await query.records(asked);
            expect({ ids: page.rows.map((row) => row.id), total: page.total }).toEqual(oracle(rows, asked));
          }
        },
      ),
      { numRuns: 60, seed: 4 },
    );
  });

  it("gives the same page from the columns (large tables), also after single rows changed", async () => {
    const samples = fc.sample(sample, { numRuns: 1_300, seed: 7 });
    const rows = samples.map(toRecord);
    await database.records.bulkPut(rows);
    const queries = fc.sample(recordQuery, { numRuns: 120, seed: 8 });
    for (const [index, asked] of queries.entries()) {
      if (index % 10 === 5) {
        const place = (index * 37) % rows.length;
        const changed = toRecord(
          { ...(samples[(index * 53) % samples.length] as Sample), name: `Changed ${index}` },
          place,
        );
        rows[place] = changed;
        await database.records.put(changed);
      }
      if (index % 40 === 25) {
        // Too many in one write for Dexie to name them: the columns are read again.
        const many = samples.slice(0, 60).map((one, place) => toRecord({ ...one, name: `Many ${index}` }, place));
        rows.splice(0, many.length, ...many);
        await database.records.bulkPut(many);
      }
      const page = await query.records(asked);
      expect({ asked, ids: page.rows.map((row) => row.id), total: page.total }).toEqual({
        asked,
        ...oracle(rows, asked),
      });
      if (asked.states === undefined) {
        expect(
          await query.count({
            type: "deal",
            ...(asked.space === undefined ? {} : { space: asked.space }),
            filters: asked.filters ?? [],
          }),
        ).toBe(page.total);
      }
    }
  });

  it("sorts by a field outside the list columns, and knows types of a newer version", async () => {
    const rows = [3, 1, 2].map((position, index) => ({
      ...toRecord({ space: "p1", life: "active", minute: 0 }, index),
      fields: { position: `a${position}` },
    }));
    await database.records.bulkPut([
      ...rows,
      { ...toRecord({ space: "p1", life: "active", minute: 0 }, 9), type: "invoice", sort: [] },
    ]);
    const page = await query.records({ type: "deal", space: "p1", sort: { field: "position" } });
    expect(page.rows.map((row) => row.fields["position"])).toEqual(["a1", "a2", "a3"]);
    expect((await query.records({ type: "invoice" })).rows.map((row) => row.id)).toEqual(["r0009"]);
  });
});

describe("byIds, referring", () => {
  it("reads of somebody whom everything names only the rows of the type that is asked for", async () => {
    const deal = (index: number): StoredRecord => ({
      ...toRecord({ name: `Deal ${index}`, space: "crm", life: "active", minute: index }, index),
      refs: index % 7 === 0 ? ["m2"] : ["m1"],
    });
    const taskOf = (index: number): StoredRecord => {
      const { sort, ...row } = deal(index);
      const id = `t${String(index).padStart(4, "0")}`;
      return { ...row, id, type: "task", sort: sort.map(([, field, key]) => ["task", field, key] as const) };
    };
    const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
    await database.records.bulkPut(numbers(600).map(deal));
    let read = 0;
    database.records.hook("reading", (row) => {
      read += 1;
      return row;
    });
    for (const tasks of [3, 500]) {
      await database.records.bulkPut(numbers(tasks).map(taskOf));
      read = 0;
      const found = await query.referring("m1", "task");
      expect(read).toBeLessThanOrEqual(tasks);
      const expected = (await query.referring("m1")).filter((row) => row.type === "task");
      expect(found.map((row) => row.id)).toEqual(expected.map((row) => row.id));
      expect(found.length).toBe(numbers(tasks).filter((index) => index % 7 !== 0).length);
    }
  });

  it("keeps the order asked for, with gaps for what is not on this device", async () => {
    await database.records.bulkPut(
      [0, 1, 2].map((index) => toRecord({ space: "crm", life: "active", minute: index }, index)),
    );
    const rows = await query.byIds(["r0002", "nowhere", "r0000"]);
    expect(rows.map((row) => row?.id)).toEqual(["r0002", undefined, "r0000"]);
  });

  it("finds who names an id, newest first, without the deleted", async () => {
    await database.records.bulkPut([
      toRecord({ space: "crm", life: "active", minute: 1, owner: "m1" }, 0),
      toRecord({ space: "crm", life: "active", minute: 3, owner: "m1" }, 1),
      toRecord({ space: "crm", life: "deleted", minute: 4, owner: "m1" }, 2),
      toRecord({ space: "crm", life: "active", minute: 2, owner: "m2" }, 3),
    ]);
    expect((await query.referring("m1")).map((row) => row.id)).toEqual(["r0001", "r0000"]);
    expect(await query.referring("m1", "task")).toEqual([]);
  });
});

const eventually = async (check: () => void): Promise<void> => {
  const until = Date.now() + 3_000;
  for (;;) {
    try {
      check();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
};

describe("observe", () => {
  it("tells the result now and after a change, once each, and stops when told", async () => {
    const seen: (readonly string[])[] = [];
    const stop = query.observe(
      async () => (await query.records({ type: "deal" })).rows.map((row) => row.id),
      (ids) => seen.push(ids),
    );
    await eventually(() => expect(seen).toEqual([[]]));
    await database.records.put(toRecord({ space: "crm", life: "active", minute: 0 }, 1));
    await eventually(() => expect(seen).toEqual([[], ["r0001"]]));
    // Touches the table, not the result.
    await database.records.update("r0001", { pending: 1 });
    await new Promise((resolve) => setTimeout(resolve, 60));
    stop();
    await database.records.put(toRecord({ space: "crm", life: "active", minute: 0 }, 2));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(seen).toEqual([[], ["r0001"]]);
  });

  it.each([undefined, "crm"])("shows a record that arrives in a list sorted in memory (space %s)", async (space) => {
    const one = { space: "crm", life: "active", minute: 0 } as const;
    await database.records.bulkPut(Array.from({ length: 150 }, (_, index) => toRecord(one, index)));
    const seen: { total: number; first: string | undefined }[] = [];
    const sort = { field: "createdAt", descending: true };
    const read = async () => {
      const page = await query.records({ type: "deal", sort, limit: 10, ...(space === undefined ? {} : { space }) });
      return { total: page.total, first: page.rows[0]?.id };
    };
    const stop = query.observe(
      // As the hooks ask: not an async function itself.
      () => read(),
      (result) => seen.push(result),
    );
    await eventually(() => expect(seen.at(-1)?.total).toBe(150));
    for (const [place, minute] of [9, 10, 11].entries()) {
      await database.records.bulkPut([toRecord({ ...one, minute }, 500 + place)]);
      await eventually(() => expect(seen.at(-1)).toEqual({ total: 151 + place, first: `r0${500 + place}` }));
    }
    stop();
  });

  it("sees changes of rows it read through the columns, marks that no index holds included", async () => {
    await database.records.bulkPut(
      fc
        .sample(sample, { numRuns: 1_200, seed: 11 })
        .map((one, index) =>
          toRecord({ ...one, life: "active", space: "crm", stage: index % 2 === 0 ? "won" : "lost" }, index),
        ),
    );
    const seen: { total: number; pending: number; first: string | undefined }[] = [];
    const stop = query.observe(
      async () => {
        const page = await query.records({
          type: "deal",
          filters: [{ field: "stage", op: "is", value: "won" }],
          sort: { field: "createdAt" },
          limit: 10,
        });
        return {
          total: page.total,
          pending: page.rows.filter((row) => row.pending === 1).length,
          first: page.rows[0]?.id,
        };
      },
      (result) => seen.push(result),
    );
    await eventually(() => expect(seen.at(-1)?.total).toBe(600));
    const first = seen.at(-1)?.first ?? "";
    await database.records.update(first, { pending: 1 });
    await eventually(() => expect(seen.at(-1)?.pending).toBe(1));
    await database.records.put(toRecord({ space: "crm", life: "active", minute: 0, stage: "won" }, 5_000));
    await eventually(() => expect(seen.at(-1)?.total).toBe(601));
    stop();
  });
});
