// Every door of the relay from the outside: the table of door-rules.ts is whole, a guest gets nothing through any row of it,
// and a member of one project gets the same answer for another project's ids as for ids that nobody has.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#shared/model/ids.ts";
import { decodeRelayFrame, encodeClientFrame, type DocumentMeta } from "#shared/protocol/frames.ts";
import { closeCodes } from "#shared/protocol/close-codes.ts";
import { FEED_SUBPROTOCOL, PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { configWith } from "#sync-server/config.ts";
import {
  clientFrameRules,
  liveMessageRules,
  relayFrameRules,
  requireRouteRule,
  routeRules,
  ruleOfRoute,
  socketRules,
} from "#sync-server/gateways/door-rules.ts";
import { awarenessMessage, syncMessage } from "#sync-server/gateways/live-messages.ts";
import { openRelay } from "#sync-server/relay.ts";
import { temporaryFolder, openHarness, type Answer, type Client, type Harness } from "#tests/contracts/api-harness.ts";
import { updateOf } from "#tests/unit/relay/test-relay.ts";
import { seedFor } from "#tests/seed.ts";

const PAIRS = Number(process.env["DOOR_PAIRS"] ?? 5_000);
const password = "drawbridge";
const canary = "CANARY-7Q2XK9";

/** Somebody in a project of their own, with ids of everything in it. */
type Side = {
  readonly client: Client;
  readonly member: string;
  readonly space: string;
  readonly records: readonly string[];
  readonly docs: readonly string[];
};

let relay: Harness;
let sideA: Side;
let sideB: Side;
const routes: string[] = [];

async function makeSide(olga: Client, name: string, mark: string): Promise<Side> {
  const person = { name: `${name} ${mark}`, email: `${name}@dahl.example`, password, persona: "client" };
  const member = (await olga("POST", "/api/v1/members", person)).json()["id"]!;
  const made = async (body: object): Promise<{ id: string; docs: Record<string, string> }> => {
    const answer = await olga("POST", "/api/v1/records", body);
    expect(answer.status, answer.text).toBe(200);
    return JSON.parse(answer.text) as { id: string; docs: Record<string, string> };
  };
  const project = await made({ type: "project", fields: { name: `${name} ${mark}` } });
  const milestone = { title: `Beams ${mark}`, billingAmount: "10.00 EUR", laborCost: "7.00 EUR" };
  const records = [
    project,
    await made({ type: "milestone", space: project.id, fields: milestone }),
    await made({ type: "comment", space: project.id, fields: { body: mark }, audience: "client" }),
  ];
  await olga("PUT", `/api/v1/spaces/${project.id}/members/${member}`, { persona: "client" });
  return {
    client: await relay.signIn(`${name}@dahl.example`),
    member,
    space: project.id,
    records: records.map(({ id }) => id),
    docs: records.flatMap(({ docs }) => Object.values(docs)),
  };
}

beforeAll(async () => {
  const app = temporaryFolder();
  writeFileSync(join(app, "index.html"), "<!doctype html><title>Drawbridge</title>");
  relay = await openHarness(
    { app, requestsPerMinute: 1_000_000, signInTries: 10_000, updatesPerSecond: 1_000_000 },
    temporaryFolder(),
    { onRoute: ({ method, url }) => routes.push(...[method].flat().map((one) => `${one} ${url}`)) },
  );
  const owner = { organization: "Northwind Build", name: "Olga", email: "olga@northwind.example", password };
  await relay.client()("POST", "/api/v1/set-up", owner);
  const olga = await relay.signIn("olga@northwind.example");
  sideA = await makeSide(olga, "carla", "their own");
  sideB = await makeSide(olga, "boris", canary);
});
afterAll(() => relay.close());

describe("the table of doors", () => {
  it("has a row for every route of a running relay, and no row that names none", () => {
    expect(routes.length).toBeGreaterThan(20);
    expect(routes.filter((route) => ruleOfRoute(...(route.split(" ") as [string, string])) === undefined)).toEqual([]);
    const registered = new Set(routes.map((route) => route.replace(/^HEAD /, "GET ")));
    expect(Object.keys(routeRules).filter((row) => !registered.has(row))).toEqual([]);
    const frames = { ...socketRules, ...clientFrameRules, ...relayFrameRules, ...liveMessageRules };
    for (const [row, { check }] of Object.entries({ ...routeRules, ...frames }))
      expect(check.length, row).toBeGreaterThan(5);
  });

  it("keeps a relay with a route that has no rule from starting", async () => {
    expect(() => requireRouteRule({ method: ["GET", "HEAD"], url: "/api/v1/me" })).not.toThrow();
    expect(() => requireRouteRule({ method: "GET", url: "/api/v1/new-door" })).toThrow("/api/v1/new-door has a rule");
    const config = configWith({ port: 0, data: temporaryFolder() });
    // The rule is asked for in the same hook as this one: what throws there ends the start.
    const onRoute = (): never => {
      throw new Error("no rule");
    };
    await expect(openRelay(config, { onRoute })).rejects.toThrow("no rule");
  });
});

type Ids = { readonly record: string; readonly space: string; readonly member: string; readonly doc: string };

/** What a route is asked with; where nothing is said, ids go into the path and the body is empty. */
const bodies: Readonly<Record<string, (ids: Ids) => object>> = {
  "PUT /api/v1/spaces/:id/members/:memberId": () => ({ persona: "client" }),
  "POST /api/v1/members": () => ({ name: "New", email: "boris@dahl.example", password, persona: "client" }),
  "POST /api/v1/records": ({ space }) => ({ type: "comment", space, fields: { body: "mine" }, audience: "client" }),
  "POST /api/v1/live-tickets": ({ doc }) => ({ documents: [doc] }),
  "PATCH /api/v1/records/:id": () => ({ fields: { title: "mine", billingAmount: "1.00 EUR" } }),
};
const queries: Readonly<Record<string, (ids: Ids) => string>> = {
  "GET /api/v1/records": ({ space }) => `?space=${space}&type=milestone`,
};
/** Would end or multiply the caller's own session, or answers with nothing but it. */
const ownOnly = new Set([
  "POST /api/v1/auth/sign-out",
  "POST /api/v1/tickets",
  "POST /api/v1/live-tickets",
  "POST /api/v1/audit/reports",
]);

function ask(client: Client, row: string, ids: Ids): Promise<Answer> {
  const [method = "", path = ""] = row.split(" ");
  const asked = path
    .replace("*", "")
    .replace(/:(\w+)/g, (_, name: string) =>
      /member/i.test(name)
        ? ids.member
        : path.includes("/spaces/")
          ? ids.space
          : path.includes("doc")
            ? ids.doc
            : ids.record,
    );
  const hasBody = ["POST", "PUT", "PATCH"].includes(method);
  return client(method, asked + (queries[row]?.(ids) ?? ""), hasBody ? (bodies[row]?.(ids) ?? {}) : undefined);
}

const idsOf = ({ records, space, member, docs }: Side, pick: number): Ids => ({
  record: records[pick % records.length] ?? "",
  doc: docs[pick % docs.length] ?? "",
  space,
  member,
});
const nobodys = (): Ids => ({ record: newId(), doc: `${newId()}.published`, space: newId(), member: newId() });
/** Without the ids that were asked for, which an answer may repeat. */
const shapeOf = ({ status, text }: Answer, ids: Ids): string =>
  Object.values(ids).reduce((shape, id) => shape.replaceAll(id, "ID"), `${status} ${text}`);

describe("T2: a guest, at every door", () => {
  it("T2: gets one and the same refusal from every route but the open ones, and not a byte of data from any", async () => {
    const guest = relay.client();
    const refusal = (await guest("GET", "/api/v1/me")).text;
    for (const [row, { who }] of Object.entries(routeRules)) {
      for (const ids of [idsOf(sideB, 1), nobodys()]) {
        const answer = await ask(guest, row, ids);
        expect(answer.text, row).not.toContain(canary);
        // An operator's program on this machine is let in; it learns numbers only.
        if (who !== "anyone" && who !== "operator")
          expect([row, answer.status, answer.text]).toEqual([row, 401, refusal]);
      }
    }
  });
});

describe("T1: a guest, at the sockets", () => {
  const bytes = updateOf("title", "mine");
  const meta = { space: newId(), type: "milestone", recordId: newId(), facet: "published" };
  const clientFrames: Readonly<Record<keyof typeof clientFrameRules, () => Uint8Array>> = {
    hello: () =>
      encodeClientFrame({ kind: "hello", protocol: PROTOCOL_VERSION, deviceId: "a", logId: "", cursors: new Map() }),
    push: () => encodeClientFrame({ kind: "push", n: 1, docId: `${meta.recordId}.published`, meta, bytes }),
    ping: () => encodeClientFrame({ kind: "ping" }),
    pong: () => encodeClientFrame({ kind: "pong" }),
  };
  const liveMessages: Readonly<Record<keyof typeof liveMessageRules, () => Uint8Array>> = {
    step1: () => syncMessage("step1", new Uint8Array([0])),
    step2: () => syncMessage("step2", bytes),
    update: () => syncMessage("update", bytes),
    awareness: () => awarenessMessage([{ clientId: 1, clock: 1, json: "{}" }]),
    other: () => new Uint8Array([9, 9]),
  };

  it("T1: every frame and every message without a ticket: closed 4401, 0 bytes, for documents that exist and that do not", async () => {
    const tries = [
      ...Object.values(clientFrames).map((frame) => ["/feed?ticket=guess", frame()] as const),
      ...Object.values(liveMessages).flatMap((frame) =>
        [sideB.docs[0] ?? "", `${newId()}.published`].map((doc) => [`/live/${doc}?ticket=guess`, frame()] as const),
      ),
    ];
    for (const [path, frame] of tries) {
      const watch = relay.socket(path, { protocols: path.startsWith("/feed") ? [FEED_SUBPROTOCOL] : [] });
      watch.socket.on("open", () => watch.socket.send(frame));
      expect([path, await watch.closed, watch.frames.length]).toEqual([path, closeCodes.noTicket, 0]);
    }
  });

  it("T1: 1,000 tries at ids real and random: the same end, the same time, and no memory kept for them", async () => {
    // Beyond the brake of refused upgrades (L3) the end is 4429, for real ids and random ones alike.
    const before = process.memoryUsage().rss;
    const times: [real: number[], random: number[]] = [[], []];
    const ends = new Set<number>();
    for (let each = 0; each < 500; each += 1) {
      for (const [which, doc] of [sideB.docs[each % sideB.docs.length], `${newId()}.published`].entries()) {
        const start = performance.now();
        const watch = relay.socket(`/live/${doc}`);
        ends.add(await watch.closed);
        times[which]?.push(performance.now() - start);
      }
    }
    expect([...ends].toSorted()).toEqual([closeCodes.noTicket, closeCodes.tooFast]);
    const [real = 0, random = 0] = times.map((list) => list.toSorted((a, b) => a - b)[list.length >> 1] ?? 0);
    expect(Math.abs(real - random), `${real} ms and ${random} ms`).toBeLessThan(Math.max(2, 0.1 * random));
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024);
  });

  it("T3: a foreign page opens nothing, even with a ticket; and a ticket opens one socket", async () => {
    const ticket = async (): Promise<string> => (await sideA.client("POST", "/api/v1/tickets")).json()["ticket"]!;
    const host = new URL(relay.relay.address).host;
    for (const origin of [
      "https://evil.example",
      "null",
      `http://${host}.evil.example`,
      `http://evil.example/${host}`,
    ]) {
      const watch = relay.socket(`/feed?ticket=${await ticket()}`, { origin, protocols: [FEED_SUBPROTOCOL] });
      expect([origin, await watch.refused, watch.frames.length]).toEqual([origin, 403, 0]);
    }
    const once = await ticket();
    const first = relay.socket(`/feed?ticket=${once}`, { origin: `http://${host}`, protocols: [FEED_SUBPROTOCOL] });
    await new Promise((resolve) => first.socket.on("open", resolve));
    const second = relay.socket(`/feed?ticket=${once}`, { protocols: [FEED_SUBPROTOCOL] });
    expect(await second.closed).not.toBe(1000);
    expect(second.frames).toEqual([]);
    first.socket.close();
    // The credential is never a cookie, so there is none that a foreign page could ride on.
    const signedIn = await relay.client()("POST", "/api/v1/auth/sign-in", { email: "carla@dahl.example", password });
    expect(signedIn.headers.get("set-cookie")).toBeNull();
  });
});

describe("T10: a client of one project, with ids of another", () => {
  it(`T10: ${PAIRS} pairs of an id of theirs and an id of nobody, over every route and the feed: one shape, no canary`, async () => {
    const rows = Object.keys(routeRules).filter(
      (row) => !ownOnly.has(row) && !["anyone", "operator"].includes(routeRules[row]?.who ?? ""),
    );
    const seed = seedFor("DOORS_SEED");
    const picks = fc.sample(fc.tuple(fc.constantFrom(...rows), fc.nat(1_000)), {
      seed,
      numRuns: Math.floor(PAIRS / 2),
    });
    for (const [row, pick] of picks) {
      const [theirs, nobody] = [idsOf(sideB, pick), nobodys()];
      const [answer, empty] = await Promise.all([ask(sideA.client, row, theirs), ask(sideA.client, row, nobody)]);
      expect(shapeOf(answer, theirs), `${row} (seed ${seed})`).toBe(shapeOf(empty, nobody));
      expect(answer.text, row).not.toContain(canary);
      expect(answer.text, row).not.toContain("boris");
    }
    await pushPairs(Math.ceil(PAIRS / 2));
  });

  async function ticket(): Promise<string> {
    return (await sideA.client("POST", "/api/v1/tickets")).json()["ticket"]!;
  }

  /** Pushes to documents of side B and to documents of nobody, each with and without metadata; compares the refusals. */
  async function pushPairs(count: number): Promise<void> {
    const { socket, frames } = relay.socket(`/feed?ticket=${await ticket()}`, { protocols: [FEED_SUBPROTOCOL] });
    await new Promise((resolve) => socket.on("open", resolve));
    const cursors = new Map([[sideB.space, 0]]);
    socket.send(encodeClientFrame({ kind: "hello", protocol: PROTOCOL_VERSION, deviceId: "a", logId: "", cursors }));
    const bytes = updateOf("title", "mine");
    for (let pair = 0; pair < count; pair += 1) {
      const doc = sideB.docs[pair % sideB.docs.length] ?? "";
      const [recordId = "", facet = ""] = doc.split(".");
      const withMeta = pair % 2 === 0;
      const push = (n: number, id: string, space: string): void => {
        const meta: DocumentMeta = { space, type: "milestone", recordId: id, facet };
        socket.send(
          encodeClientFrame({ kind: "push", n, docId: `${id}.${facet}`, bytes, ...(withMeta ? { meta } : {}) }),
        );
      };
      push(2 * pair, recordId, sideB.space);
      push(2 * pair + 1, newId(), newId());
    }
    const answers = (): Map<number, string> =>
      new Map(
        frames.flatMap((frame) => {
          const decoded = decodeRelayFrame(frame);
          if (!decoded.ok || decoded.value.kind !== "refused") return [];
          const { n, code, reason } = decoded.value;
          return [[n, `${code} ${reason} ${frame.length - (n < 128 ? 1 : 2)}`]];
        }),
      );
    await expect.poll(() => answers().size, { timeout: 15_000 }).toBe(2 * count);
    expect([...new Set(answers().values())]).toHaveLength(1);
    const wire = Buffer.concat(frames).toString("latin1");
    for (const id of [...sideB.records, sideB.space, sideB.member, "boris"]) expect(wire).not.toContain(id);
    socket.close();
  }

  it("T10: their live documents and presence close like ones that do not exist", async () => {
    const targets = [...sideB.docs, `${sideB.space}.presence`, `${newId()}.published`, `${newId()}.presence`, "no id"];
    for (const target of targets) {
      const watch = relay.socket(`/live/${encodeURIComponent(target)}?ticket=${await ticket()}`);
      expect([target, await watch.closed, watch.frames.length]).toEqual([target, closeCodes.forbidden, 0]);
    }
  });

  it("T16 E5: the time an answer takes tells nothing either: medians within 5 ms over 1,000 tries", async () => {
    const times: [theirs: number[], nobodys: number[]] = [[], []];
    for (let each = 0; each < 1_000; each += 1) {
      for (const [which, ids] of [idsOf(sideB, each), nobodys()].entries()) {
        const start = performance.now();
        await ask(sideA.client, "GET /api/v1/records/:id", ids);
        times[which]?.push(performance.now() - start);
      }
    }
    const [theirs = 0, nobody = 0] = times.map((list) => list.toSorted((a, b) => a - b)[list.length >> 1] ?? 0);
    expect(Math.abs(theirs - nobody), `${theirs} ms and ${nobody} ms`).toBeLessThan(5);
  });
});
