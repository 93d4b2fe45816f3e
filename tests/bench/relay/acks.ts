// Ack latency on the feed: one edit every few milliseconds from one device, by itself, under a steady load from another device,
// and while the relay folds what that one wrote before and the load goes on in other documents.

import { setTimeout as sleep } from "node:timers/promises";
import * as Y from "yjs";
import { newFolder, removeFolder, startServer, type Server } from "./server-process.ts";
import type { Channel } from "./session.ts";
import type { Target } from "./targets.ts";
import { changeField } from "./documents.ts";
import { percentile } from "../client/figures.ts";

export type Latency = { readonly p50: number; readonly p99: number };
export type Acks = { readonly light: Latency; readonly loaded: Latency; readonly whileFolding: Latency };

const EDIT_EVERY_MS = 5;
const LIGHT_MS = 4_000;
const LOAD_DOCUMENTS = 200;
const LOAD_EVERY_MS = 10;
const LOAD_EDITS = 10;
/** A document's tail is folded from here on, once nobody writes it. */
const LONG_TAIL = 64;
/** It is looked for every two seconds, and takes a fifth of the time. */
const FOLDING_MS = 6_000;

const latencyOf = (times: readonly number[]): Latency => ({
  p50: percentile(times, 0.5),
  p99: percentile(times, 0.99),
});

type Writer = { edit(): void; readonly times: number[] };

/** One document, and how long each of its edits took to be acked. */
async function openWriter(server: Server, room: string): Promise<Writer> {
  const doc = new Y.Doc();
  const sent: number[] = [];
  const times: number[] = [];
  let isJoined = false;
  const session = server.open();
  const channel = await new Promise<Channel>((resolve, reject) => {
    const joined: Channel = session.join(room, {
      onStep2: () => queueMicrotask(() => resolve(joined)),
      onAck() {
        // The first one is for joining.
        if (isJoined) times.push(performance.now() - (sent.shift() ?? 0));
        isJoined = true;
      },
      onError: reject,
    });
  });
  doc.on("update", (update: Uint8Array) => {
    sent.push(performance.now());
    channel.update(update);
  });
  return { edit: () => changeField(doc), times };
}

async function probe(writer: Writer, ms: number): Promise<Latency> {
  writer.times.length = 0;
  for (const until = performance.now() + ms; performance.now() < until;) {
    writer.edit();
    await sleep(EDIT_EVERY_MS);
  }
  await sleep(200);
  return latencyOf(writer.times);
}

export async function measureAcks(target: Target): Promise<Acks> {
  const dir = newFolder();
  const server = await startServer(target, dir);
  try {
    const writer = await openWriter(server, "probe");
    await probe(writer, 1_000);
    const light = await probe(writer, LIGHT_MS);
    const session = server.open();
    const openLoad = (name: string): Y.Doc[] =>
      Array.from({ length: LOAD_DOCUMENTS }, (_, index) => {
        const doc = new Y.Doc();
        const channel = session.join(`${name}${index}`, {});
        doc.on("update", (update: Uint8Array) => channel.update(update));
        return doc;
      });
    let load = openLoad("load");
    const next = openLoad("next");
    let edits = 0;
    const { promise: tailsAreLong, resolve: tellTailsAreLong } = Promise.withResolvers<void>();
    const timer = setInterval(() => {
      for (let each = 0; each < LOAD_EDITS; each++) changeField(load[edits++ % LOAD_DOCUMENTS] ?? new Y.Doc());
      if (edits >= LONG_TAIL * LOAD_DOCUMENTS) tellTailsAreLong();
    }, LOAD_EVERY_MS);
    // All documents get edits by turns, and nothing is folded that is written on; then others do, and all of them are folded.
    const loaded = await probe(writer, ((LONG_TAIL * LOAD_DOCUMENTS) / LOAD_EDITS) * LOAD_EVERY_MS * 0.7);
    await tailsAreLong;
    load = next;
    const whileFolding = await probe(writer, FOLDING_MS);
    clearInterval(timer);
    session.kill();
    return { light, loaded, whileFolding };
  } finally {
    await server.stop("SIGKILL");
    removeFolder(dir);
  }
}
