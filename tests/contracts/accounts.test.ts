// Accounts after they were made, at every gateway: another password, a forgotten one, another role, the end of access, and
// access again.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { docIdOf } from "#shared/model/ids.ts";
import { decodeRelayFrame, encodeClientFrame, type RelayFrame } from "#shared/protocol/frames.ts";
import { PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { assert } from "#shared/model/result.ts";
import { openSmtpSink } from "../smtp-sink.ts";
import { registerKey } from "../sync/signing.ts";
import { joined, openHarness, type Client, type Harness, type SocketWatch } from "./api-harness.ts";

const password = "a long enough one";
const other = "another long enough one";
const HOUR = 3_600_000;

let time: number;
let relay: Harness;
let olga: Client;
let olgaId: string;
let project: string;

async function setUp(changes: Parameters<typeof openHarness>[0] = {}): Promise<void> {
  time = Date.now();
  relay = await openHarness(changes, undefined, { now: () => time });
  const owner = { organization: "Northwind Build", name: "Olga", email: "olga@northwind.example", password };
  const answer = (await relay.client()("POST", "/api/v1/set-up", owner)).json();
  olga = relay.client(String(answer.token));
  olgaId = String(answer.member?.id);
  project = await makeProject("Clinic roof");
}

const makeProject = async (name: string): Promise<string> =>
  String((await olga("POST", "/api/v1/records", { type: "project", fields: { name } })).json().id);

async function add(name: string, persona: string): Promise<{ id: string; email: string }> {
  const email = `${name.toLowerCase()}@northwind.example`;
  const made = await olga("POST", "/api/v1/members", { name, email, password, persona });
  assert(made.status === 200, made.text);
  return { id: String(made.json().id), email };
}

async function signIn(email: string, word = password): Promise<{ client: Client; token: string; status: number }> {
  const answer = await relay.client()("POST", "/api/v1/auth/sign-in", { email, password: word });
  const token = answer.status === 200 ? String(answer.json().token) : "";
  return { client: relay.client(token), token, status: answer.status };
}

const statusOf = async (client: Client): Promise<number> => (await client("GET", "/api/v1/me")).status;

const actions = async (): Promise<readonly string[]> => {
  const page: unknown = JSON.parse((await olga("GET", "/api/v1/audit?limit=100")).text);
  return (page as { readonly entries: readonly { readonly action: string }[] }).entries.map(({ action }) => action);
};

const framesOf = (watch: SocketWatch): readonly RelayFrame[] =>
  watch.frames.flatMap((frame) => {
    const decoded = decodeRelayFrame(frame);
    return decoded.ok ? [decoded.value] : [];
  });

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const ticketOf = async (client: Client): Promise<string> =>
  String((await client("POST", "/api/v1/tickets")).json().ticket);

async function openFeed(client: Client): Promise<SocketWatch> {
  const watch = relay.socket(`/feed?ticket=${await ticketOf(client)}`, { protocols: ["drawbridge.1"] });
  await new Promise((resolve) => watch.socket.once("open", resolve));
  const hello = { kind: "hello", protocol: PROTOCOL_VERSION, deviceId: "d1", logId: "", cursors: new Map() } as const;
  watch.socket.send(encodeClientFrame(hello));
  await until(() => framesOf(watch).some(({ kind }) => kind === "upToDate"), "caught up");
  return watch;
}

const openLive = async (client: Client, docId: string): Promise<SocketWatch> =>
  joined(relay.socket(`/live/${docId}?ticket=${await ticketOf(client)}`));

beforeEach(() => setUp());
afterEach(() => relay.close());

describe("a password", () => {
  it("is changed by who knows it: the other sessions end at once, this one goes on; tries are braked", async () => {
    const { email } = await add("Igor", "consultant");
    const [here, there] = [await signIn(email), await signIn(email)];
    const feed = await openFeed(there.client);
    const change = (before: string, after: string) => here.client("PUT", "/api/v1/me/password", { before, after });
    expect((await change("not the one", other)).json().error).toMatchObject({ code: "BadInput" });
    expect((await change(password, "short")).status).toBe(400);
    expect((await change(password, other)).status).toBe(200);
    expect(await feed.closed).toBe(4401);
    expect([await statusOf(here.client), await statusOf(there.client)]).toEqual([200, 401]);
    expect([(await signIn(email)).status, (await signIn(email, other)).status]).toEqual([401, 200]);
    expect(await actions()).toEqual(expect.arrayContaining(["password.changed", "password.refused"]));
    for (let tries = 0; tries < 10; tries += 1) await change("guess", other);
    expect((await change(other, password)).status).toBe(429);
  });

  it("that was forgotten is set by a link: once, within a day, after which every session has ended", async () => {
    const { id, email } = await add("Igor", "consultant");
    const before = await signIn(email);
    const manager = await signIn((await add("Mia", "manager")).email);
    const make = (by: Client, whom: string) => by("POST", `/api/v1/members/${whom}/password-reset`);
    expect((await make(before.client, id)).status).toBe(403);
    expect((await make(manager.client, olgaId)).status).toBe(403);
    const accept = (secret: string) =>
      relay.client()("POST", "/api/v1/password-resets/accept", { secret, password: other });
    const secretOf = async (): Promise<string> => {
      const made = (await make(manager.client, id)).json();
      expect(made).toMatchObject({ mail: "off" });
      return String(made.path).slice("/password#".length);
    };
    const [first, second] = [await secretOf(), await secretOf()];
    expect((await accept(first)).status).toBe(403);
    const look = await relay.client()("POST", "/api/v1/password-resets/look", { secret: second });
    expect(look.json()).toMatchObject({ name: "Igor", emailHint: "i…@northwind.example" });
    const both = await Promise.all([accept(second), accept(second)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 403]);
    expect([await statusOf(before.client), (await signIn(email)).status, (await signIn(email, other)).status]).toEqual([
      401, 401, 200,
    ]);
    const late = await secretOf();
    time += 25 * HOUR;
    expect((await accept(late)).status).toBe(403);
    expect(await actions()).toEqual(expect.arrayContaining(["password.reset-made", "password.reset"]));
  });

  it("is set by no link of somebody who manages no more: a link for a new account, or for somebody else's, is no way back", async () => {
    const [mia, igor] = [await add("Mia", "manager"), await add("Igor", "consultant")];
    const manager = await signIn(mia.email);
    const handOut = async (): Promise<{ reset: string; invitation: string }> => {
      const made = await manager.client("POST", `/api/v1/members/${igor.id}/password-reset`);
      const invited = await manager.client("POST", "/api/v1/invitations", {
        email: "back@northwind.example",
        persona: "manager",
      });
      expect([made.status, invited.status]).toEqual([200, 200]);
      const secretOf = (answer: typeof made): string => String(answer.json().path).split("#")[1] ?? "";
      return { reset: secretOf(made), invitation: secretOf(invited) };
    };
    const tried = async ({ reset, invitation }: { reset: string; invitation: string }): Promise<readonly number[]> => {
      const accept = relay.client();
      const person = { email: "back@northwind.example", name: "Mia again", password: other };
      return [
        (await accept("POST", "/api/v1/password-resets/look", { secret: reset })).status,
        (await accept("POST", "/api/v1/password-resets/accept", { secret: reset, password: other })).status,
        (await accept("POST", "/api/v1/invitations/accept", { secret: invitation, ...person })).status,
      ];
    };
    const demoted = await handOut();
    expect((await olga("PATCH", `/api/v1/members/${mia.id}`, { persona: "sales" })).status).toBe(200);
    expect(await tried(demoted)).toEqual([403, 403, 403]);
    expect((await olga("PATCH", `/api/v1/members/${mia.id}`, { persona: "manager" })).status).toBe(200);
    expect(await tried(demoted)).toEqual([403, 403, 403]);
    const ended = await handOut();
    expect((await olga("DELETE", `/api/v1/members/${mia.id}`)).status).toBe(200);
    expect(await tried(ended)).toEqual([403, 403, 403]);
    expect((await signIn(igor.email)).status).toBe(200);
    // Not even when the one who made them has access again.
    expect((await olga("POST", `/api/v1/members/${mia.id}/restore`)).status).toBe(200);
    const { folder } = relay;
    await relay.relay.close();
    relay = await openHarness({}, folder, { now: () => time });
    expect(await tried(ended)).toEqual([403, 403, 403]);
  });

  it("of somebody who became an owner is set by no manager's link from before", async () => {
    const [mia, igor] = [await add("Mia", "manager"), await add("Igor", "consultant")];
    const manager = await signIn(mia.email);
    const made = (await manager.client("POST", `/api/v1/members/${igor.id}/password-reset`)).json();
    const secret = String(made.path).split("#")[1];
    expect((await olga("PATCH", `/api/v1/members/${igor.id}`, { persona: "owner" })).status).toBe(200);
    const accepted = await relay.client()("POST", "/api/v1/password-resets/accept", { secret, password: other });
    expect([accepted.status, (await signIn(igor.email)).status]).toEqual([403, 200]);
  });

  it("guessing at links is braked, and where there is a mail server the link goes by mail", async () => {
    await relay.close();
    const sink = await openSmtpSink();
    await setUp({ smtpUrl: sink.url, mailFrom: "Drawbridge <noreply@northwind.example>" });
    const { id } = await add("Igor", "consultant");
    const made = (await olga("POST", `/api/v1/members/${id}/password-reset`)).json();
    expect(made).toMatchObject({ mail: "sent" });
    expect(sink.mails.length).toBe(1);
    await sink.close();
    const guess = () => relay.client()("POST", "/api/v1/password-resets/look", { secret: "x".repeat(43) });
    const answers = [];
    for (let tries = 0; tries < 11; tries += 1) answers.push((await guess()).status);
    expect(answers.slice(-2)).toEqual([403, 429]);
  });
});

describe("a role", () => {
  it("is changed everywhere at once; who manages no more is refused; outsiders have none", async () => {
    const { id, email } = await add("Mia", "manager");
    const mia = await signIn(email);
    const feed = await openFeed(mia.client);
    const before = feed.frames.length;
    const change = (whom: string, persona: string, by = olga) => by("PATCH", `/api/v1/members/${whom}`, { persona });
    expect((await change(id, "sales")).json()).toMatchObject({ persona: "sales" });
    await until(() => feed.frames.length > before, "a welcome");
    const welcome = framesOf(feed).findLast(({ kind }) => kind === "welcome");
    assert(welcome?.kind === "welcome", "greeted again");
    expect(new Set(welcome.spaces.map(({ persona }) => persona))).toEqual(new Set(["sales"]));
    expect((await mia.client("GET", "/api/v1/audit")).status).toBe(403);
    expect((await change(id, "manager", mia.client)).status).toBe(403);
    expect((await change(id, "client")).status).toBe(400);
    const carla = await add("Carla", "client");
    expect((await change(carla.id, "sales")).status).toBe(400);
    expect(await actions()).toContain("member.changed");
  });

  it("of two owners who demote one another at once, one stays an owner", async () => {
    const second = await add("Otto", "owner");
    const otto = (await signIn(second.email)).client;
    const answers = await Promise.all([
      olga("PATCH", `/api/v1/members/${second.id}`, { persona: "manager" }),
      otto("PATCH", `/api/v1/members/${olgaId}`, { persona: "manager" }),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const personas = (await olga("GET", "/api/v1/members")).json().map(({ persona }) => String(persona));
    expect(personas.toSorted()).toEqual(["manager", "owner"]);
  });

  it("of the last owner stays; an owner is changed by owners only", async () => {
    const mia = await signIn((await add("Mia", "manager")).email);
    expect((await mia.client("PATCH", `/api/v1/members/${olgaId}`, { persona: "sales" })).status).toBe(403);
    expect((await mia.client("DELETE", `/api/v1/members/${olgaId}`)).status).toBe(403);
    expect((await olga("PATCH", `/api/v1/members/${olgaId}`, { persona: "sales" })).status).toBe(400);
    expect((await olga("DELETE", `/api/v1/members/${olgaId}`)).status).toBe(400);
    const second = await add("Otto", "owner");
    expect((await olga("PATCH", `/api/v1/members/${second.id}`, { persona: "manager" })).status).toBe(200);
    expect((await olga("DELETE", `/api/v1/members/${olgaId}`)).status).toBe(400);
  });
});

describe("the end of access", () => {
  it("closes every gateway at once: feed, live and HTTP; keys, invitations and tickets go with it", async () => {
    const { id, email } = await add("Mia", "manager");
    const mia = await signIn(email);
    const key = await registerKey(relay.relay.address, mia.token, id);
    const invited = await mia.client("POST", "/api/v1/invitations", {
      email: "carla@harbor.example",
      persona: "client",
      space: project,
    });
    const secret = String(invited.json().path).slice("/invite#".length);
    const [feed, live] = [await openFeed(mia.client), await openLive(mia.client, docIdOf(project, "published"))];
    const ticket = await ticketOf(mia.client);
    expect((await olga("DELETE", `/api/v1/members/${id}`)).status).toBe(200);
    expect([await feed.closed, await live.closed].map((code) => code === 4401 || code === 4403)).toEqual([true, true]);
    // It was told that nothing is its own any more before it was closed.
    const welcome = framesOf(feed).findLast(({ kind }) => kind === "welcome");
    expect(welcome?.kind === "welcome" ? welcome.spaces : undefined).toEqual([]);
    for (const path of ["/me", "/members", "/spaces", "/records?type=project&space=x"])
      expect((await mia.client("GET", `/api/v1${path}`)).json().error).toMatchObject({ code: "AccessEnded" });
    expect(await relay.socket(`/feed?ticket=${ticket}`, { protocols: ["drawbridge.1"] }).closed).toBe(4401);
    expect((await signIn(email)).status).toBe(401);
    const accepted = await relay.client()("POST", "/api/v1/invitations/accept", {
      secret,
      email: "carla@harbor.example",
      name: "Carla",
      password,
    });
    expect(accepted.status).toBe(403);
    const names = async (path: string) => (await olga("GET", path)).json().map((one) => String(one.name));
    expect(await names("/api/v1/members")).toEqual(["Olga"]);
    expect(await names("/api/v1/members/ended")).toEqual(["Mia"]);
    const later = await makeProject("Dock levellers");
    const spaces = (await olga("GET", "/api/v1/spaces")).json();
    expect(spaces.map((space) => space.members?.length)).toEqual(spaces.map(() => 1));
    expect((await olga("PUT", `/api/v1/spaces/${later}/members/${id}`, { persona: "sales" })).status).toBe(400);
    const logged = await actions();
    expect(logged).toEqual(expect.arrayContaining(["member.ended", "key.revoked"]));
    expect(key.id).not.toBe("");
  });

  it("is on disk, and is lifted again: same role, every space, old sessions stay over", async () => {
    const { id, email } = await add("Igor", "consultant");
    const igor = await signIn(email);
    expect((await olga("DELETE", `/api/v1/members/${id}`)).status).toBe(200);
    const reset = await olga("POST", `/api/v1/members/${id}/password-reset`);
    expect(reset.status).toBe(403);
    const { folder } = relay;
    await relay.relay.close();
    relay = await openHarness({}, folder, { now: () => time });
    olga = (await signIn("olga@northwind.example")).client;
    expect((await relay.client(igor.token)("GET", "/api/v1/me")).json().error).toMatchObject({ code: "AccessEnded" });
    expect((await signIn(email)).status).toBe(401);
    expect((await olga("POST", `/api/v1/members/${id}/restore`)).json()).toMatchObject({ persona: "consultant" });
    expect((await relay.client(igor.token)("GET", "/api/v1/me")).json().error).toMatchObject({ code: "NotSignedIn" });
    const again = await signIn(email);
    const spaces = (await again.client("GET", "/api/v1/spaces")).json();
    expect(spaces.map((space) => String(space.persona))).toEqual(["consultant", "consultant"]);
    expect(await actions()).toContain("member.restored");
  });

  it("comes back with no persona that was removed meanwhile: somebody from outside as a customer, the team not", async () => {
    const personas = { guest: "Inspector", team: "Trainee" };
    for (const [side, label] of Object.entries(personas))
      expect((await olga("POST", "/api/v1/personas", { label, side })).status).toBe(200);
    const [uli, tim] = [await add("Uli", "guest-1"), await add("Tim", "team-1")];
    for (const { id } of [uli, tim]) expect((await olga("DELETE", `/api/v1/members/${id}`)).status).toBe(200);
    for (const persona of ["guest-1", "team-1"])
      expect((await olga("DELETE", `/api/v1/personas/${persona}`)).status).toBe(200);
    const restore = (id: string) => olga("POST", `/api/v1/members/${id}/restore`);
    const team = await restore(tim.id);
    expect([team.status, team.text]).toEqual([400, expect.stringContaining("does not exist any more")]);
    expect((await restore(uli.id)).json()).toMatchObject({ persona: "customer" });
    expect((await signIn(tim.email)).status).toBe(401);
    const { folder } = relay;
    await relay.relay.close();
    relay = await openHarness({}, folder, { now: () => time });
    const again = await signIn(uli.email);
    expect((await again.client("GET", "/api/v1/me")).json()).toMatchObject({ persona: "customer" });
  });

  it("meets no persona that is removed while an account of it is being made", async () => {
    expect((await olga("POST", "/api/v1/personas", { label: "Inspector", side: "guest" })).status).toBe(200);
    const email = "uli@northwind.example";
    const making = olga("POST", "/api/v1/members", { name: "Uli", email, password, persona: "guest-1" });
    const removed = await olga("DELETE", "/api/v1/personas/guest-1");
    const made = await making;
    // Whoever comes first: nobody has a persona that there is not.
    expect([removed.status, made.status].toSorted()).toEqual([200, 400]);
  });
});
