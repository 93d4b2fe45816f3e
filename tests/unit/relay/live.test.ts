import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { closeCodes } from "#shared/protocol/close-codes.ts";
import { limits } from "#shared/protocol/limits.ts";
import { createFakeAccess, type FakeAccess } from "./fake-access.ts";
import {
  connect,
  fieldsOf,
  metaOf,
  startRelay,
  until,
  updateOf,
  type RelayOptions,
  type TestRelay,
} from "./test-relay.ts";

let access: FakeAccess;
let relay: TestRelay;
let providers: WebsocketProvider[];

async function start(options: RelayOptions = {}): Promise<void> {
  relay = await startRelay(access, { updatesPerSecond: 10_000, updateBurst: 10_000, ...options });
}

beforeEach(() => {
  providers = [];
  access = createFakeAccess({ ana: "owner", ben: "sales", cleo: "client", out: "client" });
  for (const [id, persona] of [
    ["ana", "owner"],
    ["ben", "sales"],
    ["cleo", "client"],
  ] as const)
    access.join("p1", id, persona, "project");
});

afterEach(async () => {
  for (const provider of providers) provider.destroy();
  expect(relay.problems).toEqual([]);
  await relay.close();
});

function open(memberId: string, docId: string, doc = new Y.Doc()): WebsocketProvider {
  const provider = new WebsocketProvider(`${relay.url}/live`, docId, doc, {
    WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
    params: { ticket: memberId },
    disableBc: true,
    maxBackoffTime: 200,
  });
  providers.push(provider);
  return provider;
}

const synced = (provider: WebsocketProvider): Promise<void> => until(() => provider.synced, "synced");
const textOf = (doc: Y.Doc): string => doc.getText("text/body").toJSON();

/** A document exists once the feed has pushed it. */
async function make(docId: string, facet = "shared"): Promise<void> {
  const recordId = docId.slice(0, docId.indexOf("."));
  const ana = await connect(relay, "ana");
  ana.push(1, docId, updateOf("title", "Minutes"), metaOf(recordId, facet, "p1", "document"));
  await ana.acked(1);
  await ana.close();
}

async function rawSocket(
  memberId: string,
  docId: string,
): Promise<{ socket: WebSocket; messages: Uint8Array[]; closed: Promise<number> }> {
  const socket = new WebSocket(`${relay.url}/live/${docId}?ticket=${memberId}`);
  const messages: Uint8Array[] = [];
  socket.on("message", (data: Buffer) => void messages.push(data));
  const closed = new Promise<number>((resolve) => void socket.on("close", resolve));
  socket.on("error", () => undefined);
  await new Promise((resolve) => void socket.once("open", resolve));
  return { socket, messages, closed };
}

function message(type: number, ...write: ((out: encoding.Encoder) => void)[]): Uint8Array {
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, type);
  for (const each of write) each(out);
  return encoding.toUint8Array(out);
}
const uint = (value: number) => (out: encoding.Encoder) => encoding.writeVarUint(out, value);
const bytes = (value: Uint8Array) => (out: encoding.Encoder) => encoding.writeVarUint8Array(out, value);

describe("co-editing", () => {
  test("V1 V2 V3 two stock clients and a feed push agree, also after a restart", async () => {
    await start();
    await make("d1.shared");
    const [one, two] = [open("ana", "d1.shared"), open("cleo", "d1.shared")];
    await Promise.all([synced(one), synced(two)]);
    expect(two.doc.getMap("fields").get("title")).toBe("Minutes");
    one.doc.getText("text/body").insert(0, "Hello ");
    await until(() => textOf(two.doc) === "Hello ", "the first words");
    two.doc.getText("text/body").insert(6, "world");
    await until(() => textOf(one.doc) === "Hello world", "the answer");

    const ben = await connect(relay, "ben");
    await ben.upToDate("p1");
    const copy = new Y.Doc();
    for (const entry of ben.entries()) Y.applyUpdate(copy, entry.bytes);
    copy.once("update", (update: Uint8Array) => ben.push(1, "d1.shared", update));
    copy.getText("text/body").insert(11, "!");
    await ben.acked(1);
    await until(() => textOf(one.doc) === "Hello world!" && textOf(two.doc) === "Hello world!", "the push of the feed");
    one.doc.getText("text/body").insert(0, ">");
    await until(
      () =>
        ben.entries().length > 0 &&
        fieldsText(
          ben.entries().map((entry) => entry.bytes),
          copy,
        ) === ">Hello world!",
      "the feed hears of live edits",
    );

    const { folder, url } = relay;
    await relay.close();
    one.doc.getText("text/body").insert(0, "offline ");
    await start({ folder, port: Number(new URL(url).port) });
    await until(() => textOf(two.doc) === "offline >Hello world!", "offline edits after the restart");
    const fresh = open("ana", "d1.shared");
    await synced(fresh);
    expect(textOf(fresh.doc)).toBe("offline >Hello world!");
  });

  function fieldsText(updates: readonly Uint8Array[], base: Y.Doc): string {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(base));
    for (const update of updates) Y.applyUpdate(doc, update);
    return textOf(doc);
  }

  test("V3 the echo comes after the commit; V2 a reconnect in step appends nothing", async () => {
    await start();
    await make("d1.shared");
    const raw = await rawSocket("ana", "d1.shared");
    const before = relay.log.seq;
    const update = updateOf("status", "Draft");
    raw.socket.send(message(0, uint(2), bytes(update)));
    await until(
      () => raw.messages.some((each) => Buffer.from(each).equals(Buffer.from(message(0, uint(2), bytes(update))))),
      "echo",
    );
    expect(relay.log.seq).toBe(before + 1);
    const doc = new Y.Doc();
    const first = open("ana", "d1.shared", doc);
    await synced(first);
    doc.getText("text/body").insert(0, "abc");
    doc.getText("text/body").delete(1, 1);
    await until(() => relay.log.seq === before + 3, "both edits");
    first.disconnect();
    first.connect();
    await synced(first);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(relay.log.seq).toBe(before + 3);
    raw.socket.close();
  });

  test("V2 asks once, before its first answer; who has nothing is asked for all of a small document", async () => {
    await start();
    await make("d1.shared");
    const question = (vector: Uint8Array): Uint8Array => message(0, uint(0), bytes(vector));
    const nothing = Uint8Array.of(0);
    const held = Y.mergeUpdates([...relay.log.read("d1.shared")]);
    const vector = Y.encodeStateVectorFromUpdate(held);
    const answer = (update: Uint8Array): Uint8Array => message(0, uint(1), bytes(update));
    const asText = (messages: readonly Uint8Array[]): string[] =>
      messages.map((each) => Buffer.from(each).toString("hex"));

    const fresh = await rawSocket("ana", "d1.shared");
    fresh.socket.send(question(nothing));
    fresh.socket.send(question(vector));
    await until(() => fresh.messages.length === 3, "a question and two answers");
    const inStep = Y.diffUpdate(held, vector);
    expect(asText(fresh.messages)).toEqual(asText([question(nothing), answer(held), answer(inStep)]));

    const back = await rawSocket("ana", "d1.shared");
    back.socket.send(question(vector));
    await until(() => back.messages.length === 2, "a question and an answer");
    expect(asText(back.messages)).toEqual(asText([question(vector), answer(inStep)]));

    const ben = await connect(relay, "ben");
    ben.push(1, "d1.shared", updateOf("summary", "long ".repeat(2_000)));
    await ben.acked(1);
    const late = await rawSocket("ana", "d1.shared");
    late.socket.send(question(nothing));
    await until(() => late.messages.length === 2, "a question and an answer");
    const whole = Y.mergeUpdates([...relay.log.read("d1.shared")]);
    expect(asText(late.messages)).toEqual(asText([question(Y.encodeStateVectorFromUpdate(whole)), answer(whole)]));
    for (const { socket } of [fresh, back, late]) socket.close();
    await ben.close();
  });

  test("V4 a reader gets everything, what it sends is dropped", async () => {
    await start();
    await make("d1.published", "published");
    const [ana, cleo] = [open("ana", "d1.published"), open("cleo", "d1.published")];
    await Promise.all([synced(ana), synced(cleo)]);
    ana.doc.getText("text/body").insert(0, "read me");
    await until(() => textOf(cleo.doc) === "read me", "reading");
    const before = relay.log.seq;
    cleo.doc.getText("text/body").insert(0, "vandal ");
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(relay.log.seq).toBe(before);
    expect(textOf(ana.doc)).toBe("read me");
    expect(cleo.wsconnected).toBe(true);
  });

  test("4403 for what is not yours and for what does not exist, with the same words; final for a stock client", async () => {
    await start();
    await make("d1.internal", "internal");
    const reasons: string[] = [];
    for (const docId of ["d1.internal", "nothing.internal", "p9.presence", "bad id"]) {
      const socket = new WebSocket(`${relay.url}/live/${encodeURIComponent(docId)}?ticket=cleo`);
      const messages: unknown[] = [];
      socket.on("message", (data) => messages.push(data));
      const code = await new Promise<number>((resolve) => {
        socket.on("close", (closeCode, reason) => {
          reasons.push(reason.toString());
          resolve(closeCode);
        });
      });
      expect(code).toBe(closeCodes.forbidden);
      expect(messages).toEqual([]);
    }
    expect(new Set(reasons).size).toBe(1);
    const stock = open("out", "d1.internal");
    await until(() => !stock.shouldConnect, "the stock client gives up");
    expect(relay.live.stats()).toMatchObject({ connections: 0, documents: 0 });
  });

  test("access lost while open: closed 4403, nothing more arrives", async () => {
    await start();
    await make("d1.shared");
    const [ana, cleo] = [open("ana", "d1.shared"), open("cleo", "d1.shared")];
    await Promise.all([synced(ana), synced(cleo)]);
    access.leave("p1", "cleo");
    ana.doc.getText("text/body").insert(0, "after");
    await until(() => !cleo.shouldConnect, "closed for good");
    expect(textOf(cleo.doc)).toBe("");
    expect(cleo.doc.getMap("fields").get("title")).toBe("Minutes");
  });
});

describe("awareness", () => {
  test("V5 V6 the relay stamps who is there; a state leaves with its socket; presence has no content", async () => {
    await start();
    const [ana, cleo] = [open("ana", "p1.presence"), open("cleo", "p1.presence")];
    await Promise.all([synced(ana), synced(cleo)]);
    cleo.awareness.setLocalState({ user: { name: "The Boss", email: "boss@example.com" }, at: "/tasks" });
    await until(() => ana.awareness.getStates().has(cleo.doc.clientID), "presence");
    expect(ana.awareness.getStates().get(cleo.doc.clientID)).toEqual({
      user: { memberId: "cleo", name: "Name of cleo", persona: "client" },
      at: "/tasks",
    });
    const late = open("ben", "p1.presence");
    await until(() => late.awareness.getStates().has(cleo.doc.clientID), "presence for the late");
    const before = relay.log.seq;
    cleo.doc.getMap("fields").set("content", "none");
    cleo.destroy();
    await until(() => !ana.awareness.getStates().has(cleo.doc.clientID), "leaving");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(late.awareness.getStates().has(cleo.doc.clientID)).toBe(false);
    expect(relay.log.seq).toBe(before);
  });

  test("V8 outsiders are not told of a member of the team who looks on, unless that member chooses so", async () => {
    await start();
    const wire: string[] = [];
    const cleo = await rawSocket("cleo", "p1.presence");
    cleo.socket.on("message", (data: Buffer) => wire.push(data.toString("latin1")));
    const [ana, ben] = [open("ana", "p1.presence"), open("ben", "p1.presence")];
    await Promise.all([synced(ana), synced(ben)]);
    const state = (visible: boolean, facet: string) => ({
      page: "milestones",
      visible,
      editing: { record: "m2", field: "marker-of-a-field", facet },
    });
    ana.awareness.setLocalState(state(false, "published"));
    await until(() => ben.awareness.getStates().has(ana.doc.clientID), "the team sees her");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const late = await rawSocket("cleo", "p1.presence");
    late.socket.on("message", (data: Buffer) => wire.push(data.toString("latin1")));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(wire.join("")).not.toMatch(/ana|milestones|marker-of-a-field/);

    ana.awareness.setLocalState(state(true, "internal"));
    await until(() => wire.join("").includes("milestones"), "chosen to be seen");
    expect(wire.join("")).not.toContain("marker-of-a-field");
    ana.awareness.setLocalState(state(true, "published"));
    await until(() => wire.join("").includes("marker-of-a-field"), "a field everybody reads");
    wire.length = 0;
    ana.awareness.setLocalState(state(false, "published"));
    await until(() => wire.join("").includes("null"), "gone for outsiders");
    expect(wire.join("")).not.toMatch(/milestones|marker/);
    expect(ben.awareness.getStates().get(ana.doc.clientID)).toMatchObject({ page: "milestones" });
    for (const raw of [cleo, late]) raw.socket.close();
  });

  test("V5 nobody speaks for somebody else, and a state over 1 KiB is dropped", async () => {
    await start();
    const ana = open("ana", "p1.presence");
    await synced(ana);
    ana.awareness.setLocalState({ at: "here" });
    const watcher = open("ben", "p1.presence");
    await until(() => watcher.awareness.getStates().has(ana.doc.clientID), "ana");
    const raw = await rawSocket("cleo", "p1.presence");
    const entry = (clientId: number, clock: number, json: string): Uint8Array => {
      const out = encoding.createEncoder();
      encoding.writeVarUint(out, 1);
      encoding.writeVarUint(out, clientId);
      encoding.writeVarUint(out, clock);
      encoding.writeVarString(out, json);
      return message(1, bytes(encoding.toUint8Array(out)));
    };
    raw.socket.send(entry(ana.doc.clientID, 900, '{"at":"forged"}'));
    raw.socket.send(entry(ana.doc.clientID, 901, "null"));
    raw.socket.send(entry(77, 1, JSON.stringify({ big: "x".repeat(limits.awarenessBytes) })));
    raw.socket.send(entry(78, 1, "{not json"));
    raw.socket.send(entry(79, 1, '{"at":"me"}'));
    await until(() => watcher.awareness.getStates().has(79), "cleo's own");
    expect(watcher.awareness.getStates().get(ana.doc.clientID)).toMatchObject({ at: "here" });
    expect([77, 78].some((id) => watcher.awareness.getStates().has(id))).toBe(false);
    raw.socket.close();
  });

  test("V7 a quiet socket gets an empty awareness update", async () => {
    await start({ heartbeatMs: 50 });
    const raw = await rawSocket("ana", "p1.presence");
    await until(() => raw.messages.some((each) => Buffer.from(each).equals(Buffer.from([1, 1, 0]))), "keep-alive");
    raw.socket.close();
    await raw.closed;
  });
});

describe("hostile messages", () => {
  test("V1 unknown messages are ignored, unreadable ones close their own socket", async () => {
    await start();
    await make("d1.shared");
    const witness = open("ana", "d1.shared");
    await synced(witness);
    const polite = await rawSocket("cleo", "d1.shared");
    polite.socket.send(message(3));
    polite.socket.send(message(9, bytes(new Uint8Array(20))));
    polite.socket.send(message(0, uint(0), bytes(new Uint8Array([0]))));
    const answer = (): Uint8Array | undefined => polite.messages.find((each) => each[0] === 0 && each[1] === 1);
    await until(() => answer() !== undefined, "an answer after the ignored ones");
    const step2 = decoding.createDecoder(answer() ?? new Uint8Array());
    expect([decoding.readVarUint(step2), decoding.readVarUint(step2)]).toEqual([0, 1]);
    expect(fieldsOf([decoding.readVarUint8Array(step2)])).toEqual({ title: "Minutes" });
    for (const bad of [
      message(0, uint(0), bytes(new Uint8Array([5]))),
      message(0, uint(1), bytes(new Uint8Array([9, 9]))),
      message(1, bytes(new Uint8Array([200, 1]))),
      message(0),
    ]) {
      const raw = await rawSocket("cleo", "d1.shared");
      raw.socket.send(bad);
      expect(await raw.closed).toBe(closeCodes.badFrame);
    }
    const large = await rawSocket("cleo", "d1.shared");
    large.socket.send(message(0, uint(2), bytes(new Uint8Array(limits.updateBytes + 1))));
    expect(await large.closed).toBe(closeCodes.tooLarge);
    witness.doc.getText("text/body").insert(0, "fine");
    await until(() => textOf(witness.doc) === "fine", "the witness goes on");
    expect(witness.wsconnected).toBe(true);
    polite.socket.close();
  });
});
