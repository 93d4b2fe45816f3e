// The filter language of share rules: typed at save time with the place of what is wrong, one evaluation, and what is seen
// to let everything through.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compileShareFilter,
  matchesEverything,
  parseShareFilter,
  requiredValue,
  type ShareFilter,
} from "#shared/model/share-filter.ts";
import { assert } from "#shared/model/result.ts";
import { findRecordType } from "#shared/record-types/index.ts";

const fields = findRecordType("deal")?.fields ?? {};

function parsed(raw: unknown): ShareFilter {
  const result = parseShareFilter(raw, fields);
  assert(result.ok, result.ok ? "" : `${result.error.place}: ${result.error.message}`);
  return result.value;
}

const matches = (raw: unknown, record: Parameters<ReturnType<typeof compileShareFilter>>[0]): boolean =>
  compileShareFilter(parsed(raw), fields)(record);

describe("share filters", () => {
  it.each([
    [{ field: "nonsense", op: "is", value: "x" }, "field"],
    [
      {
        all: [
          { field: "name", op: "isNotEmpty" },
          { field: "name", op: "like", value: "x" },
        ],
      },
      "all.1.op",
    ],
    [{ any: [{ not: { field: "amount", op: "atLeast", value: "many" } }] }, "any.0.not.value"],
    [{ field: "name", op: "atLeast", value: "x" }, "op"],
    [{ field: "stage", op: "is", value: "no such stage" }, "value"],
    [{ field: "name", op: "is" }, "value"],
    [{ all: [] }, "all"],
    ["name is x", ""],
    [{ field: "constructor", op: "isEmpty" }, "field"],
  ])("refuses %j and says where", (raw, place) => {
    expect(parseShareFilter(raw, fields)).toMatchObject({ ok: false, error: { place } });
  });

  it("compares by kind", () => {
    const money = { amount: 4_800_000, currency: "EUR" };
    expect(matches({ field: "amount", op: "atLeast", value: "48000 EUR" }, { amount: money })).toBe(true);
    expect(matches({ field: "amount", op: "atLeast", value: "48001 EUR" }, { amount: money })).toBe(false);
    expect(matches({ field: "closeDate", op: "atMost", value: "2026-06-30" }, { closeDate: "2026-06-30" })).toBe(true);
    expect(matches({ field: "closeDate", op: "atMost", value: "2026-06-30" }, {})).toBe(false);
    expect(matches({ field: "name", op: "contains", value: "ROOF" }, { name: "Clinic roof" })).toBe(true);
    expect(matches({ not: { field: "name", op: "is", value: "Pier" } }, { name: "Clinic roof" })).toBe(true);
    expect(
      matches(
        {
          any: [
            { field: "name", op: "isEmpty" },
            { field: "nextStep", op: "isEmpty" },
          ],
        },
        { name: "x" },
      ),
    ).toBe(true);
  });

  it("shares nothing by a field that is not there any more, not even by its absence", () => {
    const filter: ShareFilter = { not: { field: "gone", op: "is", value: "x" } };
    expect(compileShareFilter(filter, fields)({ name: "x" })).toBe(false);
  });

  it("sees what lets everything through", () => {
    const all = (raw: unknown): boolean => matchesEverything(parsed(raw), fields);
    expect(all({ field: "name", op: "isNotEmpty" })).toBe(true);
    expect(
      all({
        any: [
          { field: "nextStep", op: "isEmpty" },
          { field: "nextStep", op: "isNotEmpty" },
        ],
      }),
    ).toBe(true);
    expect(
      all({
        any: [
          { field: "name", op: "isNotEmpty" },
          { field: "stage", op: "isEmpty" },
        ],
      }),
    ).toBe(true);
    expect(
      all({
        all: [
          { field: "name", op: "isNotEmpty" },
          { field: "nextStep", op: "is", value: "x" },
        ],
      }),
    ).toBe(false);
    expect(all({ field: "nextStep", op: "isNotEmpty" })).toBe(false);
  });

  it("finds no record that lacks the comparison the index looks up", () => {
    const names = fc.constantFrom("A", "B", "C");
    const leaf = fc.oneof(
      names.map((value) => ({ field: "name", op: "is", value }) as const),
      names.map((value) => ({ field: "nextStep", op: "is", value }) as const),
      fc.constant({ field: "nextStep", op: "isEmpty" } as const),
    );
    const { filter } = fc.letrec<{ filter: ShareFilter }>((tie) => ({
      filter: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
        fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
        tie("filter").map((not) => ({ not })),
      ),
    }));
    fc.assert(
      fc.property(filter, names, names, (each, name, nextStep) => {
        const required = requiredValue(each);
        const record: Record<string, string> = { name, nextStep };
        if (required === undefined || record[required.field] === required.value) return;
        expect(compileShareFilter(each, fields)(record)).toBe(false);
      }),
    );
  });
});
