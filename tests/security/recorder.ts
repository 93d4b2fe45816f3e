// The recorder of this suite: what reaches somebody from outside over every door there is, and what their device keeps, in
// pieces that are then searched. Whoever proves that nothing leaks and whoever plants leaks to test that proof record with this.

import { routeRules } from "#sync-server/gateways/door-rules.ts";
import type { Device } from "#tests/sync/network.ts";
import { openRawFeed } from "#tests/sync/raw-feed.ts";
import { unzipped } from "#tests/unzipped.ts";
import { updateOf } from "#tests/unit/relay/test-relay.ts";
import type { Piece } from "./canaries.ts";
import { dumpDevice } from "./device-dump.ts";

export type Answer = {
  readonly status: number;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly headers: string;
};

export async function ask(
  address: string,
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  const response = await fetch(address + path, {
    method,
    headers: {
      ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, text: bytes.toString(), bytes, headers: JSON.stringify([...response.headers]) };
}

/** A record that somebody tries every door with. */
export type Target = {
  readonly id: string;
  readonly space: string;
  readonly type: string;
  readonly docs: Readonly<Record<string, string>>;
};

export type Visitor = {
  readonly device: Device;
  /** Where they send requests of their own making. */
  readonly address: string;
  readonly email: string;
  readonly memberId: string;
  /** Of a session of theirs. */
  readonly token: string;
};

/** Knocks at every door with every record, and pushes to every document: what was answered. `home` is left standing. */
export async function knock(visitor: Visitor, targets: readonly Target[], home: string): Promise<readonly Piece[]> {
  const { device, address, email, memberId, token } = visitor;
  const pieces: Piece[] = [];
  for (const row of Object.keys(routeRules)) {
    const [method = "", path = ""] = row.split(" ");
    if (row.includes("*") || row === "GET /metrics" || row.endsWith("/auth/sign-out")) continue;
    for (const one of targets) {
      const asked = path.replace(/:(\w+)/g, (_, name: string) => (name === "memberId" ? memberId : one.id));
      const query = path.endsWith("/records") ? `?space=${one.space}&type=${one.type}` : "";
      const body = ["POST", "PUT", "PATCH"].includes(method)
        ? { fields: { internalNotes: "x", margin: 1 }, persona: "client" }
        : undefined;
      if (method === "DELETE" && path.includes("/members/")) continue;
      if (method === "DELETE" && one.space === home) continue;
      const { status, bytes, headers } = await ask(address, token, method, asked + query, body);
      pieces.push({ channel: `${row} ${status}`, bytes }, { channel: `${row} headers`, bytes: Buffer.from(headers) });
      if (!path.includes(":") && query === "") break;
    }
  }
  const feed = await openRawFeed(device.link.address, email);
  const me = feed.frames.flatMap((frame) => (frame.kind === "welcome" ? [frame.memberId] : []))[0];
  for (const { docs } of targets)
    for (const docId of Object.values(docs)) await feed.push(docId, updateOf("internalNotes", "x", me));
  const refusals = feed.frames.filter(({ kind }) => kind === "refused");
  pieces.push({ channel: "feed, refusals", bytes: Buffer.from(JSON.stringify(refusals)) });
  feed.close();
  return pieces;
}

/** What the search of a device finds for words that it should not know. */
export async function searchFor(device: Device, words: readonly (string | number)[]): Promise<readonly Piece[]> {
  const pieces: Piece[] = [];
  for (const word of words) {
    const found = await device.data.search.search(String(word));
    if (found.length > 0) pieces.push({ channel: "search", bytes: Buffer.from(JSON.stringify(found) + String(word)) });
  }
  return pieces;
}

/** Every byte that came to a device, message by message as well, what it exports, and what it keeps. */
export async function recordDevice(device: Device): Promise<readonly Piece[]> {
  return [
    ...device.link.received().map((bytes) => ({ channel: "wire", bytes })),
    ...device.messages().map((bytes) => ({ channel: "message", bytes })),
    { channel: "export", bytes: Buffer.from((await unzipped(await device.data.device.exportAll())).all(), "latin1") },
    ...(await dumpDevice(device.prefix)),
  ];
}
