import { describe, expect, it } from "vitest";
import { isKnownFacet } from "#shared/model/facets.ts";
import { dealProbability, dealStages } from "#shared/record-types/deal.ts";
import { deal, findRecordType, recordTypes } from "#shared/record-types/index.ts";
import { parseField } from "#shared/model/field-kinds.ts";
import { createFacet, openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import { groupByFacet, mergeFacets } from "#shared/doc/merge-record.ts";
import { shippedPolicy } from "#shared/model/policy.ts";

describe.each(recordTypes.map((type) => [type.type, type] as const))("record type %s", (_name, definition) => {
  it("names only fields, facets and types that exist", () => {
    for (const spec of Object.values(definition.fields)) {
      if (spec.facet !== undefined) expect(isKnownFacet(spec.facet)).toBe(true);
      if ("to" in spec && spec.to !== "*") expect(findRecordType(spec.to)).toBeDefined();
    }
    const labels = Object.values(definition.fields).map((spec) => spec.label);
    expect(new Set(labels).size).toBe(labels.length);
    const shown = definition.form.flatMap((section) => section.fields);
    expect(new Set(shown).size).toBe(shown.length);
  });

  it("keeps every field through facets and back, empty record included", () => {
    const values = Object.fromEntries(
      Object.entries(definition.fields).flatMap(([field, spec]) => {
        const options = "options" in spec ? Object.keys(spec.options) : [];
        // Words the app itself writes, no form.
        if ("options" in spec && options.length === 0) return [[field, ["x y"]] as const];
        const samples = [
          "2026-07-15",
          "7",
          "yes",
          "a@b.example",
          "example.org",
          options[0] ?? "x",
          ["a", "b"],
          { city: "Oslo" },
        ];
        for (const sample of samples) {
          const parsed = parseField(sample, spec);
          if (parsed.ok && parsed.value !== null) return [[field, parsed.value] as const];
        }
        return [];
      }),
    );
    expect(Object.keys(values).sort()).toEqual(Object.keys(definition.fields).sort());
    const stamp = { at: "2026-05-14T09:00:00.000Z", by: "ana" };
    const contents = [...groupByFacet(definition, values, "client-shared", shippedPolicy)].map(([facet, group]) => {
      const doc = openFacetDocument({ recordId: "r1", facet }, []);
      createFacet(doc, definition.type, group, stamp);
      return readFacet(doc);
    });
    const merged = mergeFacets("r1", contents.toReversed(), shippedPolicy);
    expect(merged.fields).toEqual(values);
    expect(merged.type).toBe(definition.type);
    if (definition.title.length > 0) expect(merged.title).not.toBe("");
    expect(mergeFacets("r2", [], shippedPolicy).fields).toEqual({});
  });
});

describe("deal", () => {
  it("has one option per stage, in order", () => {
    expect(Object.keys(deal.fields.stage.options)).toEqual(dealStages.map((stage) => stage.id));
  });

  it("weighs by its own probability, else by its stage (J1: 20 % to 50 %)", () => {
    expect(dealProbability({ stage: "qualification" })).toBe(20);
    expect(dealProbability({ stage: "proposal" })).toBe(50);
    expect(dealProbability({ stage: "proposal", probability: 65 })).toBe(65);
    expect(dealProbability({})).toBe(0);
  });
});
