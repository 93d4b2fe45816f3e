// A whole organization whose hidden fields hold canaries, and somebody from outside who takes all they can get: first
// download, live changes, late joining after compaction, open documents, every route, refusals, exports, search, and their
// own disk. What they got is returned in pieces, and what they must not have got as canaries.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { WebSocket as RawSocket } from "ws";
import { isSealedType } from "#shared/doc/sealed-document.ts";
import { facetOfAudience, type AudienceChoice } from "#shared/model/audience.ts";
import { parseField } from "#shared/model/field-kinds.ts";
import type { FieldSpec } from "#shared/model/field-value.ts";
import { facetOfField, shippedPolicy } from "#shared/model/policy.ts";
import { externalPersonas, type ExternalPersona } from "#shared/model/personas.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { recordTypes } from "#shared/record-types/index.ts";
import { configWith } from "#sync-server/config.ts";
import { awarenessMessage } from "#sync-server/gateways/live-messages.ts";
import { isRelaysOwn } from "#sync-server/log/sealed-log.ts";
import { openRelay, type Relay } from "#sync-server/relay.ts";
import { DATABASE_FILE } from "#sync-server/storage/schema.ts";
import { openLink } from "#tests/link.ts";
import { openDevice, PASSWORD, synced, until, type Device } from "#tests/sync/network.ts";
import type { Random } from "#tests/sync/random.ts";
import { newNumber, newToken, type Canary, type Piece } from "./canaries.ts";
import { ask, knock, recordDevice, searchFor, type Answer, type Target, type Visitor } from "./recorder.ts";

export type Taken = {
  readonly pieces: readonly Piece[];
  readonly hidden: readonly Canary[];
  readonly visible: readonly Canary[];
};

export type WorldOptions = {
  readonly random: Random;
  readonly dependencies?: Parameters<typeof openRelay>[1];
};

/** Who reads what, said once more and independently of the product: facet -> personas from outside. */
const readersOf: Readonly<Record<string, readonly string[]>> = {
  internal: [],
  published: ["client", "partner", "customer"],
  shared: ["client", "partner", "customer"],
  client: ["client"],
  "client-shared": ["client"],
  partner: ["partner"],
  "partner-shared": ["partner"],
};

/** The parts of answers that the world goes on with. */
type Reply = Target & { readonly token: string; readonly ticket: string; readonly kind: string };

function json({ status, text }: Answer): Reply {
  if (status !== 200) throw new Error(`${status} ${text}`);
  return JSON.parse(text) as Reply;
}

/** A value of the kind with a canary in it; undefined for kinds that have no room for one. */
function canaryValue(
  spec: FieldSpec,
  random: Random,
): { readonly token: string | number; readonly raw: unknown } | undefined {
  const token = newToken(random);
  const amount = newNumber(random);
  const tries: readonly (readonly [token: string | number, raw: unknown])[] = [
    [token, token],
    [token, `https://${token}.example`],
    [token, `${token}@x.example`],
    [token, `+49 30 1234 ${token}`],
    [amount, { amount, currency: "EUR" }],
    [amount, amount],
    [token, [token]],
    [token, { street: token, city: "Oslo" }],
    [token, [{ id: token, text: token, done: false }]],
  ];
  const holds = (value: unknown, wanted: string | number): boolean => JSON.stringify(value).includes(String(wanted));
  for (const [wanted, raw] of tries) {
    const parsed = parseField(raw, spec);
    if (parsed.ok && parsed.value !== null && holds(parsed.value, wanted)) return { token: wanted, raw };
  }
  return undefined;
}

export async function openLeakWorld({ random, dependencies = {} }: WorldOptions): Promise<{
  /** Somebody of this persona comes, takes all they can, and this is it. */
  take(persona: ExternalPersona): Promise<Taken>;
  close(): Promise<void>;
}> {
  const folder = mkdtempSync(join(tmpdir(), "drawbridge-leak-"));
  const config = configWith({
    port: 0,
    host: "127.0.0.1",
    data: folder,
    noOpen: true,
    requestsPerMinute: 100_000,
    signInTries: 1_000,
  });
  let relay: Relay;
  async function start(): Promise<void> {
    const opened = await openRelay(config, dependencies);
    if (!opened.ok) throw new Error(opened.error.message);
    relay = opened.value;
  }
  await start();
  const address = (): string => `http://127.0.0.1:${relay.port}`;

  const canaries: (Canary & { readonly readers: readonly string[] })[] = [];
  const nobody: readonly string[] = [];
  const note = (what: string, token: string | number, readers: readonly string[]): void =>
    void canaries.push({ what, token, readers });
  const readers = (facet: string): readonly string[] => readersOf[facet] ?? nobody;

  const staffMail = `${newToken(random)}@northwind.example`;
  note("e-mail of a colleague of theirs", staffMail.split("@")[0] ?? "", nobody);
  const owner = { organization: "Northwind Build", name: "Olga", email: staffMail, password: PASSWORD };
  const { token: olga } = json(await ask(address(), "", "POST", "/api/v1/set-up", owner));
  const mailOf = (persona: string): string => `${persona}@dahl.example`;
  const memberIds = new Map<string, string>();
  for (const persona of externalPersonas) {
    const person = { name: `Uli ${persona}`, email: mailOf(persona), password: PASSWORD, persona };
    memberIds.set(persona, json(await ask(address(), olga, "POST", "/api/v1/members", person)).id);
  }
  const stranger = {
    name: newToken(random),
    email: `${newToken(random)}@other.example`,
    password: PASSWORD,
    persona: "client",
  };
  json(await ask(address(), olga, "POST", "/api/v1/members", stranger));
  note("name of somebody in no space of theirs", stranger.name, nobody);
  note("e-mail of somebody in no space of theirs", stranger.email.split("@")[0] ?? "", nobody);

  /** Makes a record with a canary in every field that has room, and says who may see each. */
  async function make(
    definition: RecordTypeDefinition,
    space: string | undefined,
    audience: AudienceChoice,
    shared: boolean,
  ): Promise<Target> {
    const fields: Record<string, unknown> = {};
    const chosen = facetOfAudience[audience];
    for (const [name, spec] of Object.entries(definition.fields)) {
      const value = canaryValue(spec, random);
      if (value === undefined) {
        if (spec.required === true && "options" in spec) fields[name] = Object.keys(spec.options)[0];
        continue;
      }
      fields[name] = value.raw;
      note(
        `${definition.type}.${name} (${audience}${shared ? "" : ", elsewhere"})`,
        value.token,
        shared ? readers(facetOfField(definition, name, chosen, shippedPolicy)) : nobody,
      );
    }
    const body = { type: definition.type, fields, audience, ...(space === undefined ? {} : { space }) };
    const made = json(await ask(address(), olga, "POST", "/api/v1/records", body));
    return { ...made, type: definition.type };
  }

  const project = recordTypes.find(({ type }) => type === "project");
  if (project === undefined) throw new Error("there are projects");
  const crm = (json(await ask(address(), olga, "GET", "/api/v1/spaces")) as unknown as readonly Reply[]).find(
    ({ kind }) => kind === "crm",
  );
  const ours = await make(project, undefined, "internal", true);
  const theirs = await make(project, undefined, "internal", false);
  const made: Target[] = [ours, theirs];
  const audiences: readonly AudienceChoice[] = ["internal", "client", "partner", "everyone"];
  for (const definition of recordTypes) {
    // Signed records and the relay's own cannot be made like this; every field of theirs has the readers of its space.
    if (definition.type === "project" || isSealedType(definition.type) || isRelaysOwn(definition.type)) continue;
    // Nor can what lies in a space of one member: tests/sync/inbox-state.test.ts looks who gets that.
    if (definition.home === "personal") continue;
    const picks = Object.values(definition.fields).every((spec) => spec.facet === undefined)
      ? audiences
      : (["internal"] as const);
    for (const audience of picks) {
      const spaces =
        definition.home === "crm"
          ? [crm?.id]
          : definition.home === "project"
            ? [ours.id, theirs.id]
            : [crm?.id, ours.id, theirs.id];
      for (const space of spaces) made.push(await make(definition, space, audience, space === ours.id));
    }
  }

  const definitionOf = (type: string): RecordTypeDefinition => {
    const found = recordTypes.find((each) => each.type === type);
    if (found === undefined) throw new Error(type);
    return found;
  };

  /** Changes hidden values, so that both the old and the new ones are in some history. */
  async function changeHidden(): Promise<void> {
    for (const { id, type, docs } of made) {
      const fields: Record<string, unknown> = {};
      for (const [name, spec] of Object.entries(definitionOf(type).fields)) {
        const facet = spec.facet ?? Object.keys(docs)[0] ?? "internal";
        if (readers(facet).length > 0 || random.chance(0.5)) continue;
        const value = canaryValue(spec, random);
        if (value === undefined) continue;
        fields[name] = value.raw;
        note(`${type}.${name}, changed`, value.token, nobody);
      }
      await ask(address(), olga, "PATCH", `/api/v1/records/${id}`, { fields });
    }
  }

  /** Text that was there before they came and is deleted: it must not travel to later readers (rule R6). */
  async function writeAndDelete(): Promise<void> {
    const token = newToken(random);
    note("text deleted before they came", token, nobody);
    // The summary this replaces is deleted text as well.
    for (const [index, canary] of canaries.entries())
      if (canary.what === "project.summary (internal)") canaries[index] = { ...canary, readers: nobody };
    await ask(address(), olga, "PATCH", `/api/v1/records/${ours.id}`, { fields: { summary: `before ${token} after` } });
    await ask(address(), olga, "PATCH", `/api/v1/records/${ours.id}`, { fields: { summary: "before after" } });
  }

  await changeHidden();
  await writeAndDelete();
  // Started again with long tails folded: what comes later is the snapshot, not the log.
  await relay!.close();
  await start();
  // Sixty-four small edits make the tail long: it is folded within seconds after the last of them.
  for (let each = 0; each < 70; each += 1)
    await ask(address(), olga, "PATCH", `/api/v1/records/${ours.id}`, { fields: { client: `Dahl ${each}` } });
  await until(() => longestTail() < 64, "the log is folded");

  function longestTail(): number {
    const database = new DatabaseSync(join(folder, DATABASE_FILE), { readOnly: true });
    const tails = database.prepare(
      "SELECT count(*) AS updates FROM updates JOIN documents ON number = document WHERE record_id = ? GROUP BY document",
    );
    const longest = Math.max(0, ...tails.all(ours.id).map(({ updates }) => Number(updates)));
    database.close();
    return longest;
  }

  for (const [persona, id] of memberIds)
    json(await ask(address(), olga, "PUT", `/api/v1/spaces/${ours.id}/members/${id}`, { persona }));

  const devices: Device[] = [];
  async function newDevice(persona: string): Promise<Device> {
    const device = await openDevice(await openLink(() => relay.port), {});
    devices.push(device);
    const signedIn = await device.data.session.signIn({ email: mailOf(persona), password: PASSWORD });
    if (!signedIn.ok) throw new Error(signedIn.error.message);
    await synced(device);
    return device;
  }

  async function visitorOf(device: Device, persona: string): Promise<Visitor> {
    const credentials = { email: mailOf(persona), password: PASSWORD };
    const { token } = json(await ask(address(), "", "POST", "/api/v1/auth/sign-in", credentials));
    return { device, address: address(), email: mailOf(persona), memberId: memberIds.get(persona) ?? "", token };
  }

  /** A colleague stands in the space and in an open document. Their state says what the app says, and more. */
  async function beSeen(): Promise<RawSocket> {
    const { ticket } = json(await ask(address(), olga, "POST", "/api/v1/tickets"));
    const socket = new RawSocket(`${address().replace("http", "ws")}/live/${ours.id}.presence?ticket=${ticket}`);
    await new Promise((resolve) => socket.on("open", resolve));
    const state = { user: { name: "CEO", email: staffMail }, page: "overview" };
    socket.send(awarenessMessage([{ clientId: 7, clock: 1, json: JSON.stringify(state) }]));
    return socket;
  }

  return {
    async take(persona) {
      const device = await newDevice(persona);
      const presence = device.data.live.joinSpace(ours.id, "overview");
      const seen = await beSeen();
      // The team looking on is not told to outsiders (rule V8): there is nothing to wait for, only time for it to come.
      await new Promise((resolve) => setTimeout(resolve, 300));
      await changeHidden();
      const pieces: Piece[] = [...(await knock(await visitorOf(device, persona), made, ours.id))];
      await device.data.edit.set(ours.id, { internalNotes: "from outside" });
      await device.data.search.search("a");
      const hidden = canaries.filter(({ readers }) => !readers.includes(persona));
      const visible = canaries.filter(({ readers }) => readers.includes(persona));
      const words = hidden.filter((_, index) => index % 7 === 0).map(({ token }) => token);
      pieces.push(...(await searchFor(device, words)));
      await synced(device).catch(() => undefined);
      const late = await newDevice(persona);
      for (const each of [device, late]) pieces.push(...(await recordDevice(each)));
      presence.leave();
      seen.close();
      return { pieces, hidden, visible };
    },
    async close() {
      for (const device of devices) {
        await device.data.close();
        await device.link.close();
      }
      await relay.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
