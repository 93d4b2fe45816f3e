// The demo data: repeatable, complete, and made of values that the field kinds themselves accept.

import { describe, expect, it } from "vitest";
import { openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import { parseField } from "#shared/model/field-kinds.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { dealStages } from "#shared/record-types/deal.ts";
import { generateRecords } from "#sync-server/demo/generate-records.ts";
import type { DemoRecord } from "#sync-server/demo/demo-record.ts";
import { makeNorthwind } from "#sync-server/demo/northwind.ts";
import { createRandom } from "#sync-server/demo/random.ts";
import { recordUpdates } from "#sync-server/demo/record-updates.ts";

const cast = {
  crmSpace: "crm",
  ana: "m-ana",
  igor: "m-igor",
  olga: "m-olga",
  carla: "m-carla",
  cem: "m-cem",
  pia: "m-pia",
};
const today = new Date("2026-05-15T10:00:00Z");
const northwind = makeNorthwind(cast, today);
const all: readonly DemoRecord[] = [...northwind.crm, ...northwind.projects.flatMap((project) => project.records)];
const ofType = (type: string): readonly DemoRecord[] => all.filter((record) => record.type === type);

describe("demo", () => {
  it("is the same for the same seed, whoever the members are; ids do not depend on the day", () => {
    expect(makeNorthwind(cast, today)).toEqual(northwind);
    const later = makeNorthwind({ ...cast, ana: "someone-else" }, new Date("2027-01-01T00:00:00Z"));
    expect(later.crm.map((record) => record.id)).toEqual(northwind.crm.map((record) => record.id));
    expect(new Set(all.map((record) => record.id)).size).toBe(all.length);
  });

  it("has enough of everything to look real", () => {
    const counts = Object.fromEntries(
      ["company", "contact", "deal", "project"].map((type) => [type, ofType(type).length]),
    );
    expect(counts).toEqual({ company: 60, contact: 150, deal: 40, project: 3 });
    expect(ofType("activity").length).toBeGreaterThanOrEqual(300);
    const stages = ofType("deal").map((deal) => deal.edits?.at(-1)?.values["stage"] ?? deal.values["stage"]);
    expect(new Set(stages)).toEqual(new Set(dealStages.map((stage) => stage.id)));
    for (const type of ["milestone", "task", "document", "comment"]) expect(ofType(type).length).toBeGreaterThan(3);
    expect(ofType("company").some((record) => JSON.stringify(record.values["name"]).length > 100)).toBe(true);
    expect(ofType("contact").some((record) => record.values["email"] === undefined)).toBe(true);
  });

  it("holds what the journeys rely on", () => {
    const roof = ofType("deal").find((deal) => deal.values["name"] === "Clinic roof");
    const clinic = ofType("company").find((company) => company.values["name"] === "Harbor Clinic");
    expect(roof?.values).toMatchObject({
      amount: { amount: 4_800_000, currency: "EUR" },
      stage: "qualification",
      margin: 31.5737,
      company: clinic?.id,
    });
    const project = northwind.projects.find(({ name }) => name === "Clinic roof");
    expect(project?.outsiders).toEqual([
      { memberId: "m-carla", persona: "client" },
      { memberId: "m-cem", persona: "client" },
    ]);
    const titles = project?.records
      .filter((record) => record.type === "milestone")
      .map((record) => record.values["title"]);
    expect(titles).toEqual(["M1 Survey", "M2 Structure", "M3 Handover"]);
    expect(project?.records.find((record) => record.values["title"] === "Scope")).toMatchObject({
      type: "document",
      audience: "client",
    });
  });

  it("writes only fields that exist, with values their kinds take unchanged, and relations that lead somewhere", () => {
    const ids = new Set(all.map((record) => record.id));
    for (const record of all) {
      const definition = findRecordType(record.type);
      for (const values of [record.values, ...(record.edits ?? []).map((edit) => edit.values)]) {
        for (const [field, value] of Object.entries(values)) {
          const spec = definition?.fields[field];
          expect(spec, `${record.type}.${field}`).toBeDefined();
          if (spec === undefined) continue;
          const parsed = parseField(value, spec);
          expect(parsed, `${record.type}.${field}`).toMatchObject({ ok: true });
          if (spec.kind !== "phone") expect(parsed.ok && parsed.value, `${record.type}.${field}`).toEqual(value);
          const targets =
            spec.kind === "relation" ? [value] : spec.kind === "relations" && Array.isArray(value) ? value : [];
          for (const target of targets) expect(ids.has(String(target)), `${record.type}.${field}`).toBe(true);
        }
      }
    }
  });

  it("keeps team-only words out of every facet that outsiders read", () => {
    for (const record of northwind.projects.flatMap((project) => project.records)) {
      for (const { meta, bytes } of recordUpdates(record)) {
        if (meta.facet === "internal") continue;
        expect(JSON.stringify(readFacet(openFacetDocument(meta, [bytes])))).not.toMatch(
          /31\.57|kestrel-4471|1,140|competitor/,
        );
      }
    }
  });

  it("tells a deal's way through the stages in its history", () => {
    const won = ofType("deal").find((deal) => deal.edits?.at(-1)?.values["stage"] === "won");
    const published = recordUpdates(won ?? all[0]!).find((update) => update.meta.facet === "published");
    const content = readFacet(openFacetDocument(published!.meta, [published!.bytes]));
    expect(content.fields["stage"]).toBe("won");
    expect(content.updatedAt).toBe(won?.edits?.at(-1)?.at);
  });

  it("generates bulk quickly and repeatably", () => {
    const startedAt = performance.now();
    const records = generateRecords(5_000, 7);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(generateRecords(5_000, 7)).toEqual(records);
    expect(generateRecords(10, 8)).not.toEqual(generateRecords(10, 7));
  });

  it("draws evenly enough", () => {
    const random = createRandom(1);
    const draws = Array.from({ length: 10_000 }, () => random.int(0, 9));
    for (let value = 0; value < 10; value += 1)
      expect(draws.filter((draw) => draw === value).length).toBeGreaterThan(850);
  });
});
