// Invitations over HTTP: who may make one, what a link is good for and what not (threat T4), and the mail it travels in.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { INVITATION_MS } from "#sync-server/access/invitations.ts";
import { openAccess } from "#sync-server/access/open-access.ts";
import { assert } from "#shared/model/result.ts";
import { openSmtpSink } from "../smtp-sink.ts";
import { createMemoryDirectory } from "../unit/access/memory-directory.ts";
import { openHarness, type Client, type Harness } from "./api-harness.ts";

const password = "a long enough one";
const carla = { email: "carla@harbor.example", name: "Carla Meyer", password };

let relay: Harness;
let olga: Client;
let project: string;

async function setUp(changes: Parameters<typeof openHarness>[0] = {}): Promise<void> {
  relay = await openHarness(changes);
  const owner = { organization: "Northwind Build", name: "Olga", email: "olga@northwind.example", password };
  const answer = await relay.client()("POST", "/api/v1/set-up", owner);
  olga = relay.client(String(answer.json().token));
  const made = await olga("POST", "/api/v1/records", { type: "project", fields: { name: "Clinic roof" } });
  project = String(made.json().id);
}

async function invite(input: object, by = olga): Promise<{ secret: string; id: string }> {
  const answer = await by("POST", "/api/v1/invitations", input);
  assert(answer.status === 200, answer.text);
  const { path: link, invitation } = answer.json() as unknown as { path: string; invitation: { id: string } };
  return { secret: link.slice("/invite#".length), id: invitation.id };
}

const accept = (secret: string, changes: object = {}): ReturnType<Client> =>
  relay.client()("POST", "/api/v1/invitations/accept", { secret, ...carla, ...changes });

beforeEach(() => setUp());
afterEach(() => relay.close());

describe("invitations", () => {
  it("lets a client in who has nothing but the link, into the one space and as the one persona", async () => {
    const { secret } = await invite({ email: "Carla@Harbor.example", persona: "client", space: project });
    const look = await relay.client()("POST", "/api/v1/invitations/look", { secret });
    expect(look.json()).toMatchObject({
      organization: "Northwind Build",
      invitedBy: "Olga",
      persona: "client",
      space: project,
      spaceName: "Clinic roof",
      emailHint: "c…@harbor.example",
    });
    const answer = await accept(secret);
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ member: { name: "Carla Meyer", persona: "client" }, space: project });
    const spaces = await relay.client(answer.json().token)("GET", "/api/v1/spaces");
    expect(spaces.json()).toMatchObject([{ id: project, persona: "client" }]);
    expect(spaces.json()).toHaveLength(1);
  });

  it("knows the personas the organization added by their names, and no others", async () => {
    const ask = (persona: string) =>
      olga("POST", "/api/v1/invitations", { email: carla.email, persona, space: project });
    const unknown = await ask("guest-1");
    expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining("no such persona")]);
    await olga("POST", "/api/v1/personas", { label: "Inspector", side: "guest" });
    const { secret } = await invite({ email: carla.email, persona: "guest-1", space: project });
    const look = await relay.client()("POST", "/api/v1/invitations/look", { secret });
    expect(look.json()).toMatchObject({ persona: "guest-1", personaName: "Inspector" });
    const answer = await accept(secret);
    expect(answer.json()).toMatchObject({ member: { persona: "guest-1" } });
  });

  it("are not made into an archived space, where nothing happens any more", async () => {
    const portal = (await olga("POST", "/api/v1/spaces", { kind: "portal", name: "Delta" })).json()["id"];
    expect((await olga("PATCH", `/api/v1/spaces/${portal}`, { archived: true })).status).toBe(200);
    const answer = await olga("POST", "/api/v1/invitations", { email: carla.email, persona: "client", space: portal });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("Delta is archived. Bring it back")]);
  });

  it("lets a colleague into every space", async () => {
    const { secret } = await invite({ email: "igor@northwind.example", persona: "consultant" });
    const answer = await accept(secret, { email: "igor@northwind.example", name: "Igor" });
    const spaces = await relay.client(answer.json().token)("GET", "/api/v1/spaces");
    expect((spaces.json() as unknown as { kind: string }[]).map(({ kind }) => kind)).toEqual(["crm", "project"]);
  });

  it("are made by owners and managers only, an owner only by an owner, and an outsider never into the CRM", async () => {
    const spaces = (await olga("GET", "/api/v1/spaces")).json() as unknown as { id: string; kind: string }[];
    const crm = spaces.find(({ kind }) => kind === "crm")?.id;
    const ask = (body: object, by = olga): ReturnType<Client> => by("POST", "/api/v1/invitations", body);
    expect((await ask({ email: "x@y.example", persona: "client", space: crm })).status).toBe(400);
    expect((await ask({ email: "x@y.example", persona: "client", space: "nowhere" })).status).toBe(400);
    expect((await ask({ email: "x@y.example", persona: "client" })).status).toBe(400);
    expect((await ask({ email: "x@y.example", persona: "sales", space: project })).status).toBe(400);
    expect((await ask({ email: "olga@northwind.example", persona: "sales" })).status).toBe(409);
    const manager = await invite({ email: "max@northwind.example", persona: "manager" });
    const max = relay.client(
      (await accept(manager.secret, { email: "max@northwind.example", name: "Max" })).json().token,
    );
    expect((await ask({ email: "x@y.example", persona: "owner" }, max)).status).toBe(403);
    const { secret } = await invite({ email: carla.email, persona: "client", space: project }, max);
    const client = relay.client((await accept(secret)).json().token);
    expect((await ask({ email: "x@y.example", persona: "client", space: project }, client)).status).toBe(403);
    expect((await client("GET", "/api/v1/invitations")).status).toBe(403);
    expect((await relay.client()("GET", "/api/v1/invitations")).status).toBe(401);
  });

  it("takes back an invitation to the team that was meant for a client, before it is accepted", async () => {
    const mistake = await invite({ email: carla.email, persona: "sales" });
    expect((await olga("DELETE", `/api/v1/invitations/${mistake.id}`)).status).toBe(200);
    const late = await accept(mistake.secret);
    expect([late.status, late.json()["error"]?.message]).toEqual([403, expect.stringContaining("withdrawn")]);
    const again = await invite({ email: carla.email, persona: "client", space: project });
    expect((await accept(again.secret)).status).toBe(200);
    const undo = await olga("DELETE", `/api/v1/invitations/${again.id}`);
    expect([undo.status, undo.json()["error"]?.message]).toEqual([400, expect.stringContaining("accepted already")]);
  });

  it("replaces an earlier invitation of the same address", async () => {
    const first = await invite({ email: carla.email, persona: "sales" });
    const second = await invite({ email: carla.email, persona: "client", space: project });
    expect((await accept(first.secret)).status).toBe(403);
    expect((await accept(second.secret)).status).toBe(200);
  });

  it("keeps the secret on no disk", async () => {
    const { secret } = await invite({ email: carla.email, persona: "client", space: project });
    const files = readdirSync(relay.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name)));
    expect(files.some((bytes) => bytes.includes(carla.email))).toBe(true);
    expect(files.some((bytes) => bytes.includes(secret))).toBe(false);
  });
});

describe("T4: a stolen or guessed invitation link", () => {
  it("T4: works once, also when two use it at the same moment", async () => {
    const { secret } = await invite({ email: carla.email, persona: "client", space: project });
    const answers = await Promise.all([accept(secret), accept(secret)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 403]);
    const again = await accept(secret);
    expect([again.status, again.json()["error"]?.message]).toEqual([403, expect.stringContaining("used already")]);
  });

  it("T4: is refused to another e-mail address, and stays good for the right one", async () => {
    const { secret } = await invite({ email: carla.email, persona: "client", space: project });
    const thief = await accept(secret, { email: "mallory@evil.example", name: "Mallory" });
    expect([thief.status, thief.json()["error"]?.message]).toEqual([403, expect.stringContaining("another e-mail")]);
    expect((await accept(secret)).status).toBe(200);
    const audit = (await olga("GET", "/api/v1/audit?action=invitation.refused")).text;
    expect(audit).toContain("wrongPerson");
    expect(audit).not.toContain("mallory");
  });

  it("T4: guesses are refused after ten a minute and address", async () => {
    const { secret } = await invite({ email: carla.email, persona: "client", space: project });
    const guess = (): ReturnType<Client> =>
      relay.client()("POST", "/api/v1/invitations/look", { secret: "a".repeat(43) });
    const answers = [];
    for (let tries = 0; tries < 12; tries += 1) answers.push((await guess()).status);
    expect(answers).toEqual([...Array.from({ length: 10 }, () => 403), 429, 429]);
    expect((await accept(secret)).status).toBe(429);
  });

  it("T4: expires after seven days", async () => {
    let time = Date.UTC(2026, 0, 5, 9);
    const access = openAccess(createMemoryDirectory(), { now: () => time });
    const owner = await access.setUp({ organization: "N", name: "Olga", email: "olga@northwind.example", password });
    assert(owner.ok, "set up");
    const made = await access.invitations.invite(owner.value, {
      email: "igor@northwind.example",
      persona: "sales",
      space: "",
    });
    assert(made.ok, "invited");
    time += INVITATION_MS - 1;
    expect(access.invitations.look(made.value.secret, "here").ok).toBe(true);
    time += 1;
    expect(access.invitations.look(made.value.secret, "here")).toMatchObject({
      error: { message: expect.stringContaining("expired") },
    });
    expect(access.invitations.list(owner.value)).toMatchObject([{ state: "expired" }]);
  });

  it("survives a restart of the relay, used ones too", async () => {
    const used = await invite({ email: carla.email, persona: "client", space: project });
    expect((await accept(used.secret)).status).toBe(200);
    const open = await invite({ email: "cem@harbor.example", persona: "client", space: project });
    await relay.relay.close();
    relay = await openHarness({}, relay.folder);
    expect((await accept(used.secret)).status).toBe(403);
    expect((await accept(open.secret, { email: "cem@harbor.example", name: "Cem" })).status).toBe(200);
  });
});

describe("invitations by mail", () => {
  it("sends the link when a mail server is set, and says so when it does not take it", async () => {
    await relay.close();
    const sink = await openSmtpSink();
    await setUp({ smtpUrl: sink.url, mailFrom: "Northwind <crm@northwind.example>", address: "https://crm.example" });
    const sent = await olga("POST", "/api/v1/invitations", { email: carla.email, persona: "client", space: project });
    expect(sent.json().mail).toBe("sent");
    const [mail = ""] = sink.mails;
    expect(mail).toContain("To: carla@harbor.example");
    expect(mail.replaceAll("=\n", "").replaceAll("=3D", "=")).toContain(
      `https://crm.example${String(sent.json().path)}`,
    );
    await sink.close();
    const failed = await olga("POST", "/api/v1/invitations", {
      email: "cem@harbor.example",
      persona: "client",
      space: project,
    });
    expect([failed.status, failed.json().mail]).toEqual([200, "failed"]);
  });
});
