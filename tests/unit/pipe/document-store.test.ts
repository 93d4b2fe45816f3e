import "fake-indexeddb/auto";
import { expect, test, vi } from "vitest";
import { XmlElement, XmlText } from "yjs";
import { captureUpdate, openFacetDocument, richTextOf } from "#shared/doc/facet-document.ts";
import { createDocumentStore } from "#renderer/data/document-store.ts";
import { createSaving } from "#renderer/data/live-saving.ts";
import { createUnsaved } from "#renderer/data/unsaved.ts";
import { createTestRelay, openTestReplica, settle, unwrap, type TestReplica } from "./test-replica.ts";

const until = async (condition: () => boolean): Promise<void> => {
  for (let wait = 0; wait < 200 && !condition(); wait += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition()).toBe(true);
};

async function openText(device: TestReplica) {
  const brief = unwrap(
    await device.edit.create({ type: "document", space: "roof", values: { title: "Scope" }, audience: "everyone" }),
  );
  const store = createDocumentStore(() => device.replica, device.watch);
  const docId = `${brief.id}.shared`;
  const doc = openFacetDocument({ recordId: brief.id, facet: "shared" }, await store.load(docId));
  const type = (words: string): Uint8Array => {
    const update = captureUpdate(doc, () => {
      const paragraph = new XmlElement("paragraph");
      paragraph.insert(0, [new XmlText(words)]);
      const fragment = richTextOf(doc, "body");
      fragment.insert(fragment.length, [paragraph]);
    });
    if (update === undefined) throw new Error("nothing typed");
    return update;
  };
  return { id: brief.id, docId, store, doc, type };
}

test("typed text is saved with its row, waits in the outbox, and an echo confirms it", async () => {
  const ana = await openTestReplica();
  const { id, docId, store, type } = await openText(ana);
  const key = await store.saveLocal(docId, type("The roof of the clinic"));
  expect(await ana.database.records.get(id)).toMatchObject({ pending: 1, fields: { body: "The roof of the clinic" } });
  const all = (await ana.database.updates.toArray()).map((row) => row.key);
  expect(all).toContain(key);
  await store.confirm(all);
  expect(await ana.database.updates.count()).toBe(0);
  expect(await ana.database.records.get(id)).toMatchObject({ pending: 0, fields: { body: "The roof of the clinic" } });
  expect(await store.load(docId)).toHaveLength(1);
});

test("an open document reads the device of the member who opened it, also while that member is being signed out", async () => {
  const ana = await openTestReplica();
  const { docId, store, type } = await openText(ana);
  let signedIn = true;
  const opened = createDocumentStore(() => {
    if (!signedIn) throw new Error("nobody is signed in");
    return ana.replica;
  }, ana.watch);
  const heard: Uint8Array[] = [];
  const stop = opened.observe(docId, (bytes) => heard.push(bytes));
  await until(() => heard.length > 0);
  const before = heard.length;
  signedIn = false;
  await store.saveLocal(docId, type("The last words"));
  await until(() => heard.length > before);
  ana.database.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  stop();
});

test("an open document hears what the feed and other tabs write", async () => {
  const [ana, igor, relay] = [await openTestReplica("ana"), await openTestReplica("igor"), createTestRelay()];
  const { id, docId, store, type, doc } = await openText(ana);
  await store.saveLocal(docId, type("First"));
  await settle(relay, ana, igor);
  const heard: Uint8Array[] = [];
  const stop = store.observe(docId, (bytes) => heard.push(bytes));
  await until(() => heard.length === 1);
  unwrap(await igor.edit.set(id, { title: "Scope of the works" }));
  await settle(relay, ana, igor);
  const body = (): unknown => openFacetDocument({ recordId: id, facet: "shared" }, heard).getMap("fields").get("title");
  await until(() => body() === "Scope of the works");
  stop();
  const count = heard.length;
  await store.saveLocal(docId, type("Second"));
  expect(heard.length).toBe(count);
  expect(doc.guid).toBe(docId);
});

test("R7 a full device is said at once; the typed text is saved when there is room again", async () => {
  const ana = await openTestReplica();
  const { docId, store, type } = await openText(ana);
  const unsaved = createUnsaved();
  const saving = createSaving(docId, store, unsaved, 20);
  const add = vi.spyOn(ana.database.updates, "add").mockImplementation(() => {
    throw new DOMException("no room", "QuotaExceededError");
  });
  const before = await ana.database.updates.count();
  saving.add(type("Words that do not fit"));
  await saving.flush();
  expect(ana.quota.full).toBe(true);
  expect(await ana.database.updates.count()).toBe(before);
  expect(unsaved.any()).toBe(true);
  add.mockRestore();
  await vi.waitFor(async () => expect(await ana.database.updates.count()).toBe(before + 1));
  expect(ana.quota.full).toBe(false);
  await unsaved.settled();
  const [recordId = ""] = docId.split(".");
  expect(await ana.database.records.get(recordId)).toMatchObject({ fields: { body: "Words that do not fit" } });
  await saving.close();
});

test("words that another error kept from the disk are tried again, also when the document was closed meanwhile", async () => {
  const ana = await openTestReplica();
  const { docId, store, type } = await openText(ana);
  const unsaved = createUnsaved();
  const saving = createSaving(docId, store, unsaved, 20);
  const add = vi.spyOn(ana.database.updates, "add").mockImplementation(() => {
    throw new DOMException("the disk did not answer", "UnknownError");
  });
  const before = await ana.database.updates.count();
  saving.add(type("Last words"));
  await saving.close();
  expect(unsaved.any()).toBe(true);
  add.mockRestore();
  await unsaved.settled();
  expect(await ana.database.updates.count()).toBe(before + 1);
});

test("a document is held until every holder has let go", () => {
  const store = createDocumentStore(
    () => {
      throw new Error("not needed here");
    },
    { storageFull: () => undefined, saved: () => undefined },
  );
  const [first, second] = [store.hold("a.shared"), store.hold("a.shared")];
  first();
  first();
  expect(store.isHeld("a.shared")).toBe(true);
  second();
  expect(store.isHeld("a.shared")).toBe(false);
});
