// What somebody was sent, as text that can be compared between two worlds: a bare feed that keeps its frames, updates that are
// the same bytes in every world, and the frames without what a world draws by lot.

import { inflateRawSync } from "node:zlib";
import { expect } from "vitest";
import { WebSocket } from "ws";
import * as Y from "yjs";
import { docIdOf } from "#shared/model/ids.ts";
import { assert } from "#shared/model/result.ts";
import {
  decodeBatchEntries,
  decodeRelayFrame,
  encodeClientFrame,
  type BatchEntry,
  type DocumentMeta,
  type RelayFrame,
} from "#shared/protocol/frames.ts";
import { FEED_SUBPROTOCOL, PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import type { Client, Harness } from "#tests/contracts/api-harness.ts";
import type { Random } from "#tests/sync/random.ts";

export const newUuid = (random: Random): string =>
  "00000000-0000-7000-8000-000000000000".replace(/0(?=[0-9a-f-]*$)/g, () => random.below(16).toString(16));

/** The facet of a record as a device with this client id would write it: the same bytes in every world. */
export function facetUpdate(random: Random, fields: Readonly<Record<string, string>>, type: string): Uint8Array {
  const doc = new Y.Doc({ guid: "two-worlds" });
  doc.clientID = 1_000_000_000 + random.below(1_000_000_000);
  doc.transact(() => {
    doc.getMap("meta").set("v", 1).toString();
    doc.getMap("meta").set("type", type);
    for (const [name, value] of Object.entries(fields)) doc.getMap("fields").set(name, value);
  });
  return Y.encodeStateAsUpdate(doc);
}

export type Feed = {
  readonly frames: RelayFrame[];
  push(meta: DocumentMeta, bytes: Uint8Array): Promise<void>;
  /** Several in one go: the relay commits them in one turn. */
  pushTogether(pushes: readonly (readonly [meta: DocumentMeta, bytes: Uint8Array])[]): Promise<void>;
  until(kind: RelayFrame["kind"], times: number): Promise<void>;
  close(): void;
};

export async function openFeed(
  relay: Harness,
  client: Client,
  cursors: ReadonlyMap<string, number>,
  logId: string,
): Promise<Feed> {
  const ticket = (await client("POST", "/api/v1/tickets")).json()["ticket"];
  const socket = new WebSocket(`${relay.relay.address.replace("http", "ws")}/feed?ticket=${ticket}`, FEED_SUBPROTOCOL);
  const frames: RelayFrame[] = [];
  socket.on("message", (data: Buffer) => {
    const decoded = decodeRelayFrame(data);
    assert(decoded.ok, "the relay sends readable frames");
    frames.push(decoded.value);
  });
  await new Promise((resolve) => socket.on("open", resolve));
  const send = (frame: Parameters<typeof encodeClientFrame>[0]): void => socket.send(encodeClientFrame(frame));
  send({ kind: "hello", protocol: PROTOCOL_VERSION, deviceId: "d", logId, cursors });
  const wait = (what: () => boolean): Promise<void> =>
    expect
      .poll(what, { timeout: 15_000, interval: 2 })
      .toBe(true)
      .then(() => undefined);
  let n = 0;
  async function pushTogether(pushes: readonly (readonly [meta: DocumentMeta, bytes: Uint8Array])[]): Promise<void> {
    for (const [meta, bytes] of pushes) {
      n += 1;
      send({ kind: "push", n, docId: docIdOf(meta.recordId, meta.facet), meta, bytes });
    }
    const last = n;
    await wait(() => frames.some((frame) => frame.kind === "ack" && frame.acks.some((ack) => ack.n === last)));
  }
  return {
    frames,
    push: (meta, bytes) => pushTogether([[meta, bytes]]),
    pushTogether,
    until: (kind, times) => wait(() => frames.filter((frame) => frame.kind === kind).length >= times),
    close: () => socket.close(),
  };
}

export const entriesOf = (frame: RelayFrame): readonly BatchEntry[] => {
  if (frame.kind === "batch" || frame.kind === "placed") return frame.entries;
  if (frame.kind !== "deflatedBatch") return [];
  const decoded = decodeBatchEntries(new Uint8Array(inflateRawSync(frame.payload)));
  assert(decoded.ok, "a deflated batch is readable");
  return decoded.value;
};

/**
 * A sequence number may say when, and nothing else: it is the clock of its commit in microseconds, give or take a random
 * part of a millisecond. A counter would tell how much others did in between.
 */
export const tellsTimeOnly = ({ seq, at }: BatchEntry): boolean => Math.abs(seq / 1_000 - at) < 2;

export function readFrames(
  frames: readonly RelayFrame[],
  rename: (text: string) => string,
  cursor: number,
): readonly string[] {
  const seqs = new Set([cursor, ...frames.flatMap((frame) => entriesOf(frame).map(({ seq }) => seq))]);
  return frames
    .filter(({ kind }) => kind !== "ping")
    .map((frame) => {
      const entries = entriesOf(frame).map((entry) => ({
        docId: entry.docId,
        bytes: Buffer.from(entry.bytes).toString("hex"),
        seq: tellsTimeOnly(entry) ? "a time" : "a number",
      }));
      if (entries.length > 0) return rename(JSON.stringify({ kind: frame.kind, entries }));
      if (frame.kind === "upToDate")
        return rename(JSON.stringify({ ...frame, seq: seqs.has(frame.seq) ? "seen" : "new" }));
      return rename(JSON.stringify(frame));
    });
}
