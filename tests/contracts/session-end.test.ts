// What ends with a session or a membership: sockets, tickets, and everything that would still have come over them.

import { afterAll, beforeAll, expect, test } from "vitest";
import * as Y from "yjs";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { decodeRelayFrame, encodeClientFrame } from "#shared/protocol/frames.ts";
import { PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { joined, openHarness, type Client, type Harness, type SocketWatch } from "./api-harness.ts";

let harness: Harness;
let olga: Client;
let project: { id: string; ana: string };

const hello = encodeClientFrame({
  kind: "hello",
  protocol: PROTOCOL_VERSION,
  deviceId: "d1",
  logId: "",
  cursors: new Map(),
});

const ticketOf = async (client: Client): Promise<string> =>
  String((await client("POST", "/api/v1/tickets")).json()["ticket"]);

async function opened(watch: SocketWatch): Promise<SocketWatch> {
  await new Promise((resolve) => watch.socket.once("open", resolve));
  return watch;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const kindsOf = (watch: SocketWatch): string[] =>
  watch.frames.map((frame) => {
    const decoded = decodeRelayFrame(frame);
    return decoded.ok ? decoded.value.kind : "unreadable";
  });

async function openFeed(client: Client): Promise<SocketWatch> {
  const watch = await opened(harness.socket(`/feed?ticket=${await ticketOf(client)}`, { protocols: ["drawbridge.1"] }));
  watch.socket.send(hello);
  await until(() => kindsOf(watch).includes("upToDate"), "caught up");
  return watch;
}

const openLive = async (client: Client, docId: string): Promise<SocketWatch> =>
  joined(harness.socket(`/live/${docId}?ticket=${await ticketOf(client)}`));

beforeAll(async () => {
  harness = await openHarness();
  const owner = { organization: "Northwind", name: "Olga", email: "olga@northwind.example", password: "drawbridge" };
  await harness.client()("POST", "/api/v1/set-up", owner);
  olga = await harness.signIn(owner.email);
  const ana = { name: "Ana", email: "ana@northwind.example", password: "drawbridge", persona: "sales" };
  const anaId = (await olga("POST", "/api/v1/members", ana)).json()["id"] ?? "";
  const made = await olga("POST", "/api/v1/records", { type: "project", fields: { name: "Clinic roof" } });
  expect(made.status).toBeLessThan(300);
  project = { id: String(made.json()["id"]), ana: String(anaId) };
});
afterAll(() => harness.close());

test("E2 signing out closes the session's sockets with 4401, kills its tickets, and leaves other sessions alone", async () => {
  const [leaving, staying] = [
    await harness.signIn("ana@northwind.example"),
    await harness.signIn("ana@northwind.example"),
  ];
  const docId = `${project.id}.published`;
  const [feed, live, other] = [await openFeed(leaving), await openLive(leaving, docId), await openFeed(staying)];
  const unused = await ticketOf(leaving);
  const startedAt = Date.now();
  expect((await leaving("POST", "/api/v1/auth/sign-out")).status).toBe(200);
  expect(await Promise.all([feed.closed, live.closed])).toEqual([4401, 4401]);
  expect(Date.now() - startedAt).toBeLessThan(2_000);
  expect(await harness.socket(`/feed?ticket=${unused}`, { protocols: ["drawbridge.1"] }).closed).toBe(4401);
  expect(other.socket.readyState).toBe(other.socket.OPEN);
  other.socket.terminate();
});

test("T7 a hostile client that ignores the close of its session is heard no more", async () => {
  const leaving = await harness.signIn("ana@northwind.example");
  const feed = await openFeed(leaving);
  const recordId = newId();
  const crm = (await olga("GET", "/api/v1/spaces")).json().find((space) => space["kind"] === "crm")?.["id"] ?? "";
  const doc = new Y.Doc();
  doc.getMap("fields").set("name", "too late");
  // Bytes that reach the relay behind the sign-out, before the client answered the close.
  const push = encodeClientFrame({
    kind: "push",
    n: 1,
    docId: docIdOf(recordId, "internal"),
    meta: { space: String(crm), type: "company", recordId, facet: "internal" },
    bytes: Y.encodeStateAsUpdate(doc),
  });
  const flood = setInterval(() => feed.socket.readyState === feed.socket.OPEN && feed.socket.send(push), 0);
  await leaving("POST", "/api/v1/auth/sign-out");
  const ackedBefore = kindsOf(feed).filter((kind) => kind === "ack").length;
  expect(await feed.closed).toBe(4401);
  clearInterval(flood);
  expect(kindsOf(feed).filter((kind) => kind === "ack").length).toBe(ackedBefore);
});

test("T7 E5 a removed member's live socket closes 4403 within 2 s, and the feed hears no more of that space", async () => {
  const ana = await harness.signIn("ana@northwind.example");
  const docId = `${project.id}.published`;
  const [feed, live] = [await openFeed(ana), await openLive(ana, docId)];
  const startedAt = Date.now();
  const left = await olga("DELETE", `/api/v1/spaces/${project.id}/members/${project.ana}`);
  expect(left.status).toBe(200);
  expect(await live.closed).toBe(4403);
  expect(Date.now() - startedAt).toBeLessThan(2_000);
  const framesBefore = feed.frames.length;
  const edited = await olga("PATCH", `/api/v1/records/${project.id}`, { fields: { name: "Canary 7f3a91" } });
  expect(edited.status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const after = Buffer.concat(feed.frames.slice(framesBefore)).toString("latin1");
  expect(after).not.toContain("Canary 7f3a91");
  expect(await harness.socket(`/live/${docId}?ticket=${await ticketOf(ana)}`).closed).toBe(4403);
  feed.socket.terminate();
});
