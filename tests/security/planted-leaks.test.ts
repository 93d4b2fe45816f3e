// The test of the test: a relay and a device with faults, each of which lets out one hidden word or number over a channel that
// there is. Somebody from outside comes, takes what they can get as in the leak oracle, recorded by the same recorder, and
// every one of the faults is found where it was made. An oracle that misses one is no oracle.

import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as Y from "yjs";
import { createFacet, editFacet, openFacetDocument } from "#shared/doc/facet-document.ts";
import { joinUpdates } from "#shared/doc/update-bytes.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { assert, ok } from "#shared/model/result.ts";
import { encodeBatchEntries, encodeRelayFrame } from "#shared/protocol/frames.ts";
import { awarenessMessage, syncMessage } from "#sync-server/gateways/live-messages.ts";
import { clockNumbers } from "#sync-server/storage/numbering.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import type { RelayStorage } from "#sync-server/storage/storage.ts";
import { openHarness, temporaryFolder, type Harness } from "#tests/contracts/api-harness.ts";
import { openLink } from "#tests/link.ts";
import { openDevice, PASSWORD, synced, until } from "#tests/sync/network.ts";
import { createRandom } from "#tests/sync/random.ts";
import { findCanaries, newNumber, newToken, type Hit, type Piece } from "./canaries.ts";
import { openFaultyRelay, type Answered, type Faults } from "./faulty-relay.ts";
import { ask, knock, recordDevice, searchFor, type Target } from "./recorder.ts";

const random = createRandom(20_261_126);
const stamp = { at: "2026-05-14T09:00:00.000Z", by: "ana" };
const text = (content: string): Buffer => Buffer.from(content);
const hexOf = (token: string): string => Buffer.from(token).toString("hex");
const base64 = (content: string): string => Buffer.from(content).toString("base64");

/** The milestone that the client sees, and the space it lies in. */
type Place = { readonly record: string; readonly space: string };

/** One fault. Where it lets its word out is where the recorder has to have found it. */
type Plant = {
  readonly channel: RegExp;
  readonly token: string | number;
  /** The relay answers a request wrongly. */
  readonly answer?: readonly [asked: RegExp, become: (answered: Answered) => Partial<Answered>];
  /** The relay sends what it must not. */
  readonly feed?: (place: Place) => readonly Uint8Array[];
  readonly live?: (place: Place) => readonly Uint8Array[];
  /** The relay reads wrongly from its storage. */
  readonly storage?: (storage: RelayStorage) => RelayStorage;
  /** The device keeps what it must not. */
  readonly device?: (prefix: string) => Promise<void>;
};

/** The internal facet of a milestone, as its author's device wrote it. */
function hiddenUpdate({ record }: Place, fields: Readonly<Record<string, FieldValue>>): Uint8Array {
  const doc = openFacetDocument({ recordId: record, facet: "internal" }, []);
  return createFacet(doc, "milestone", fields, stamp);
}

/** A published text in which the word stood and was deleted again. */
function deletedText({ record }: Place, token: string): readonly Uint8Array[] {
  const doc = openFacetDocument({ recordId: record, facet: "published" }, []);
  const made = createFacet(doc, "milestone", { title: "Beams", description: `x ${token} y` }, stamp);
  const edited = editFacet(doc, "milestone", { description: "x y" }, stamp);
  assert(edited !== undefined, "the text was changed");
  return [made, edited.update];
}

/** One update per letter. */
function typedUpdates(token: string): readonly Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  for (const [index, letter] of token.split("").entries()) doc.getText("text/internalNotes").insert(index, letter);
  return updates;
}

function ungarbaged(updates: readonly Uint8Array[]): Uint8Array {
  const doc = new Y.Doc({ gc: false });
  for (const update of updates) Y.applyUpdate(doc, update);
  return Y.encodeStateAsUpdate(doc);
}

const entriesOf = ({ record }: Place, facet: string, updates: readonly Uint8Array[]) =>
  updates.map((bytes, index) => ({ seq: Date.now() * 1_000 + index, docId: `${record}.${facet}`, at: 0, bytes }));
const batch = (place: Place, facet: string, ...updates: readonly Uint8Array[]): Uint8Array =>
  encodeRelayFrame({ kind: "batch", space: place.space, entries: entriesOf(place, facet, updates) });
const deflated = (place: Place, facet: string, ...updates: readonly Uint8Array[]): Uint8Array =>
  encodeRelayFrame({
    kind: "deflatedBatch",
    space: place.space,
    payload: new Uint8Array(deflateRawSync(encodeBatchEntries(entriesOf(place, facet, updates)))),
  });

function zipOf(name: string, content: string): Buffer {
  const data = deflateRawSync(content);
  const header = Buffer.alloc(30);
  header.write("PK\u0003\u0004", 0, "latin1");
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(data.length, 18);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, text(name), data, text("PK\u0001\u0002 central directory")]);
}

/** Files and exports come with these bytes instead. */
const download = (body: Buffer): Partial<Answered> => ({
  status: 200,
  headers: { "content-type": "application/octet-stream" },
  body,
});
const withJson = ({ body }: Answered, more: object): Partial<Answered> => ({
  body: text(JSON.stringify({ ...(JSON.parse(body.toString()) as object), ...more })),
});
const withHeader = ({ headers }: Answered, name: string, value: string): Partial<Answered> => ({
  headers: { ...headers, [name]: value },
});

/** Keeps something in a database of the device, as code does that forgot to delete it. */
async function keep(database: string, value: unknown, key: IDBValidKey = "left over"): Promise<void> {
  const opening = indexedDB.open(database);
  opening.addEventListener("upgradeneeded", () => void opening.result.createObjectStore("left-over"));
  await new Promise((resolve) => opening.addEventListener("success", resolve));
  const transaction = opening.result.transaction("left-over", "readwrite");
  transaction.objectStore("left-over").put(value, key);
  await new Promise((resolve) => transaction.addEventListener("complete", resolve));
  opening.result.close();
}
const bytesOf = (content: string): ArrayBuffer => new TextEncoder().encode(content).buffer;

const word = (make: (token: string) => Omit<Plant, "token">): Plant => {
  const token = newToken(random);
  return { token, ...make(token) };
};
const amount = (make: (value: number) => Omit<Plant, "token">): Plant => {
  const token = newNumber(random);
  return { token, ...make(token) };
};
const euros = (value: number): string => (value / 100).toLocaleString("en-GB", { minimumFractionDigits: 2 });
const onDisk = /^device database, left-over/;

/** The faults of the relay itself wait for it; those before and after it come with who goes through them. */
let isFaulty = false;

const plants: Readonly<Record<string, Plant>> = {
  "a hidden document in a batch": word((token) => ({
    channel: /^message/,
    feed: (place) => [batch(place, "internal", hiddenUpdate(place, { internalNotes: token }))],
  })),
  "a hidden document in a compressed batch": word((token) => ({
    channel: /^message, deflated batch/,
    feed: (place) => [deflated(place, "internal", hiddenUpdate(place, { internalNotes: token }))],
  })),
  "a hidden document that the device takes in": word((token) => ({
    channel: /^device database, (updates|snapshots|documents|records)/,
    feed: (place) => [batch(place, "client", hiddenUpdate(place, { internalNotes: token }))],
  })),
  "the export of what was taken in": amount((value) => ({
    channel: /^export/,
    feed: (place) => [batch(place, "internal", hiddenUpdate(place, { laborCost: { amount: value, currency: "EUR" } }))],
  })),
  "a word that the search finds": word((token) => ({
    channel: /^search/,
    feed: ({ space }) => [
      (() => {
        const place = { record: `${space.slice(0, -4)}beef`, space };
        const doc = openFacetDocument({ recordId: place.record, facet: "published" }, []);
        return batch(place, "published", createFacet(doc, "milestone", { title: `Hidden ${token}` }, stamp));
      })(),
    ],
  })),
  "the raw log of a visible document, with deleted text": word((token) => ({
    channel: /^message, batch, decoded/,
    feed: (place) => [batch(place, "published", joinUpdates(deletedText(place, token)))],
  })),
  "a snapshot that was not garbage-collected": word((token) => ({
    channel: /^message, deflated batch, decoded/,
    feed: (place) => [deflated(place, "published", ungarbaged(deletedText(place, token)))],
  })),
  "letters of a hidden text, caught up in one batch": word((token) => ({
    channel: /^all updates together/,
    feed: (place) => [batch(place, "published", ...typedUpdates(token))],
  })),
  "a value in the reason of a refusal": word((token) => ({
    channel: /^message/,
    feed: () => [encodeRelayFrame({ kind: "refused", n: 1, code: 1, reason: `not ${base64(token)}` })],
  })),
  "a refusal of what a client of one's own pushes": word((token) => ({
    channel: /^feed, refusals/,
    feed: () => [encodeRelayFrame({ kind: "refused", n: 999, code: 1, reason: `not ${token}` })],
  })),
  "a hidden document over the live gateway": word((token) => ({
    channel: /^message, live/,
    live: (place) => [syncMessage("step2", hiddenUpdate(place, { internalNotes: token }))],
  })),
  "typing in a hidden text, letter by letter": word((token) => ({
    channel: /^all updates together/,
    live: () => typedUpdates(token).map((update) => syncMessage("update", update)),
  })),
  "an e-mail address in awareness": word((token) => ({
    channel: /^message/,
    live: () => [
      awarenessMessage([{ clientId: 1, clock: 1, json: JSON.stringify({ user: { email: `${token}@x.example` } }) }]),
    ],
  })),
  "two grants merged into one record": amount((value) => ({
    channel: /^GET \/api\/v1\/records\/:id 200/,
    storage: (storage) => ({
      ...storage,
      readModel: {
        ...storage.readModel,
        facetsOfRecord: (id) =>
          storage.readModel
            .facetsOfRecord(id)
            .map((row) =>
              isFaulty && row.facet === "published"
                ? { ...row, fields: { ...row.fields, laborCost: { amount: value, currency: "EUR" } } }
                : row,
            ),
      },
    }),
  })),
  "a title in an error text": word((token) => ({
    channel: /^PATCH \/api\/v1\/records\/:id 4/,
    answer: [/^PATCH .*\/records\//, () => ({ body: text(`{"error":{"message":"You may not change ${token}."}}`) })],
  })),
  "a cursor made of the last row": word((token) => ({
    channel: /^GET \/api\/v1\/records 200/,
    answer: [/^GET .*\/records\?/, (own) => withJson(own, { next: base64(`a:${token}:9`) })],
  })),
  "a page token one byte further": word((token) => ({
    channel: /^GET \/api\/v1\/me 200/,
    answer: [/^GET .*\/me$/, (own) => withJson(own, { cursor: base64(`ab${token}`) })],
  })),
  "a file name in a header": word((token) => ({
    channel: /^GET \/api\/v1\/my-data\/export headers/,
    answer: [
      /^GET .*\/my-data\/export$/,
      (own) =>
        withHeader(own, "content-disposition", `attachment; filename*=UTF-8''${hexOf(token).replace(/../g, "%$&")}`),
    ],
  })),
  "a tag made of the content": word((token) => ({
    channel: /^GET \/api\/v1\/spaces headers/,
    answer: [/^GET .*\/spaces$/, (own) => withHeader(own, "etag", `W/"${hexOf(token)}"`)],
  })),
  "an export, compressed": word((token) => ({
    channel: /^GET \/api\/v1\/audit\/export 200/,
    answer: [/^GET .*\/audit\/export/, () => download(gzipSync(JSON.stringify([{ internalNotes: token }])))],
  })),
  "an export as zip": amount((value) => ({
    channel: /^GET \/api\/v1\/records\/:id\/history\/export 200/,
    answer: [/^GET .*\/history\/export/, () => download(zipOf("records.json", `{"laborCost":{"amount":${value}}}`))],
  })),
  "a file: a compressed report": word((token) => ({
    channel: /^GET \/api\/v1\/files\/:id 200/,
    answer: [
      /^GET .*\/files\/[^/]+$/,
      () => download(Buffer.concat([text("%PDF-1.7 stream\n"), deflateSync(`(${token}) Tj`)])),
    ],
  })),
  "a file in UTF-16": word((token) => ({
    channel: /^GET \/api\/v1\/files\/:id\/upload 200/,
    answer: [/^GET .*\/files\/[^/]+\/upload$/, () => download(Buffer.from(`Note: ${token}`, "utf16le"))],
  })),
  "escaped characters in a script": word((token) => ({
    channel: /^GET \/api\/v1\/notices 200/,
    answer: [/^GET .*\/notices$/, () => download(text(`"${hexOf(token).replace(/../g, "\\u00$&")}"`))],
  })),
  "an amount in a title": amount((value) => ({
    channel: /^GET \/api\/v1\/my-data 200/,
    answer: [/^GET .*\/my-data$/, (own) => withJson(own, { name: `Roof, ${euros(value)} EUR` })],
  })),
  "an amount in a chart": amount((value) => ({
    channel: /^GET \/api\/v1\/keys 200/,
    answer: [/^GET .*\/keys$/, () => download(Buffer.from(new Float64Array([1, value, 3]).buffer))],
  })),
  "an amount in a vertex buffer": amount((value) => ({
    channel: /^GET \/api\/v1\/policy 200/,
    answer: [/^GET .*\/policy$/, () => download(Buffer.from(new Float32Array([1, value, 3]).buffer))],
  })),
  "words in a search index on the device": word((token) => ({
    channel: onDisk,
    device: (prefix) => keep(`${prefix}-index`, { index: [["m1", token.toLowerCase()]] }),
  })),
  "a value that stayed on the device, deep inside": word((token) => ({
    channel: onDisk,
    device: (prefix) => keep(`${prefix}-map`, new Map([["rows", new Set([{ note: token }])]])),
  })),
  "bytes that stayed on the device": word((token) => ({
    channel: onDisk,
    device: (prefix) => keep(`${prefix}-bytes`, { thumbnail: bytesOf(`PNG ${token}`) }),
  })),
  "a file that stayed on the device": word((token) => ({
    channel: onDisk,
    device: (prefix) => keep(`${prefix}-file`, new Blob([`draft ${token}`], { type: "text/plain" })),
  })),
  "a key in a database of the device": word((token) => ({
    channel: onDisk,
    device: (prefix) => keep(`${prefix}-key`, 1, ["title", token]),
  })),
  "a key of bytes in a database of the device": word((token) => ({
    channel: onDisk,
    device: (prefix) => keep(`${prefix}-byte-key`, 1, bytesOf(token)),
  })),
  "the name of a database on the device": word((token) => ({
    channel: onDisk,
    device: (prefix) => keep(`${prefix}-${token}`, 1),
  })),
};
const canaries = Object.entries(plants).map(([what, { token }]) => ({ what, token }));

let relay: Harness;
let targets: readonly Target[];
let memberId: string;
const person = { name: "Carla", email: "carla@dahl.example", password: PASSWORD, persona: "client" };

beforeAll(async () => {
  relay = await openHarness({ requestsPerMinute: 100_000, signInTries: 1_000 }, temporaryFolder(), {
    openStorage: async (folder) => {
      const opened = await openSqliteStorage(folder, { numbering: clockNumbers });
      if (!opened.ok) return opened;
      return ok(Object.values(plants).reduce((own, { storage }) => storage?.(own) ?? own, opened.value));
    },
  });
  const owner = { organization: "Northwind Build", name: "Olga", email: "olga@northwind.example", password: PASSWORD };
  await relay.client()("POST", "/api/v1/set-up", owner);
  const olga = await relay.signIn(owner.email, PASSWORD);
  const make = async (body: object): Promise<Target> => {
    const made = await olga("POST", "/api/v1/records", body);
    assert(made.status === 200, made.text);
    return JSON.parse(made.text) as Target;
  };
  const project = await make({ type: "project", fields: { name: "Roof" } });
  const fields = { title: "Beams", internalNotes: "ours alone" };
  const milestone = await make({ type: "milestone", space: project.id, fields });
  targets = [
    { ...project, type: "project", space: project.id },
    { ...milestone, type: "milestone", space: project.id },
  ];
  memberId = (await olga("POST", "/api/v1/members", person)).json()["id"]!;
  const added = await olga("PUT", `/api/v1/spaces/${project.id}/members/${memberId}`, { persona: "client" });
  assert(added.status === 200, added.text);
});
afterAll(() => relay.close());

/** Carla comes with a new device, takes what she can get through this relay, and looks at her disk. */
async function takeThrough(faults: Faults, leave: (prefix: string) => Promise<void>): Promise<readonly Piece[]> {
  const faulty = await openFaultyRelay(relay.relay.address, faults);
  const device = await openDevice(await openLink(() => faulty.port), {});
  try {
    const signedIn = await device.data.session.signIn(person);
    assert(signedIn.ok, "she is signed in");
    const [project, milestone] = targets;
    assert(project !== undefined && milestone !== undefined, "there are two records");
    await until(async () => (await device.data.query.record(milestone.id)) !== undefined, "the milestone is there");
    const presence = device.data.live.joinSpace(project.id, "overview");
    const address = `http://127.0.0.1:${faulty.port}`;
    const signIn = await ask(address, "", "POST", "/api/v1/auth/sign-in", person);
    const { token } = JSON.parse(signIn.text) as { token: string };
    const visitor = { device, address, email: person.email, memberId, token };
    const pieces = [...(await knock(visitor, targets, project.id))];
    await synced(device);
    await leave(device.prefix);
    pieces.push(
      ...(await searchFor(
        device,
        canaries.map((one) => one.token),
      )),
      ...(await recordDevice(device)),
    );
    presence.leave();
    return pieces;
  } finally {
    await device.close();
    await faulty.close();
  }
}

describe("planted leaks", () => {
  let hits: readonly Hit[];
  test("a relay and a device without faults let out none of it", async () => {
    const honest: Faults = { answer: (_asked, answered) => answered, feed: [], live: [] };
    expect(findCanaries(await takeThrough(honest, async () => undefined), canaries)).toEqual([]);
  });

  test("with faults: somebody from outside takes what they can get", async () => {
    isFaulty = true;
    const [project, milestone] = targets;
    const place = { record: milestone?.id ?? "", space: project?.id ?? "" };
    const all = Object.values(plants);
    const faults: Faults = {
      answer: (asked, answered) =>
        all.reduce(
          (now, { answer }) => (answer?.[0].test(asked) === true ? { ...now, ...answer[1](now) } : now),
          answered,
        ),
      feed: all.flatMap(({ feed }) => feed?.(place) ?? []),
      live: all.flatMap(({ live }) => live?.(place) ?? []),
    };
    const leave = async (prefix: string): Promise<void> => {
      for (const { device } of all) await device?.(prefix);
    };
    hits = findCanaries(await takeThrough(faults, leave), canaries);
    expect(canaries.length).toBeGreaterThanOrEqual(20);
  });

  test.each(Object.entries(plants))("caught: %s", (name, { channel }) => {
    const where = hits.filter(({ what }) => what === name).map((hit) => hit.channel);
    expect(where).toContainEqual(expect.stringMatching(channel));
  });
});
