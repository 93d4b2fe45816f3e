// Devices that write: each pushes into a document of its own, into one it shares with all others, and into new ones, without
// waiting for answers, reconnects from its cursor when its socket ends, and pushes again what was not answered. Keys of the pushed fields are what the journal
// counts.

import { inflateRawSync } from "node:zlib";
import { WebSocket } from "ws";
import * as Y from "yjs";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { decodeBatchEntries, decodeRelayFrame, encodeClientFrame, type RelayFrame } from "#shared/protocol/frames.ts";
import { PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { chainEntry } from "#shared/record-types/index.ts";
import type { Random } from "../sync/random.ts";
import { ticketFor } from "../sync/raw-feed.ts";
import type { Journal } from "./journal.ts";

export type Target = { readonly address: string; readonly token: string; readonly space: string };

export type LoadOptions = {
  readonly clients: number;
  readonly opsPerSecond: number;
  readonly random: Random;
  readonly journal: Journal;
  /** Bytes of words in each update, at most. */
  readonly padding?: number;
};

export type Load = {
  start(): Promise<void>;
  /** Stops writing and lets go of the sockets. */
  stop(): void;
  /** Acknowledged since the load was made. */
  acked(): number;
  /** Resolves when everything that was sent is answered, or the time is over. */
  settle(timeoutMs: number): Promise<void>;
};

const TURN_MS = 10;
const GROWING_PADDING = 500;
const BATCH = 2;
const linkFields: ReadonlySet<string> = new Set(Object.keys(chainEntry.fields));
const keyPattern = /key-\d{8}-/g;

const sharedRecord = newId();
let counter = 0;

/** Incompressible enough, and the same for the same seed. */
const words = (random: Random, most: number): string => {
  const length = random.below(most + 1);
  let text = "";
  while (text.length < length) text += random.below(2 ** 31).toString(36);
  return text.slice(0, length);
};

function createClient(target: Target, { random, journal, padding = 0 }: LoadOptions, isObserver: boolean) {
  const own = new Y.Doc();
  const shared = new Y.Doc();
  const ownRecord = newId();
  /** Not answered yet, in the order it was written: later updates lean on it. */
  const waiting = new Map<number, { readonly key: string; readonly frame: Uint8Array }>();
  let socket: WebSocket | undefined;
  let logId = "";
  let cursor = 0;
  let n = 0;
  let acked = 0;

  function receive(bytes: Uint8Array): void {
    if (isObserver && bytes[0] === BATCH)
      for (const [key] of Buffer.from(bytes).toString("latin1").matchAll(keyPattern)) journal.seen(key);
    // Others' updates are not read: many clients share one processor with the relay here.
    if (bytes[0] === BATCH) return;
    const decoded = decodeRelayFrame(bytes);
    if (!decoded.ok) return;
    const frame = decoded.value;
    if (frame.kind === "welcome") logId = frame.logId;
    else if (frame.kind === "upToDate") cursor = Math.max(cursor, frame.seq);
    else if (frame.kind === "ack") {
      for (const ack of frame.acks) {
        const answered = waiting.get(ack.n);
        waiting.delete(ack.n);
        if (answered === undefined) continue;
        journal.acked(answered.key);
        acked += 1;
      }
    }
  }

  return {
    acked: () => acked,
    isSettled: () => waiting.size === 0,
    async connect(): Promise<void> {
      const ticket = await ticketFor(target.address, target.token);
      const opened = new WebSocket(`${target.address.replace("http", "ws")}/feed?ticket=${ticket}`, "drawbridge.1");
      socket = opened;
      opened.on("message", (data: Buffer) => receive(data));
      // A killed relay ends sockets this way; the next connect starts anew.
      opened.on("error", () => opened.terminate());
      await new Promise<void>((resolve, reject) => {
        opened.once("open", resolve);
        opened.once("close", () => reject(new Error("the socket was closed")));
      });
      const cursors = new Map(cursor === 0 ? [] : [[target.space, cursor]]);
      opened.send(encodeClientFrame({ kind: "hello", protocol: PROTOCOL_VERSION, deviceId: "load", logId, cursors }));
      for (const { frame } of waiting.values()) opened.send(frame);
    },
    push(): void {
      if (socket?.readyState !== WebSocket.OPEN) return;
      const key = `key-${String((counter += 1)).padStart(8, "0")}-`;
      const dice = random.below(3);
      const recordId = dice === 0 ? sharedRecord : dice === 1 ? ownRecord : newId();
      const doc = dice === 0 ? shared : dice === 1 ? own : new Y.Doc();
      const before = Y.encodeStateVector(doc);
      // Documents that grow must not get full: what comes after a refused update would lean on it for ever.
      doc.getMap("fields").set(key, words(random, dice < 2 ? Math.min(padding, GROWING_PADDING) : padding));
      const meta = { space: target.space, type: "company", recordId, facet: "internal" };
      n += 1;
      const bytes = Y.encodeStateAsUpdate(doc, before);
      const frame = encodeClientFrame({ kind: "push", n, docId: docIdOf(recordId, "internal"), meta, bytes });
      waiting.set(n, { key, frame });
      journal.sent(key);
      socket.send(frame);
    },
    close: () => socket?.terminate(),
  };
}

export function createLoad(target: Target, options: LoadOptions): Load {
  const { clients: count, opsPerSecond, random } = options;
  const clients = Array.from({ length: count }, (_, index) => createClient(target, options, index === 0));
  let timer: NodeJS.Timeout | undefined;
  let due = 0;
  return {
    async start() {
      await Promise.all(clients.map((client) => client.connect()));
      timer = setInterval(() => {
        for (due += (opsPerSecond * TURN_MS) / 1000; due >= 1; due -= 1) random.pick(clients).push();
      }, TURN_MS);
    },
    stop() {
      clearInterval(timer);
      for (const client of clients) client.close();
    },
    acked: () => clients.reduce((total, client) => total + client.acked(), 0),
    async settle(timeoutMs) {
      clearInterval(timer);
      const end = Date.now() + timeoutMs;
      while (Date.now() < end && !clients.every((client) => client.isSettled()))
        await new Promise((resolve) => setTimeout(resolve, 20));
    },
  };
}

/** The keys the log holds, read as a new device reads them: every update applied to its document. */
export async function readHeld(target: Target): Promise<ReadonlySet<string>> {
  const docs = new Map<string, Y.Doc>();
  const ticket = await ticketFor(target.address, target.token);
  const socket = new WebSocket(`${target.address.replace("http", "ws")}/feed?ticket=${ticket}`, "drawbridge.1");
  const entriesOf = (frame: RelayFrame) => {
    if (frame.kind === "batch") return frame.entries;
    if (frame.kind !== "deflatedBatch") return [];
    const list = decodeBatchEntries(new Uint8Array(inflateRawSync(frame.payload)));
    if (!list.ok) throw new Error("an unreadable batch");
    return list.value;
  };
  await new Promise<void>((resolve, reject) => {
    socket.on("open", () =>
      socket.send(
        encodeClientFrame({
          kind: "hello",
          protocol: PROTOCOL_VERSION,
          deviceId: "reader",
          logId: "",
          cursors: new Map(),
        }),
      ),
    );
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the reader's socket was closed")));
    socket.on("message", (data: Buffer) => {
      const decoded = decodeRelayFrame(data);
      if (!decoded.ok) return reject(new Error("an unreadable frame"));
      for (const { docId, bytes } of entriesOf(decoded.value)) {
        const doc = docs.get(docId) ?? new Y.Doc();
        docs.set(docId, doc);
        Y.applyUpdate(doc, bytes);
      }
      if (decoded.value.kind === "upToDate" && decoded.value.space === target.space) resolve();
    });
  });
  socket.removeAllListeners("close");
  socket.terminate();
  const keys = [...docs.values()].flatMap((doc) => [...doc.getMap("fields").keys()]);
  // The relay's own links are records as well, and no business of the journal.
  return new Set(keys.filter((key) => !linkFields.has(key)));
}
