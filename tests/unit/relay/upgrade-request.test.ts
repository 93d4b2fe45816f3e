// What is read of a WebSocket's request is what Node's HTTP server reads of it, and everything else is left to that server.

import { once } from "node:events";
import { connect, type AddressInfo, type Socket } from "node:net";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { assert } from "#shared/model/result.ts";
import { listen, refuseUpgrade, type HttpListener } from "#sync-server/http-listener.ts";
import { readUpgrade } from "#sync-server/upgrade-request.ts";
import { seedFor } from "#tests/seed.ts";

const seed = seedFor("UPGRADE_SEED");
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const plain = [
  "Host: crm.example",
  "Connection: keep-alive, Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  `Sec-WebSocket-Key: ${KEY}`,
];
const requestOf = (headers: readonly string[], first = "GET /feed?ticket=abc HTTP/1.1"): string =>
  [first, ...headers, "", ""].join("\r\n");

const nobody = {} as Socket;
const read = (request: string) => readUpgrade(nobody, Buffer.from(request, "latin1"));

describe("the request of a WebSocket", () => {
  it("is read with its headers, and what came behind it", () => {
    const found = read(`${requestOf(plain)}\x82\x00`);
    expect(found?.request).toMatchObject({ method: "GET", url: "/feed?ticket=abc" });
    expect(found?.request.headers).toEqual({
      host: "crm.example",
      connection: "keep-alive, Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": KEY,
    });
    expect(found?.head).toEqual(Buffer.from([0x82, 0]));
  });

  it.each([
    ["not all there", requestOf(plain).slice(0, -2)],
    ["another method", requestOf(plain, "POST /feed HTTP/1.1")],
    ["another version of HTTP", requestOf(plain, "GET /feed HTTP/1.0")],
    ["a whole address", requestOf(plain, "GET http://crm.example/feed HTTP/1.1")],
    ["a blank in the path", requestOf(plain, "GET /feed x HTTP/1.1")],
    ["no upgrade", requestOf(plain.filter((line) => !line.startsWith("Upgrade")))],
    ["an upgrade nobody's connection names", requestOf(plain.map((line) => line.replace(", Upgrade", "")))],
    ["no host", requestOf(plain.slice(1))],
    ["a header said twice", requestOf([...plain, "Host: other.example"])],
    ["a body", requestOf([...plain, "Content-Length: 4"])],
    ["a body in parts", requestOf([...plain, "Transfer-Encoding: chunked"])],
    ["a folded header", requestOf([...plain, "X-Long: a", " b"])],
    ["a blank before the colon", requestOf([...plain, "X-Odd : a"])],
    ["a line without a colon", requestOf([...plain, "odd"])],
    ["a bare line feed", requestOf([...plain, "X-Odd: a\nX-Hidden: b"])],
    ["a null", requestOf([...plain, "X-Odd: a\0"])],
    ["letters beyond ASCII", requestOf([...plain, "X-Odd: \xfc"])],
    ["too long", requestOf([...plain, `X-Long: ${"a".repeat(20_000)}`])],
  ])("is left to the HTTP server: %s", (_what, request) => {
    expect(read(request)).toBeUndefined();
  });

  it(`is what Node's HTTP server reads of it (UPGRADE_SEED=${seed})`, async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    async function byNode(request: string): Promise<Pick<IncomingMessage, "url" | "headers"> | undefined> {
      const socket = connect(port, "127.0.0.1");
      const upgraded = once(server, "upgrade") as Promise<[IncomingMessage, Socket]>;
      socket.write(request, "latin1");
      const first = await Promise.race([upgraded, once(socket, "data").then(() => undefined)]);
      socket.destroy();
      first?.[1].destroy();
      return first === undefined ? undefined : { url: first[0].url, headers: { ...first[0].headers } };
    }
    const oneOf = (letters: string) => fc.constantFrom(...letters.split(""));
    const token = fc.string({ unit: oneOf("abcXYZ-_!#.~|"), minLength: 1, maxLength: 12 });
    const value = fc.string({ unit: oneOf("ab Z,;=\"'/\t\0\xff:"), maxLength: 20 });
    const more = fc.array(
      fc.tuple(token, value).map(([name, content]) => `X-${name}:${content}`),
      { maxLength: 4 },
    );
    const path = fc.string({ unit: oneOf("/abc%20?&=.\x7f\xfc"), maxLength: 20 });
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(more, path, async (extra, rest) => {
        const request = requestOf([...plain, ...extra], `GET /${rest} HTTP/1.1`);
        const found = read(request);
        if (found === undefined) return;
        taken += 1;
        const { url, headers } = found.request;
        expect({ url, headers: { ...headers } }).toEqual(await byNode(request));
      }),
      { seed, numRuns: 200 },
    );
    expect(taken).toBeGreaterThan(10);
    server.close();
    server.closeAllConnections();
  });
});

describe("the port", () => {
  let listener: HttpListener;
  let upgrades: string[];

  beforeEach(async () => {
    const listening = await listen({ port: 0, host: "127.0.0.1" });
    assert(listening.ok, "a free port is free");
    listener = listening.value;
    upgrades = [];
    listener.serve({
      request: (request, response) => {
        void text(request).then((body) => response.end(`${request.url} ${body.length}`));
      },
      upgrade(request, socket) {
        upgrades.push(request.url ?? "");
        refuseUpgrade(socket, "403 Forbidden");
      },
    });
  });
  afterEach(() => listener.close());

  const open = (): Socket => connect(listener.port, "127.0.0.1");

  /** Everything that comes until the other side ends. */
  async function answerTo(...parts: readonly string[]): Promise<string> {
    const socket = open();
    for (const part of parts) {
      socket.write(part);
      await sleep(20);
    }
    return text(socket);
  }

  it("takes an upgrade from its first bytes, and one that comes in pieces all the same", async () => {
    const whole = requestOf(plain, "GET /feed?ticket=1 HTTP/1.1");
    const pieces = requestOf(plain, "GET /feed?ticket=2 HTTP/1.1");
    expect(await answerTo(whole)).toContain("403 Forbidden");
    expect(await answerTo("G", pieces.slice(1, 30), pieces.slice(30))).toContain("403 Forbidden");
    expect(upgrades).toEqual(["/feed?ticket=1", "/feed?ticket=2"]);
  });

  it("hands every other request on: a large one, several on one connection, an upgrade behind them", async () => {
    const body = "x".repeat(300_000);
    const post = `POST /files HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`;
    const get = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    const answer = await answerTo(post + body.slice(0, 1_000), body.slice(1_000), get, requestOf(plain));
    expect(answer).toContain("/files 300000");
    expect(answer).toContain("/healthz 0");
    expect(answer).toContain("403 Forbidden");
    expect(upgrades).toEqual(["/feed?ticket=abc"]);
  });

  it("answers what is no request, and lives on after connections that end without a word", async () => {
    expect(await answerTo("\x16\x03\x01 nonsense\r\n\r\n")).toContain("400 Bad Request");
    const ended = open();
    ended.end();
    await once(ended, "close");
    const broken = open();
    await once(broken, "connect");
    broken.resetAndDestroy();
    expect(await answerTo("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).toContain("/ 0");
  });

  it("closes although somebody is connected who never says a word", async () => {
    const silent = open();
    await once(silent, "connect");
    const gone = once(silent, "close");
    await listener.close();
    await gone;
    expect(silent.destroyed).toBe(true);
  });

  it("ends connections that stay silent", async () => {
    listener.server.headersTimeout = 50;
    const silent = open();
    await once(silent, "close");
    expect(silent.destroyed).toBe(true);
  });
});
