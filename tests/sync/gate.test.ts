// The gate on the real relay: a client of the organization with a bare socket and bad intentions, on the feed and in a live
// document; nothing of it reaches anybody. And a client with the real app, to whom the gate must be invisible.

import { expect, test } from "vitest";
import * as Y from "yjs";
import type { LiveDocument } from "#renderer/data/types.ts";
import { createFacet, deleteFacet, editFacet, openFacetDocument } from "#shared/doc/facet-document.ts";
import { docIdOf } from "#shared/model/ids.ts";
import type { RelayFrame } from "#shared/protocol/frames.ts";
import { closeCodes, refusalCodes } from "#shared/protocol/close-codes.ts";
import { syncMessage } from "#sync-server/gateways/live-messages.ts";
import {
  farClock,
  futureDeletion,
  nestedAny,
  nestedMaps,
  oddShapes,
  parkedPoison,
  poison,
} from "../unit/pipe/hostile-updates.ts";
import {
  addMember,
  crmOf,
  networkOfTest,
  PASSWORD,
  setUpOwner,
  synced,
  until,
  type Device,
  type Network,
} from "./network.ts";
import { createRandom } from "./random.ts";
import { openRawFeed, openRawFeedWith, signInRaw, ticketFor, type RawFeed } from "./raw-feed.ts";

type World = {
  readonly network: Network;
  readonly olga: Device;
  readonly carla: Device;
  readonly brief: string;
  readonly docId: string;
};

/** A project with a document that Olga and her client Carla both write. */
async function openWorld(): Promise<World> {
  const network = await networkOfTest();
  const olga = await setUpOwner(network);
  const carla = await addMember(network, olga, "Carla", "client");
  const project = await olga.data.edit.createProject({ name: "Clinic roof" });
  if (!project.ok) throw new Error("no project");
  await synced(olga);
  const added = await olga.data.people.addToSpace(project.value.id, carla.id, "client");
  if (!added.ok) throw new Error(added.error.message);
  const made = await olga.data.edit.create({
    type: "document",
    space: project.value.id,
    values: { title: "Scope" },
    audience: "client",
  });
  if (!made.ok) throw new Error("no document");
  await until(
    async () => (await carla.device.data.query.record(made.value.id)) !== undefined,
    "Carla has the document",
  );
  const brief = made.value.id;
  return { network, olga, carla: carla.device, brief, docId: docIdOf(brief, "client-shared") };
}

async function openText(device: Device, id: string): Promise<LiveDocument> {
  const opened = await device.data.live.open(id, "body");
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

const memberIdOf = (frames: readonly RelayFrame[]): string =>
  frames.flatMap((frame) => (frame.kind === "welcome" ? [frame.memberId] : []))[0] ?? "";

const wordsOf = (document: LiveDocument): string => document.fragment.toJSON();

test("W8 J8 a client types in a live document beside the team, online, offline and after a cut: the gate is invisible", async () => {
  const { olga, carla, brief } = await openWorld();
  const random = createRandom(20_261);
  const [team, client] = [await openText(olga, brief), await openText(carla, brief)];
  await until(() => team.connection() === "live" && client.connection() === "live", "both are live");
  const paragraph = (document: LiveDocument): Y.XmlText => {
    const element = new Y.XmlElement("paragraph");
    const text = new Y.XmlText();
    element.insert(0, [text]);
    document.fragment.insert(document.fragment.length, [element]);
    return text;
  };
  const own = paragraph(client);
  const theirs = paragraph(team);
  for (let stroke = 0; stroke < 60; stroke += 1) {
    own.insert(random.below(own.length + 1), "c");
    theirs.insert(random.below(theirs.length + 1), "t");
    if (stroke % 20 === 10) own.delete(0, 2);
    if (stroke === 20) carla.link.setOn(false);
    if (stroke === 40) carla.link.setOn(true);
    if (stroke % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    // And by form, in the same document, which goes by the feed.
    if (stroke % 15 === 0) await carla.data.edit.set(brief, { title: `Scope ${stroke}` });
  }
  carla.data.sync.syncNow();
  await until(() => wordsOf(client) === wordsOf(team) && wordsOf(team).includes("ccc"), "both say the same", 30_000);
  expect(client.connection()).toBe("live");
  await synced(carla, 30_000);
  expect(carla.data.sync.status().refused).toBe(0);
  await until(async () => (await olga.data.query.record(brief))?.title === "Scope 45", "the form's edits came too");
  await Promise.all([team.close(), client.close()]);
});

test("W8 W15 T12 a client writes where clients may, and neither deletes what he may not name nor speaks in a colleague's comment", async () => {
  const { network, olga, carla } = await openWorld();
  const space = (await carla.data.spaces())[0]?.id ?? "";
  const made = async (device: Device, type: string, values: Readonly<Record<string, unknown>>): Promise<string> => {
    const result = await device.data.edit.create({ type, space, values, audience: "everyone" });
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    await synced(device);
    return result.value.id;
  };
  const { device: cora, id: coraId } = await addMember(network, olga, "Cora", "client");
  await olga.data.people.addToSpace(space, coraId, "client");
  const milestone = await made(olga, "milestone", { title: "Survey", clientNote: "Ring first" });
  await until(async () => (await cora.data.query.record(milestone)) !== undefined, "Cora has the milestone");
  const comment = await made(cora, "comment", { body: "The beams are up", about: milestone });
  await until(async () => (await carla.data.query.record(comment)) !== undefined, "Carla has the comment");

  // Her own app says so before anything is sent.
  expect(await carla.data.edit.set(comment, { body: "Not true" })).toMatchObject({ ok: false });
  for (const id of [comment, milestone]) expect(await carla.data.edit.remove([id])).toMatchObject({ ok: false });
  expect((await carla.data.edit.set(comment, { resolvedAt: "2026-05-14T09:00:00.000Z" })).ok).toBe(true);
  await synced(carla);
  expect(carla.data.sync.status().refused).toBe(0);

  // And the relay to whoever has another app.
  const mallory = await openRawFeed(olga.link.address, "carla@northwind.example");
  const held = (docId: string): readonly Uint8Array[] =>
    mallory.frames.flatMap((frame) =>
      frame.kind === "batch" ? frame.entries.filter((entry) => entry.docId === docId).map(({ bytes }) => bytes) : [],
    );
  const stamp = { at: "2026-05-14T09:00:00.000Z", by: memberIdOf(mallory.frames) };
  const deletionOf = (recordId: string, facet: string): Uint8Array =>
    deleteFacet(openFacetDocument({ recordId, facet }, held(docIdOf(recordId, facet))), stamp) ?? new Uint8Array();
  const meta = { space, type: "comment", recordId: comment, facet: "client-shared" };
  const second = openFacetDocument(meta, []);
  const inHerPlace = createFacet(second, "comment", { body: "Not true", about: milestone }, stamp);
  expect([
    await mallory.push(docIdOf(milestone, "client-shared"), deletionOf(milestone, "client-shared")),
    await mallory.push(docIdOf(comment, "shared"), deletionOf(comment, "shared")),
    await mallory.push(docIdOf(comment, "client-shared"), inHerPlace, meta),
  ]).toEqual([1, 1, 1]);
  mallory.close();
  // The team moderates.
  expect(await olga.data.query.record(milestone)).toMatchObject({ state: "active" });
  expect(await olga.data.query.record(comment)).toMatchObject({
    state: "active",
    fields: { body: "The beams are up" },
  });
  expect((await olga.data.edit.remove([comment])).ok).toBe(true);
  await synced(olga);
});

test(
  "T20 T21 R19 the corpus of hostile updates from a client, over feed and live: refused, and nobody else gets a byte of it",
  { timeout: 120_000 },
  async () => {
    const { olga, brief, docId } = await openWorld();
    const address = olga.link.address;
    const mallory = await openRawFeed(address, "carla@northwind.example");
    // Several clients of ill will: one alone would be closed after the fifth (rule L6).
    const emails = ["carla@northwind.example"];
    const space = (await olga.data.spaces()).find(({ kind }) => kind !== "crm")?.id ?? "";
    for (let index = 1; index < 6; index += 1) {
      const email = `mallory${index}@northwind.example`;
      const added = await olga.data.people.add({
        name: `Mallory ${index}`,
        email,
        password: PASSWORD,
        persona: "client",
      });
      if (!added.ok) throw new Error(added.error.message);
      expect((await olga.data.people.addToSpace(space, added.value.id, "client")).ok).toBe(true);
      emails.push(email);
    }
    const tokens = await Promise.all(emails.map((email) => signInRaw(address, email)));
    const meta = mallory.frames.flatMap((frame) => (frame.kind === "welcome" ? frame.spaces : []))[0];
    if (meta === undefined) throw new Error("no space");
    const key = { recordId: brief, facet: "client-shared" };
    const held = (): readonly Uint8Array[] =>
      mallory.frames.flatMap((frame) =>
        frame.kind === "batch"
          ? frame.entries.filter((entry) => entry.docId === docId).map((entry) => entry.bytes)
          : [],
      );
    const forged = (change: (doc: Y.Doc) => void, clientId: number): Uint8Array => {
      const doc = openFacetDocument(key, held(), { clientId });
      const before = Y.encodeStateVector(doc);
      doc.transact(() => change(doc));
      return Y.encodeStateAsUpdate(doc, before);
    };
    const [victim = 0] = Y.decodeStateVector(Y.encodeStateVector(openFacetDocument(key, held()))).keys();
    const corpus: readonly Uint8Array[] = [
      poison(),
      oddShapes(),
      farClock(),
      futureDeletion(),
      nestedMaps(33),
      nestedMaps(5_000),
      nestedAny(2_000),
      parkedPoison(victim, 1_000),
      forged((doc) => doc.getMap("fields").set("title", "CANARY-hijack"), victim),
      forged((doc) => doc.getArray("changes").push([{ id: "1", kind: "changed", at: "2026", by: "CANARY-boss" }]), 801),
      forged((doc) => doc.getMap("CANARY-place").set("x", 1), 802),
    ];
    // All at once: some wait for what they lean on before they are refused.
    const openFeed = async (token: string): Promise<RawFeed> =>
      openRawFeedWith(address, await ticketFor(address, token));
    const feeds = [mallory, ...(await Promise.all(tokens.slice(1).map(openFeed)))];
    const answers = await Promise.all(
      corpus.map((bytes, index) => feeds[index % feeds.length]?.push(docId, bytes) ?? Promise.resolve(0)),
    );
    expect(
      answers.every((answer) => answer === 1 || answer === 4 || answer === refusalCodes.early),
      answers.join(),
    ).toBe(true);
    const codes = await Promise.all(
      corpus.map(async (bytes, index) => {
        const ticket = await ticketFor(address, tokens[index % tokens.length] ?? "");
        const socket = new WebSocket(`${address.replace("http", "ws")}/live/${docId}?ticket=${ticket}`);
        await new Promise((resolve) => socket.addEventListener("open", resolve));
        const closed = new Promise<number>((resolve) =>
          socket.addEventListener("close", (event) => resolve(event.code)),
        );
        socket.send(new Uint8Array(syncMessage("update", bytes)));
        return closed;
      }),
    );
    expect(
      codes.every((code) => code === 4400 || code === 4403),
      codes.join(),
    ).toBe(true);
    expect(olga.received()).not.toContain("CANARY");
    // Honest words of the same member still go through, and the document is as healthy as before.
    const doc = openFacetDocument(key, held(), { clientId: 900 });
    const carlaId = mallory.frames.flatMap((frame) => (frame.kind === "welcome" ? [frame.memberId] : []))[0] ?? "";
    const honest = editFacet(
      doc,
      "document",
      { title: "Scope, agreed" },
      { at: "2026-03-01T08:00:00.000Z", by: carlaId },
    );
    expect(await mallory.push(docId, honest?.update ?? new Uint8Array())).toBe("ack");
    await until(async () => (await olga.data.query.record(brief))?.title === "Scope, agreed", "Olga has it");
    expect((await olga.data.edit.set(brief, { title: "Scope, signed" })).ok).toBe(true);
    await synced(olga);
    // A new document of a client's own passes like anybody's.
    const recordId = "0199aaaa-0000-7000-8000-000000000001";
    const own = openFacetDocument({ recordId, facet: "client-shared" }, [], { clientId: 901 });
    const created = createFacet(
      own,
      "document",
      { title: "Questions" },
      { at: "2026-03-01T08:00:00.000Z", by: carlaId },
    );
    const ownMeta = { space: meta.id, type: "document", recordId, facet: "client-shared" };
    expect(await mallory.push(docIdOf(recordId, "client-shared"), created, ownMeta)).toBe("ack");
    for (const feed of feeds) feed.close();
  },
);

test("L6 T21 who sends what cannot be applied again and again is closed 4429, over every socket; what is refused for want of a right never counts", async () => {
  const { olga, brief, docId } = await openWorld();
  const address = olga.link.address;
  const token = await signInRaw(address, "carla@northwind.example");
  const openFeed = async (): Promise<RawFeed> => openRawFeedWith(address, await ticketFor(address, token));
  const closingOf = ({ socket }: RawFeed): Promise<number> =>
    new Promise((resolve) => socket.addEventListener("close", (event) => resolve(event.code)));
  const carla = await openFeed();
  const closing = closingOf(carla);
  const carlaId = memberIdOf(carla.frames);
  const held = (): readonly Uint8Array[] =>
    carla.frames.flatMap((frame) =>
      frame.kind === "batch" ? frame.entries.filter((one) => one.docId === docId).map((one) => one.bytes) : [],
    );
  const key = { recordId: brief, facet: "client-shared" };
  const [victim = 0] = Y.decodeStateVector(Y.encodeStateVector(openFacetDocument(key, held()))).keys();
  const edited = (clientId: number, title: string): Uint8Array => {
    const doc = openFacetDocument(key, held(), { clientId });
    const stamp = { at: "2026-03-01T08:00:00.000Z", by: carlaId };
    return editFacet(doc, "document", { title }, stamp)?.update ?? new Uint8Array();
  };
  const notHers = { space: await crmOf(olga), type: "company", recordId: "r9", facet: "internal" };
  for (let round = 0; round < 4; round += 1) {
    expect(await carla.push(docId, edited(victim, `in Olga's name ${round}`))).toBe(refusalCodes.forbidden);
    expect(await carla.push("r9.internal", edited(70 + round, "x"), notHers)).toBe(refusalCodes.forbidden);
  }
  for (let round = 0; round < 5; round += 1)
    expect(await carla.push(docId, nestedMaps(33))).toBe(refusalCodes.badUpdate);
  const honest = edited(900, "after five");
  carla.send({ kind: "push", n: 100, docId, bytes: new Uint8Array(honest) });
  expect(await closing).toBe(closeCodes.tooFast);
  const again = await openFeed();
  const closingAgain = closingOf(again);
  again.send({ kind: "push", n: 1, docId, bytes: new Uint8Array(honest) });
  expect(await closingAgain).toBe(closeCodes.tooFast);
  expect((await olga.data.edit.set(brief, { title: "Others go on" })).ok).toBe(true);
  await synced(olga);
});

test(
  "W8 T20 R19 the HTTP API as a way in for a client: hostile values, shapes and bytes are refused or kept as plain words, nothing breaks",
  { timeout: 60_000 },
  async () => {
    const { olga, brief, docId } = await openWorld();
    const address = olga.link.address;
    const token = await signInRaw(address, "carla@northwind.example");
    const call = async (method: string, path: string, body?: BodyInit, type = "application/json"): Promise<number> => {
      const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": type }) };
      const answer = await fetch(`${address}/api/v1${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      await answer.arrayBuffer();
      return answer.status;
    };
    const deep = (levels: number): string => `${"[".repeat(levels)}"CANARY"${"]".repeat(levels)}`;
    const bodies = [
      `{"fields":{"title":${deep(30)}}}`,
      `{"fields":{"title":${deep(50_000)}}}`,
      `{"fields":{"__proto__":{"title":"CANARY"},"constructor":{"prototype":{"title":"CANARY"}}}}`,
      `{"fields":{"title":{"toString":"CANARY","length":1e9}}}`,
      `{"fields":{"changes":[{"by":"CANARY"}],"meta":{"type":"CANARY"}}}`,
      `{"fields":{"CANARY":"x"}}`,
      `{"__proto__":{"fields":{"title":"CANARY"}}}`,
      `{"fields":{"title":["CANARY"]}}`,
      `{"fields":{"title":"\\ud800CANARY${"w".repeat(900_000)}"}}`,
    ];
    for (const body of bodies)
      for (const [method, path] of [
        ["PATCH", `/records/${brief}`],
        ["POST", "/records"],
      ] as const) {
        const status = await call(method, path, body);
        expect(status >= 400 && status < 500, `${method} ${body.slice(0, 60)} answered ${status}`).toBe(true);
      }
    const corpus = [poison(), oddShapes(), farClock(), futureDeletion(), nestedMaps(5_000), parkedPoison(7, 1_000)];
    for (const bytes of corpus) {
      const status = await call("PATCH", `/records/${brief}`, new Uint8Array(bytes), "application/octet-stream");
      expect(status >= 400 && status < 500, `bytes answered ${status}`).toBe(true);
      // As words they are words: they come back as they were sent, and do nothing.
      const title = Buffer.from(bytes.subarray(0, 100)).toString("base64");
      expect(await call("PATCH", `/records/${brief}`, JSON.stringify({ fields: { title } }))).toBe(200);
      await until(async () => (await olga.data.query.record(brief))?.title === title, "Olga has the words");
    }
    expect(olga.received()).not.toContain("CANARY");
    // Poison of a colleague in the same document: the client reads and writes over the API beside it.
    const colleague = await openRawFeed(address, "olga@northwind.example");
    for (const bytes of [poison(), farClock(), futureDeletion(), parkedPoison(77, 5)])
      expect(await colleague.push(docId, bytes)).toBe("ack");
    colleague.close();
    expect(await call("GET", `/records/${brief}`)).toBe(200);
    expect(await call("PATCH", `/records/${brief}`, JSON.stringify({ fields: { title: "Still here" } }))).toBe(200);
    await until(async () => (await olga.data.query.record(brief))?.title === "Still here", "and it arrives");
  },
);
test(
  "R27 W8 what a client had acknowledged after a backup comes back from the client's own device, past the gate",
  { timeout: 90_000 },
  async () => {
    const { network, olga, carla, brief } = await openWorld();
    await synced(olga);
    await synced(carla);
    await network.stopRelay();
    const backup = network.backUp();
    await network.startRelay();
    // Both write after the backup; nobody but Carla holds what she wrote.
    olga.data.sync.syncNow();
    expect((await olga.data.edit.set(brief, { title: "Scope by Olga" })).ok).toBe(true);
    carla.data.sync.syncNow();
    await until(
      async () => (await carla.data.query.record(brief))?.title === "Scope by Olga",
      "Carla has Olga's words",
    );
    olga.link.setOn(false);
    expect((await carla.data.edit.set(brief, { title: "Scope by Carla" })).ok).toBe(true);
    await synced(carla);
    await network.stopRelay();
    network.restore(backup);
    await network.startRelay();
    carla.data.sync.syncNow();
    // It leans on Olga's words, which only Olga's device holds now: it waits, and is not called unreadable.
    await until(() => carla.data.sync.status().waiting > 0, "Carla offers it");
    if (process.env["FAULTS"] === "night") await new Promise((resolve) => setTimeout(resolve, 6_000));
    olga.link.setOn(true);
    olga.data.sync.syncNow();
    await synced(olga, 30_000);
    await until(
      async () => (await olga.data.query.record(brief))?.title === "Scope by Carla",
      "Olga has Carla's words",
      30_000,
    );
    await synced(carla, 30_000);
    expect(carla.data.sync.status().refused).toBe(0);
    expect((await carla.data.query.record(brief))?.title).toBe("Scope by Carla");
  },
);
