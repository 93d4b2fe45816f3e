// The brake on WebSockets that come without a valid ticket, and that it never touches whoever has one.

import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { assert } from "#shared/model/result.ts";
import { closeCodes } from "#shared/protocol/close-codes.ts";
import { limits } from "#shared/protocol/limits.ts";
import { configWith } from "#sync-server/config.ts";
import { openRelay, type Relay } from "#sync-server/relay.ts";
import { openHarness, temporaryFolder, type Harness } from "./api-harness.ts";

const tries = limits.refusedUpgradesPerMinute;
const owner = { organization: "Northwind", name: "Olga", email: "olga@northwind.example", password: "drawbridge" };

const ticketOf = async (relay: Harness): Promise<string> => {
  const olga = await relay.signIn(owner.email);
  return String((await olga("POST", "/api/v1/tickets")).json()["ticket"]);
};

/** Closing codes of sockets that were opened at once, in the order of asking. */
const codesOf = (relay: Harness, count: number, path: string): Promise<number[]> =>
  Promise.all(Array.from({ length: count }, () => relay.socket(path).closed));

describe("L3: WebSockets without a valid ticket", () => {
  let relay: Harness;
  beforeAll(async () => {
    relay = await openHarness();
    expect((await relay.client()("POST", "/api/v1/set-up", owner)).status).toBeLessThan(300);
  });
  afterAll(() => relay.close());

  it("L3: the first 60 of an address are closed 4401, further ones 4429; a valid ticket still gets in", async () => {
    const first = await codesOf(relay, tries, "/live/r1.published?ticket=guess");
    expect(new Set(first)).toEqual(new Set([closeCodes.noTicket]));
    const further = await codesOf(relay, 20, "/feed?ticket=guess");
    expect(new Set(further)).toEqual(new Set([closeCodes.tooFast]));

    const feed = relay.socket(`/feed?ticket=${await ticketOf(relay)}`, { protocols: ["drawbridge.1"] });
    await new Promise((resolve) => feed.socket.once("open", resolve));
    // The relay answers a bad frame only to those it let in.
    feed.socket.send("text");
    expect(await feed.closed).toBe(closeCodes.badFrame);
  });
});

describe("L3: behind a proxy, over time", () => {
  let folder: string;
  let relay: Relay;
  let time = Date.now();
  beforeAll(async () => {
    folder = temporaryFolder();
    const opened = await openRelay(configWith({ port: 0, data: folder, behindTls: true }), { now: () => time });
    assert(opened.ok, opened.ok ? "" : opened.error.message);
    relay = opened.value;
  });
  afterAll(async () => {
    await relay.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const codeFor = async (forwarded: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const headers = { "x-forwarded-for": forwarded };
      const socket = new WebSocket(`${relay.address.replace("http", "ws")}/live/r1.published`, { headers });
      socket.on("close", resolve);
      socket.on("error", reject);
    });

  it("L3: counts by the address the proxy saw, and a minute later starts again", async () => {
    for (let index = 0; index < tries; index += 1)
      expect(await codeFor(`1.1.1.${index}, 9.9.9.9`)).toBe(closeCodes.noTicket);
    expect(await codeFor("9.9.9.9")).toBe(closeCodes.tooFast);
    expect(await codeFor("9.9.9.9, 8.8.8.8")).toBe(closeCodes.noTicket);
    time += 59_000;
    expect(await codeFor("9.9.9.9")).toBe(closeCodes.tooFast);
    time += 1_000;
    expect(await codeFor("9.9.9.9")).toBe(closeCodes.noTicket);
  });
});
