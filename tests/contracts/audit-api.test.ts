// What the audit says about what people did over the wire, who may read it, and the files it comes in.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROTOCOL_VERSION, FEED_SUBPROTOCOL } from "#shared/protocol/version.ts";
import { decodeRelayFrame, encodeClientFrame, type RelayFrame } from "#shared/protocol/frames.ts";
import { verifyAudit } from "#sync-server/access/verify-audit.ts";
import { inspectFolder } from "#sync-server/storage/inspect-folder.ts";
import { assert } from "#shared/model/result.ts";
import { updateOf } from "#tests/unit/relay/test-relay.ts";
import { openHarness, type Client, type Harness, type Json } from "./api-harness.ts";

let relay: Harness;
let olga: Client;
let carla: Client;
let ids: { olga: string; carla: string; crm: string; project: string };

const password = "drawbridge";
const entriesOf = async (query = ""): Promise<readonly Json[]> =>
  (await olga("GET", `/api/v1/audit${query}`)).json()["entries"] as unknown as readonly Json[];
const said = (entry: Json) => [entry["action"], entry["actor"], entry["target"], entry["details"]];

beforeAll(async () => {
  relay = await openHarness({ requestsPerMinute: 100_000 });
  await relay.client()("POST", "/api/v1/set-up", {
    organization: "Northwind Build",
    name: "=Olga Berg",
    email: "olga@northwind.example",
    password,
  });
  olga = await relay.signIn("olga@northwind.example");
  const me = (await olga("GET", "/api/v1/me")).json();
  const person = { name: "Carla", email: "carla@dahl.example", password, persona: "client" };
  const added = (await olga("POST", "/api/v1/members", person)).json();
  const project = (await olga("POST", "/api/v1/records", { type: "project", fields: { name: "Roof" } })).json();
  const crm = (await olga("GET", "/api/v1/spaces")).json()[0]?.["id"] ?? "";
  ids = { olga: String(me["id"]), carla: String(added["id"]), crm: String(crm), project: String(project["id"]) };
  await olga("PUT", `/api/v1/spaces/${ids.project}/members/${ids.carla}`, { persona: "client" });
  carla = await relay.signIn("carla@dahl.example");
});
afterAll(() => relay.close());

describe("the organization's audit", () => {
  it("has set-up, sign-ins, people, spaces and memberships, with who did it to whom, and no names or addresses", async () => {
    await relay.client()("POST", "/api/v1/auth/sign-in", { email: "carla@dahl.example", password: "guess" });
    await relay.client()("POST", "/api/v1/auth/sign-in", { email: "nobody@dahl.example", password: "guess" });
    await olga("PUT", `/api/v1/spaces/${ids.project}/members/${ids.carla}`, { persona: "partner" });
    await olga("DELETE", `/api/v1/spaces/${ids.project}/members/${ids.carla}`);
    await olga("PUT", `/api/v1/spaces/${ids.project}/members/${ids.carla}`, { persona: "client" });
    const entries = (await entriesOf()).toReversed().map(said);
    expect(entries).toEqual([
      ["organization.set-up", ids.olga, ids.olga, {}],
      ["session.opened", ids.olga, ids.olga, {}],
      ["session.opened", ids.olga, ids.olga, {}],
      ["member.added", ids.olga, ids.carla, { persona: "client" }],
      ["space.made", ids.olga, ids.project, {}],
      ["space.joined", ids.olga, ids.carla, { space: ids.project, persona: "client" }],
      ["session.opened", ids.carla, ids.carla, {}],
      ["session.refused", "", ids.carla, { why: "wrong password" }],
      ["session.refused", "", "", { why: "unknown e-mail" }],
      ["space.persona-changed", ids.olga, ids.carla, { space: ids.project, persona: "partner", before: "client" }],
      ["space.left", ids.olga, ids.carla, { space: ids.project }],
      ["space.joined", ids.olga, ids.carla, { space: ids.project, persona: "client" }],
    ]);
    const inspected = inspectFolder(relay.folder);
    assert(inspected.ok, "the folder can be read while the relay runs");
    const { rows: stored, rememberedHead } = inspected.value.audit();
    const rows = [...stored];
    inspected.value.close();
    expect(JSON.stringify(rows)).not.toMatch(/Olga|Carla|Roof|@|example/);
    expect(verifyAudit({ rows, rememberedHead }).problems).toEqual([]);
  });

  it("shows names to the reader, filters, and pages", async () => {
    const [newest] = await entriesOf("?action=space.joined");
    expect(newest).toMatchObject({ words: "Added to a space", actorName: "=Olga Berg", targetName: "Carla" });
    expect((await entriesOf(`?actor=${ids.carla}`)).map(said).map(([action]) => action)).toEqual(["session.opened"]);
    expect((await entriesOf(`?target=${ids.project}`)).map(({ action }) => action)).toEqual(["space.made"]);
    expect(await entriesOf("?to=2020-01-01T00:00:00Z")).toEqual([]);
    expect((await entriesOf("?from=2020-01-01T00:00:00Z")).length).toBeGreaterThan(10);
    const seqs: unknown[] = [];
    for (let cursor = ""; ;) {
      const page = (await olga("GET", `/api/v1/audit?limit=5${cursor}`)).json();
      seqs.push(...(page["entries"] as unknown as readonly Json[]).map((entry) => entry["seq"]));
      if (page["cursor"] === undefined) break;
      cursor = `&before=${page["cursor"]}`;
    }
    expect(seqs).toEqual(seqs.map((_, index) => seqs.length - index));
    expect((await olga("GET", "/api/v1/audit?action=nothing")).status).toBe(400);
    expect((await olga("GET", "/api/v1/audit?from=yesterday")).status).toBe(400);
  });

  it("is for owners and managers: 401 without a session, 403 for everybody else, and the refusal says nothing", async () => {
    for (const path of ["/api/v1/audit", "/api/v1/audit/export"]) {
      expect((await relay.client()("GET", path)).status).toBe(401);
      const refused = await carla("GET", path);
      expect([refused.status, refused.text]).toEqual([403, (await carla("GET", "/api/v1/members")).text]);
    }
  });

  it("comes as CSV whose cells no spreadsheet runs, and as JSON lines; both are in the audit", async () => {
    const csv = await olga("GET", "/api/v1/audit/export");
    expect(csv.headers.get("content-type")).toContain("text/csv");
    const [header, ...lines] = csv.text.trimEnd().split("\r\n");
    expect(header).toBe("seq,at,action,words,actor,actorName,target,targetName,details,hash");
    expect(csv.text).toContain(`,"'=Olga Berg",`);
    expect(csv.text).not.toMatch(/(^|,)[=+@-]/m);
    const jsonl = await olga("GET", "/api/v1/audit/export?format=jsonl&action=export.made");
    const made = jsonl.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Json);
    expect(made.map(({ details }) => details)).toEqual([
      { what: "audit", format: "jsonl" },
      { what: "audit", format: "csv" },
    ]);
    expect(lines.length).toBe(made[1]!["seq"] as unknown as number);
  });

  it("has refused writes of every door: API, feed and live", async () => {
    const milestone = (
      await olga("POST", "/api/v1/records", {
        type: "milestone",
        space: ids.project,
        fields: { title: "Beams", billingAmount: "10.00 EUR" },
      })
    ).json();
    const docId = String(Object.values(milestone["docs"]!).find((id) => String(id).endsWith(".client")));
    const refused = await carla("PATCH", `/api/v1/records/${milestone["id"]}`, { fields: { billingAmount: "1" } });
    expect(refused.status).toBe(403);

    const ticket = async () => (await carla("POST", "/api/v1/tickets")).json()["ticket"];
    const feed = relay.socket(`/feed?ticket=${await ticket()}`, { protocols: [FEED_SUBPROTOCOL] });
    await new Promise((resolve) => feed.socket.on("open", resolve));
    const hello = { kind: "hello", protocol: PROTOCOL_VERSION, deviceId: "d", logId: "", cursors: new Map() } as const;
    feed.socket.send(encodeClientFrame(hello));
    feed.socket.send(encodeClientFrame({ kind: "push", n: 1, docId, bytes: updateOf("billingAmount", "1") }));
    const frames = (): RelayFrame[] =>
      feed.frames.map((bytes) => decodeRelayFrame(bytes)).flatMap((frame) => (frame.ok ? [frame.value] : []));
    await expect.poll(() => frames().find((frame) => frame.kind === "refused")).toMatchObject({ code: 1 });
    feed.socket.close();

    const live = relay.socket(`/live/${docId}?ticket=${await ticket()}`);
    await new Promise((resolve) => live.socket.on("open", resolve));
    const update = updateOf("billingAmount", "2");
    live.socket.send(Buffer.from([0, 2, update.length, ...update]));
    const denied = async () => (await entriesOf("?action=write.denied")).map(said);
    await expect.poll(denied).toHaveLength(3);
    live.socket.close();
    expect(await denied()).toEqual(["live", "feed", "api"].map((over) => ["write.denied", ids.carla, docId, { over }]));
    expect((await olga("GET", `/api/v1/records/${milestone["id"]}`)).json()["fields"]).toMatchObject({
      billingAmount: { amount: 1000 },
    });
  });

  it("takes from a device only what only a device can tell", async () => {
    const lens = { action: "lens.opened", target: ids.carla, details: { persona: "client" } };
    expect((await olga("POST", "/api/v1/audit/reports", lens)).status).toBe(200);
    expect(said((await entriesOf())[0]!)).toEqual(["lens.opened", ids.olga, ids.carla, { persona: "client" }]);
    for (const body of [
      { ...lens, action: "member.added" },
      { ...lens, details: { text: "x".repeat(101) } },
      { ...lens, details: Object.fromEntries(Array.from({ length: 9 }, (_, key) => [`key ${key}`, 1])) },
    ])
      expect((await olga("POST", "/api/v1/audit/reports", body)).status).toBe(400);
    // What one says of oneself does not fill the trail: 60 an hour.
    const report = { action: "export.made", details: { what: "records" } };
    const answers: number[] = [];
    for (let tries = 0; tries < 61; tries += 1)
      answers.push((await carla("POST", "/api/v1/audit/reports", report)).status);
    expect(answers).toEqual([...Array.from({ length: 60 }, () => 200), 429]);
    expect((await olga("POST", "/api/v1/audit/reports", lens)).status).toBe(200);
  });
});
