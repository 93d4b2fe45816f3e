// A client that keeps no rules: a member's credentials, a bare socket, and whatever bytes a test wants to send.

import { inflateRawSync } from "node:zlib";
import { assert } from "#shared/model/result.ts";
import {
  decodeBatchEntries,
  decodeRelayFrame,
  encodeClientFrame,
  type BatchEntry,
  type ClientFrame,
  type RelayFrame,
} from "#shared/protocol/frames.ts";
import { PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { PASSWORD, until } from "./network.ts";

export type RawFeed = {
  readonly socket: WebSocket;
  readonly frames: readonly RelayFrame[];
  send(frame: ClientFrame): void;
  /** Sends a push and resolves with how it was answered: "ack", or the refusal's code. */
  push(
    docId: string,
    bytes: Uint8Array,
    meta?: Extract<ClientFrame, { kind: "push" }>["meta"],
  ): Promise<"ack" | number>;
  close(): void;
};

const call = async (address: string, path: string, body: object, token = ""): Promise<Record<string, string>> => {
  const answer = await fetch(`${address}/api/v1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token === "" ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as Record<string, string>;
};

export const signInRaw = async (address: string, email: string): Promise<string> =>
  (await call(address, "/auth/sign-in", { email, password: PASSWORD }))["token"] ?? "";

export const ticketFor = async (address: string, token: string): Promise<string> =>
  (await call(address, "/tickets", {}, token))["ticket"] ?? "";

/** What a batch brings, packed or not; nothing for any other frame. */
export function entriesOf(frame: RelayFrame): readonly BatchEntry[] {
  if (frame.kind === "batch") return frame.entries;
  if (frame.kind !== "deflatedBatch") return [];
  const list = decodeBatchEntries(new Uint8Array(inflateRawSync(frame.payload)));
  assert(list.ok, "the relay sends readable batches");
  return list.value;
}

export const openRawFeed = async (address: string, email: string): Promise<RawFeed> =>
  openRawFeedWith(address, await ticketFor(address, await signInRaw(address, email)));

export async function openRawFeedWith(address: string, ticket: string): Promise<RawFeed> {
  const socket = new WebSocket(`${address.replace("http", "ws")}/feed?ticket=${ticket}`, "drawbridge.1");
  socket.binaryType = "arraybuffer";
  const frames: RelayFrame[] = [];
  socket.addEventListener("message", (event: MessageEvent) => {
    const decoded = decodeRelayFrame(new Uint8Array(event.data as ArrayBuffer));
    if (decoded.ok) frames.push(decoded.value);
  });
  const ended = new Error("the socket was closed before the raw client was caught up");
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("close", () => reject(ended));
  });
  const send = (frame: ClientFrame): void => socket.send(new Uint8Array(encodeClientFrame(frame)));
  send({ kind: "hello", protocol: PROTOCOL_VERSION, deviceId: "raw", logId: "", cursors: new Map() });
  await until(() => {
    if (socket.readyState === WebSocket.CLOSED) throw ended;
    return frames.some((frame) => frame.kind === "upToDate");
  }, "the raw client is caught up");
  let n = 0;
  return {
    socket,
    frames,
    send,
    push: async (docId, bytes, meta) => {
      n += 1;
      const own = n;
      send({ kind: "push", n: own, docId, bytes, ...(meta === undefined ? {} : { meta }) });
      const answer = (): "ack" | number | undefined => {
        for (const frame of frames) {
          if (frame.kind === "ack" && frame.acks.some((ack) => ack.n === own)) return "ack";
          if (frame.kind === "refused" && frame.n === own) return frame.code;
        }
        return undefined;
      };
      await until(() => answer() !== undefined, "the push is answered");
      return answer() ?? 0;
    },
    close: () => socket.close(),
  };
}
