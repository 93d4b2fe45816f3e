// Storage, log and both gateways behind a real WebSocket server on a free port, and a device that keeps every byte it gets.

import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { WebSocket, WebSocketServer } from "ws";
import * as Y from "yjs";
import { assert } from "#shared/model/result.ts";
import {
  decodeBatchEntries,
  decodeRelayFrame,
  encodeClientFrame,
  type BatchEntry,
  type ClientFrame,
  type DocumentMeta,
  type RelayFrame,
} from "#shared/protocol/frames.ts";
import { limits } from "#shared/protocol/limits.ts";
import { PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { createFeedGateway, type FeedGateway } from "#sync-server/gateways/feed.ts";
import { createLiveGateway, type LiveGateway } from "#sync-server/gateways/live.ts";
import type { GatewayDependencies } from "#sync-server/gateways/member-socket.ts";
import { openUpdateLog, type UpdateLogOptions } from "#sync-server/log/open-update-log.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import type { RelayStorage } from "#sync-server/storage/storage.ts";
import type { FakeAccess } from "./fake-access.ts";

export const newFolder = (): string => mkdtempSync(join(tmpdir(), "drawbridge-relay-"));

export async function openStorage(folder = newFolder()): Promise<RelayStorage> {
  const opened = await openSqliteStorage(folder);
  assert(opened.ok, opened.ok ? "" : opened.error.message);
  return opened.value;
}

export type TestRelay = {
  readonly folder: string;
  readonly url: string;
  readonly log: UpdateLog;
  readonly storage: RelayStorage;
  readonly feed: FeedGateway;
  readonly live: LiveGateway;
  readonly problems: string[];
  close(): Promise<void>;
};

export type RelayOptions = Partial<GatewayDependencies> & {
  folder?: string;
  logOptions?: UpdateLogOptions;
  port?: number;
};

export async function startRelay(
  access: FakeAccess,
  { folder = newFolder(), logOptions, port = 0, ...options }: RelayOptions = {},
): Promise<TestRelay> {
  const storage = await openStorage(folder);
  const log = openUpdateLog(storage.log, logOptions ?? {});
  const problems: string[] = [];
  const note = (details: object, message: string): void => void problems.push(`${message} ${JSON.stringify(details)}`);
  const deps = { log, access, logger: { info: () => undefined, warn: note, error: note }, ...options };
  const feed = createFeedGateway(deps);
  const live = createLiveGateway(deps);
  const server = createServer();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameBytes + 1024,
    perMessageDeflate: false,
  });
  server.on("upgrade", (request, raw, head) => {
    const url = new URL(request.url ?? "", "http://relay");
    sockets.handleUpgrade(request, raw, head, (socket) => {
      const member = access.member(url.searchParams.get("ticket") ?? "");
      if (url.pathname === "/feed") feed.accept(socket, member);
      else live.accept(socket, member, url.pathname.slice("/live/".length));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    folder,
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    storage,
    feed,
    live,
    problems,
    async close() {
      await Promise.all([feed.close(), live.close()]);
      await log.close();
      await storage.close();
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function until(condition: () => boolean, what: string, ms = 8_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

export type Device = {
  readonly socket: WebSocket;
  readonly frames: RelayFrame[];
  /** Every byte received, deflated batches inflated. */
  readonly bytes: Uint8Array[];
  entries(): readonly BatchEntry[];
  of<Kind extends RelayFrame["kind"]>(kind: Kind): Extract<RelayFrame, { kind: Kind }>[];
  send(frame: ClientFrame): void;
  push(n: number, docId: string, bytes: Uint8Array, meta?: DocumentMeta): void;
  upToDate(space: string, times?: number): Promise<void>;
  acked(n: number): Promise<{ n: number; seq: number; at: number }>;
  readonly closed: Promise<{ code: number; reason: string }>;
  close(): Promise<void>;
};

export type HelloOptions = {
  cursors?: Readonly<Record<string, number>>;
  logId?: string;
  protocol?: number;
  hello?: boolean;
};

export async function connect(relay: TestRelay, memberId: string, options: HelloOptions = {}): Promise<Device> {
  const socket = new WebSocket(`${relay.url}/feed?ticket=${memberId}`);
  const frames: RelayFrame[] = [];
  const bytes: Uint8Array[] = [];
  const entries: BatchEntry[] = [];
  let closeEvent: { code: number; reason: string } | undefined;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on("close", (code, reason) => {
      closeEvent = { code, reason: reason.toString() };
      resolve(closeEvent);
    });
  });
  socket.on("error", () => undefined);
  socket.on("message", (data: Buffer) => {
    bytes.push(data);
    const decoded = decodeRelayFrame(data);
    assert(decoded.ok, "the relay sends readable frames");
    assert(data.length < limits.frameBytes, "frames stay under the limit");
    frames.push(decoded.value);
    if (decoded.value.kind === "batch") entries.push(...decoded.value.entries);
    if (decoded.value.kind === "deflatedBatch") {
      const inflated = new Uint8Array(inflateRawSync(decoded.value.payload));
      bytes.push(inflated);
      const list = decodeBatchEntries(inflated);
      assert(list.ok, "a deflated batch is readable");
      entries.push(...list.value);
    }
  });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const of = <Kind extends RelayFrame["kind"]>(kind: Kind) =>
    frames.filter((frame): frame is Extract<RelayFrame, { kind: Kind }> => frame.kind === kind);
  const send = (frame: ClientFrame): void => socket.send(encodeClientFrame(frame));
  if (options.hello !== false) {
    send({
      kind: "hello",
      protocol: options.protocol ?? PROTOCOL_VERSION,
      deviceId: `device-${memberId}`,
      logId: options.logId ?? relay.log.logId,
      cursors: new Map(Object.entries(options.cursors ?? {})),
    });
  }
  return {
    socket,
    frames,
    bytes,
    entries: () => entries,
    of,
    send,
    push: (n, docId, update, meta) =>
      send({ kind: "push", n, docId, bytes: update, ...(meta === undefined ? {} : { meta }) }),
    upToDate: (space, times = 1) =>
      until(() => of("upToDate").filter((frame) => frame.space === space).length >= times, `upToDate ${space}`),
    async acked(n) {
      const find = () =>
        of("ack")
          .flatMap((frame) => frame.acks)
          .find((ack) => ack.n === n);
      await until(() => find() !== undefined, `ack ${n}`);
      const ack = find();
      assert(ack !== undefined, "just found");
      return ack;
    },
    closed,
    async close() {
      socket.close();
      await closed;
    },
  };
}

/** An update that sets one field of a fresh document. `by`: with the entry of the history that whoever is from outside owes. */
export function updateOf(field: string, value: string, by?: string): Uint8Array {
  const doc = new Y.Doc();
  const said = {
    id: `${field} ${value}`.slice(0, 64),
    kind: "changed",
    field,
    from: null,
    to: value,
    at: "2026-03-01T08:00:00.000Z",
  };
  if (by !== undefined) doc.getArray("changes").push([{ ...said, by }]);
  doc.getMap("fields").set(field, value);
  return Y.encodeStateAsUpdate(doc);
}

export const metaOf = (recordId: string, facet = "internal", space = "crm", type = "company"): DocumentMeta => ({
  space,
  type,
  recordId,
  facet,
});

/** Fields of a document, from the updates somebody holds. */
export function fieldsOf(updates: readonly Uint8Array[]): Record<string, unknown> {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.getMap("fields").toJSON();
}
