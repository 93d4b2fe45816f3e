// What is kept of documents that were read lately is what is stored, whatever happened to it meanwhile, and no more of it than
// was allowed.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as Y from "yjs";
import { createLiveStates, liveStateOf, type LiveStates } from "#sync-server/gateways/live-states.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import type { RelayStorage } from "#sync-server/storage/storage.ts";
import { metaOf, openStorage } from "./test-relay.ts";

const KEPT_BYTES = 4_000;

let storage: RelayStorage;
let log: UpdateLog;
let states: LiveStates;
let reads: string[];

beforeEach(async () => {
  storage = await openStorage();
  log = openUpdateLog(storage.log, {});
  reads = [];
  const read = (docId: string): readonly Uint8Array[] => {
    reads.push(docId);
    return log.read(docId);
  };
  states = createLiveStates(
    { read, versionOf: (docId) => log.versionOf(docId), isDamaged: (docId) => log.isDamaged(docId) },
    KEPT_BYTES,
  );
});

afterEach(async () => {
  await log.close();
  await storage.close();
});

async function write(docId: string, doc: Y.Doc, edit: (doc: Y.Doc) => void): Promise<void> {
  let bytes = new Uint8Array();
  doc.once("update", (update: Uint8Array) => (bytes = new Uint8Array(update)));
  doc.transact(() => edit(doc));
  const [recordId = ""] = docId.split(".");
  const result = await log.append({ docId, bytes, author: "ana", source: {}, meta: metaOf(recordId) });
  expect(result.ok).toBe(true);
}

const type =
  (text: string) =>
  (doc: Y.Doc): void =>
    doc.getText("text/body").insert(0, text);

function textOf(update: Uint8Array): string {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  return doc.getText("text/body").toJSON();
}

describe("states of live documents", () => {
  test("are read once while nothing changes, and anew after every commit", async () => {
    const doc = new Y.Doc();
    await write("d1.internal", doc, type("one"));
    expect(textOf(states.of("d1.internal").update)).toBe("one");
    expect(states.of("d1.internal")).toBe(states.of("d1.internal"));
    expect(reads).toEqual(["d1.internal"]);
    await write("d1.internal", doc, type("two "));
    expect(textOf(states.of("d1.internal").update)).toBe("two one");
    expect(reads).toHaveLength(2);
  });

  test("what was deleted and folded away is not given out again", async () => {
    const doc = new Y.Doc();
    await write("d1.internal", doc, type("secret words"));
    await write("d1.internal", doc, (each) => each.getText("text/body").delete(0, 7));
    expect(Buffer.from(states.of("d1.internal").update).includes("secret")).toBe(true);
    await log.fold(["d1.internal"]);
    const { update } = states.of("d1.internal");
    expect(Buffer.from(update).includes("secret")).toBe(false);
    expect(textOf(update)).toBe("words");
  });

  test("holds no more bytes than allowed, and drops first what was asked for longest ago", async () => {
    for (const id of ["d1", "d2", "d3"]) await write(`${id}.internal`, new Y.Doc(), type(id.repeat(500)));
    for (const id of ["d1", "d2", "d1", "d3", "d1"]) states.of(`${id}.internal`);
    expect(reads).toEqual(["d1.internal", "d2.internal", "d3.internal"]);
    states.of("d2.internal");
    expect(reads).toHaveLength(4);
  });

  test("forgets a document that was erased", async () => {
    await write("d1.internal", new Y.Doc(), type("gone"));
    states.of("d1.internal");
    await log.erase(["d1.internal"]);
    states.forget("d1.internal");
    expect(textOf(states.of("d1.internal").update)).toBe("");
  });

  test("tells a client in step the deletions, which its state vector does not speak of", () => {
    const doc = new Y.Doc();
    type("words")(doc);
    const before = Y.encodeStateAsUpdate(doc);
    const vector = Y.encodeStateVector(doc);
    doc.getText("text/body").delete(0, 5);
    const state = liveStateOf([Y.encodeStateAsUpdate(doc)]);
    const reader = new Y.Doc();
    Y.applyUpdate(reader, before);
    Y.applyUpdate(reader, state.missingFrom(vector));
    expect(reader.getText("text/body").toJSON()).toBe("");
  });
});
