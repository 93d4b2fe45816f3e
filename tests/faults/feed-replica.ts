// A device of a few lines over the real feed: documents, a cursor, and what was not acknowledged. It keeps the rules of the
// protocol, and its network may repeat and swap what it sends and gets.

import { WebSocket } from "ws";
import * as Y from "yjs";
import {
  decodeRelayFrame,
  encodeClientFrame,
  type BatchEntry,
  type DocumentMeta,
  type RelayFrame,
} from "#shared/protocol/frames.ts";
import { PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { docIdOf } from "#shared/model/ids.ts";
import { entriesOf, ticketFor } from "../sync/raw-feed.ts";
import type { Random } from "../sync/random.ts";
import { createFeedTrace, type FeedTrace } from "./feed-trace.ts";
import type { Target } from "./load.ts";

export type FeedReplica = {
  readonly docs: ReadonlyMap<string, Y.Doc>;
  /** Resolves when the relay said that everything is sent. */
  connect(): Promise<void>;
  isOnline(): boolean;
  edit(meta: DocumentMeta, change: (doc: Y.Doc) => void): void;
  unanswered(): number;
  /** Stops reading, as a phone in a pocket does. */
  setReading(reads: boolean): void;
  disconnect(): void;
  readonly trace: FeedTrace;
};

type Unanswered = { readonly docId: string; readonly frame: Uint8Array; readonly update: Uint8Array };

export type ReplicaOptions = {
  readonly onAcked?: (docId: string, update: Uint8Array) => void;
  /** The others are somebody else's. With an empty set what arrives is looked at by nobody: one of a crowd. */
  readonly only?: ReadonlySet<string>;
  /** What must never happen; thrown by default. */
  readonly onProblem?: (problem: Error) => void;
  /** What the network did, counted into here. */
  readonly counts?: NetworkCounts;
};

/** Connections that ended, frames and batches that came twice, and how often some overtook others. */
export type NetworkCounts = { cuts: number; doubled: number; reordered: number };

export function createFeedReplica(target: Target, random: Random, options: ReplicaOptions = {}): FeedReplica {
  const { only, counts = { cuts: 0, doubled: 0, reordered: 0 } } = options;
  const docs = new Map<string, Y.Doc>();
  const waiting = new Map<number, Unanswered>();
  const trace = createFeedTrace();
  let socket: WebSocket | undefined;
  let logId = "";
  let cursor = 0;
  let n = 0;
  let upToDate: (() => void) | undefined;

  const docOf = (docId: string): Y.Doc => {
    const doc = docs.get(docId) ?? new Y.Doc();
    docs.set(docId, doc);
    return doc;
  };

  /** On their way out, and batches on their way in: what a bad network holds back for a while. */
  let leaving: Uint8Array[] = [];
  let arriving: (readonly BatchEntry[])[] = [];

  function problem(what: string): void {
    const error = new Error(what);
    if (options.onProblem === undefined) throw error;
    options.onProblem(error);
  }

  function shuffled<Each>(list: readonly Each[]): readonly Each[] {
    const now = list
      .map((each) => ({ each, place: random.below(1_000) }))
      .toSorted((left, right) => left.place - right.place)
      .map(({ each }) => each);
    if (now.some((each, index) => each !== list[index])) counts.reordered += 1;
    return now;
  }

  function twice<Each>(each: Each): readonly Each[] {
    if (!random.chance(0.15)) return [each];
    counts.doubled += 1;
    return [each, each];
  }

  /** What leaves may come twice and in any order, of one document as well; what is cut off while it waits never leaves. */
  function send(frames: readonly Uint8Array[]): void {
    for (const frame of frames) leaving.push(...twice(frame));
    if (leaving.length < 2 && random.chance(0.7)) {
      setTimeout(() => send([]), random.below(20));
      return;
    }
    const now = shuffled(leaving);
    leaving = [];
    if (socket?.readyState === WebSocket.OPEN) for (const frame of now) socket.send(frame);
  }

  function takeArrived(): void {
    const now = shuffled(arriving);
    arriving = [];
    for (const { docId, bytes } of now.flat()) Y.applyUpdate(docOf(docId), bytes);
  }

  /** Batches may come twice and in any order too; what says how far they go waits for all of them (rule W1). */
  function takeBatch(entries: readonly BatchEntry[]): void {
    arriving.push(...twice(entries));
    if (random.chance(0.6)) takeArrived();
  }

  function receive(frame: RelayFrame): void {
    if (frame.kind === "batch" || frame.kind === "deflatedBatch") {
      if (only?.size === 0) return;
      const entries = entriesOf(frame).filter(({ docId }) => only?.has(docId) !== false);
      trace.received(frame, entries);
      if (entries.length > 0) takeBatch(entries);
      return;
    }
    trace.received(frame, []);
    takeArrived();
    if (frame.kind === "welcome") {
      // Rule R4: another log knows nothing of these cursors.
      if (frame.logId !== logId) cursor = 0;
      logId = frame.logId;
    } else if (frame.kind === "upToDate" && frame.space === target.space) {
      // Rule R4: the log does not know this cursor, everything comes again; only then is it in step.
      const isLost = frame.seq === 0 && cursor > 0;
      cursor = frame.seq;
      if (!isLost) upToDate?.();
    } else if (frame.kind === "ack") {
      for (const ack of frame.acks) {
        const answered = waiting.get(ack.n);
        waiting.delete(ack.n);
        if (answered !== undefined) options.onAcked?.(answered.docId, answered.update);
      }
    } else if (frame.kind === "refused") problem(`refused: ${frame.reason}`);
  }

  return {
    docs,
    async connect() {
      const ticket = await ticketFor(target.address, target.token);
      leaving = [];
      arriving = [];
      const opened = new WebSocket(`${target.address.replace("http", "ws")}/feed?ticket=${ticket}`, "drawbridge.1");
      socket = opened;
      opened.on("message", (data: Buffer) => {
        const decoded = decodeRelayFrame(data);
        if (!decoded.ok) problem("an unreadable frame");
        else if (socket === opened) receive(decoded.value);
      });
      // A killed relay ends sockets this way.
      opened.on("error", () => opened.terminate());
      await new Promise<void>((resolve, reject) => {
        opened.once("open", resolve);
        opened.once("close", () => (counts.cuts += 1));
        opened.once("close", () => reject(new Error("the socket was closed")));
      });
      const done = new Promise<void>((resolve, reject) => {
        upToDate = resolve;
        opened.once("close", () => reject(new Error("the socket was closed")));
      });
      trace.opened(cursor);
      const cursors = new Map(cursor === 0 ? [] : [[target.space, cursor]]);
      opened.send(
        encodeClientFrame({ kind: "hello", protocol: PROTOCOL_VERSION, deviceId: "replica", logId, cursors }),
      );
      send([...waiting.values()].map(({ frame }) => frame));
      await done;
    },
    isOnline: () => socket?.readyState === WebSocket.OPEN,
    edit(meta, change) {
      const docId = docIdOf(meta.recordId, meta.facet);
      const doc = docOf(docId);
      const before = Y.encodeStateVector(doc);
      doc.transact(() => change(doc));
      const update = Y.encodeStateAsUpdate(doc, before);
      n += 1;
      const frame = encodeClientFrame({ kind: "push", n, docId, meta, bytes: update });
      waiting.set(n, { docId, frame, update });
      if (socket?.readyState === WebSocket.OPEN) send([frame]);
    },
    unanswered: () => waiting.size,
    setReading(reads) {
      if (reads) socket?.resume();
      else socket?.pause();
    },
    disconnect: () => socket?.terminate(),
    trace,
  };
}

/** Tries until the relay serves. */
export async function connectAgain(replica: FeedReplica): Promise<void> {
  const end = Date.now() + 20_000;
  while (!replica.isOnline() && Date.now() < end) {
    try {
      await replica.connect();
      return;
    } catch {
      // The relay is down, or was killed in the middle of it.
      replica.disconnect();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
