import "fake-indexeddb/auto";
import { describe, expect, test } from "vitest";
import { parseUpdateMeta } from "yjs";
import { newId } from "#shared/model/ids.ts";
import { docsOf } from "#renderer/data/record-rows.ts";
import { retireClientIds } from "#renderer/data/replica.ts";
import { createCompany, openTestReplica, unwrap } from "./test-replica.ts";

describe("the door in", () => {
  test("create: documents, outbox, history and row are there together; empty values are left out", async () => {
    const ana = await openTestReplica();
    const id = await createCompany(ana, { phone: "+49 30 901820", employees: "1,200", tags: ["key"], website: "" });
    const record = await ana.database.records.get(id);
    expect(record).toMatchObject({
      type: "company",
      space: "crm",
      title: "Harbor Clinic",
      state: "active",
      pending: 1,
      refused: 0,
    });
    expect(record?.fields).toMatchObject({ name: "Harbor Clinic", employees: 1200, tags: ["key"] });
    expect(record?.fields["website"]).toBeUndefined();
    expect(Object.keys(record?.docs ?? {}).sort()).toEqual(["client-shared", "internal", "published"]);
    expect(await ana.database.updates.count()).toBe(3);
    expect((await docsOf(ana.database, [id])).map((doc) => doc.snapshot)).toEqual([undefined, undefined, undefined]);
    expect((await ana.database.documents.get(id))?.history).toHaveLength(3);
  });

  test("sort keys: the first list column and the last change, empty sorts as [], deleted records have none", async () => {
    const ana = await openTestReplica();
    const id = await createCompany(ana);
    const sort = (await ana.database.records.get(id))?.sort ?? [];
    const updatedAt = (await ana.database.records.get(id))?.updatedAt;
    expect(sort).toEqual([
      ["company", "name", "harbor clinic"],
      ["company", "updatedAt", updatedAt],
    ]);
    const nameless = unwrap(await ana.edit.create({ type: "contact", space: "crm", values: { lastName: "Lind" } }));
    expect((await ana.database.records.get(nameless.id))?.sort[0]).toEqual(["contact", "firstName", []]);
    unwrap(await ana.edit.remove([id]));
    expect((await ana.database.records.get(id))?.sort).toEqual([]);
  });

  test("refs name every relation and person", async () => {
    const ana = await openTestReplica();
    const company = await createCompany(ana, { owner: "igor" });
    const deal = unwrap(
      await ana.edit.create({ type: "deal", space: "crm", values: { name: "Clinic roof", company, owner: "ana" } }),
    );
    expect((await ana.database.records.get(deal.id))?.refs.toSorted()).toEqual([company, "ana"].toSorted());
    expect(await ana.database.records.where("refs").equals(company).primaryKeys()).toEqual([deal.id]);
  });

  test("wrong values come back by field and nothing is written", async () => {
    const ana = await openTestReplica();
    const result = await ana.edit.create({
      type: "company",
      space: "crm",
      values: { email: "not an address", employees: "many" },
    });
    expect(result.ok).toBe(false);
    if (result.ok || result.error.type !== "InvalidFields") throw new Error("expected InvalidFields");
    expect(Object.keys(result.error.fields).sort()).toEqual(["email", "employees", "name"]);
    expect(await ana.database.documents.count()).toBe(0);
  });

  test("set writes only what differs, in one update per facet, and undo puts the values back", async () => {
    const ana = await openTestReplica();
    const id = await createCompany(ana, { industry: "Health" });
    const before = await ana.database.updates.count();
    const edited = unwrap(
      await ana.edit.set(id, { industry: "Hospitals", phone: "+49 30 901820", name: "Harbor Clinic" }),
    );
    expect(await ana.database.updates.count()).toBe(before + 2);
    const rows = (await ana.database.updates.orderBy("key").toArray()).slice(before);
    expect(rows.flatMap((row) => row.patches ?? []).map(({ field, from, to }) => [field, from, to])).toEqual([
      ["industry", "Health", "Hospitals"],
      ["phone", null, expect.any(String)],
    ]);
    unwrap(await edited.undo());
    const record = await ana.database.records.get(id);
    expect(record?.fields["industry"]).toBe("Health");
    expect(record?.fields["phone"]).toBeUndefined();
  });

  test("remove, undo, restore: over every facet", async () => {
    const ana = await openTestReplica();
    const ids = [await createCompany(ana, { phone: "+49 30 901820" }), await createCompany(ana)];
    const removed = unwrap(await ana.edit.remove(ids));
    expect((await ana.database.records.bulkGet(ids)).map((record) => record?.state)).toEqual(["deleted", "deleted"]);
    expect(await ana.edit.set(ids[0] ?? "", { industry: "x" })).toMatchObject({
      ok: false,
      error: { type: "NotFound" },
    });
    unwrap(await removed.undo());
    expect((await ana.database.records.bulkGet(ids)).map((record) => record?.state)).toEqual(["active", "active"]);
    const created = unwrap(await ana.edit.create({ type: "task", space: "crm", values: { title: "Call Rosa" } }));
    unwrap(await created.undo());
    expect((await ana.database.records.get(created.id))?.state).toBe("deleted");
  });

  test("a client may write what the facets let him, and nothing else; his comment goes to everyone", async () => {
    const carla = await openTestReplica("carla", "client");
    const refused = await carla.edit.create({ type: "milestone", space: "roof", values: { title: "Survey" } });
    expect(refused).toMatchObject({ ok: false, error: { type: "NotAllowed" } });
    expect(await carla.database.documents.count()).toBe(0);
    const comment = unwrap(await carla.edit.create({ type: "comment", space: "roof", values: { body: "Looks good" } }));
    expect(Object.keys((await carla.database.records.get(comment.id))?.docs ?? {})).toEqual(["shared"]);
    expect(await carla.edit.createProject({ name: "Mine" })).toMatchObject({
      ok: false,
      error: { type: "NotAllowed" },
    });
  });

  test("a chosen audience decides the facet for ever", async () => {
    const ana = await openTestReplica();
    const note = unwrap(
      await ana.edit.create({ type: "activity", space: "roof", values: { subject: "Call" }, audience: "client" }),
    );
    unwrap(await ana.edit.set(note.id, { body: "Spoke with Carla" }));
    expect(Object.keys((await ana.database.records.get(note.id))?.docs ?? {})).toEqual(["client-shared"]);
    const own = unwrap(await ana.edit.create({ type: "activity", space: "crm", values: { subject: "Thought" } }));
    expect(Object.keys((await ana.database.records.get(own.id))?.docs ?? {})).toEqual(["internal"]);
  });

  test("W5: a project makes its space at once, with the project's id and name", async () => {
    const ana = await openTestReplica();
    const project = unwrap(await ana.edit.createProject({ name: "Harbor wing" }));
    expect(await ana.database.spaces.get(project.id)).toEqual({
      id: project.id,
      kind: "project",
      name: "Harbor wing",
      persona: "sales",
    });
    unwrap(await ana.edit.set(project.id, { name: "Harbor east wing" }));
    expect((await ana.database.spaces.get(project.id))?.name).toBe("Harbor east wing");
    unwrap(await ana.edit.create({ type: "milestone", space: project.id, values: { title: "Survey" } }));
    expect(await ana.edit.createProject({ name: "" })).toMatchObject({ ok: false, error: { type: "InvalidFields" } });
    expect(await ana.database.spaces.count()).toBe(3);
  });

  test("one client id per page: many edits of many documents do not swell state vectors, and clocks never collide", async () => {
    const ana = await openTestReplica();
    const id = await createCompany(ana);
    await Promise.all(["a", "b", "c", "d"].map((industry) => ana.edit.set(id, { industry })));
    const { clockRanges } = await import("#shared/doc/update-bytes.ts");
    const rows = await ana.database.updates.where("docId").equals(`${id}.published`).sortBy("key");
    const ranges = rows.map((row) => clockRanges(row.bytes));
    const clients = new Set(ranges.flatMap((range) => [...range.to.keys()]));
    expect(clients.size).toBe(1);
    const [client] = clients;
    let end = 0;
    for (const range of ranges) {
      expect(range.from.get(client ?? 0)).toBe(end);
      end = range.to.get(client ?? 0) ?? 0;
    }
  });

  test("createMany: rows, progress, and stopping between chunks", async () => {
    const ana = await openTestReplica();
    const make = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        id: newId(),
        type: "company",
        space: "crm",
        values: { name: `Company ${index}`, phone: "+493090182" },
      }));
    const progress: number[] = [];
    const all = unwrap(await ana.edit.createMany(make(300), { onProgress: (done) => progress.push(done) }));
    expect(all.created).toBe(300);
    expect(progress.at(-1)).toBe(300);
    expect(await ana.database.records.where("waits").equals(1).count()).toBe(300);
    const stop = new AbortController();
    const some = unwrap(await ana.edit.createMany(make(1000), { signal: stop.signal, onProgress: () => stop.abort() }));
    expect(some.created).toBeGreaterThan(0);
    expect(some.created).toBeLessThan(1000);
    expect(await ana.database.records.count()).toBe(300 + some.created);
  });

  test("createMany: a chunk made ahead under a client id that is retired meanwhile is made again", async () => {
    const ana = await openTestReplica();
    const records = Array.from({ length: 250 }, (_, index) => ({
      id: newId(),
      type: "company",
      space: "crm",
      values: { name: `Company ${index}` },
    }));
    const progress: number[] = [];
    let retired: Promise<void> | undefined;
    const onProgress = (done: number): void => {
      progress.push(done);
      retired ??= retireClientIds(ana.database);
    };
    unwrap(await ana.edit.createMany(records, { onProgress }));
    await retired;
    const authors = (await ana.database.updates.orderBy("key").toArray()).map((row) => [
      ...parseUpdateMeta(row.bytes).from.keys(),
    ]);
    const first = authors[0]?.[0];
    expect(authors.filter(([author]) => author === first)).toHaveLength(progress[0] ?? 0);
    expect(new Set(authors.flat()).size).toBe(2);
    expect(authors).toHaveLength(250);
  });

  test("R7: no space on the device is a value, nothing half is written, and the banner is told", async () => {
    const ana = await openTestReplica();
    const id = await createCompany(ana);
    const before = await ana.database.updates.count();
    ana.database.documents.hook("updating", () => {
      throw new DOMException("full", "QuotaExceededError");
    });
    expect(await ana.edit.set(id, { industry: "Health" })).toMatchObject({
      ok: false,
      error: { type: "QuotaExceeded" },
    });
    expect(ana.quota.full).toBe(true);
    expect(await ana.database.updates.count()).toBe(before);
    expect((await ana.database.records.get(id))?.fields["industry"]).toBeUndefined();
  });
});
