// What an operator sees of a relay: its metrics, whether it serves, and a log that follows one connection without naming
// anybody.

import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket as WsSocket } from "ws";
import * as Y from "yjs";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { FEED_SUBPROTOCOL } from "#shared/protocol/version.ts";
import { configWith } from "#sync-server/config.ts";
import { openRelay, type Relay } from "#sync-server/relay.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import type { StorageStatus } from "#sync-server/storage/storage.ts";
import { freePort, OWNER, prepareRelay, setUpRelay, type RelayProcess } from "../faults/relay-process.ts";
import { PASSWORD, until } from "../sync/network.ts";
import { openRawFeed, ticketFor } from "../sync/raw-feed.ts";

const newFolder = (): string => join(mkdtempSync(join(tmpdir(), "drawbridge-operations-")), "data");

let running: RelayProcess | Relay | undefined;
afterEach(async () => {
  if (running !== undefined) await ("stop" in running ? running.stop("SIGKILL") : running.close());
  running = undefined;
});

/** How a WebSocket without a ticket ends. */
const knock = (address: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = new WsSocket(address.replace("http", "ws"), [FEED_SUBPROTOCOL]);
    socket.on("unexpected-response", (_request, answer) => resolve(`refused ${answer.statusCode}`));
    socket.on("close", (code) => resolve(`closed ${code}`));
    // What comes with a refusal.
    socket.on("error", () => undefined);
  });

const updateOf = (words: string): Uint8Array => {
  const doc = new Y.Doc();
  doc.getMap("fields").set("name", words);
  return Y.encodeStateAsUpdate(doc);
};

/** A metric's value by its line, for example `drawbridge_connections{endpoint="feed"}`. */
const valueOf = (text: string, metric: string): number =>
  Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${metric} `))
      ?.slice(metric.length + 1) ?? Number.NaN,
  );

describe("/metrics", { timeout: 60_000 }, () => {
  it("counts what happens, in Prometheus' form, for programs on this machine only", async () => {
    const relay = await prepareRelay(newFolder());
    running = relay;
    await relay.start();
    const { space } = await setUpRelay(relay.address);
    const feed = await openRawFeed(relay.address, OWNER);
    for (let index = 0; index < 20; index += 1) {
      const recordId = newId();
      const meta = { space, type: "company", recordId, facet: "internal" };
      expect(await feed.push(docIdOf(recordId, "internal"), updateOf(`c${index}`), meta)).toBe("ack");
    }
    expect(await feed.push("nothing.internal", updateOf("x"))).toBe(1);
    // Somebody who has it all to catch up with.
    (await openRawFeed(relay.address, OWNER)).close();
    const answer = await fetch(`${relay.address}/metrics`);
    expect(answer.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    const text = await answer.text();
    expect(valueOf(text, "drawbridge_pushes_total")).toBe(20);
    expect(valueOf(text, "drawbridge_acks_total")).toBe(20);
    expect(valueOf(text, "drawbridge_ack_seconds_count")).toBe(20);
    expect(valueOf(text, 'drawbridge_refused_total{reason="forbidden"}')).toBe(1);
    expect(valueOf(text, 'drawbridge_connections{endpoint="feed"}')).toBeGreaterThanOrEqual(1);
    expect(valueOf(text, "drawbridge_catch_up_bytes_total")).toBeGreaterThan(200);
    expect(valueOf(text, "drawbridge_commit_queue")).toBe(0);
    expect(valueOf(text, "drawbridge_log_seq")).toBeGreaterThan(0);
    expect(valueOf(text, 'drawbridge_log_bytes{file="write-ahead-log"}')).toBeGreaterThan(10_000);
    expect(valueOf(text, "drawbridge_disk_free_bytes")).toBeGreaterThan(0);
    expect(valueOf(text, "drawbridge_ready")).toBe(1);
    expect(valueOf(text, 'drawbridge_event_loop_delay_seconds{quantile="0.99"}')).toBeGreaterThanOrEqual(0);
    expect(valueOf(text, 'drawbridge_http_requests_total{status="200"}')).toBeGreaterThan(1);
    // Every one of them is explained to whoever runs the relay.
    const documented = readFileSync(join(import.meta.dirname, "../../docs/operations.md"), "utf8");
    const names = [...text.matchAll(/^# HELP (\S+)/gm)].map((match) => match[1] ?? "");
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !documented.includes(`\`${name}`))).toEqual([]);
    // What came through a proxy is from elsewhere, whatever the proxy's own address is.
    const forwarded = await fetch(`${relay.address}/metrics`, { headers: { "x-forwarded-for": "198.51.100.7" } });
    expect(forwarded.status).toBe(403);
    feed.close();
  });

  it("with a token: whoever sends it, nobody else", async () => {
    const relay = await prepareRelay(newFolder(), { flags: ["--metrics-token", "let-me-see"] });
    running = relay;
    await relay.start();
    const ask = async (token: string): Promise<number> =>
      (await fetch(`${relay.address}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect([await ask("let-me-see"), await ask("let-me-sea"), await ask("")]).toEqual([200, 403, 403]);
  });
});

describe("/readyz", () => {
  it("is false when the disk is full or failed, true again when there is room; the process lives all the while", async () => {
    let writes: StorageStatus["writes"] = "ok";
    const opened = await openRelay(configWith({ port: 0, host: "127.0.0.1", data: newFolder(), noOpen: true }), {
      openStorage: async (folder) => {
        const storage = await openSqliteStorage(folder);
        if (!storage.ok) return storage;
        const real = storage.value;
        return { ok: true, value: { ...real, status: async () => ({ ...(await real.status()), writes }) } };
      },
    });
    if (!opened.ok) throw new Error(opened.error.message);
    const relay = opened.value;
    running = relay;
    const ask = async (): Promise<[number, unknown]> => {
      const answer = await fetch(`${relay.address}/readyz`);
      return [answer.status, ((await answer.json()) as { status: string }).status];
    };
    expect(await ask()).toEqual([200, "ready"]);
    writes = "full";
    expect(await ask()).toEqual([503, "disk full"]);
    expect((await fetch(`${relay.address}/healthz`)).status).toBe(200);
    writes = "broken";
    expect(await ask()).toEqual([503, "disk failed"]);
    writes = "ok";
    expect(await ask()).toEqual([200, "ready"]);
  });

  it("is false, and every other door shut for a moment, while the log is being read", async () => {
    const port = await freePort();
    const reading = Promise.withResolvers<void>();
    const isRead = Promise.withResolvers<void>();
    const config = configWith({ port, host: "127.0.0.1", data: newFolder(), noOpen: true });
    const opening = openRelay(config, {
      openStorage: async (folder) => {
        reading.resolve();
        await isRead.promise;
        return openSqliteStorage(folder);
      },
    });
    await reading.promise;
    const address = `http://127.0.0.1:${port}`;
    const ask = async (path: string): Promise<readonly unknown[]> => {
      const answer = await fetch(address + path);
      return [answer.status, answer.headers.get("retry-after"), await answer.json()];
    };
    const loading = [503, "1", { status: "loading" }];
    expect(await ask("/readyz")).toEqual(loading);
    expect(await ask("/")).toEqual(loading);
    expect(await ask("/api/v1/me")).toEqual(loading);
    expect(await ask("/metrics")).toEqual(loading);
    expect(await ask("/healthz")).toEqual([200, null, { status: "ok" }]);
    expect((await fetch(`${address}/api/v1/auth/sign-in`, { method: "POST", body: "{}" })).status).toBe(503);
    for (const path of ["feed", "live/r1.internal"]) expect(await knock(`${address}/${path}`)).toBe("refused 503");

    isRead.resolve();
    const opened = await opening;
    if (!opened.ok) throw new Error(opened.error.message);
    running = opened.value;
    expect(await ask("/readyz")).toEqual([200, null, { status: "ready" }]);
    expect(await knock(`${address}/feed`), "let in, and asked for a ticket").toBe("closed 4401");
  });

  it("touches no folder when its port is taken", async () => {
    const folder = newFolder();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    const opened = await openRelay(configWith({ port, host: "127.0.0.1", data: folder, noOpen: true }));
    taken.close();
    expect(opened).toMatchObject({ ok: false, error: { message: expect.stringMatching(/already in use.*--port/) } });
    expect(existsSync(folder)).toBe(false);
  });

  it("is false while the demo is being filled in", async () => {
    const relay = await prepareRelay(newFolder(), { flags: ["--demo"] });
    running = relay;
    const seen = new Set<string>();
    const state = { isUp: false };
    const starting = relay.start().then(() => (state.isUp = true));
    while (!state.isUp) {
      try {
        const answer = await fetch(`${relay.address}/readyz`);
        seen.add(`${answer.status} ${((await answer.json()) as { status: string }).status}`);
      } catch {
        // Not listening yet.
        seen.add("no answer");
      }
    }
    await starting;
    expect([...seen].filter((status) => status.startsWith("503"))).toEqual(["503 loading"]);
    expect((await fetch(`${relay.address}/readyz`)).status).toBe(200);
  });
});

describe("the log", { timeout: 60_000 }, () => {
  it("follows a connection by its id, and names nobody: no names, addresses, tokens or words of records", async () => {
    const relay = await prepareRelay(newFolder(), { flags: ["--log-level", "trace"] });
    running = relay;
    await relay.start();
    const { token, space } = await setUpRelay(relay.address);
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const call = async (method: string, path: string, body?: unknown): Promise<Response> =>
      fetch(`${relay.address}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
    const carla = {
      name: "Carla Secretmann",
      email: "carla@hidden.example",
      password: "harbour-lights-2026",
      persona: "client",
    };
    for (let again = 0; again < 2; again += 1) await call("POST", "/api/v1/members", carla);
    await call("POST", "/api/v1/auth/sign-in", { email: "mallory@wrong.example", password: "guessed-password" });
    await call("POST", "/api/v1/records", { space, type: "company", fields: { name: "Canary Wharf Clinic" } });
    await call("POST", "/api/v1/records", { space, type: "company", fields: { name: { odd: "Canary Wharf Clinic" } } });
    await call("POST", "/api/v1/records", '{"broken": "Canary Wharf Clinic"');
    await call("GET", "/api/v1/records/nothing?name=Canary%20Wharf&ticket=stolen-ticket");
    const recordId = newId();
    const docId = docIdOf(recordId, "internal");
    const feed = await openRawFeed(relay.address, OWNER);
    const meta = { space, type: "company", recordId, facet: "internal" };
    expect(await feed.push(docId, updateOf("Canary Wharf Clinic"), meta)).toBe("ack");
    await feed.push("nothing.internal", updateOf("Canary Wharf Clinic"));
    feed.socket.send(new TextEncoder().encode("\u0001Canary Wharf Clinic"));
    await until(() => feed.socket.readyState === feed.socket.CLOSED, "the bad frame was the last");
    const tickets: string[] = [];
    for (const bytes of [
      Uint8Array.from([0, 2, 1, 9]),
      Uint8Array.from([1, 200, 1, 9]),
      updateOf("Canary Wharf Clinic"),
    ]) {
      const ticket = await ticketFor(relay.address, token);
      tickets.push(ticket);
      const live = new WebSocket(`${relay.address.replace("http", "ws")}/live/${docId}?ticket=${ticket}`);
      await new Promise((resolve) => live.addEventListener("open", resolve));
      live.send(new Uint8Array(bytes));
      await new Promise((resolve) => setTimeout(resolve, 50));
      live.close();
    }
    const refused = new WebSocket(`${relay.address.replace("http", "ws")}/feed?ticket=stolen-ticket`, "drawbridge.1");
    await new Promise((resolve) => refused.addEventListener("close", resolve));
    await relay.stop("SIGTERM");

    const log = relay.output();
    // Its own address is the one address it may name.
    const lines = log.split("\n").filter((line) => line.startsWith("{") && !line.includes("listening at"));
    expect(lines.length).toBeGreaterThan(20);
    const secrets = [
      "Olga",
      OWNER,
      "northwind",
      "Carla",
      "Secretmann",
      "carla@",
      "hidden.example",
      "mallory",
      "guessed",
    ];
    for (const secret of [
      ...secrets,
      PASSWORD,
      "Canary",
      "Wharf",
      "stolen-ticket",
      token,
      ...tickets,
      "127.0.0.1",
      "::1",
    ])
      expect(lines.join("\n").toLowerCase(), secret).not.toContain(secret.toLowerCase());
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.filter((event) => event["reqId"] !== undefined).length).toBeGreaterThan(10);
    // What is not about the process itself says by which request or connection it came.
    const isOwn = /^(relay started|Server listening)/;
    expect(
      events
        .filter((event) => event["reqId"] === undefined && event["connection"] === undefined)
        .map((event) => String(event["msg"]))
        .filter((message) => !isOwn.test(message)),
    ).toEqual([]);
    const bad = events.find((event) => event["code"] === 4400);
    expect(bad?.["connection"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(events.filter((event) => event["connection"] === bad?.["connection"]).length).toBeGreaterThan(1);
  });
});
