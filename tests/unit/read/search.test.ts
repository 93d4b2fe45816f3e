// Search: how people spell things (engine), and that the index follows what happens on this device (index).

import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Database, type StoredRecord } from "#renderer/data/database.ts";
import { createSearchEngine } from "#renderer/data/search-engine.ts";
import { createSearchApi } from "#renderer/data/search.ts";
import type { FieldValue } from "#shared/model/field-value.ts";

function record(
  id: string,
  type: string,
  title: string,
  fields: Readonly<Record<string, FieldValue>> = {},
  space = "crm",
): StoredRecord {
  const at = "2026-01-01T00:00:00.000Z";
  return {
    id,
    type,
    space,
    title,
    fields,
    docs: {},
    changedByBoth: {},
    state: "active",
    createdAt: at,
    createdBy: "anna",
    updatedAt: at,
    updatedBy: "anna",
    pending: 0,
    refused: 0,
    sort: [],
    refs: [],
  };
}

const rows = [
  record("c1", "company", "Lindqvist & Söner AB", {
    name: "Lindqvist & Söner AB",
    industry: "Shipping",
    website: "https://lindqvist.example",
  }),
  record("c2", "company", "Harbor Clinic", { name: "Harbor Clinic", industry: "Health", phone: "+46 8 5250 1180" }),
  record("p1", "contact", "Rosa Lindqvist", {
    firstName: "Rosa",
    lastName: "Lindqvist",
    email: "rosa@lindqvist.example",
    mobilePhone: "070-123 45 67",
    company: "c1",
    jobTitle: "Purchasing",
  }),
  record("d1", "deal", "Fleet renewal", { name: "Fleet renewal", company: "c1", stage: "proposal" }),
  record("a1", "activity", "Call about the fleet", {
    subject: "Call about the fleet",
    body: "She asked for a winter discount.",
    channel: "call",
    about: "c1",
  }),
  record(
    "t1",
    "document",
    "Kick-off minutes",
    { title: "Kick-off minutes", body: "Anchorage was discussed at length", documentKind: "minutes" },
    "project1",
  ),
];

describe("the search engine", () => {
  const engine = createSearchEngine();
  engine.put(rows);
  const ids = (text: string, type?: string): readonly string[] => engine.search(text, { type }).map((hit) => hit.id);

  it("finds by prefix, without accents, with a typo", () => {
    expect(ids("lind")).toEqual(expect.arrayContaining(["c1", "p1"]));
    expect(ids("soner")).toEqual(["c1"]);
    expect(ids("SÖNER")).toEqual(["c1"]);
    expect(ids("lindkvist")).toEqual(expect.arrayContaining(["c1", "p1"]));
    expect(ids("clnic")).toEqual(["c2"]);
  });

  it("wants every word, and settles for some when none has all", () => {
    expect(ids("rosa lindqvist")[0]).toBe("p1");
    expect(ids("rosa lindqvist")).not.toContain("c1");
    expect(ids("rosa harbor").toSorted()).toEqual(["c2", "p1"]);
  });

  it("puts a title before a mention", () => {
    expect(ids("fleet")).toEqual(["d1", "a1"]);
  });

  it("finds phone numbers however they are typed: whole, national, the last digits", () => {
    for (const typed of ["+46 8 5250 1180", "0046852501180", "08-5250 1180", "5250 1180", "1180"])
      expect(ids(typed), typed).toEqual(["c2"]);
    expect(ids("0701234567")).toEqual(["p1"]);
  });

  it("finds e-mail addresses, bodies and document text", () => {
    expect(ids("rosa@lindqvist.example")[0]).toBe("p1");
    expect(ids("winter")).toEqual(["a1"]);
    expect(ids("anchorage")).toEqual(["t1"]);
  });

  it("keeps to a type and a limit, says which words matched, and answers nothing to nothing", () => {
    expect(ids("lindqvist", "contact")).toEqual(["p1"]);
    expect(engine.search("lindqvist", { limit: 1 })).toHaveLength(1);
    expect(engine.search("soner")[0]?.terms).toEqual(["soner"]);
    for (const nothing of ["", "  ", "...", "zzzzzzzz"]) expect(ids(nothing)).toEqual([]);
  });

  it("forgets what is deleted, replaced or removed", () => {
    const own = createSearchEngine();
    own.put(rows);
    own.put([
      record("c2", "company", "Northgate", { name: "Northgate" }),
      { ...record("d1", "deal", "Fleet renewal"), state: "deleted" },
    ]);
    own.remove(["a1", "unknown"]);
    expect(own.search("clinic")).toEqual([]);
    expect(own.search("fleet")).toEqual([]);
    expect(own.search("northgate").map((hit) => hit.id)).toEqual(["c2"]);
    expect([...own.ids()].toSorted()).toEqual(["c1", "c2", "p1", "t1"]);
  });
});

describe("search on this device", () => {
  let names = 0;
  let database: Database;
  beforeEach(async () => {
    names += 1;
    database = new Database(`search-${names}`);
    await database.spaces.put({ id: "project1", kind: "project", name: "Portal", persona: "consultant" });
    await database.records.bulkPut(rows);
  });
  afterEach(() => database.delete());

  it("says what a hit is", async () => {
    const search = createSearchApi(() => database);
    const hits = await search.search("lindqvist");
    expect(hits.find((hit) => hit.id === "p1")).toEqual({
      id: "p1",
      type: "contact",
      title: "Rosa Lindqvist",
      detail: "Lindqvist & Söner AB · Purchasing",
      terms: ["lindqvist"],
    });
    expect((await search.search("renewal"))[0]?.detail).toBe("Lindqvist & Söner AB · Proposal");
    expect((await search.search("minutes"))[0]?.detail).toBe("Minutes · Portal");
  });

  it("follows changes, deletions and writes too large to be named, at once", async () => {
    const search = createSearchApi(() => database);
    expect(await search.search("harbor")).toHaveLength(1);
    await database.records.put(record("c2", "company", "Harbour Hospital", { name: "Harbour Hospital" }));
    expect((await search.search("hospital")).map((hit) => hit.id)).toEqual(["c2"]);
    expect((await search.search("clinic")).map((hit) => hit.id)).toEqual([]);
    await database.records.delete("c2");
    expect(await search.search("hospital")).toEqual([]);
    await database.records.bulkPut(
      Array.from({ length: 60 }, (_, n) => record(`n${n}`, "company", `Northgate ${n}`, { name: `Northgate ${n}` })),
    );
    const until = Date.now() + 5_000;
    while ((await search.search("northgate", { limit: 100 })).length < 60 && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await search.search("northgate", { limit: 100 })).toHaveLength(60);
  });
});
