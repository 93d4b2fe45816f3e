import { shippedPolicy } from "#shared/model/policy.ts";
import "fake-indexeddb/auto";
import { Dexie } from "dexie";
import { describe, expect, test } from "vitest";
import { createFacet, editFacet, openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import { newId } from "#shared/model/ids.ts";
import { Database } from "#renderer/data/database.ts";
import { createEditApi } from "#renderer/data/edit.ts";
import { projectRecord } from "#renderer/data/projection.ts";
import { docsOf } from "#renderer/data/record-rows.ts";
import { createReplica } from "#renderer/data/replica.ts";
import { readPending, readRefused } from "#renderer/data/waiting-changes.ts";
import { tick, unwrap } from "./test-replica.ts";

const FACETS = { internal: { employees: 120 }, published: { name: "Harbor Clinic" }, partner: {} } as const;
const stamp = { at: "2026-01-05T08:00:00.000Z", by: "ana" };
const later = { at: "2026-01-06T08:00:00.000Z", by: "ana" };

/** A device as version 1 left it: a row per document and per history entry, an outbox with a mark on every row. */
async function makeVersion1(name: string, records: number): Promise<readonly string[]> {
  const old = new Dexie(name);
  old.version(1).stores({
    docs: "docId",
    updates: "++key, docId, unsent",
    records: "id, *sort, *refs, [space+type], waits",
    changes: "id, recordId",
    refused: "++id, docId, recordId",
    spaces: "id",
    members: "id, *spaces",
    cursors: "space",
    settings: "key",
    imports: "id, at",
  });
  const ids: string[] = [];
  await old.table("spaces").add({ id: "crm", kind: "crm", name: "CRM", persona: "sales" });
  await old.table("cursors").add({ space: "crm", seq: 77 });
  for (let n = 0; n < records; n += 1) {
    const recordId = newId();
    ids.push(recordId);
    const contents = [];
    for (const [facet, values] of Object.entries(FACETS)) {
      const docId = `${recordId}.${facet}`;
      const doc = openFacetDocument({ recordId, facet }, [], { clientId: 7 });
      const snapshot = createFacet(doc, "company", values, stamp);
      await old.table("docs").add({ docId, recordId, facet, space: "crm", type: "company", snapshot });
      if (n === 0 && facet === "internal") {
        const edited = editFacet(doc, "company", { employees: 340 }, later);
        await old.table("updates").add({
          docId,
          recordId,
          bytes: edited?.update,
          unsent: 1,
          ...later,
          patches: edited?.changed,
        });
        await old.table("changes").add({ id: newId(), kind: "changed", field: "employees", ...later, recordId, facet });
      }
      contents.push(readFacet(doc));
    }
    await old.table("changes").add({ id: newId(), kind: "created", ...stamp, recordId, facet: "internal" });
    await old
      .table("records")
      .add(projectRecord(recordId, "crm", contents, { pending: n === 0, refused: false }, shippedPolicy));
  }
  await old.table("refused").add({
    docId: `${ids[1]}.internal`,
    recordId: ids[1],
    code: 1,
    reason: "no",
    ...later,
    patches: [{ field: "externalId", from: null, to: "Refused words" }],
    bytes: new Uint8Array([0, 0]),
  });
  old.close();
  return ids;
}

describe("a device of version 1", () => {
  test("opens with everything it held: documents, history, what waits, what was not accepted, where it stood", async () => {
    const name = `upgrade-${newId()}`;
    const ids = await makeVersion1(name, 450);
    const database = new Database(name);
    const me = { id: "ana", name: "Ana", email: "ana@northwind.example", persona: "sales" } as const;
    const replica = createReplica(database, me, tick);

    expect(await database.documents.count()).toBe(ids.length);
    expect(await database.records.count()).toBe(ids.length);
    for (const id of ids) {
      const docs = await docsOf(database, [id]);
      expect(docs.map((doc) => doc.facet).toSorted()).toEqual(Object.keys(FACETS).toSorted());
      const contents = docs.map((doc) =>
        readFacet(openFacetDocument(doc, doc.snapshot === undefined ? [] : [doc.snapshot])),
      );
      expect(Object.assign({}, ...contents.map((content) => content.fields))).toEqual({
        employees: 120,
        name: "Harbor Clinic",
      });
      const history = (await database.documents.get(id))?.history ?? [];
      expect(history.map((change) => change.kind).toSorted()).toEqual(
        id === ids[0] ? ["changed", "created"] : ["created"],
      );
    }
    expect((await database.cursors.get("crm"))?.seq).toBe(77);

    const [waiting] = await readPending(replica);
    expect([waiting?.recordId, waiting?.fields.map((field) => field.to)]).toEqual([ids[0], [340]]);
    expect((await readRefused(replica)).map((one) => one.fields[0]?.to)).toEqual(["Refused words"]);

    // And it goes on from there.
    const edit = createEditApi(() => replica, { storageFull: () => undefined, saved: () => undefined });
    unwrap(await edit.set(ids[0] ?? "", { phone: "+49 30 901820" }));
    const record = await database.records.get(ids[0] ?? "");
    expect(record?.fields).toMatchObject({ employees: 340, name: "Harbor Clinic" });
    expect(record?.fields["phone"]).toContain("901820");
    expect(database.tables.map((table) => table.name)).not.toContain("docs");
    await database.delete();
  });
});
