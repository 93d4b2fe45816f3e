// R17, R18: frames of every kind thrown at both gateways and the API, over the real log and the real gate. No crash, no turn
// of more than 250 ms of processor time, nothing stored that was not acknowledged or echoed, and afterwards everybody works on.
// FAULTS=night or FUZZ_FRAMES=1000000 for the long run, FUZZ_SEED to repeat one.

import { EventEmitter } from "node:events";
import { mkdtempSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WebSocket } from "ws";
import { afterEach, expect, test } from "vitest";
import * as Y from "yjs";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { refusalCodes } from "#shared/protocol/close-codes.ts";
import { decodeRelayFrame, encodeClientFrame } from "#shared/protocol/frames.ts";
import { limits } from "#shared/protocol/limits.ts";
import { configWith } from "#sync-server/config.ts";
import { openGate } from "#sync-server/gate/gate.ts";
import { createFeedGateway } from "#sync-server/gateways/feed.ts";
import { createLiveGateway } from "#sync-server/gateways/live.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import { openRelay } from "#sync-server/relay.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import { createRandom } from "../sync/random.ts";
import { openRawFeedWith, ticketFor } from "../sync/raw-feed.ts";
import { createFakeAccess } from "../unit/relay/fake-access.ts";
import { awarenessFrame, feedFrame, liveMessage, mutate, type Known } from "./frame-grammar.ts";
import { setUpRelay } from "./relay-process.ts";
import { sizes } from "./sizes.ts";
import { seedFor } from "#tests/seed.ts";
import { messagesIn } from "#tests/wire-payload.ts";

const FRAMES = Number(process.env["FUZZ_FRAMES"] ?? sizes.fuzzFrames);
const REQUESTS = Math.ceil(FRAMES / 50);
const HANG_MS = 250;

function seeded(what: string) {
  const seed = seedFor("FUZZ_SEED", what);
  process.stdout.write(`${what}: FUZZ_SEED=${seed}\n`);
  return createRandom(seed);
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** As much of a WebSocket as the gateways use; frames go in without a network, so that a million of them take minutes. */
class PaperSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  isPaused = false;
  closeCode = 0;
  readonly sent: Uint8Array[] = [];
  /** The gateways write whole WebSocket frames, several at once, below the WebSocket. */
  readonly _socket = {
    destroyed: false,
    writableLength: 0,
    write: (bytes: Buffer, done?: () => void): void => {
      this.sent.push(...messagesIn(bytes));
      if (done !== undefined) setImmediate(done);
    },
  };
  close(code: number): void {
    if (this.readyState !== 1) return;
    this.closeCode = code;
    this.readyState = 3;
    this.emit("close", code);
  }
  terminate(): void {
    this.close(1006);
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  ping(): void {
    this.emit("pong");
  }
}

const threadMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

test(
  `R17 T22 ${FRAMES} frames on feed, live and awareness: no crash, no hang, nothing stored that was refused`,
  { timeout: 120_000 + FRAMES * 3 },
  async () => {
    const random = seeded("frames");
    const opened = await openSqliteStorage(mkdtempSync(join(tmpdir(), "drawbridge-fuzz-")));
    if (!opened.ok) throw new Error(opened.error.message);
    const storage = opened.value;
    const innerLog = openUpdateLog(storage.log);
    const access = createFakeAccess({ ana: "sales", carla: "client", olga: "owner" });
    access.join("crm", "ana", "sales");
    access.join("crm", "olga", "owner");
    for (const [member, persona] of [
      ["ana", "sales"],
      ["carla", "client"],
      ["olga", "owner"],
    ] as const)
      access.join("p1", member, persona, "project");
    const gate = openGate(innerLog, {
      leases: storage.leases,
      isExternal: (memberId) => memberId === "carla",
      mayTurn: () => true,
      earlyMs: 5,
    });
    const problems: string[] = [];
    const note = (details: object, message: string): void =>
      void problems.push(`${message} ${JSON.stringify(details)}`);
    let appends = 0;
    let accepted = 0;
    const log: UpdateLog = {
      ...gate.log,
      get seq() {
        return gate.log.seq;
      },
      async append(request) {
        appends += 1;
        const result = await gate.log.append(request);
        if (result.ok) accepted += 1;
        return result;
      },
    };
    const deps = {
      log,
      access,
      logger: { info: () => undefined, warn: note, error: note },
      updatesPerSecond: 1e9,
      updateBurst: 1e9,
    };
    const feed = createFeedGateway(deps);
    const live = createLiveGateway(deps);
    closing.push(async () => {
      await Promise.all([feed.close(), live.close()]);
      await gate.close();
      await innerLog.close();
      await storage.close();
    });
    const seed = new Y.Doc();
    seed.getMap("fields").set("name", "r");
    /** Fresh documents now and then: what is tried is frames, not how long a document of junk takes. */
    async function makeDocuments(): Promise<Known> {
      const company = newId();
      const brief = newId();
      const metas = [
        ...["internal", "published"].map((facet) => ({ space: "crm", type: "company", recordId: company, facet })),
        ...["client-shared", "shared"].map((facet) => ({ space: "p1", type: "document", recordId: brief, facet })),
      ];
      const bytes = Y.encodeStateAsUpdate(seed);
      for (const meta of metas) {
        await log.append({ docId: docIdOf(meta.recordId, meta.facet), bytes, author: "olga", source: {}, meta });
      }
      return { metas, docIds: metas.map(({ recordId, facet }) => docIdOf(recordId, facet)) };
    }
    let stored = 0;
    innerLog.subscribe((committed) => (stored += committed.length));
    let known = await makeDocuments();

    const open = (where: "feed" | "live", memberId: string, greets = random.chance(0.95)): PaperSocket => {
      const socket = new PaperSocket();
      const member = access.member(memberId);
      if (where === "feed") {
        feed.accept(socket as unknown as WebSocket, member);
        const hello = {
          kind: "hello",
          protocol: 1,
          deviceId: "d",
          logId: log.logId,
          cursors: new Map([
            ["crm", log.seq],
            ["p1", log.seq],
          ]),
        } as const;
        if (greets) socket.emit("message", encodeClientFrame(hello), true);
      } else live.accept(socket as unknown as WebSocket, member, random.pick(known.docIds));
      return socket;
    };

    let worst = 0;
    const codes = new Map<number, number>();
    const violations: string[] = [];
    let socket = open("feed", "ana");
    let where: "feed" | "live" = "feed";
    for (let sent = 0; sent < FRAMES; sent += 1) {
      if (socket.readyState !== 1 || sent % 100 === 99) {
        codes.set(socket.closeCode, (codes.get(socket.closeCode) ?? 0) + 1);
        socket.close(0);
        where = random.chance(0.5) ? "feed" : "live";
        socket = open(where, random.chance(0.95) ? random.pick(["ana", "olga"]) : "carla");
      }
      const bytes =
        where === "feed" ? feedFrame(random, known) : random.chance(0.3) ? awarenessFrame(random) : liveMessage(random);
      const appendsBefore = appends;
      const before = threadMs();
      socket.emit("message", random.chance(0.002) ? mutate(bytes, random) : bytes, random.chance(0.999));
      const took = threadMs() - before;
      if (took > worst) worst = took;
      // A frame that closes its socket must not have been heard in part.
      if (socket.readyState !== 1 && appends !== appendsBefore) violations.push(Buffer.from(bytes).toString("hex"));
      if (sent % 50 === 0) await nextTurn();
      if (sent % 500 === 499) known = await makeDocuments();
    }
    await new Promise((resolve) => setTimeout(resolve, 500));

    expect(worst, "the longest turn, in processor time").toBeLessThan(HANG_MS);
    expect(problems.filter((problem) => !problem.startsWith("a space could not be made"))).toEqual([]);
    // A refused frame leaves nothing behind: the log grew by what it answered for, and by live updates, which echo.
    expect(violations).toEqual([]);
    expect([log.seq, stored]).toEqual([accepted, accepted]);
    expect(accepted, "well-formed ones among them were taken").toBeGreaterThan(FRAMES / 50);
    expect(codes.get(4400), "unreadable frames close their socket").toBeGreaterThan(FRAMES / 1_000);
    expect(
      [...codes.keys()].filter((code) => ![0, 1006, 4400, 4401, 4403, 4413, 4426, 4429, 4503].includes(code)),
    ).toEqual([]);

    // Everybody works on, also from what is on disk.
    await innerLog.compact();
    const recordId = newId();
    const meta = { space: "crm", type: "company", recordId, facet: "internal" };
    const olga = open("feed", "olga", true);
    olga.emit(
      "message",
      encodeClientFrame({
        kind: "push",
        n: 7,
        docId: docIdOf(recordId, "internal"),
        meta,
        bytes: Y.encodeStateAsUpdate(seed),
      }),
      true,
    );
    const end = Date.now() + 10_000;
    const isAcked = (): boolean =>
      olga.sent.some((bytes) => {
        const frame = decodeRelayFrame(bytes);
        return frame.ok && frame.value.kind === "ack" && frame.value.acks.some(({ n }) => n === 7);
      });
    while (!isAcked() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(isAcked()).toBe(true);
  },
);

test(
  `R17 ${REQUESTS} malformed HTTP requests: an answer below 500 to each, and nothing made`,
  { timeout: 120_000 + REQUESTS * 20 },
  async () => {
    const random = seeded("requests");
    const routes: { method: string; path: string }[] = [];
    const opened = await openRelay(
      configWith({
        port: 0,
        host: "127.0.0.1",
        data: join(mkdtempSync(join(tmpdir(), "drawbridge-fuzz-")), "data"),
        noOpen: true,
        requestsPerMinute: 1_000_000,
        signInTries: 1_000_000,
      }),
      { onRoute: ({ method, url }) => routes.push(...[method].flat().map((each) => ({ method: each, path: url }))) },
    );
    if (!opened.ok) throw new Error(opened.error.message);
    closing.push(() => opened.value.close());
    const { address } = opened.value;
    const { token, space } = await setUpRelay(address);
    expect(routes.length).toBeGreaterThan(15);
    const odd = (): unknown =>
      random.pick<unknown>([
        null,
        1e308,
        -1,
        true,
        [],
        {},
        "x".repeat(random.below(5_000)),
        "__proto__",
        { __proto__: { admin: true } },
        [[[[]]]],
        "\u0000",
        space,
        "2026-99-99",
        "😀",
      ]);
    const bodyOf = (): string => {
      const keys = [
        "space",
        "type",
        "fields",
        "name",
        "email",
        "password",
        "persona",
        "id",
        "audience",
        "policy",
        "message",
        "__proto__",
      ];
      const body: Record<string, unknown> = {};
      for (let times = random.below(6); times > 0; times -= 1)
        body[random.pick(keys)] = random.chance(0.3) ? { [random.pick(keys)]: odd() } : odd();
      const text = JSON.stringify(body);
      return random.chance(0.3) ? Buffer.from(mutate(Buffer.from(text), random)).toString("latin1") : text;
    };
    const members = async (): Promise<number> =>
      (
        (await (
          await fetch(`${address}/api/v1/members`, { headers: { authorization: `Bearer ${token}` } })
        ).json()) as unknown[]
      ).length;
    const before = await members();
    const statuses = new Map<number, number>();
    const bad: string[] = [];
    let worst = { ms: 0, of: "" };
    for (let sent = 0; sent < REQUESTS; sent += 1) {
      const route = random.pick(routes);
      if (route.path.includes("sign-out") || route.method === "OPTIONS") continue;
      const path = route.path.replaceAll(/:\w+|\*/g, () =>
        encodeURIComponent(random.pick([space, "x", "..", "%00", "a".repeat(400), "__proto__"])),
      );
      const query = random.chance(0.3)
        ? `?limit=${String(random.pick([-1, 0, "x", 1e9]))}&cursor=${encodeURIComponent("\u0000")}&space=${space}&type=company`
        : "";
      const method = random.chance(0.9) ? route.method : random.pick(["GET", "POST", "PUT", "PATCH", "DELETE"]);
      const startedAt = threadMs();
      const answer = await fetch(`${address}${path}${query}`, {
        method,
        headers: {
          "content-type": random.pick([
            "application/json",
            "application/json",
            "text/plain",
            "application/octet-stream",
          ]),
          // Without one it is a guest. With one it is the owner: nothing may break however much he may.
          ...(random.chance(0.7)
            ? {
                authorization: `Bearer ${
                  random.chance(0.8)
                    ? token
                    : bodyOf()
                        .slice(0, 50)
                        .replaceAll(/[^\u0020-\u007E]/g, "")
                }`,
              }
            : {}),
        },
        ...(["GET", "HEAD"].includes(method) ? {} : { body: bodyOf() }),
      });
      await answer.arrayBuffer();
      const ms = threadMs() - startedAt;
      if (ms > worst.ms) worst = { ms, of: `${method} ${path}` };
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      // Not built in a test run: the app says so with a 503.
      if (answer.status >= 500 && answer.status !== 503) bad.push(`${answer.status} ${method} ${path}${query}`);
    }
    expect(bad).toEqual([]);
    // The asking and the answering, which share a thread here.
    expect(worst.ms, `the longest request, in processor time: ${worst.of}`).toBeLessThan(HANG_MS);
    expect(await members(), "nobody was made by accident").toBe(before);
    expect((statuses.get(400) ?? 0) + (statuses.get(404) ?? 0)).toBeGreaterThan(REQUESTS / 10);
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
  },
);

test(
  "R18 oversize: an update over 256 KiB is refused, a frame over 1 MiB or a lying header costs its socket, memory stays flat",
  { timeout: 60_000 },
  async () => {
    const opened = await openRelay(
      configWith({
        port: 0,
        host: "127.0.0.1",
        data: join(mkdtempSync(join(tmpdir(), "drawbridge-fuzz-")), "data"),
        noOpen: true,
      }),
    );
    if (!opened.ok) throw new Error(opened.error.message);
    closing.push(() => opened.value.close());
    const { address } = opened.value;
    const { token, space } = await setUpRelay(address);
    const honest = await openRawFeedWith(address, await ticketFor(address, token));
    closing.push(async () => honest.close());
    const big = new Y.Doc();
    big.getMap("fields").set("name", "x".repeat(limits.updateBytes));
    const bytes = Y.encodeStateAsUpdate(big);
    const meta = { space, type: "company", recordId: newId(), facet: "internal" };
    const docId = docIdOf(meta.recordId, meta.facet);
    expect(await honest.push(docId, bytes, meta)).toBe(refusalCodes.tooLarge);
    // It cost the update, not the socket.
    expect(await honest.push(docId, Y.encodeStateAsUpdate(new Y.Doc()), meta)).not.toBe(refusalCodes.tooLarge);
    const { connect } = await import("node:net");
    /** A raw socket, upgraded by hand, that then sends what it likes. */
    const raw = async (after: (write: (bytes: Uint8Array) => void) => void): Promise<string> => {
      const { hostname, port } = new URL(address);
      const socket = connect(Number(port), hostname);
      const received: Buffer[] = [];
      socket.on("data", (bytes) => received.push(bytes));
      socket.write(
        `GET /feed?ticket=${await ticketFor(address, token)} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: drawbridge.1\r\n\r\n`,
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
      after((bytes) => socket.write(bytes));
      await new Promise((resolve) => {
        socket.on("close", resolve);
        setTimeout(resolve, 3_000);
      });
      socket.destroy();
      return Buffer.concat(received).toString("latin1");
    };
    const rss = process.memoryUsage.rss();
    const closeCodeIn = (bytes: string): number => {
      const at = bytes.lastIndexOf("\u0088");
      return at < 0 ? 0 : bytes.charCodeAt(at + 2) * 256 + bytes.charCodeAt(at + 3);
    };
    // A header that promises a gigabyte.
    const promise = Uint8Array.from([0x82, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4]);
    expect(closeCodeIn(await raw((write) => write(promise)))).toBe(4413);
    // 10,000 fragments that never end.
    const fragments = await raw((write) => {
      write(Uint8Array.from([0x02, 0x81, 0, 0, 0, 0, 1]));
      for (let piece = 0; piece < 10_000; piece += 1) write(Uint8Array.from([0x00, 0x81, 0, 0, 0, 0, 1]));
      write(Uint8Array.from([0x80, 0x81, 0, 0, 0, 0, 1]));
    });
    expect([4400, 4413, 1002, 1008]).toContain(closeCodeIn(fragments));
    // Compression that nobody agreed on: a protocol error.
    expect(closeCodeIn(await raw((write) => write(Uint8Array.from([0xc2, 0x81, 0, 0, 0, 0, 1]))))).toBe(1002);
    expect(process.memoryUsage.rss() - rss).toBeLessThan(64 * 1024 * 1024);
  },
);
