// The HTTP API: every route, the same refusal for the same reason, and nothing for whoever may not have it.

import { writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeRelayFrame, encodeClientFrame } from "#shared/protocol/frames.ts";
import { FEED_SUBPROTOCOL, PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { newId } from "#shared/model/ids.ts";
import { recordTypes } from "#shared/record-types/index.ts";
import { HIDDEN_MARGIN, HIDDEN_NOTE } from "#sync-server/demo/project-texts.ts";
import { routeRules } from "#sync-server/gateways/door-rules.ts";
import { joined, openHarness, temporaryFolder, type Client, type Harness } from "./api-harness.ts";

const notFound = {
  error: { code: "NotFound", message: "There is nothing here, or it is not shared with you. Check the address." },
};

describe("set-up and sign-in", () => {
  let relay: Harness;
  beforeAll(async () => void (relay = await openHarness()));
  afterAll(() => relay.close());

  it("asks for set-up first, sets up once, and then answers 409", async () => {
    const anonymous = relay.client();
    expect((await anonymous("GET", "/api/v1/set-up")).json()).toEqual({ needed: true });
    const owner = {
      organization: "Northwind Build",
      name: "Olga Berg",
      email: "olga@northwind.example",
      password: "drawbridge",
    };
    const bad = await anonymous("POST", "/api/v1/set-up", { ...owner, password: "short" });
    expect([bad.status, bad.json().error!["code"]]).toEqual([400, "BadInput"]);
    const made = await anonymous("POST", "/api/v1/set-up", owner);
    expect(made.status).toBe(200);
    expect(made.json()).toMatchObject({ token: expect.any(String), member: { name: "Olga Berg", persona: "owner" } });
    expect((await anonymous("GET", "/api/v1/set-up")).json()).toEqual({
      needed: false,
      organization: "Northwind Build",
    });
    const again = await anonymous("POST", "/api/v1/set-up", owner);
    expect([again.status, again.json().error!["code"]]).toEqual([409, "AlreadySetUp"]);
  });

  it("E2: signs in, knows the member, and forgets the session on sign-out", async () => {
    const olga = await relay.signIn("olga@northwind.example");
    expect((await olga("GET", "/api/v1/me")).json()).toMatchObject({
      email: "olga@northwind.example",
      persona: "owner",
    });
    expect((await olga("POST", "/api/v1/auth/sign-out")).status).toBe(200);
    expect((await olga("GET", "/api/v1/me")).status).toBe(401);
  });

  it("answers a wrong password and an unknown e-mail with the same body", async () => {
    const wrong = await relay.client()("POST", "/api/v1/auth/sign-in", {
      email: "olga@northwind.example",
      password: "guess",
    });
    const unknown = await relay.client()("POST", "/api/v1/auth/sign-in", {
      email: "nobody@northwind.example",
      password: "guess",
    });
    expect(wrong.status).toBe(401);
    expect([unknown.status, unknown.text]).toEqual([wrong.status, wrong.text]);
  });

  it("makes a project with a space named after it, and follows its name", async () => {
    const olga = await relay.signIn("olga@northwind.example");
    const made = await olga("POST", "/api/v1/records", { type: "project", fields: { name: "Gym hall" } });
    expect(made.status).toBe(200);
    const { id } = made.json();
    expect(made.json()["space"]).toBe(id);
    const spaceName = async (): Promise<unknown> =>
      (await olga("GET", "/api/v1/spaces")).json().find((space) => space["id"] === id)?.["name"];
    expect(await spaceName()).toBe("Gym hall");
    await olga("PATCH", `/api/v1/records/${id}`, { fields: { name: "Gym hall, phase 1" } });
    expect(await spaceName()).toBe("Gym hall, phase 1");
  });
});

describe("the API of the demo organization", () => {
  let relay: Harness;
  let ana: Client;
  let olga: Client;
  let carla: Client;
  let crm: string;
  let roof: string;

  beforeAll(async () => {
    relay = await openHarness({ demo: true });
    [ana, olga, carla] = (await Promise.all(
      ["ana@northwind.example", "olga@northwind.example", "carla@harborclinic.example"].map((email) =>
        relay.signIn(email),
      ),
    )) as [Client, Client, Client];
    const spaces = (await ana("GET", "/api/v1/spaces")).json();
    crm = spaces.find((space) => space["kind"] === "crm")?.["id"] ?? "";
    roof = spaces.find((space) => space["name"] === "Clinic roof")?.["id"] ?? "";
  });
  afterAll(() => relay.close());

  const first = async (client: Client, space: string, type: string, name: string): Promise<string> => {
    const page = (await client("GET", `/api/v1/records?space=${space}&type=${type}&limit=200`)).json();
    const found = page["records"]!.find((record) => Object.values(record["fields"]!).includes(name as never));
    return found?.["id"] ?? "";
  };

  it("describes itself as OpenAPI 3.1 with every route", async () => {
    const api = (await relay.client()("GET", "/api/v1/openapi.json")).json();
    expect(api["openapi"]).toBe("3.1.0");
    // The table of doors is the list; a test of its own holds it against what is registered.
    const listed = Object.keys(routeRules)
      .filter((row) => row.includes(" /api/v1/") && !row.includes("*") && !row.endsWith("openapi.json"))
      .map((row) => row.replace(/:(\w+)/g, "{$1}"));
    const described = Object.entries(api["paths"]!).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(listed.sort());
    const signIn = api["paths"]!["/api/v1/auth/sign-in"]!["post"]!;
    expect(signIn["requestBody"]!["content"]!["application/json"]!["schema"]!["required"]).toEqual([
      "email",
      "password",
    ]);
  });

  it("T2: answers every route but sign-in, set-up, the relay's public key and the links of invitations and passwords with the same 401 to a stranger", async () => {
    const paths = (await relay.client()("GET", "/api/v1/openapi.json")).json()["paths"]!;
    const bodies = new Set<string>();
    for (const [path, methods] of Object.entries(paths)) {
      if (/\/(sign-in|set-up|chain-key|(invitations|password-resets)\/(look|accept))$/.test(path)) continue;
      for (const method of Object.keys(methods)) {
        const url = path.replace(/\{\w+\}/g, "some-id");
        for (const stranger of [relay.client(), relay.client("a".repeat(43))]) {
          const answer = await stranger(
            method.toUpperCase(),
            url,
            ["post", "put", "patch"].includes(method) ? {} : undefined,
          );
          expect(answer.status, `${method} ${path}`).toBe(401);
          bodies.add(answer.text);
        }
      }
    }
    expect(bodies.size).toBe(1);
  });

  it("pages through the records of a type without gaps or repeats", async () => {
    const ids: string[] = [];
    let cursor = "";
    do {
      const page = (await ana("GET", `/api/v1/records?space=${crm}&type=company&limit=25&cursor=${cursor}`)).json();
      ids.push(...page["records"]!.map((record) => record["id"]!));
      cursor = page["cursor"] ?? "";
    } while (cursor !== "");
    expect(ids).toHaveLength(60);
    expect(new Set(ids).size).toBe(60);
  });

  it("makes, reads, changes and deletes a record, and reads its own writes", async () => {
    const made = await ana("POST", "/api/v1/records", {
      space: crm,
      type: "deal",
      fields: { name: "Pier 9 glazing", amount: "34,200 EUR", stage: "Proposal", margin: "12.5" },
    });
    expect(made.status).toBe(200);
    const { id } = made.json();
    const expected = {
      name: "Pier 9 glazing",
      amount: { amount: 3_420_000, currency: "EUR" },
      stage: "proposal",
      margin: 12.5,
    };
    expect(made.json()).toEqual({
      id,
      type: "deal",
      space: crm,
      fields: expected,
      docs: { internal: `${id}.internal`, published: `${id}.published`, partner: `${id}.partner` },
    });
    const changed = await olga("PATCH", `/api/v1/records/${id}`, {
      fields: { stage: "won", margin: null, nextStep: "Hand over" },
    });
    expect(changed.json()["fields"]).toEqual({
      name: "Pier 9 glazing",
      amount: expected.amount,
      stage: "won",
      nextStep: "Hand over",
    });
    expect((await ana("GET", `/api/v1/records/${id}`)).json()).toEqual(changed.json());
    expect((await ana("DELETE", `/api/v1/records/${id}`)).json()).toEqual({ done: true });
    const gone = await ana("GET", `/api/v1/records/${id}`);
    expect([gone.status, gone.json()]).toEqual([404, notFound]);
    expect(await first(ana, crm, "deal", "Pier 9 glazing")).toBe("");
  });

  it("answers values that cannot be used with a sentence per field, and changes nothing", async () => {
    const id = await first(ana, crm, "deal", "Clinic roof");
    const before = (await ana("GET", `/api/v1/records/${id}`)).text;
    const answer = await ana("PATCH", `/api/v1/records/${id}`, {
      fields: { amount: "much", stage: "nowhere", name: "", closeDate: "soon", wings: 2, nextStep: "fine" },
    });
    expect(answer.status).toBe(400);
    expect(answer.json()["error"]).toMatchObject({
      code: "InvalidFields",
      fields: {
        amount: expect.stringContaining("amount"),
        stage: expect.stringContaining("Choose"),
        name: "Name cannot be empty.",
        closeDate: expect.stringContaining("date"),
        wings: expect.any(String),
      },
    });
    expect((await ana("GET", `/api/v1/records/${id}`)).text).toBe(before);
    const missing = await ana("POST", "/api/v1/records", { space: crm, type: "deal", fields: { margin: 3 } });
    expect(missing.json()["error"]).toMatchObject({ code: "InvalidFields", fields: { name: "Name cannot be empty." } });
  });

  it("keeps records in the kind of space they belong to", async () => {
    expect(
      (await ana("POST", "/api/v1/records", { space: roof, type: "deal", fields: { name: "Misplaced" } })).status,
    ).toBe(400);
    expect(
      (await ana("POST", "/api/v1/records", { space: crm, type: "milestone", fields: { title: "Misplaced" } })).status,
    ).toBe(400);
    expect(
      (await ana("POST", "/api/v1/records", { space: "elsewhere", type: "task", fields: { title: "Lost" } })).json(),
    ).toEqual(notFound);
    expect((await ana("POST", "/api/v1/records", { space: crm, type: "spaceship", fields: {} })).status).toBe(400);
  });

  it("E5: what Carla may not see answers exactly like what does not exist", async () => {
    const deal = await first(ana, crm, "deal", "Clinic roof");
    for (const [method, body] of [
      ["GET", undefined],
      ["PATCH", { fields: { name: "x" } }],
      ["DELETE", undefined],
    ] as const) {
      const hidden = await carla(method, `/api/v1/records/${deal}`, body);
      const missing = await carla(method, "/api/v1/records/01943aa3-0000-7000-8000-000000000000", body);
      expect([hidden.status, hidden.text]).toEqual([missing.status, missing.text]);
      expect(hidden.json()).toEqual(notFound);
    }
    const hiddenSpace = await carla("GET", `/api/v1/records?space=${crm}&type=deal`);
    const missingSpace = await carla("GET", "/api/v1/records?space=no-such-space&type=deal");
    expect([hiddenSpace.status, hiddenSpace.text]).toEqual([missingSpace.status, missingSpace.text]);
    const hiddenMembers = await carla("PUT", `/api/v1/spaces/${crm}/members/x`, { persona: "client" });
    const missingMembers = await carla("PUT", "/api/v1/spaces/no-such-space/members/x", { persona: "client" });
    expect([hiddenMembers.status, hiddenMembers.text]).toEqual([missingMembers.status, missingMembers.text]);
  });

  it("refuses a field Carla may not write, whatever it is, and takes one she may", async () => {
    const milestone = await first(carla, roof, "milestone", "M2 Structure");
    const answers = await Promise.all(
      ["title", "laborCost", "internalNotes", "billingAmount", "noSuchField"].map((field) =>
        carla("PATCH", `/api/v1/records/${milestone}`, { fields: { [field]: "1" } }),
      ),
    );
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(403);
    const mixed = await carla("PATCH", `/api/v1/records/${milestone}`, {
      fields: { clientNote: "Fine with us", title: "Mine" },
    });
    expect(mixed.status).toBe(403);
    const note = await carla("PATCH", `/api/v1/records/${milestone}`, { fields: { clientNote: "Fine with us" } });
    expect(note.json()["fields"]).toMatchObject({ title: "M2 Structure", clientNote: "Fine with us" });
    expect((await carla("DELETE", `/api/v1/records/${milestone}`)).status).toBe(403);
    expect((await ana("GET", `/api/v1/records/${milestone}`)).json()["fields"]).toMatchObject({
      clientNote: "Fine with us",
      title: "M2 Structure",
    });
  });

  it("puts a client's comment where everybody reads it and the team's where only the team does", async () => {
    const hers = await carla("POST", "/api/v1/records", {
      space: roof,
      type: "comment",
      fields: { body: "From the clinic", about: roof },
    });
    expect(Object.keys(hers.json()["docs"]!)).toEqual(["shared"]);
    const ours = await ana("POST", "/api/v1/records", {
      space: roof,
      type: "comment",
      fields: { body: "Among us", about: roof },
    });
    expect(Object.keys(ours.json()["docs"]!)).toEqual(["internal"]);
    expect((await carla("GET", `/api/v1/records/${ours.json()["id"]}`)).status).toBe(404);
    expect(
      (
        await carla("POST", "/api/v1/records", {
          space: roof,
          type: "comment",
          fields: { body: "Sneaky" },
          audience: "internal",
        })
      ).status,
    ).toBe(403);
    expect((await carla("POST", "/api/v1/records", { type: "project", fields: { name: "Mine" } })).status).toBe(403);
  });

  it("J7: nothing that reaches Carla, over HTTP or the feed, holds the margin or the internal notes", async () => {
    const seen: Buffer[] = [];
    const take = async (path: string): Promise<string> => {
      const { text } = await carla("GET", path);
      seen.push(Buffer.from(text));
      return text;
    };
    for (const path of ["/api/v1/me", "/api/v1/spaces", "/api/v1/members"]) await take(path);
    let records = 0;
    for (const { type } of recordTypes) {
      const page = JSON.parse(await take(`/api/v1/records?space=${roof}&type=${type}&limit=200`)) as {
        records: { id: string }[];
      };
      for (const { id } of page.records) await take(`/api/v1/records/${id}`);
      records += page.records.length;
    }
    expect(records).toBeGreaterThan(15);

    const { ticket } = (await carla("POST", "/api/v1/tickets")).json();
    const feed = relay.socket(`/feed?ticket=${ticket}`, { protocols: [FEED_SUBPROTOCOL] });
    feed.socket.on("open", () =>
      feed.socket.send(
        encodeClientFrame({
          kind: "hello",
          protocol: PROTOCOL_VERSION,
          deviceId: "carla-1",
          logId: "",
          cursors: new Map(),
        }),
      ),
    );
    await expect
      .poll(
        () =>
          feed.frames.some((frame) => {
            const decoded = decodeRelayFrame(frame);
            return decoded.ok && decoded.value.kind === "upToDate";
          }),
        { timeout: 5_000 },
      )
      .toBe(true);
    for (const frame of feed.frames) {
      seen.push(frame);
      const decoded = decodeRelayFrame(frame);
      if (decoded.ok && decoded.value.kind === "deflatedBatch")
        seen.push((await import("node:zlib")).inflateRawSync(decoded.value.payload));
    }
    feed.socket.close();

    const all = Buffer.concat(seen);
    expect(all.includes("M2 Structure")).toBe(true);
    const double = Buffer.alloc(8);
    double.writeDoubleBE(HIDDEN_MARGIN);
    const float = Buffer.alloc(4);
    float.writeFloatBE(HIDDEN_MARGIN);
    for (const canary of [
      String(HIDDEN_MARGIN),
      HIDDEN_NOTE,
      "kestrel-4471",
      double,
      double.toReversed(),
      float,
      "laborCost",
      "internalNotes",
    ]) {
      expect(all.includes(canary as string), String(canary)).toBe(false);
    }
    const anas = (await ana("GET", `/api/v1/records/${roof}`)).text;
    expect(anas.includes(String(HIDDEN_MARGIN)) && anas.includes("kestrel-4471"), "the canaries are really there").toBe(
      true,
    );
  });

  it("manages members: owners add, put into spaces and remove; outsiders see no list", async () => {
    const input = { name: "Uli Frei", email: "uli@harborclinic.example", password: "long enough", persona: "client" };
    expect((await ana("POST", "/api/v1/members", input)).status).toBe(403);
    const uli = (await olga("POST", "/api/v1/members", input)).json();
    expect((await olga("POST", "/api/v1/members", input)).status).toBe(409);
    expect((await ana("GET", "/api/v1/members")).json().map((member) => member["email"])).toContain(
      "uli@harborclinic.example",
    );
    expect((await carla("GET", "/api/v1/members")).status).toBe(403);
    expect((await olga("PUT", `/api/v1/spaces/${crm}/members/${uli["id"]}`, { persona: "client" })).status).toBe(400);
    expect((await olga("PUT", `/api/v1/spaces/${roof}/members/${uli["id"]}`, { persona: "client" })).json()).toEqual({
      done: true,
    });
    const client = await relay.signIn("uli@harborclinic.example", "long enough");
    expect((await client("GET", "/api/v1/spaces")).json()).toHaveLength(1);
    const milestone = await first(client, roof, "milestone", "M1 Survey");
    expect((await client("GET", `/api/v1/records/${milestone}`)).status).toBe(200);
    expect((await olga("DELETE", `/api/v1/spaces/${roof}/members/${uli["id"]}`)).status).toBe(200);
    expect((await client("GET", `/api/v1/records/${milestone}`)).json()).toEqual(notFound);
    expect((await client("GET", "/api/v1/spaces")).json()).toEqual([]);
  });

  describe("sockets", () => {
    const ticketOf = async (client: Client): Promise<string> =>
      (await client("POST", "/api/v1/tickets")).json()["ticket"]!;

    it("E3: are accepted, then closed 4401 without a ticket, with a used one, or with nonsense", async () => {
      const ticket = await ticketOf(ana);
      const open = relay.socket(`/feed?ticket=${ticket}`, { protocols: [FEED_SUBPROTOCOL] });
      await new Promise((resolve) => open.socket.on("open", resolve));
      expect(await relay.socket(`/feed?ticket=${ticket}`, { protocols: [FEED_SUBPROTOCOL] }).closed).toBe(4401);
      expect(await relay.socket("/feed", { protocols: [FEED_SUBPROTOCOL] }).closed).toBe(4401);
      expect(await relay.socket(`/live/${roof}.published?ticket=x`).closed).toBe(4401);
      open.socket.close();
    });

    it("E2: open with the tickets of one request, each for its own document; a name of nobody gets one too, and 4403", async () => {
      const documents = [`${roof}.published`, `${newId()}.published`, `${roof}.published`, `${roof}.internal`];
      const answer = await ana("POST", "/api/v1/live-tickets", { documents });
      const [mine, nobodys, swapped, feeds] = (answer.json() as unknown as { tickets: string[] }).tickets;
      const open = await joined(relay.socket(`/live/${documents[0]}?ticket=${mine}`));
      expect(await relay.socket(`/live/${documents[0]}?ticket=${mine}`).closed).toBe(4401);
      expect(await relay.socket(`/live/${documents[1]}?ticket=${nobodys}`).closed).toBe(4403);
      expect(await relay.socket(`/live/${documents[3]}?ticket=${swapped}`).closed).toBe(4401);
      expect(await relay.socket(`/feed?ticket=${feeds}`, { protocols: [FEED_SUBPROTOCOL] }).closed).toBe(4401);
      for (const bad of [[], Array.from({ length: 1_001 }, () => documents[0])])
        expect((await ana("POST", "/api/v1/live-tickets", { documents: bad })).status).toBe(400);
      const many = { documents: Array.from({ length: 1_000 }, () => documents[0]) };
      const codes = [];
      for (let each = 0; each < 5; each++) codes.push((await ana("POST", "/api/v1/live-tickets", many)).status);
      expect(codes).toEqual([200, 200, 200, 200, 429]);
      open.socket.close();
    });

    it("E4: are refused with 403 for a foreign origin, before anything else", async () => {
      const { port } = relay.relay;
      for (const origin of [
        "https://evil.example",
        "null",
        `http://localhost:${port}.evil.example`,
        `http://evil.example:${port}`,
        `ftp://localhost:${port}`,
      ]) {
        expect(
          await relay.socket(`/feed?ticket=${await ticketOf(ana)}`, { origin, protocols: [FEED_SUBPROTOCOL] }).refused,
          origin,
        ).toBe(403);
      }
      for (const origin of [`http://localhost:${port}`, "app://drawbridge"]) {
        const { socket } = relay.socket(`/feed?ticket=${await ticketOf(ana)}`, {
          origin,
          protocols: [FEED_SUBPROTOCOL],
        });
        await new Promise((resolve) => socket.on("open", resolve));
        socket.close();
      }
    });

    it("close 4403 alike for a document that is not yours and one that does not exist, 4426 for an unknown version", async () => {
      const deal = await first(ana, crm, "deal", "Clinic roof");
      expect(await relay.socket(`/live/${deal}.published?ticket=${await ticketOf(carla)}`).closed).toBe(4403);
      expect(await relay.socket(`/live/${deal}0.published?ticket=${await ticketOf(carla)}`).closed).toBe(4403);
      expect(await relay.socket(`/live/not-a-document?ticket=${await ticketOf(carla)}`).closed).toBe(4403);
      expect(await relay.socket(`/feed?ticket=${await ticketOf(ana)}`, { protocols: ["drawbridge.99"] }).closed).toBe(
        4426,
      );
      expect(await relay.socket("/elsewhere").refused).toBe(404);
    });

    it("close 4413 for a frame over 1 MiB", async () => {
      const { socket, closed } = relay.socket(`/feed?ticket=${await ticketOf(ana)}`, { protocols: [FEED_SUBPROTOCOL] });
      socket.on("open", () => socket.send(new Uint8Array(1024 * 1024 + 1)));
      expect(await closed).toBe(4413);
    });
  });

  it("lets the desktop app's pages call, and no other site's", async () => {
    const preflight = await relay.client()("OPTIONS", "/api/v1/auth/sign-in", undefined, {
      origin: "app://drawbridge",
      "access-control-request-method": "POST",
    });
    expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([204, "app://drawbridge"]);
    const evil = await relay.client()("GET", "/api/v1/set-up", undefined, { origin: "https://evil.example" });
    expect(evil.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("answers what it cannot read in the one shape", async () => {
    const broken = await fetch(`${relay.relay.address}/api/v1/auth/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{",
    });
    expect([broken.status, await broken.json()]).toMatchObject([400, { error: { code: "BadInput" } }]);
    const large = await relay.client()("POST", "/api/v1/auth/sign-in", { email: "a".repeat(2_000_000), password: "" });
    expect([large.status, large.json()["error"]!["code"]]).toEqual([413, "TooLarge"]);
    expect((await ana("GET", "/api/v1/no-such-thing")).json()).toEqual(notFound);
    expect((await ana("GET", "/api/v1/me")).headers.get("cache-control")).toBe("no-store");
  });
});

describe("limits", () => {
  it("answers 429 in the one shape, for requests in general and for failed sign-ins", async () => {
    const relay = await openHarness({ requestsPerMinute: 30, signInTries: 2 });
    const guess = { email: "x@y.example", password: "guess" };
    await relay.client()("POST", "/api/v1/auth/sign-in", guess);
    const answers = [];
    for (let index = 0; index < 40; index += 1) answers.push(await relay.client()("GET", "/api/v1/set-up"));
    expect(answers.at(-1)?.status).toBe(429);
    expect(answers.at(-1)?.json()["error"]).toMatchObject({ code: "TooManyRequests" });
    await relay.close();
    const slow = await openHarness({ signInTries: 2 });
    for (const expected of [401, 401, 429])
      expect((await slow.client()("POST", "/api/v1/auth/sign-in", guess)).status).toBe(expected);
    await slow.close();
  });

  it("counts by the address that the proxy saw, not by what a client writes into the header", async () => {
    const relay = await openHarness({ behindTls: true, signInTries: 2 });
    const guess = async (index: number, forwarded: string): Promise<number> =>
      (
        await relay.client()(
          "POST",
          "/api/v1/auth/sign-in",
          { email: `x${index}@y.example`, password: "guess" },
          { "x-forwarded-for": forwarded },
        )
      ).status;
    expect(await guess(1, "1.1.1.1, 9.9.9.9")).toBe(401);
    expect(await guess(2, "2.2.2.2, 9.9.9.9")).toBe(401);
    expect(await guess(3, "3.3.3.3, 9.9.9.9")).toBe(429);
    expect(await guess(4, "3.3.3.3, 8.8.8.8")).toBe(401);
    await relay.close();
  });
});

describe("the app", () => {
  let relay: Harness;
  const page = { accept: "text/html,*/*" };
  beforeAll(async () => {
    const app = temporaryFolder();
    mkdirSync(join(app, "assets"));
    for (const [name, content] of [
      ["index.html", "<!doctype html><title>Drawbridge</title>"],
      ["sw.js", "self;"],
      ["manifest.webmanifest", "{}"],
      ["assets/main-abc123.js", "1"],
    ] as const) {
      writeFileSync(join(app, name), content);
    }
    relay = await openHarness({ app });
  });
  afterAll(() => relay.close());

  it("is served with a strict policy, fresh where it changes and for a year where its name says what it is", async () => {
    const index = await relay.client()("GET", "/", undefined, page);
    expect(index.text).toContain("Drawbridge");
    expect(index.headers.get("cache-control")).toBe("no-cache");
    const policy = index.headers.get("content-security-policy") ?? "";
    for (const part of [
      "script-src 'self';",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "connect-src 'self' ws: wss:",
    ])
      expect(policy).toContain(part);
    expect(policy).not.toContain("upgrade-insecure-requests");
    expect(index.headers.get("x-content-type-options")).toBe("nosniff");
    expect(index.headers.get("strict-transport-security")).toBeNull();
    for (const path of ["/sw.js", "/manifest.webmanifest"])
      expect((await relay.client()("GET", path)).headers.get("cache-control")).toBe("no-cache");
    expect((await relay.client()("GET", "/assets/main-abc123.js")).headers.get("cache-control")).toBe(
      "public, max-age=31536000, immutable",
    );
  });

  it("answers every page address with the app, and only pages", async () => {
    const deep = await relay.client()("GET", "/record/abc?x=1", undefined, page);
    expect([deep.status, deep.headers.get("cache-control")]).toEqual([200, "no-cache"]);
    expect(deep.text).toContain("Drawbridge");
    expect((await relay.client()("GET", "/record/abc")).json()).toEqual(notFound);
    expect((await relay.client()("GET", "/assets/main-gone.js", undefined, page)).status).toBe(404);
    expect((await relay.client()("GET", "/api/v1/nope", undefined, page)).json()).toEqual(notFound);
    expect((await relay.client()("GET", "/../../package.json", undefined, page)).text).not.toContain("dependencies");
  });

  it("tells HTTPS browsers to stay there when it is behind TLS, and is alive and ready", async () => {
    const secure = await openHarness({ behindTls: true });
    expect((await secure.client()("GET", "/healthz")).headers.get("strict-transport-security")).toContain("max-age");
    await secure.close();
    expect((await relay.client()("GET", "/healthz")).json()).toEqual({ status: "ok" });
    expect((await relay.client()("GET", "/readyz")).json()).toEqual({ status: "ready" });
  });
});
