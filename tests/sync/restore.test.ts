// Logs that went back in time, documents larger than a frame, and tabs that share a device (R4, L1, R12, R27).

import { expect, test } from "vitest";
import * as Y from "yjs";
import { createFacet, openFacetDocument } from "#shared/doc/facet-document.ts";
import { docIdOf, newId } from "#shared/model/ids.ts";
import type { LiveDocument } from "#renderer/data/types.ts";
import {
  createCompany,
  networkOfTest,
  signIn,
  synced,
  twoColleagues,
  until,
  type Device,
  type Network,
} from "./network.ts";
import { createRandom } from "./random.ts";
import { openRawFeed } from "./raw-feed.ts";

async function twoDevices(): Promise<{ network: Network; olga: Device; igor: Device; crm: string }> {
  const network = await networkOfTest();
  return { network, ...(await twoColleagues(network)) };
}

const field = async (device: Device, id: string, name: string): Promise<unknown> =>
  (await device.data.query.record(id))?.fields[name];

test("R4 a data folder that was only copied back keeps its log id: devices notice and offer again all the same", async () => {
  const { network: net, olga, igor, crm } = await twoDevices();
  const harbor = await createCompany(olga, crm, "Harbor Clinic");
  await synced(olga);
  await net.stopRelay();
  const backup = net.backUp();
  await net.startRelay();
  for (const device of [olga, igor]) device.data.sync.syncNow();
  await olga.data.edit.set(harbor, { website: "https://harbor.example" });
  const delta = await createCompany(olga, crm, "Delta Supply");
  await synced(olga);
  await net.stopRelay();
  net.restore(backup, { keepsLogId: true });
  await net.startRelay();
  for (const device of [olga, igor]) device.data.sync.syncNow();
  await until(async () => {
    const fresh = await signIn(net, "igor@northwind.example");
    const all = (await field(fresh, delta, "name")) !== undefined;
    return all && (await field(fresh, harbor, "website")) === "https://harbor.example";
  }, "a new device gets what was acked after the backup");
  await synced(olga);
  expect(olga.data.sync.status().refused).toBe(0);
});

test("L1 R4 what a restored log lacks of a document goes in pieces when it is over 256 KiB; nothing is dropped", async () => {
  const { network: net, olga, igor, crm } = await twoDevices();
  const harbor = await createCompany(olga, crm, "Harbor Clinic");
  await synced(olga);
  await net.stopRelay();
  const backup = net.backUp();
  await net.startRelay();
  olga.data.sync.syncNow();
  for (const name of ["description", "internalNotes"]) {
    await olga.data.edit.set(harbor, { [name]: `${name} ${"ü".repeat(90_000)}` });
    await synced(olga);
  }
  const texts = {
    description: await field(olga, harbor, "description"),
    notes: await field(olga, harbor, "internalNotes"),
  };
  await net.stopRelay();
  igor.link.setOn(false);
  net.restore(backup);
  await net.startRelay();
  olga.data.sync.syncNow();
  await synced(olga);
  expect(olga.data.sync.status().refused).toBe(0);
  expect(await field(olga, harbor, "description")).toBe(texts.description);
  const fresh = await signIn(net, "igor@northwind.example");
  expect(await field(fresh, harbor, "description")).toBe(texts.description);
  expect(await field(fresh, harbor, "internalNotes")).toBe(texts.notes);
});

test("L1 a document of 1.5 MiB, one snapshot at the relay, reaches a new device and can be edited there", async () => {
  const { network: net, olga, igor, crm } = await twoDevices();
  const raw = await openRawFeed(olga.link.address, "olga@northwind.example");
  const recordId = newId();
  const key = { recordId, facet: "internal" };
  const doc = openFacetDocument(key, []);
  const docId = docIdOf(recordId, "internal");
  const meta = { space: crm, type: "company", ...key };
  const update = createFacet(doc, "company", {}, { at: "2026-03-01T08:00:00.000Z", by: "olga" });
  expect(await raw.push(docId, update, meta)).toBe("ack");
  const grow = async (words: string): Promise<void> => {
    const before = Y.encodeStateVector(doc);
    doc.getText("text/description").insert(0, words);
    expect(await raw.push(docId, Y.encodeStateAsUpdate(doc, before))).toBe("ack");
  };
  // Words that do not deflate away.
  const random = createRandom(4711);
  const noise = (length: number): string =>
    Array.from({ length }, () => random.below(2 ** 32).toString(36) + random.below(2 ** 18).toString(36)).join(" ");
  for (let piece = 0; piece < 7; piece += 1) await grow(noise(20_000));
  for (let piece = 0; piece < 600; piece += 100)
    await Promise.all(Array.from({ length: 100 }, (_, index) => grow(`${piece + index} `)));
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const whole = doc.getText("text/description").toJSON();
  expect(whole.length).toBeGreaterThan(1_400_000);
  const tablet = await signIn(net, "igor@northwind.example");
  expect(await field(tablet, recordId, "description")).toBe(whole.trim());
  expect((await tablet.data.edit.set(recordId, { owner: null, industry: "Health" })).ok).toBe(true);
  await synced(tablet);
  await until(async () => (await field(igor, recordId, "industry")) === "Health", "the others have it too");
  raw.close();
});

const wordsOf = (document: LiveDocument): string => document.fragment.toJSON();

function type(document: LiveDocument, words: string): void {
  const paragraph = new Y.XmlElement("paragraph");
  paragraph.insert(0, [new Y.XmlText(words)]);
  document.fragment.insert(document.fragment.length, [paragraph]);
}

async function openText(data: Device["data"], id: string): Promise<LiveDocument> {
  const opened = await data.live.open(id, "body");
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

test("R12 two tabs offline in one record and one live document, the leader closed: nothing lost, nobody diverges", async () => {
  const { olga, igor, crm } = await twoDevices();
  const project = await olga.data.edit.createProject({ name: "Clinic roof" });
  if (!project.ok) throw new Error("not created");
  const brief = await olga.data.edit.create({ type: "document", space: project.value.id, values: { title: "Scope" } });
  if (!brief.ok) throw new Error("not created");
  const harbor = await createCompany(olga, crm, "Harbor Clinic");
  await synced(olga);
  const second = await olga.openTab();
  await until(async () => (await second.query.record(brief.value.id)) !== undefined, "the second tab is open");
  const [first, other] = [await openText(olga.data, brief.value.id), await openText(second, brief.value.id)];
  await until(() => first.connection() === "live" && other.connection() === "live", "both tabs are live");
  olga.link.setOn(false);
  for (let turn = 0; turn < 10; turn += 1) {
    type(first, `first ${turn}`);
    type(other, `second ${turn}`);
    await olga.data.edit.set(harbor, { description: `first ${turn}` });
    await second.edit.set(harbor, { website: `https://${turn}.example`, internalNotes: `second ${turn}` });
  }
  const all = (words: string): boolean =>
    Array.from({ length: 10 }, (_, turn) => [`first ${turn}<`, `second ${turn}<`])
      .flat()
      .every((part) => words.includes(part));
  await until(() => all(wordsOf(first)) && all(wordsOf(other)), "each tab sees the other's words offline");
  await first.close();
  await olga.data.close();
  olga.link.setOn(true);
  second.sync.syncNow();
  type(other, "after the leader");
  await until(() => second.sync.status().state === "synced" && second.sync.status().waiting === 0, "all is delivered");
  await until(
    async () => String(await field(igor, brief.value.id, "body")).includes("after the leader"),
    "Igor has it",
  );
  const body = String(await field(igor, brief.value.id, "body")).split("\n");
  for (let turn = 0; turn < 10; turn += 1)
    for (const words of [`first ${turn}`, `second ${turn}`])
      expect(body.filter((line) => line === words)).toHaveLength(1);
  const igors = await openText(igor.data, brief.value.id);
  await until(() => wordsOf(igors) === wordsOf(other), "both documents are equal");
  expect(await igor.data.query.record(harbor)).toMatchObject({
    fields: { description: "first 9", internalNotes: "second 9", website: "https://9.example" },
    changedByBoth: {},
  });
  await Promise.all([igors.close(), other.close()]);
});
