// A project and what is in it from the start: all of it or nothing, with documents as they were written.

import "fake-indexeddb/auto";
import * as Y from "yjs";
import { describe, expect, it } from "vitest";
import { richTextOf } from "#shared/doc/facet-document.ts";
import { captureUpdate } from "#shared/doc/facet-document.ts";
import { loadRecord } from "#renderer/data/held-record.ts";
import { mapGroups, stampOf, writeRecord } from "#renderer/data/edit-writes.ts";
import { writing } from "#renderer/data/replica.ts";
import { openTestReplica, unwrap } from "./test-replica.ts";

describe("a new project with contents", () => {
  it("makes space and records in one go; undo takes all of it back", async () => {
    const ana = await openTestReplica();
    const made = unwrap(
      await ana.edit.createProject({ name: "Gym roof" }, (space) => [
        { type: "milestone", space, id: "m1", values: { title: "Survey" } },
        { type: "milestone", space, id: "m2", values: { title: "Structure", dependsOn: ["m1"] } },
        { type: "task", space, values: { title: "Measure", milestone: "m1", status: "notStarted" } },
      ]),
    );
    const rows = await ana.database.records.where("[space+type]").between([made.id, ""], [made.id, "\uffff"]).toArray();
    expect(rows.map((row) => row.title).sort()).toEqual(["Gym roof", "Measure", "Structure", "Survey"]);
    expect((await ana.database.spaces.get(made.id))?.name).toBe("Gym roof");
    unwrap(await made.undo());
    const after = await ana.database.records.bulkGet(rows.map((row) => row.id));
    expect(after.map((row) => row?.state)).toEqual(["deleted", "deleted", "deleted", "deleted"]);
  });

  it("makes nothing at all when one value cannot be read", async () => {
    const ana = await openTestReplica();
    const made = await ana.edit.createProject({ name: "Gym roof" }, (space) => [
      { type: "milestone", space, values: { title: "Survey", startDate: "one day" } },
    ]);
    expect(made).toMatchObject({ ok: false, error: { type: "InvalidFields" } });
    expect(await ana.database.records.count()).toBe(0);
    expect(await ana.database.spaces.count()).toBe(2);
  });

  it("takes over the text of a document with its headings and marks", async () => {
    const ana = await openTestReplica();
    const source = unwrap(
      await ana.edit.create({ type: "document", space: "roof", values: { title: "Scope", body: "x" } }),
    );
    const stamp = stampOf(ana.replica);
    const write = (doc: Y.Doc) => {
      const update = captureUpdate(doc, () => {
        const body = richTextOf(doc, "body");
        body.delete(0, body.length);
        const heading = new Y.XmlElement("heading");
        heading.setAttribute("level", "2");
        const words = new Y.XmlText();
        words.insert(0, "Anchors", { bold: true });
        heading.insert(0, [words]);
        body.insert(0, [heading]);
      });
      return update === undefined ? undefined : { update, patches: [] };
    };
    await writing(ana.replica, () =>
      writeRecord(
        ana.replica,
        {
          recordId: source.id,
          type: "document",
          space: "roof",
          changes: mapGroups(new Map([["internal", 0]]), () => write),
        },
        stamp,
      ),
    );
    const copy = unwrap(
      await ana.edit.create({
        type: "document",
        space: "roof",
        values: { title: "Scope again" },
        audience: "client",
        textsOf: source.id,
      }),
    );
    const held = await loadRecord(ana.database, copy.id);
    const doc = held.get("client-shared")?.doc;
    expect(doc === undefined ? "" : richTextOf(doc, "body").toJSON()).toBe(
      '<heading level="2"><bold>Anchors</bold></heading>',
    );
    expect((await ana.database.records.get(copy.id))?.fields["body"]).toBe("Anchors");
  });

  it("takes over the description of a milestone, where its facet is one of several", async () => {
    const ana = await openTestReplica();
    const values = { title: "M2", description: "## Anchors\nM16", internalNotes: "thin", clientNote: "Saturday" };
    const source = unwrap(await ana.edit.create({ type: "milestone", space: "roof", values }));
    const copy = unwrap(
      await ana.edit.create({ type: "milestone", space: "roof", values: { title: "M2" }, textsOf: source.id }),
    );
    const doc = (await loadRecord(ana.database, copy.id)).get("published")?.doc;
    expect(doc === undefined ? "" : richTextOf(doc, "description").toJSON()).toBe(
      '<heading level="2">Anchors</heading><paragraph>M16</paragraph>',
    );
    expect((await ana.database.records.get(copy.id))?.fields).toEqual({ title: "M2", description: "Anchors\nM16" });
  });

  it("changes several records at once, with one undo", async () => {
    const ana = await openTestReplica();
    const make = async (title: string, startDate: string) =>
      unwrap(await ana.edit.create({ type: "milestone", space: "roof", values: { title, startDate } })).id;
    const ids = [await make("A", "2026-05-01"), await make("B", "2026-06-01")] as const;
    const starts = async () => (await ana.database.records.bulkGet([...ids])).map((row) => row?.fields["startDate"]);
    const moved = unwrap(
      await ana.edit.setMany([
        { id: ids[0], values: { startDate: "2026-05-06" } },
        { id: ids[1], values: { startDate: "2026-06-06" } },
      ]),
    );
    expect(await starts()).toEqual(["2026-05-06", "2026-06-06"]);
    unwrap(await moved.undo());
    expect(await starts()).toEqual(["2026-05-01", "2026-06-01"]);
    const refused = await ana.edit.setMany([
      { id: ids[0], values: { startDate: "2026-07-01" } },
      { id: "gone", values: { startDate: "2026-07-01" } },
    ]);
    expect(refused.ok).toBe(false);
    expect(await starts()).toEqual(["2026-05-01", "2026-06-01"]);
  });
});
