// A relay of the live endpoint in memory, in the words of rules V1 to V7: for tests of the client alone. Tickets are one-use,
// updates are echoed to everybody after a "commit" that can be delayed, and a document can be refused.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createDecoder, readVarUint, readVarUint8Array } from "lib0/decoding";
import { createEncoder, toUint8Array, writeVarUint, writeVarUint8Array } from "lib0/encoding";
import { modifyAwarenessUpdate } from "y-protocols/awareness";
import { WebSocketServer, type WebSocket } from "ws";
import * as Y from "yjs";

export type TestRelay = {
  readonly url: string;
  /** Every ticket that opened a socket, and every docId asked for. */
  readonly opened: { readonly docId: string; readonly ticket: string }[];
  readonly received: Uint8Array[];
  readonly issueTicket: (memberId: string) => string;
  readonly refuse: Map<string, number>;
  /** Holds commits (and with them echoes) back until released. */
  readonly pause: () => () => void;
  readonly text: (docId: string) => string;
  readonly cut: () => void;
  readonly close: () => Promise<void>;
};

const message = (...write: ((encoder: ReturnType<typeof createEncoder>) => void)[]): Uint8Array => {
  const encoder = createEncoder();
  for (const part of write) part(encoder);
  return toUint8Array(encoder);
};

const sync = (kind: number, bytes: Uint8Array): Uint8Array =>
  message(
    (encoder) => writeVarUint(encoder, 0),
    (encoder) => writeVarUint(encoder, kind),
    (encoder) => writeVarUint8Array(encoder, bytes),
  );

const awareness = (bytes: Uint8Array): Uint8Array =>
  message(
    (encoder) => writeVarUint(encoder, 1),
    (encoder) => writeVarUint8Array(encoder, bytes),
  );

export async function openTestRelay(): Promise<TestRelay> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  const docs = new Map<string, Y.Doc>();
  const rooms = new Map<string, Set<WebSocket>>();
  const tickets = new Map<string, string>();
  const opened: { docId: string; ticket: string }[] = [];
  const received: Uint8Array[] = [];
  const refuse = new Map<string, number>();
  let commits: (() => void)[] | undefined;
  let count = 0;

  const docOf = (docId: string): Y.Doc => {
    const doc = docs.get(docId) ?? new Y.Doc();
    docs.set(docId, doc);
    return doc;
  };

  sockets.on("connection", (socket, request) => {
    const url = new URL(request.url ?? "", "http://relay");
    const docId = url.pathname.split("/").at(-1) ?? "";
    const ticket = url.searchParams.get("ticket") ?? "";
    opened.push({ docId, ticket });
    const member = tickets.get(ticket);
    tickets.delete(ticket);
    if (member === undefined) return socket.close(4401);
    const code = refuse.get(docId);
    if (code !== undefined) return socket.close(code);
    const room = rooms.get(docId) ?? new Set<WebSocket>();
    rooms.set(docId, room.add(socket));
    const states = new Map<number, Uint8Array>();
    socket.on("close", () => room.delete(socket));
    const distribute = (bytes: Uint8Array): void => {
      for (const peer of room) peer.send(bytes);
    };
    socket.on("message", (data: Buffer) => {
      const decoder = createDecoder(new Uint8Array(data));
      if (readVarUint(decoder) === 1) {
        const bytes = modifyAwarenessUpdate(readVarUint8Array(decoder), (state: unknown) =>
          state === null
            ? null
            : { ...(state as object), user: { memberId: member, name: `Name ${member}`, persona: "consultant" } },
        );
        states.set(0, bytes);
        return distribute(awareness(bytes));
      }
      const kind = readVarUint(decoder);
      const bytes = readVarUint8Array(decoder);
      if (kind === 0) return socket.send(sync(1, Y.encodeStateAsUpdate(docOf(docId), bytes)));
      if (bytes.length === 2) return;
      received.push(bytes);
      const commit = (): void => {
        Y.applyUpdate(docOf(docId), bytes);
        distribute(sync(2, bytes));
      };
      if (commits === undefined) commit();
      else commits.push(commit);
    });
    socket.send(sync(0, Y.encodeStateVector(docOf(docId))));
  });

  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    opened,
    received,
    refuse,
    issueTicket: (memberId) => {
      count += 1;
      tickets.set(`t${count}`, memberId);
      return `t${count}`;
    },
    pause: () => {
      commits = [];
      return () => {
        const held = commits ?? [];
        commits = undefined;
        for (const commit of held) commit();
      };
    },
    text: (docId) => docOf(docId).getXmlFragment("rich/body").toJSON(),
    cut: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
