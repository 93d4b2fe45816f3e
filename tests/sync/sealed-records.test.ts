// Sealed records through every door of a real relay (PROTOCOL.md, section 8): accepted once, from the one who signed, with
// a live key; never changed, deleted or replaced after.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { inflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { WebsocketProvider } from "y-websocket";
import { readFacet } from "#shared/doc/facet-document.ts";
import { readSealed, sealedUpdate } from "#shared/doc/sealed-document.ts";
import { checkChain } from "#shared/model/decision-chain.ts";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { sealEntry, type Seal } from "#shared/model/seals.ts";
import type { KeyPair } from "#shared/model/signatures.ts";
import { refusalCodes } from "#shared/protocol/close-codes.ts";
import { decodeBatchEntries } from "#shared/protocol/frames.ts";
import { DATABASE_FILE } from "#sync-server/storage/schema.ts";
import { addMember, openNetwork, setUpOwner, until, type Device, type Network } from "./network.ts";
import { openRawFeed, signInRaw, ticketFor, type RawFeed } from "./raw-feed.ts";
import { callApi, registerKey, requestFields, seal, type SealedRecord } from "./signing.ts";

type Hand = { readonly id: string; readonly token: string; readonly key: KeyPair; readonly feed: RawFeed };

let network: Network;
let address: string;
let olga: Device;
let space: string;
let igor: Hand;
let carla: Hand;

async function handOf(email: string, id: string): Promise<Hand> {
  const token = await signInRaw(address, email);
  return { id, token, key: await registerKey(address, token, id), feed: await openRawFeed(address, email) };
}

const send = ({ feed }: Hand, { docId, bytes, meta }: SealedRecord): Promise<"ack" | number> =>
  feed.push(docId, bytes, meta);

const requestBy = (hand: Hand, approvers: readonly string[]): Promise<SealedRecord> =>
  seal(hand.key, {
    type: "approval",
    record: newId(),
    space,
    facet: "client-shared",
    author: hand.id,
    fields: requestFields(hand.id, space, approvers),
  });

const decisionFields = (decidedBy: string, more: Readonly<Record<string, string>> = {}) => ({
  decision: "approve",
  request: newId(),
  decidedBy,
  revision: 1,
  contentHash: "0",
  ...more,
});

const decisionBy = (
  hand: Hand,
  more: Readonly<Record<string, string>> = {},
  facet = "client-shared",
): Promise<SealedRecord> =>
  seal(hand.key, {
    type: "decision",
    record: newId(),
    space,
    facet,
    author: hand.id,
    fields: decisionFields(hand.id, more),
  });

/** Everything a hand's feed has been sent, as documents. */
function heldBy({ feed }: Hand): ReadonlyMap<string, Y.Doc> {
  const docs = new Map<string, Y.Doc>();
  for (const frame of feed.frames) {
    const entries =
      frame.kind === "batch"
        ? frame.entries
        : frame.kind === "deflatedBatch"
          ? decodeBatchEntries(new Uint8Array(inflateRawSync(frame.payload)))
          : [];
    for (const entry of "ok" in entries ? (entries.ok ? entries.value : []) : entries) {
      const doc = docs.get(entry.docId) ?? new Y.Doc({ guid: entry.docId });
      docs.set(entry.docId, doc);
      Y.applyUpdate(doc, entry.bytes);
    }
  }
  return docs;
}

beforeAll(async () => {
  network = await openNetwork();
  olga = await setUpOwner(network);
  address = olga.link.address;
  const made = await olga.data.edit.createProject({ name: "Clinic roof" });
  if (!made.ok) throw new Error("no project");
  space = made.value.id;
  const igorMember = await addMember(network, olga, "Igor", "consultant");
  const carlaMember = await addMember(network, olga, "Carla", "client");
  await olga.data.people.addToSpace(space, igorMember.id, "consultant");
  await olga.data.people.addToSpace(space, carlaMember.id, "client");
  igor = await handOf("igor@northwind.example", igorMember.id);
  carla = await handOf("carla@northwind.example", carlaMember.id);
}, 60_000);
afterAll(() => network.close());

describe("a sealed record", () => {
  it("S1: is accepted as its author signed it, with Ed25519 and with P-256, and read from what was signed", async () => {
    const request = await requestBy(igor, [carla.id]);
    expect(await send(igor, request)).toBe("ack");
    const p256 = await registerKey(address, carla.token, carla.id, "p256");
    const decision = await decisionBy({ ...carla, key: p256 });
    expect(await send(carla, decision)).toBe("ack");
    await until(() => heldBy(igor).has(decision.docId), "the decision reaches the team");
    const doc = heldBy(igor).get(decision.docId);
    expect(doc === undefined ? undefined : readFacet(doc)).toMatchObject({
      type: "decision",
      createdBy: carla.id,
      fields: { decision: "approve", decidedBy: carla.id },
    });
  });

  it("S1: says what was signed, whatever else lies in the document", async () => {
    const { bytes, docId } = await decisionBy(carla);
    const doc = new Y.Doc({ guid: docId });
    Y.applyUpdate(doc, bytes);
    doc.getMap("fields").set("decision", "reject");
    doc.getMap("life").set("deleted", { at: "", by: "", clocks: {} });
    expect(readFacet(doc)).toMatchObject({ fields: { decision: "approve" } });
    expect(readFacet(doc).deletion).toBeUndefined();
  });

  it("S3, T13: is refused from anybody but the one who signed, and when the signature is not the author's", async () => {
    const own = await decisionBy(carla);
    expect(await send(igor, own)).toBe(refusalCodes.notTheSigner);
    const asCarla = await seal(igor.key, { ...own.entry, record: newId() });
    expect(await send(igor, asCarla)).toBe(refusalCodes.notTheSigner);
    expect(await send(carla, await seal(igor.key, { ...own.entry, record: newId() }))).toBe(refusalCodes.keyNotLive);
    expect(await send(carla, own)).toBe("ack");
    const copied = newId();
    const held = readSealed(docOf(own));
    const copy = sealedUpdate({ record: copied, facet: own.meta.facet }, held?.seal ?? { entry: "", signature: "" });
    const copyDocId = docIdOf(copied, own.meta.facet);
    expect(await carla.feed.push(copyDocId, copy, { ...own.meta, recordId: copied })).toBe(refusalCodes.badSeal);
  });

  it("S3: is refused when one letter of it is another than was signed", async () => {
    const { entry, meta, docId } = await decisionBy(carla);
    const signed = await sealEntry(carla.key, entry);
    const forged: Seal = { ...signed, entry: signed.entry.replace('"approve"', '"approve "') };
    expect(forged.entry).not.toBe(signed.entry);
    expect(await carla.feed.push(docId, sealedUpdate(entry, forged), meta)).toBe(refusalCodes.badSeal);
    const revised: Seal = { ...signed, entry: signed.entry.replace('"revision":1', '"revision":2') };
    expect(await carla.feed.push(docId, sealedUpdate(entry, revised), meta)).toBe(refusalCodes.badSeal);
  });

  it("S3: is refused with what its type does not allow: no reason, an unknown field, more approvals than approvers", async () => {
    for (const reason of [{}, { reason: "" }, { reason: "   " }])
      expect(await send(carla, await decisionBy(carla, { decision: "reject", ...reason }))).toBe(refusalCodes.badSeal);
    expect(await send(carla, await decisionBy(carla, { decision: "reject", reason: "Too thin" }))).toBe("ack");
    expect(await send(carla, await decisionBy(carla, { colour: "red" }))).toBe(refusalCodes.badSeal);
    const { entry } = await requestBy(igor, [carla.id]);
    const greedy = await seal(igor.key, { ...entry, record: newId(), fields: { ...entry.fields, required: 2 } });
    expect(await send(igor, greedy)).toBe(refusalCodes.badSeal);
    const otherText = await seal(igor.key, { ...entry, record: newId(), fields: { ...entry.fields, subject: "{}" } });
    expect(await send(igor, otherText)).toBe(refusalCodes.badSeal);
  });

  it("S8: a request is refused whose subject is of something else than what it is about, or goes by another title", async () => {
    const { entry } = await requestBy(igor, [carla.id]);
    const asked = async (fields: typeof entry.fields) =>
      send(igor, await seal(igor.key, { ...entry, record: newId(), fields: { ...entry.fields, ...fields } }));
    expect(await asked({ about: newId() })).toBe(refusalCodes.badSeal);
    expect(await asked({ title: "M1 Survey" })).toBe(refusalCodes.badSeal);
    expect(await asked(requestFields(igor.id, newId(), [carla.id]))).toBe(refusalCodes.badSeal);
    expect(await asked({})).toBe("ack");
  });

  it("S3: a request comes from the team, and from nobody outside the space", async () => {
    expect(await send(carla, await requestBy(carla, [igor.id]))).toBe(refusalCodes.forbidden);
    const { id, device } = await addMember(network, olga, "Eve", "client");
    await device.data.close();
    const elsewhere = await olga.data.edit.createProject({ name: "Dock levellers" });
    await until(
      async () => elsewhere.ok && (await olga.data.people.addToSpace(elsewhere.value.id, id, "client")).ok,
      "Eve is in another project",
    );
    const eve = await handOf("eve@northwind.example", id);
    expect(await send(eve, await decisionBy(eve))).toBe(refusalCodes.forbidden);
  });

  it("S4: sent again it is acked again; anything else for it is refused: changes, deletion, another facet, another seal", async () => {
    const decision = await decisionBy(carla);
    const both = await Promise.all([send(carla, decision), send(carla, decision)]);
    expect(both).toEqual(["ack", "ack"]);
    expect(await send(carla, decision)).toBe("ack");
    // The same seal out of another Y.Doc, as a device offers it after a restore.
    const again = sealedUpdate(decision.entry, readSealed(docOf(decision))?.seal ?? { entry: "", signature: "" });
    expect(await carla.feed.push(decision.docId, again, decision.meta)).toBe("ack");

    const changed = docOf(decision);
    const before = Y.encodeStateVector(changed);
    changed.getMap("life").set("deleted", { at: "x", by: carla.id, clocks: {} });
    changed.getMap("seal").set("entry", "{}");
    expect(await carla.feed.push(decision.docId, Y.encodeStateAsUpdate(changed, before))).toBe(refusalCodes.sealed);
    const other = await seal(carla.key, { ...decision.entry, fields: decisionFields(carla.id, { reason: "other" }) });
    expect(await send(carla, other)).toBe(refusalCodes.sealed);
    const elsewhere = await seal(carla.key, { ...decision.entry, facet: "shared" });
    expect(await send(carla, elsewhere)).toBe(refusalCodes.sealed);
    const asTask = { ...decision.meta, type: "task", facet: "shared" };
    const beside = Y.encodeStateAsUpdate(new Y.Doc());
    expect(await igor.feed.push(docIdOf(decision.meta.recordId, "shared"), beside, asTask)).toBe(refusalCodes.badMeta);
  });

  it("S4: in a facet with a spelled name it is accepted once as well, in that facet and in no other", async () => {
    const decision = await decisionBy(carla, {}, "r2-w2");
    expect(await send(carla, decision)).toBe("ack");
    expect(await send(carla, decision)).toBe("ack");
    const fields = { ...decision.entry.fields, decision: "reject", reason: "Changed my mind" };
    for (const facet of ["r2-w2", "client-shared", "shared"])
      expect(await send(carla, await seal(carla.key, { ...decision.entry, facet, fields })), facet).toBe(
        refusalCodes.sealed,
      );
  });

  it("S3: a decision lies in the facet of its request, and one about a request its author cannot read tells nothing of it", async () => {
    const request = await requestBy(igor, [carla.id]);
    expect(await send(igor, request)).toBe("ack");
    const about = { request: request.meta.recordId };
    expect(await send(carla, await decisionBy(carla, about, "r2-w2"))).toBe(refusalCodes.badSeal);
    expect(await send(carla, await decisionBy(carla, about))).toBe("ack");
    const { entry } = await requestBy(igor, [igor.id]);
    const hidden = await seal(igor.key, { ...entry, facet: "internal" });
    expect(await send(igor, hidden)).toBe("ack");
    expect(await send(igor, await decisionBy(igor, { request: hidden.meta.recordId }))).toBe(refusalCodes.badSeal);
    const answers = [];
    for (const id of [hidden.meta.recordId, newId()])
      answers.push(await send(carla, await decisionBy(carla, { request: id })));
    expect(answers).toEqual(["ack", "ack"]);
  });

  it("S4: neither the live gateway nor the API is a way around", async () => {
    const decision = await decisionBy(carla);
    expect(await send(carla, decision)).toBe("ack");
    const doc = new Y.Doc({ guid: decision.docId });
    const provider = new WebsocketProvider(`${address.replace("http", "ws")}/live`, decision.docId, doc, {
      params: { ticket: await ticketFor(address, carla.token) },
      disableBc: true,
    });
    await until(() => provider.synced, "the live document is there");
    const closed = new Promise<number>((resolve) =>
      provider.on("connection-close", (event: CloseEvent | null) => resolve(event?.code ?? 0)),
    );
    doc.getMap("seal").set("entry", "{}");
    expect(await closed).toBe(4403);
    provider.destroy();

    const record = `/records/${decision.meta.recordId}`;
    const patched = await callApi(address, carla.token, "PATCH", record, { fields: { reason: "Changed my mind" } });
    expect(patched.status).toBe(409);
    expect((await callApi(address, carla.token, "DELETE", record)).status).toBe(409);
    const made = await callApi(address, igor.token, "POST", "/records", {
      space,
      type: "decision",
      audience: "client",
      fields: decisionFields(igor.id),
    });
    expect(made.status).toBe(409);
    const read = await callApi(address, igor.token, "GET", record);
    expect(read.body).toMatchObject({ fields: { decision: "approve", decidedBy: carla.id } });
  });

  it("S2: a key is registered by who has it, belongs to one member, and signs nothing once it is revoked", async () => {
    const { key } = carla;
    const stolen = { alg: key.alg, publicKey: key.publicKey, device: "Mine now", proof: "A".repeat(86) };
    expect((await callApi(address, igor.token, "POST", "/keys", stolen)).status).toBe(400);
    const ending = await registerKey(address, carla.token, carla.id);
    const signedBefore = await decisionBy({ ...carla, key: ending });
    const signedButLate = await decisionBy({ ...carla, key: ending });
    expect(await send(carla, signedBefore)).toBe("ack");
    expect((await callApi(address, igor.token, "DELETE", `/keys/${ending.id}`)).status).toBe(403);
    expect((await callApi(address, carla.token, "DELETE", `/keys/${ending.id}`)).status).toBe(200);
    expect(await send(carla, signedButLate)).toBe(refusalCodes.keyNotLive);
    // What arrived before still holds, and may be sent again.
    expect(await send(carla, signedBefore)).toBe("ack");
    const listed = (await callApi(address, carla.token, "GET", "/keys")).body as { id: string; revokedAt?: string }[];
    expect(listed.find((one) => one.id === ending.id)?.revokedAt).toBeDefined();
  });

  it("S3: a clock ten years off is information: the record counts, and the relay's time stands beside it", async () => {
    const { entry } = await decisionBy(carla);
    const late = await seal(carla.key, { ...entry, record: newId(), at: "2036-05-14T09:14:00.000Z" });
    expect(await send(carla, late)).toBe("ack");
    await chained();
    const verdict = (await reportOf(igor)).verdicts.get(late.meta.recordId);
    expect(verdict?.counts === true ? verdict.receivedAt < "2030" : verdict).toBe(true);
  });
});

const docOf = ({ docId, bytes }: SealedRecord): Y.Doc => {
  const doc = new Y.Doc({ guid: docId });
  Y.applyUpdate(doc, bytes);
  return doc;
};

/** Links and seals of the client's chain, as a hand's feed was sent them. */
function chainOf(hand: Hand): { links: string[]; seals: Map<string, Seal> } {
  const links: string[] = [];
  const seals = new Map<string, Seal>();
  for (const [docId, doc] of heldBy(hand)) {
    if (!docId.endsWith(".client-shared")) continue;
    const content = readFacet(doc);
    const body = content.fields["body"];
    if (content.type === "chainEntry" && typeof body === "string") links.push(body);
    if (content.seal !== undefined) seals.set(docId.slice(0, docId.indexOf(".")), content.seal);
  }
  return { links, seals };
}

/** A feed never echoes to its own writer: a fresh one has everything. */
async function reportOf(hand: Hand): Promise<Awaited<ReturnType<typeof checkChain>>> {
  const feed = await openRawFeed(address, hand === igor ? "igor@northwind.example" : "carla@northwind.example");
  const spaces = feed.frames.find((frame) => frame.kind === "welcome")?.spaces ?? [];
  await until(
    () => feed.frames.filter((frame) => frame.kind === "upToDate").length >= spaces.length,
    "every space is caught up",
  );
  const announced = spaces.find((one) => one.id === space)?.heads?.find((head) => head.facet === "client-shared");
  const report = await checkChain({ space, facet: "client-shared", ...chainOf({ ...hand, feed }), announced });
  feed.close();
  return report;
}

const chained = async (): Promise<void> => {
  await until(async () => {
    const { verdicts } = await reportOf(igor);
    return [...verdicts.values()].every((verdict) => verdict.counts || verdict.problem !== "waiting");
  }, "everything is chained");
};

describe("the chain of decisions", () => {
  it("S5: names every sealed record once, in the order of the log, with its key; nobody but the relay writes it", async () => {
    await chained();
    const report = await reportOf(carla);
    expect(report.alarms).toEqual([]);
    expect(report.verdicts.size).toBeGreaterThan(5);
    expect([...report.verdicts.values()].every((verdict) => verdict.counts)).toBe(true);
    const meta = { space, type: "chainEntry", recordId: newId(), facet: "client-shared" };
    const own = new Y.Doc();
    own.getMap("fields").set("body", "{}");
    const pushed = await igor.feed.push(docIdOf(meta.recordId, meta.facet), Y.encodeStateAsUpdate(own), meta);
    expect(pushed).toBe(refusalCodes.forbidden);
  });

  it("S5: a facet's chain tells nothing to who does not read the facet", async () => {
    const internal = await seal(igor.key, {
      ...(await requestBy(igor, [igor.id])).entry,
      record: newId(),
      facet: "internal",
    });
    expect(await send(igor, internal)).toBe("ack");
    await until(async () => {
      const feed = await openRawFeed(address, "igor@northwind.example");
      const spaces = feed.frames.find((frame) => frame.kind === "welcome")?.spaces ?? [];
      feed.close();
      return spaces.some((one) => one.heads?.some((head) => head.facet === "internal") === true);
    }, "the team is told of the team's chain");
    const feed = await openRawFeed(address, "carla@northwind.example");
    const heads = (feed.frames.find((frame) => frame.kind === "welcome")?.spaces ?? []).flatMap(
      (one) => one.heads ?? [],
    );
    const facets = heads.map((head) => head.facet);
    expect(facets).toContain("client-shared");
    expect(facets).not.toContain("internal");
    const bytes = [...heldBy({ ...carla, feed }).keys()];
    expect(bytes.some((docId) => docId.endsWith(".internal"))).toBe(false);
    feed.close();
  });

  it("S5: follows from the log: a link that a kill kept from being written is written at the next start, alike", async () => {
    await chained();
    const before = await reportOf(igor);
    await network.stopRelay();
    const database = new DatabaseSync(join(network.folder, "data", DATABASE_FILE));
    const lastLink = "(SELECT number FROM documents WHERE type = 'chainEntry' ORDER BY number DESC LIMIT 1)";
    const gone = database.prepare(`DELETE FROM updates WHERE document = ${lastLink}`).run().changes;
    database.exec(`DELETE FROM documents WHERE number = ${lastLink}`);
    database.close();
    expect(Number(gone)).toBe(1);
    await network.startRelay();
    const after = await reportOf(igor);
    expect(after.head).toEqual(before.head);
    expect(after.alarms).toEqual([]);
  });
});
