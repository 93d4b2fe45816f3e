// The test of the test: leaks as they really happen, made from real bytes, each put among what somebody got. An oracle that
// misses one is no oracle.

import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { createFacet, editFacet, openFacetDocument } from "#shared/doc/facet-document.ts";
import { compactUpdates, joinUpdates } from "#shared/doc/update-bytes.ts";
import { encodeBatchEntries, encodeRelayFrame } from "#shared/protocol/frames.ts";
import { awarenessMessage, syncMessage } from "#sync-server/gateways/live-messages.ts";
import { createRandom } from "#tests/sync/random.ts";
import { findCanaries, newNumber, newToken, type Piece } from "./canaries.ts";

const random = createRandom(20_261_126);
const token = newToken(random);
const amount = newNumber(random);
const canaries = [
  { what: "internal notes", token },
  { what: "labour cost", token: amount },
];
const stamp = { at: "2026-05-14T09:00:00.000Z", by: "ana" };
const text = (content: string): Uint8Array => Buffer.from(content);

/** The internal facet of a milestone, as its author's device wrote it. */
function hiddenUpdate(): Uint8Array {
  const doc = openFacetDocument({ recordId: "m1", facet: "internal" }, []);
  return createFacet(doc, "milestone", { internalNotes: token, laborCost: { amount, currency: "EUR" } }, stamp);
}

/** A published text in which the words stood and were deleted again. */
function deletedText(): readonly Uint8Array[] {
  const doc = openFacetDocument({ recordId: "m1", facet: "published" }, []);
  const made = createFacet(doc, "milestone", { title: "Beams", description: `x ${token} y` }, stamp);
  const edited = editFacet(doc, "milestone", { description: "x y" }, stamp);
  return edited === undefined ? [made] : [made, edited.update];
}

/** One update per letter. */
function typedUpdates(): readonly Uint8Array[] {
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

const entry = (bytes: Uint8Array) => ({ seq: 7, docId: "m1.published", at: 0, bytes });
const batch = (bytes: Uint8Array): Uint8Array =>
  encodeRelayFrame({ kind: "batch", space: "s", entries: [entry(bytes)] });
const deflated = (bytes: Uint8Array): Uint8Array =>
  encodeRelayFrame({
    kind: "deflatedBatch",
    space: "s",
    payload: new Uint8Array(deflateRawSync(encodeBatchEntries([entry(bytes)]))),
  });

function zipOf(name: string, content: string): Uint8Array {
  const data = deflateRawSync(content);
  const header = Buffer.alloc(30);
  header.write("PK\u0003\u0004", 0, "latin1");
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(data.length, 18);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, text(name), data, text("PK\u0001\u0002 central directory")]);
}

const base64 = (content: string): string => Buffer.from(content).toString("base64");
const hex = Buffer.from(token).toString("hex");
const euros = (amount / 100).toLocaleString("en-GB", { minimumFractionDigits: 2 });

const leaks: readonly (readonly [name: string, channel: string, pieces: readonly Uint8Array[]])[] = [
  ["a hidden document in a batch", "feed", [batch(hiddenUpdate())]],
  ["a hidden document in a compressed batch", "feed", [deflated(hiddenUpdate())]],
  ["the raw log of a visible document, with deleted text", "feed", [batch(joinUpdates(deletedText()))]],
  ["a snapshot that was not garbage-collected", "feed", [deflated(ungarbaged(deletedText()))]],
  ["a hidden document over the live gateway", "live", [syncMessage("step2", hiddenUpdate())]],
  ["typing in a hidden text, letter by letter", "live", typedUpdates().map((update) => syncMessage("update", update))],
  [
    "the same letters, caught up in one batch",
    "feed",
    [encodeRelayFrame({ kind: "batch", space: "s", entries: typedUpdates().map(entry) })],
  ],
  [
    "an e-mail address in awareness",
    "live",
    [awarenessMessage([{ clientId: 1, clock: 1, json: JSON.stringify({ user: { email: `${token}@x.example` } }) }])],
  ],
  ["a title in an error text", "HTTP", [text(JSON.stringify({ error: { message: `You may not change ${token}.` } }))]],
  [
    "a value in the reason of a refusal",
    "feed",
    [encodeRelayFrame({ kind: "refused", n: 1, code: 1, reason: `not ${base64(token)}` })],
  ],
  ["a cursor made of the last row", "HTTP", [text(JSON.stringify({ cursor: base64(`a:${token}:9`) }))]],
  ["a page token one byte further", "HTTP", [text(JSON.stringify({ cursor: base64(`ab${token}`) }))]],
  ["words in a search index", "device database", [text(JSON.stringify({ index: [["m1", token.toLowerCase()]] }))]],
  ["a file name in a header", "HTTP headers", [text(`attachment; filename*=UTF-8''${hex.replace(/../g, "%$&")}`)]],
  ["a tag made of the content", "HTTP headers", [text(`"etag": "W/${hex}"`)]],
  ["a whole export, compressed", "export", [gzipSync(JSON.stringify({ records: [{ internalNotes: token }] }))]],
  ["an export as zip", "export", [zipOf("records.json", JSON.stringify({ laborCost: { amount } }))]],
  ["a compressed report", "export", [Buffer.concat([text("%PDF-1.7 stream\n"), deflateSync(`(${token}) Tj`)])]],
  [
    "two grants merged into one record",
    "HTTP",
    [text(JSON.stringify({ fields: { title: "Beams", laborCost: { amount, currency: "EUR" } } }))],
  ],
  ["an amount in a title", "HTTP", [text(JSON.stringify({ name: `Roof, ${euros} EUR` }))]],
  ["an amount in a chart", "HTTP", [Buffer.from(new Float64Array([1, amount, 3]).buffer)]],
  ["an amount in a vertex buffer", "HTTP", [Buffer.from(new Float32Array([1, amount, 3]).buffer)]],
  ["a notification of the operating system", "notification", [Buffer.from(`New note: ${token}`, "utf16le")]],
  ["a row that stayed on the device", "device database", [hiddenUpdate()]],
  ["escaped characters in a script", "HTTP", [text(`{"title":"${hex.replace(/../g, "\\u00$&")}"}`)]],
];

describe("planted leaks", () => {
  test("there are twenty and more", () => {
    expect(leaks.length).toBeGreaterThanOrEqual(20);
    expect(new Set(leaks.map(([name]) => name)).size).toBe(leaks.length);
  });

  test.each(leaks)("caught: %s", (_name, channel, planted) => {
    const harmless: Piece = { channel, bytes: batch(compactUpdates("m1.published", deletedText())) };
    expect(findCanaries([harmless], canaries)).toEqual([]);
    const pieces = [harmless, ...planted.map((bytes) => ({ channel, bytes }))];
    expect(findCanaries(pieces, canaries)).not.toEqual([]);
  });
});
