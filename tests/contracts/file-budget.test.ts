// Bytes of files have a budget a minute of their own (rule L5): beyond it the door answers before it reads, words go on.

import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openHarness, type Client, type Harness } from "./api-harness.ts";

let relay: Harness;
let olga: Client;
const KILOBYTES = 2;

beforeAll(async () => {
  relay = await openHarness({ requestsPerMinute: 100_000, kilobytesPerMinute: KILOBYTES });
  const owner = {
    organization: "Northwind Build",
    name: "Olga",
    email: "olga@northwind.example",
    password: "drawbridge",
  };
  await relay.client()("POST", "/api/v1/set-up", owner);
  olga = await relay.signIn("olga@northwind.example");
});
afterAll(() => relay.close());

it("L5: a minute's worth of files and then 429, while records are still taken", async () => {
  // The team has ten times as much as outsiders, files ten times as much as words.
  const bytes = Buffer.alloc(KILOBYTES * 1024 * 150, "plan ");
  const project = (await olga("POST", "/api/v1/records", { type: "project", fields: { name: "Roof" } })).json();
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const fields = { name: "plan.txt", mimeType: "text/plain", size: bytes.length, sha256, about: project["id"] };
  const made = (await olga("POST", "/api/v1/records", { type: "file", space: project["id"], fields })).json();
  const signedIn = await fetch(`${relay.relay.address}/api/v1/auth/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "olga@northwind.example", password: "drawbridge" }),
  });
  const { token } = (await signedIn.json()) as { token: string };
  const put = async (): Promise<number> => {
    const answer = await fetch(`${relay.relay.address}/api/v1/files/${made["id"]}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/octet-stream" },
      body: bytes,
    });
    return answer.status;
  };
  expect(await put()).toBe(200);
  expect(await put()).toBe(429);
  expect((await olga("POST", "/api/v1/records", { type: "project", fields: { name: "Gate" } })).status).toBe(200);
});
