import { describe, expect, it } from "vitest";
import { findRelay, relayOrigin } from "#renderer/data/find-relay.ts";

const answering =
  (body: string, status = 200): typeof fetch =>
  async () =>
    new Response(body, { status });

const silent: typeof fetch = async () => {
  throw new TypeError("Failed to fetch");
};

/** A server of somebody else: it answers, but lets no other page read the answer. */
const foreign: typeof fetch = async (_input, init) => {
  if (init?.mode === "no-cors") return new Response("");
  throw new TypeError("Failed to fetch");
};

describe("the address of a relay", () => {
  it("is reduced to its origin", () => {
    expect(relayOrigin(" https://relay.example/settings?x=1 ")).toBe("https://relay.example");
    expect(relayOrigin("relay.example:8443")).toBe("https://relay.example:8443");
    expect(relayOrigin("localhost:4400")).toBe("http://localhost:4400");
    expect(relayOrigin("http://localhost:4400/")).toBe("http://localhost:4400");
    for (const typed of ["", "   ", "not an address", "ftp://relay.example", "https://", "javascript:alert(1)"])
      expect(relayOrigin(typed), typed).toBeUndefined();
  });

  it("is taken when a relay answers there, set up or not", async () => {
    expect(await findRelay("relay.example", answering('{"needed":false,"organization":"Northwind"}'))).toEqual({
      ok: true,
      value: "https://relay.example",
    });
    expect(await findRelay("localhost:1", answering('{"needed":true}'))).toEqual({
      ok: true,
      value: "http://localhost:1",
    });
  });

  it("gets one sentence otherwise", async () => {
    const sentence = async (typed: string, fetchNow: typeof fetch): Promise<string> => {
      const found = await findRelay(typed, fetchNow);
      return found.ok ? "found" : found.error;
    };
    expect(await sentence("relay.example", silent)).toMatch(/^Nothing answers at https:\/\/relay\.example\./);
    expect(await sentence("relay.example", foreign)).toMatch(/^That is not a Drawbridge server/);
    expect(await sentence("relay.example", answering("<!doctype html>"))).toMatch(/^That is not a Drawbridge server/);
    expect(await sentence("relay.example", answering('{"needed":true}', 404))).toMatch(/^That is not/);
    expect(await sentence("relay.example", answering('{"status":"loading"}', 503))).toMatch(/not ready yet/);
    expect(await sentence("relay.example", answering("null"))).toMatch(/^That is not/);
    expect(await sentence("http://relay.example", answering('{"needed":true}'))).toMatch(/https/);
    expect(await sentence("", silent)).toMatch(/^Enter the server's address/);
  });
});
