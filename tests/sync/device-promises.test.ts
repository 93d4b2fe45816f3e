// Two promises of the device, watched at IndexedDB itself: starting and listing read rows, never documents; and what the
// screen calls saved was written with strict durability.

import { afterEach, expect, test, vi } from "vitest";
import { crmOf, networkOfTest, setUpOwner, synced } from "./network.ts";

afterEach(async () => {
  vi.restoreAllMocks();
});

/** Names of the tables whose rows are read from now on. */
function watchReads(): ReadonlySet<string> {
  const read = new Set<string>();
  for (const method of ["get", "getAll", "openCursor"] as const) {
    for (const owner of [IDBObjectStore.prototype, IDBIndex.prototype]) {
      const original = owner[method] as (...parameters: unknown[]) => IDBRequest;
      vi.spyOn(owner, method).mockImplementation(function (this: IDBObjectStore | IDBIndex, ...parameters: unknown[]) {
        read.add("objectStore" in this ? this.objectStore.name : this.name);
        return original.apply(this, parameters);
      });
    }
  }
  return read;
}

/** Tables and durability of every writing transaction from now on. */
function watchWrites(): readonly { readonly tables: readonly string[]; readonly durability: unknown }[] {
  const writes: { tables: string[]; durability: unknown }[] = [];
  const { transaction: original } = IDBDatabase.prototype as {
    transaction: (...parameters: unknown[]) => IDBTransaction;
  };
  vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (this: IDBDatabase, names, mode, options) {
    if (mode === "readwrite")
      writes.push({ tables: typeof names === "string" ? [names] : [...names], durability: options?.durability });
    return original.apply(this, [names, mode, options]);
  });
  return writes;
}

test("starting and showing a list loads no document: rows only", async () => {
  const network = await networkOfTest();
  const olga = await setUpOwner(network);
  const crm = await crmOf(olga);
  for (const name of ["Harbor Clinic", "Delta Supply"])
    expect((await olga.data.edit.create({ type: "company", space: crm, values: { name } })).ok).toBe(true);
  await synced(olga);
  olga.link.setOn(false);
  const read = watchReads();
  await olga.reload();
  const page = await olga.data.query.records({ type: "company" });
  expect(page.rows.map((row) => row.title)).toEqual(["Delta Supply", "Harbor Clinic"]);
  expect(read).toContain("records");
  expect(read).not.toContain("documents");
  // The watch itself works: an edit does load the document.
  expect((await olga.data.edit.set(page.rows[0]?.id ?? "", { industry: "Supplies" })).ok).toBe(true);
  expect(read).toContain("documents");
});

test("what is called saved was written with strict durability", async () => {
  const network = await networkOfTest();
  const olga = await setUpOwner(network);
  const crm = await crmOf(olga);
  const writes = watchWrites();
  // Opened anew: the database binds what it calls when it opens.
  await olga.reload();
  expect((await olga.data.edit.create({ type: "company", space: crm, values: { name: "Harbor Clinic" } })).ok).toBe(
    true,
  );
  const saves = writes.filter(({ tables }) => tables.includes("updates") && tables.includes("records"));
  expect(saves.length).toBeGreaterThan(0);
  for (const save of saves) expect(save.durability).toBe("strict");
});
