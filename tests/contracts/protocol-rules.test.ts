// PROTOCOL.md and the tests hold together: every numbered rule occurs in the title of a test, so that whoever changes a
// rule finds what proves it. And rule E1, which is about the relay as a whole.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeCodes, refusalCodes } from "#shared/protocol/close-codes.ts";
import { FEED_SUBPROTOCOL } from "#shared/protocol/version.ts";
import { openHarness, temporaryFolder, type Harness } from "./api-harness.ts";

const root = path.resolve(import.meta.dirname, "../..");
const protocol = readFileSync(path.join(root, "shared/protocol/PROTOCOL.md"), "utf8");
const rules = [...protocol.matchAll(/^\* \*\*([A-Z]\d+)\*\*/gm)].map((match) => match[1] ?? "");

/** Titles of all tests: the text that follows `it(`, `test(`, `describe(` or one of their `.each(...)(`. */
function testTitles(): string {
  const files = readdirSync(path.join(root, "tests"), { recursive: true, encoding: "utf8" });
  return (
    files
      // In tests/faults an R with a number is a scenario of the faults, not a rule.
      .filter((file) => /\.(test|spec)\.ts$|-exam\.ts$/.test(file) && !file.startsWith(`faults${path.sep}`))
      .filter((file) => !file.endsWith("protocol-rules.test.ts"))
      .flatMap((file) => readFileSync(path.join(root, "tests", file), "utf8").split("\n"))
      .filter((line) => /\b(it|test|describe)\b[\w.]*\(/.test(line))
      .join("\n")
  );
}

describe("every rule of PROTOCOL.md", () => {
  const titles = testTitles();

  it("is numbered once", () => {
    expect(rules.length).toBeGreaterThan(30);
    expect(new Set(rules).size).toBe(rules.length);
  });

  // E1 is the one below.
  it.each(rules.filter((rule) => rule !== "E1"))("%s is named by a test", (rule) => {
    expect(titles).toMatch(new RegExp(`\\b${rule}\\b`));
  });

  it("names every code that the code knows, and no other", () => {
    const section = protocol.slice(protocol.indexOf("## 5. Codes"), protocol.indexOf("## 6."));
    const [closes = "", refusals = ""] = section.split("Refused:");
    const numbers = (text: string, pattern: RegExp): number[] =>
      (text.match(pattern) ?? []).map(Number).toSorted((one, other) => one - other);
    const plain = (codes: Readonly<Record<string, number>>): number[] =>
      Object.values(codes).toSorted((one, other) => one - other);
    expect(numbers(closes, /\b\d{4}\b/g)).toEqual(plain(closeCodes));
    expect(numbers(refusals, /(?<=(?:^|,) )\d+\b/g)).toEqual(plain(refusalCodes));
  });
});

describe("E1: one port", () => {
  let relay: Harness;
  beforeAll(async () => {
    const app = temporaryFolder();
    mkdirSync(app, { recursive: true });
    writeFileSync(path.join(app, "index.html"), "<!doctype html><title>Drawbridge</title>");
    relay = await openHarness({ app });
  });
  afterAll(() => relay.close());

  it("E1: answers feed, live, API, health, readiness and the app, and nothing else takes a WebSocket", async () => {
    const ask = relay.client();
    expect((await ask("GET", "/api/v1/set-up")).json()).toEqual({ needed: true });
    expect((await ask("GET", "/healthz")).status).toBe(200);
    expect((await ask("GET", "/readyz")).status).toBe(200);
    expect((await ask("GET", "/", undefined, { accept: "text/html" })).text).toContain("<title>Drawbridge</title>");
    const feed = relay.socket("/feed", { protocols: [FEED_SUBPROTOCOL] });
    await new Promise((resolve) => feed.socket.on("open", resolve));
    expect(feed.socket.protocol).toBe(FEED_SUBPROTOCOL);
    expect(await feed.closed).toBe(closeCodes.noTicket);
    expect(await relay.socket("/live/r1.published").closed).toBe(closeCodes.noTicket);
    for (const path of ["/", "/api/v1", "/live", "/feed/more", "/healthz"])
      expect(await relay.socket(path).refused, path).toBe(404);
  });
});
