import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as Y from "yjs";
import { closeCodes, refusalCodes } from "#shared/protocol/close-codes.ts";
import { createByteBudgets } from "#sync-server/gateways/byte-budgets.ts";
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

async function start(options: RelayOptions = {}): Promise<void> {
  relay = await startRelay(access, options);
}

beforeEach(() => {
  access = createFakeAccess({ ana: "owner", ben: "sales", cleo: "client", pat: "partner", out: "client" });
  for (const [id, persona] of [
    ["ana", "owner"],
    ["ben", "sales"],
  ] as const)
    access.join("crm", id, persona);
  access.join("p1", "ana", "owner", "project");
  access.join("p1", "cleo", "client", "project");
  access.join("p1", "pat", "partner", "project");
});

afterEach(async () => {
  expect(relay.problems).toEqual([]);
  await relay.close();
});

describe("hello and welcome", () => {
  test("F4 welcome, then per space catchUp and upToDate", async () => {
    await start();
    const ana = await connect(relay, "ana");
    await ana.upToDate("p1");
    expect(ana.frames.map((frame) => frame.kind)).toEqual(["welcome", "catchUp", "upToDate", "catchUp", "upToDate"]);
    const welcome = ana.of("welcome")[0];
    expect(welcome?.logId).toBe(relay.log.logId);
    expect(welcome?.memberId).toBe("ana");
    expect(welcome?.spaces.map((space) => space.id)).toEqual(["crm", "p1"]);
  });

  test("E6 no hello: closed 4401", async () => {
    await start({ helloMs: 60 });
    const ana = await connect(relay, "ana", { hello: false });
    expect((await ana.closed).code).toBe(closeCodes.noTicket);
  });

  test("F4 something before hello, or hello twice: closed 4400", async () => {
    await start();
    const early = await connect(relay, "ana", { hello: false });
    early.send({ kind: "ping" });
    expect((await early.closed).code).toBe(closeCodes.badFrame);
    const twice = await connect(relay, "ana");
    twice.send({ kind: "hello", protocol: 1, deviceId: "d", logId: "", cursors: new Map() });
    expect((await twice.closed).code).toBe(closeCodes.badFrame);
  });

  test("4426 for a client that is too old", async () => {
    await start();
    const old = await connect(relay, "ana", { protocol: 0 });
    expect((await old.closed).code).toBe(closeCodes.clientTooOld);
  });
});

describe("writing", () => {
  test("W1 W2 a push is acked after its commit and never echoed; a repetition is acked again", async () => {
    await start();
    const [ana, ben] = [await connect(relay, "ana"), await connect(relay, "ben")];
    await Promise.all([ana.upToDate("crm"), ben.upToDate("crm")]);
    const update = updateOf("name", "Acme");
    ana.push(1, "r1.internal", update, metaOf("r1"));
    const ack = await ana.acked(1);
    expect(ack.seq).toBe(1);
    expect(Math.abs(ack.at - Date.now())).toBeLessThan(5_000);
    await until(() => ben.entries().length === 1, "ben's batch");
    expect(ben.entries()[0]).toMatchObject({ seq: 1, docId: "r1.internal", at: ack.at });
    ana.push(2, "r1.internal", update, metaOf("r1"));
    expect((await ana.acked(2)).seq).toBe(2);
    await until(() => ben.entries().length === 2, "the repetition");
    expect(fieldsOf(ben.entries().map((entry) => entry.bytes))).toEqual({ name: "Acme" });
    expect(ana.entries()).toEqual([]);
  });

  test("W1 acks follow every batch with a lower seq on their socket", async () => {
    await start();
    const devices = await Promise.all(["ana", "ben", "ana"].map((id) => connect(relay, id)));
    await Promise.all(devices.map((device) => device.upToDate("crm")));
    for (let n = 0; n < 60; n++)
      for (const [at, device] of devices.entries())
        device.push(n, `d${at}x${n}.internal`, updateOf("n", String(n)), metaOf(`d${at}x${n}`));
    await Promise.all(devices.map((device) => device.acked(59)));
    await Promise.all(devices.map((device, at) => until(() => device.entries().length === 120, `entries of ${at}`)));
    for (const device of devices) {
      let highest = 0;
      let own = 0;
      for (const frame of device.frames) {
        if (frame.kind === "batch") {
          for (const entry of frame.entries) {
            expect(entry.seq).toBeGreaterThan(highest);
            // A lower seq than one already acked would be lost to a cursor that moved.
            expect(entry.seq).toBeGreaterThan(own);
            highest = entry.seq;
          }
        }
        if (frame.kind === "ack") own = Math.max(own, ...frame.acks.map((ack) => ack.seq));
      }
    }
  });

  test("W4 refusals are not fatal and name their code; E5 not yours and unknown are the same", async () => {
    await start();
    const [ana, cleo] = [await connect(relay, "ana"), await connect(relay, "cleo")];
    ana.push(1, "r1.internal", updateOf("name", "Acme"), metaOf("r1", "internal", "p1", "milestone"));
    await ana.acked(1);
    cleo.push(1, "r1.internal", updateOf("name", "x"));
    cleo.push(2, "r9.internal", updateOf("name", "x"));
    cleo.push(3, "r2.internal", updateOf("name", "x"), metaOf("r2", "internal", "p1"));
    cleo.push(4, "r3.shared", updateOf("name", "x"), metaOf("r3", "shared", "crm"));
    cleo.push(5, "r4.shared", updateOf("name", "x"), metaOf("other", "shared", "p1"));
    cleo.push(6, "r5.shared", new Uint8Array([1, 2, 3]), metaOf("r5", "shared", "p1"));
    cleo.push(7, "r6.shared", new Uint8Array(256 * 1024 + 1), metaOf("r6", "shared", "p1"));
    cleo.push(8, "p1.presence", updateOf("name", "x"), metaOf("p1", "presence", "p1"));
    cleo.push(9, "r7.shared", updateOf("name", "x"), metaOf("r7", "shared", "p1"));
    await cleo.acked(9);
    await until(() => cleo.of("refused").length === 8, "refusals");
    const refused = Object.fromEntries(cleo.of("refused").map(({ n, code }) => [n, code]));
    const { forbidden, badMeta, badUpdate, tooLarge } = refusalCodes;
    expect(refused).toEqual({
      1: forbidden,
      2: forbidden,
      3: forbidden,
      4: forbidden,
      5: badMeta,
      6: badUpdate,
      7: tooLarge,
      8: badMeta,
    });
    const [first, second] = [1, 2].map((n) => cleo.of("refused").find((frame) => frame.n === n)?.reason);
    expect(first).toBe(second);
  });

  test("W3 metadata is never changed later", async () => {
    await start();
    const ana = await connect(relay, "ana");
    ana.push(1, "r1.internal", updateOf("name", "Acme"), metaOf("r1"));
    ana.push(2, "r1.internal", updateOf("name", "Acme"), metaOf("r1", "internal", "p1"));
    ana.push(3, "r1.internal", updateOf("city", "Bonn"));
    await ana.acked(3);
    expect(ana.of("refused")).toMatchObject([{ n: 2, code: refusalCodes.badMeta }]);
    expect(relay.log.find("r1.internal")?.space).toBe("crm");
  });

  test("W5 the first push of a project makes its space; what follows at once waits for it", async () => {
    await start();
    access.spaceDelayMs = 30;
    const [ana, ben, cleo] = [await connect(relay, "ana"), await connect(relay, "ben"), await connect(relay, "cleo")];
    await ben.upToDate("crm");
    ana.push(1, "new1.published", updateOf("name", "Bridge"), metaOf("new1", "published", "new1", "project"));
    ana.push(2, "new1.published", updateOf("status", "Active"));
    ana.push(3, "t1.internal", updateOf("title", "Task"), metaOf("t1", "internal", "new1", "task"));
    await ana.acked(3);
    await until(() => ben.entries().length === 3, "ben gets the new space");
    expect(ana.of("refused")).toEqual([]);
    expect(ana.entries()).toEqual([]);
    expect(
      ben
        .of("welcome")
        .at(-1)
        ?.spaces.map((space) => space.id),
    ).toContain("new1");
    expect(ben.of("upToDate").some((frame) => frame.space === "new1")).toBe(true);
    cleo.push(1, "new2.published", updateOf("name", "x"), metaOf("new2", "published", "new2", "project"));
    await until(() => cleo.of("refused").length === 1, "refusal");
  });

  test("W6 unknown types and facets are carried, and read by the team only", async () => {
    await start();
    const [ana, cleo] = [await connect(relay, "ana"), await connect(relay, "cleo")];
    await Promise.all([ana.upToDate("p1"), cleo.upToDate("p1")]);
    const other = await connect(relay, "ana");
    other.push(1, "r1.future-facet", updateOf("later", "x"), metaOf("r1", "future-facet", "p1", "spaceship"));
    other.push(2, "r1.shared", updateOf("later", "y"), metaOf("r1", "shared", "p1", "spaceship"));
    await until(() => ana.entries().length === 2, "both");
    await until(() => cleo.entries().length === 1, "the shared one");
    expect(cleo.entries()[0]?.docId).toBe("r1.shared");
  });

  test("L1 a document over 2 MiB is refused with code 5, others go on", async () => {
    await start({ updatesPerSecond: 10_000, updateBurst: 10_000 });
    const ana = await connect(relay, "ana");
    const doc = new Y.Doc();
    let n = 0;
    doc.on("update", (update: Uint8Array) => ana.push(++n, "big.internal", update, metaOf("big")));
    for (let i = 0; i < 12; i++) doc.getMap("fields").set(`f${i}`, randomBytes(100_000).toString("hex"));
    await until(
      () =>
        ana.of("refused").length > 0 &&
        ana.of("ack").flatMap((frame) => frame.acks).length + ana.of("refused").length === 12,
      "answers",
    );
    expect(ana.of("refused").every((frame) => frame.code === refusalCodes.documentFull)).toBe(true);
    expect(ana.of("ack").flatMap((frame) => frame.acks)).toHaveLength(10);
    ana.push(99, "other.internal", updateOf("a", "b"), metaOf("other"));
    await ana.acked(99);
  });

  test("L1 a document that is mostly history is folded, not refused", async () => {
    await start({ updatesPerSecond: 10_000, updateBurst: 10_000 });
    const ana = await connect(relay, "ana");
    const doc = new Y.Doc();
    let n = 0;
    doc.on("update", (update: Uint8Array) => ana.push(++n, "big.internal", update, metaOf("big")));
    for (let i = 0; i < 24; i++) doc.getMap("fields").set("same", randomBytes(100_000).toString("hex"));
    await ana.acked(24);
    expect(ana.of("refused")).toEqual([]);
  });
});

describe("reading", () => {
  test("R2 catch-up from a cursor sends what lies beyond it, large ones deflated and split", async () => {
    await start({ updatesPerSecond: 100_000, updateBurst: 100_000 });
    const ana = await connect(relay, "ana");
    for (let n = 1; n <= 1_200; n++) ana.push(n, `r${n}.internal`, updateOf("name", `Company ${n}`), metaOf(`r${n}`));
    await ana.acked(1_200);
    const cold = await connect(relay, "ben");
    await cold.upToDate("crm");
    expect(cold.entries().map((entry) => entry.seq)).toEqual(Array.from({ length: 1_200 }, (_, index) => index + 1));
    expect(cold.of("catchUp")[0]).toMatchObject({ space: "crm", entries: 1_200 });
    expect(cold.of("deflatedBatch").length).toBeGreaterThanOrEqual(3);
    expect(cold.of("upToDate")[0]?.seq).toBe(1_200);
    const warm = await connect(relay, "ben", { cursors: { crm: 1_190 } });
    await warm.upToDate("crm");
    expect(warm.entries()).toHaveLength(10);
    expect(warm.of("catchUp")[0]?.entries).toBe(10);
  });

  test("R1 R2 no gap, no duplicate, no step back while others write during the catch-up", async () => {
    await start({
      updatesPerSecond: 100_000,
      updateBurst: 100_000,
      logOptions: { compaction: { longTail: 4, everyMs: 5 } },
    });
    const ana = await connect(relay, "ana");
    const docs = Array.from({ length: 40 }, () => new Y.Doc());
    let n = 0;
    for (const [at, doc] of docs.entries())
      doc.on("update", (update: Uint8Array) => ana.push(++n, `r${at}.internal`, update, metaOf(`r${at}`)));
    const writeAll = (round: number): void => {
      for (const doc of docs) doc.getMap("fields").set(`f${round % 7}`, `${round} ${"x".repeat(200)}`);
    };
    for (let round = 0; round < 20; round++) writeAll(round);
    await ana.acked(n);
    const readers = [];
    for (let round = 20; round < 40; round++) {
      writeAll(round);
      readers.push(await connect(relay, "ben"));
    }
    await ana.acked(n);
    const last = relay.log.seq;
    for (const reader of readers) {
      await until(
        () => (reader.entries().at(-1)?.seq ?? 0) >= last || (reader.of("upToDate").at(-1)?.seq ?? 0) >= last,
        "the end",
      );
      const seqs = reader.entries().map((entry) => entry.seq);
      expect(seqs.every((seq, index) => index === 0 || seq > (seqs[index - 1] ?? 0))).toBe(true);
      for (const [at, doc] of docs.entries()) {
        const held = reader.entries().filter((entry) => entry.docId === `r${at}.internal`);
        expect(fieldsOf(held.map((entry) => entry.bytes))).toEqual(doc.getMap("fields").toJSON());
      }
    }
  });

  test("R3 only readable facets travel: every byte received is searched for what is hidden", async () => {
    await start();
    const canary = (facet: string): string => `CANARY-${facet}-${randomBytes(8).toString("hex")}`;
    const facets = [
      "internal",
      "published",
      "shared",
      "client",
      "client-shared",
      "partner",
      "partner-shared",
      "unknown-one",
    ];
    const canaries = Object.fromEntries(facets.map((facet) => [facet, canary(facet)]));
    const ana = await connect(relay, "ana");
    const early = { cleo: await connect(relay, "cleo"), pat: await connect(relay, "pat") };
    await Promise.all(Object.values(early).map((device) => device.upToDate("p1")));
    for (const [n, facet] of facets.entries())
      ana.push(n, `r1.${facet}`, updateOf("secret", canaries[facet] ?? ""), metaOf("r1", facet, "p1", "milestone"));
    ana.push(
      50,
      "hidden-record.internal",
      updateOf("secret", "hidden-value"),
      metaOf("hidden-record", "internal", "p1", "hidden-type"),
    );
    await ana.acked(50);
    const late = { cleo: await connect(relay, "cleo"), pat: await connect(relay, "pat") };
    await Promise.all(Object.values(late).map((device) => device.upToDate("p1")));
    await until(() => Object.values(early).every((device) => device.entries().length === 4), "live batches");
    const readable = {
      cleo: ["published", "shared", "client", "client-shared"],
      pat: ["published", "shared", "partner", "partner-shared"],
    };
    for (const devices of [early, late]) {
      for (const id of ["cleo", "pat"] as const) {
        const received = Buffer.concat(devices[id].bytes).toString("latin1");
        for (const facet of facets)
          expect(received.includes(canaries[facet] ?? "?")).toBe(readable[id].includes(facet));
        expect(received).not.toContain("hidden-");
        expect(devices[id].entries()).toHaveLength(4);
      }
    }
    expect(late.cleo.of("catchUp")[0]?.entries).toBe(4);
  });

  test("R4 another logId: cursors count as 0", async () => {
    await start();
    const ana = await connect(relay, "ana");
    ana.push(1, "r1.internal", updateOf("a", "b"), metaOf("r1"));
    await ana.acked(1);
    const ben = await connect(relay, "ben", { logId: "another", cursors: { crm: 1 } });
    await ben.upToDate("crm");
    expect(ben.entries()).toHaveLength(1);
    const same = await connect(relay, "ben", { cursors: { crm: 1 } });
    await same.upToDate("crm");
    expect(same.entries()).toHaveLength(0);
  });

  test("R5 a reader that does not read is closed 4503; the others go on", async () => {
    await start({ updatesPerSecond: 100_000, updateBurst: 100_000 });
    const [ana, slow, ben] = [await connect(relay, "ana"), await connect(relay, "ben"), await connect(relay, "ben")];
    await Promise.all([ana, slow, ben].map((device) => device.upToDate("crm")));
    slow.socket.pause();
    let sent = 0;
    while (relay.feed.stats().connections === 3 && sent < 400) {
      sent += 1;
      ana.push(sent, `r${sent}.internal`, updateOf("name", randomBytes(60_000).toString("hex")), metaOf(`r${sent}`));
      await ana.acked(sent);
    }
    // A socket that does not read answers no close frame either: it is ended a moment later.
    await until(() => relay.feed.stats().connections === 2, "the slow reader is gone");
    await until(() => ben.entries().length === sent, "the others");
    expect(ben.socket.readyState).toBe(ben.socket.OPEN);
    slow.socket.terminate();
  });

  test("R6 deleted text does not travel in snapshots", async () => {
    await start();
    const ana = await connect(relay, "ana");
    const doc = new Y.Doc();
    let n = 0;
    doc.on("update", (update: Uint8Array) => ana.push(++n, "r1.internal", update, metaOf("r1")));
    doc.getText("text/note").insert(0, "FORGET-ME");
    doc.getText("text/note").delete(0, 9);
    doc.getText("text/note").insert(0, "keep");
    await ana.acked(3);
    await relay.log.compact();
    const ben = await connect(relay, "ben");
    await ben.upToDate("crm");
    expect(ben.entries()).toMatchObject([{ seq: 3, at: 0, docId: "r1.internal" }]);
    const received = Buffer.concat(ben.bytes).toString("latin1");
    expect(received).toContain("keep");
    expect(received).not.toContain("FORGET-ME");
  });
});

describe("spaces change", () => {
  test("F5 gained spaces are caught up, lost ones stop at once", async () => {
    await start();
    const [ana, out] = [await connect(relay, "ana"), await connect(relay, "out")];
    ana.push(1, "r1.shared", updateOf("a", "1"), metaOf("r1", "shared", "p1"));
    await ana.acked(1);
    expect(out.of("welcome")[0]?.spaces).toEqual([]);
    access.join("p1", "out", "client");
    await out.upToDate("p1");
    expect(out.entries()).toHaveLength(1);
    expect(
      out
        .of("welcome")
        .at(-1)
        ?.spaces.map((space) => space.id),
    ).toEqual(["p1"]);
    expect(ana.of("welcome").length).toBe(2);
    access.leave("p1", "out");
    ana.push(2, "r1.shared", updateOf("a", "2"));
    await ana.acked(2);
    await until(() => out.of("welcome").at(-1)?.spaces.length === 0, "the last welcome");
    expect(out.entries()).toHaveLength(1);
    out.push(1, "r1.shared", updateOf("a", "3"));
    await until(() => out.of("refused").length === 1, "refusal");
  });

  test("F5 another persona that reads other facets: the space is dropped and sent anew", async () => {
    await start();
    const ana = await connect(relay, "ana");
    ana.push(1, "r1.client", updateOf("a", "1"), metaOf("r1", "client", "p1"));
    ana.push(2, "r1.partner", updateOf("a", "1"), metaOf("r1", "partner", "p1"));
    await ana.acked(2);
    const cleo = await connect(relay, "cleo");
    await cleo.upToDate("p1");
    expect(cleo.entries().map((entry) => entry.docId)).toEqual(["r1.client"]);
    access.join("p1", "cleo", "partner");
    await cleo.upToDate("p1", 2);
    expect(cleo.of("welcome").map((frame) => frame.spaces.length)).toEqual([1, 0, 1]);
    expect(cleo.entries().map((entry) => entry.docId)).toEqual(["r1.client", "r1.partner"]);
  });

  test("F5 a persona that reads the same facets changes nothing but the welcome", async () => {
    await start();
    const ben = await connect(relay, "ben");
    await ben.upToDate("crm");
    access.join("crm", "ben", "manager");
    await until(() => ben.of("welcome").length === 2, "welcome");
    const ana = await connect(relay, "ana");
    ana.push(1, "r1.internal", updateOf("a", "1"), metaOf("r1"));
    await until(() => ben.entries().length === 1, "live goes on");
    expect(ben.of("upToDate")).toHaveLength(1);
  });
});

describe("staying alive", () => {
  test("F1 wrong, truncated, text and oversized frames close their own socket only", async () => {
    await start();
    const witness = await connect(relay, "ana");
    await witness.upToDate("crm");
    const bad: readonly [string | Uint8Array, number][] = [
      [new Uint8Array([99]), closeCodes.badFrame],
      [new Uint8Array([1, 5]), closeCodes.badFrame],
      [new Uint8Array([2, 0]), closeCodes.badFrame],
      [new Uint8Array([]), closeCodes.badFrame],
      ["hello", closeCodes.badFrame],
      [new Uint8Array(1024 * 1024 + 1), closeCodes.tooLarge],
    ];
    for (const [frame, code] of bad) {
      const device = await connect(relay, "ben");
      device.socket.send(frame);
      expect((await device.closed).code).toBe(code);
    }
    witness.push(1, "r1.internal", updateOf("a", "b"), metaOf("r1"));
    await witness.acked(1);
    expect(relay.feed.stats().connections).toBe(1);
  });

  test("F6 ping is answered; the relay pings; a silent socket is dropped", async () => {
    await start({ heartbeatMs: 100, silenceMs: 1_000 });
    const ana = await connect(relay, "ana");
    ana.send({ kind: "ping" });
    await until(() => ana.of("pong").length === 1, "pong");
    await until(() => ana.of("ping").length > 0, "ping");
    expect((await ana.closed).code).toBe(1006);
    const answering = await connect(relay, "ana");
    const answers = setInterval(() => answering.send({ kind: "pong" }), 50);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(answering.socket.readyState).toBe(answering.socket.OPEN);
    clearInterval(answers);
  });

  test("L2 a fast writer is read slowly, one far over the limit is closed 4429", async () => {
    await start({ updatesPerSecond: 100, updateBurst: 300 });
    const [steady, flood] = [await connect(relay, "ana"), await connect(relay, "ben")];
    await steady.upToDate("crm");
    const update = updateOf("a", "b");
    const started = performance.now();
    for (let n = 1; n <= 360; n++) steady.push(n, "r1.internal", update, n === 1 ? metaOf("r1") : undefined);
    await steady.acked(360);
    expect(steady.of("refused")).toEqual([]);
    // 60 over the burst at 100 a second.
    steady.push(361, "r1.internal", update);
    await steady.acked(361);
    expect(performance.now() - started).toBeGreaterThan(400);
    for (let n = 0; n < 5_000; n++) flood.push(n, "z.internal", new Uint8Array([0, 0]));
    expect((await flood.closed).code).toBe(closeCodes.tooFast);
  });

  test("L4 who writes more than his bytes a minute is read slowly over all of his sockets; others are not", async () => {
    let clock = 0;
    const perMinute = 600 * 1024;
    const budgets = createByteBudgets({
      bytesPerMinute: perMinute,
      teamFactor: 1,
      isExternal: () => true,
      now: () => clock,
    });
    await start({ updatesPerSecond: 10_000, updateBurst: 10_000, budgets });
    const [first, second] = [await connect(relay, "ana"), await connect(relay, "ana")];
    const other = await connect(relay, "ben");
    await first.upToDate("crm");
    const large = updateOf("a", "w".repeat(200 * 1024));
    first.push(1, "r1.internal", large, metaOf("r1"));
    second.push(1, "r2.internal", large, metaOf("r2"));
    await Promise.all([first.acked(1), second.acked(1)]);
    // Some kilobytes too much; what comes behind it waits.
    first.push(2, "r3.internal", updateOf("a", "w".repeat(204 * 1024)), metaOf("r3"));
    await first.acked(2);
    first.push(3, "r4.internal", updateOf("a", "waits"), metaOf("r4"));
    other.push(1, "r5.internal", large, metaOf("r5"));
    await other.acked(1);
    expect(first.of("ack").some(({ acks }) => acks.some(({ n }) => n === 3))).toBe(false);
    clock += 1_000;
    await first.acked(3);
    expect(first.of("refused")).toEqual([]);
    // A minute's worth beyond it, over however many sockets.
    const crowd = await Promise.all(Array.from({ length: 6 }, () => connect(relay, "ana")));
    for (const [index, device] of crowd.entries()) device.push(1, `s${index}.internal`, large, metaOf(`s${index}`));
    expect((await Promise.race(crowd.map((device) => device.closed))).code).toBe(closeCodes.tooFast);
  });

  test("L1 an update of more than 10,000 structs is refused with code 3, from whomever", async () => {
    await start({ updatesPerSecond: 10_000, updateBurst: 10_000 });
    const device = await connect(relay, "ana");
    await device.upToDate("crm");
    const doc = new Y.Doc();
    for (let index = 0; index < 10_001; index += 1) doc.getText("t").insert(0, "x");
    device.push(1, "r1.internal", Y.encodeStateAsUpdate(doc), metaOf("r1"));
    await until(() => device.of("refused").length === 1, "the refusal");
    expect(device.of("refused")[0]).toMatchObject({ n: 1, code: refusalCodes.tooLarge });
  });

  test("close() says 1012, and a restarted relay has everything that was acked", async () => {
    await start();
    const ana = await connect(relay, "ana");
    for (let n = 1; n <= 50; n++) ana.push(n, `r${n}.internal`, updateOf("n", String(n)), metaOf(`r${n}`));
    await ana.acked(50);
    const { folder } = relay;
    const before = relay.log.logId;
    await relay.close();
    expect((await ana.closed).code).toBe(closeCodes.restarting);
    await start({ folder });
    expect(relay.log.logId).toBe(before);
    const ben = await connect(relay, "ben");
    await ben.upToDate("crm");
    expect(ben.entries()).toHaveLength(50);
  });
});
