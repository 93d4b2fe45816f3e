// R31: random grants, moves of personas, links, edits, and decisions that move fields between facets, over the real relay,
// held step by step against a small reference model. T7: taking a right back stops a stream at once. T22: nobody is anybody else in awareness.

import { inflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { assert } from "#shared/model/result.ts";
import { decodeBatchEntries, decodeRelayFrame, encodeClientFrame, type DocumentMeta } from "#shared/protocol/frames.ts";
import { FEED_SUBPROTOCOL, PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { awarenessMessage, readMessage } from "#sync-server/gateways/live-messages.ts";
import { openHarness, temporaryFolder, type Client, type Harness } from "#tests/contracts/api-harness.ts";
import { createRandom } from "#tests/sync/random.ts";
import { updateOf } from "#tests/unit/relay/test-relay.ts";
import { newId } from "#shared/model/ids.ts";
import { findCanaries, newNumber, newToken, type Canary } from "./canaries.ts";
import {
  movingFields,
  nameOf,
  ReferenceModel,
  rules,
  type DocumentOf,
  type FieldRight,
  type Outsider,
} from "./reference-model.ts";
import { sizes } from "#tests/faults/sizes.ts";
import { seedFor } from "#tests/seed.ts";

const STEPS = Number(process.env["PERMISSION_STEPS"] ?? sizes.permissionSteps);
const seed = seedFor("PERMISSION_SEED");
const password = "drawbridge";
const personas: readonly Outsider[] = ["client", "partner", "customer"];
const FORBIDDEN = 1;

let relay: Harness;
let olga: Client;

type Feed = {
  /** Names of documents that came, in order. */
  readonly came: string[];
  readonly at: number[];
  /** Every message as it came. */
  readonly bytes: Buffer[];
  push(docId: string, meta: DocumentMeta, bytes: Uint8Array): Promise<"ack" | number>;
  ready(): Promise<void>;
  close(): void;
};

async function openFeed(client: Client): Promise<Feed> {
  const ticket = (await client("POST", "/api/v1/tickets")).json()["ticket"];
  const socket = new WebSocket(`${relay.relay.address.replace("http", "ws")}/feed?ticket=${ticket}`, FEED_SUBPROTOCOL);
  const came: string[] = [];
  const at: number[] = [];
  const bytes: Buffer[] = [];
  const answers = new Map<number, "ack" | number>();
  let inStep = 0;
  const note = (docId: string): void => void (came.push(docId), at.push(performance.now()));
  socket.on("message", (data: Buffer) => {
    bytes.push(data);
    const decoded = decodeRelayFrame(data);
    assert(decoded.ok, "the relay sends readable frames");
    const frame = decoded.value;
    if (frame.kind === "batch") for (const { docId } of frame.entries) note(docId);
    else if (frame.kind === "ack") for (const { n } of frame.acks) answers.set(n, "ack");
    else if (frame.kind === "refused") answers.set(frame.n, frame.code);
    else if (frame.kind === "upToDate" || frame.kind === "welcome") inStep += 1;
    else if ("payload" in frame) {
      const list = decodeBatchEntries(new Uint8Array(inflateRawSync(frame.payload)));
      if (list.ok) for (const { docId } of list.value) note(docId);
    } else if ("entries" in frame && Array.isArray(frame.entries)) {
      for (const { docId } of frame.entries as readonly { docId: string }[]) note(docId);
    }
  });
  await new Promise((resolve) => socket.on("open", resolve));
  const send = (frame: Parameters<typeof encodeClientFrame>[0]): void => socket.send(encodeClientFrame(frame));
  send({ kind: "hello", protocol: PROTOCOL_VERSION, deviceId: "d", logId: "", cursors: new Map() });
  let n = 0;
  return {
    came,
    at,
    bytes,
    async push(docId, meta, bytes) {
      n += 1;
      const own = n;
      send({ kind: "push", n: own, docId, meta, bytes });
      await expect.poll(() => answers.has(own), { timeout: 15_000, interval: 2 }).toBe(true);
      return answers.get(own) ?? 0;
    },
    ready: () =>
      expect
        .poll(() => inStep, { timeout: 15_000, interval: 2 })
        .toBeGreaterThan(0)
        .then(() => undefined),
    close: () => socket.close(),
  };
}

beforeAll(async () => {
  relay = await openHarness(
    { requestsPerMinute: 1_000_000, signInTries: 1_000, updatesPerSecond: 1_000_000, policyHold: 0 },
    temporaryFolder(),
  );
  const owner = { organization: "Northwind Build", name: "Olga", email: "olga@northwind.example", password };
  await relay.client()("POST", "/api/v1/set-up", owner);
  olga = await relay.signIn(owner.email);
});
afterAll(() => relay.close());

async function addPerson(name: string, persona: string): Promise<{ id: string; client: Client }> {
  const email = `${name}@dahl.example`;
  const added = await olga("POST", "/api/v1/members", { name, email, password, persona });
  assert(added.status === 200, added.text);
  return { id: added.json()["id"]!, client: await relay.signIn(email) };
}

async function makeProject(name: string): Promise<string> {
  const made = await olga("POST", "/api/v1/records", { type: "project", fields: { name } });
  assert(made.status === 200, made.text);
  return made.json()["id"]!;
}

/** Decides about one cell of the matrix of tasks, and waits until every value lies where it belongs. */
async function decideOn(field: string, persona: Outsider, right: FieldRight): Promise<void> {
  const base = (await olga("GET", "/api/v1/policy")).json()["version"];
  say(await olga("PUT", "/api/v1/policy", { base, edits: [{ type: "task", field, persona, right }] }));
  const isSettled = async (): Promise<boolean> => {
    const now = JSON.parse((await olga("GET", "/api/v1/policy")).text) as { isMoving: boolean; waiting?: object };
    return !now.isMoving && now.waiting === undefined;
  };
  await expect.poll(isSettled, { timeout: 30_000, interval: 5 }).toBe(true);
}

const say = (answer: { status: number; text: string }): void => assert(answer.status === 200, answer.text);

describe("permissions", () => {
  test(
    `R31: ${STEPS} random grants, moves of people and fields, links and edits agree with the reference model (PERMISSION_SEED=${seed})`,
    { timeout: 60_000 + STEPS * 1_000 },
    async () => {
      const random = createRandom(seed);
      const spaces = [await makeProject("One"), await makeProject("Two"), await makeProject("Three")];
      const staff = await addPerson("igor", "consultant");
      const outsiders = await Promise.all(
        ["carla", "pia", "uli"].map((name, index) => addPerson(name, personas[index] ?? "client")),
      );
      const everybody = [staff, ...outsiders];
      const model = new ReferenceModel([staff.id]);
      const author = await openFeed(olga);
      const feeds = new Map<string, Feed>();
      for (const { id, client } of everybody) {
        const feed = await openFeed(client);
        await feed.ready();
        feeds.set(id, feed);
      }
      const records: { readonly id: string; readonly home: string }[] = [];
      /** Records whose fields the policy moves; everything they ever said. */
      const tasks: typeof records = [];
      const said: (Canary & { readonly task: string; readonly field: string })[] = [];
      let decisions = 0;
      const read = new Map(everybody.map(({ id }) => [id, 0]));

      const newValue = (field: string, before?: string | number): string | number =>
        field === "description" ? newToken(random, String(before ?? "")) : newNumber(random);
      function sayIt(task: string, field: string, value: string | number): void {
        said.push({ what: `${field} of ${task}`, token: value, task, field });
        model.put(task, field, value);
      }
      async function writeField(client: Client, task: string, field: string): Promise<boolean> {
        const value = newValue(field, model.value(task, field));
        const answer = await client("PATCH", `/api/v1/records/${task}`, { fields: { [field]: value } });
        if (answer.status === 200) sayIt(task, field, value);
        return answer.status === 200;
      }
      async function decide(field: string, persona: Outsider, right: FieldRight): Promise<void> {
        model.decide(field, persona, right);
        decisions += 1;
        await decideOn(field, persona, right);
      }
      /** What the API tells somebody of the fields that move, of every task. */
      async function expectFields({ id, client }: (typeof everybody)[number], when: string): Promise<void> {
        for (const task of tasks) {
          const answer = await client("GET", `/api/v1/records/${task.id}`);
          const fields = answer.status === 200 ? Object.entries(JSON.parse(answer.text).fields as object) : [];
          const seen = Object.fromEntries(fields.filter(([field]) => movingFields.includes(field)));
          expect([when, task.id, seen]).toEqual([when, task.id, model.fieldsSeen(id, task.id)]);
        }
      }

      async function write({ record, facet }: DocumentOf): Promise<void> {
        const home = records.find(({ id }) => id === record)?.home ?? "";
        const meta = { space: home, type: "milestone", recordId: record, facet };
        expect(await author.push(nameOf({ record, facet }), meta, updateOf("title", String(random.next())))).toBe(
          "ack",
        );
        if (!model.documents.some((one) => nameOf(one) === nameOf({ record, facet })))
          model.documents.push({ record, facet });
      }

      const steps: readonly (() => Promise<void>)[] = [
        async () => {
          const record = newId();
          const home = random.pick(spaces);
          records.push({ id: record, home });
          model.make(record, home);
          await write({ record, facet: "published" });
        },
        async () =>
          records.length === 0
            ? undefined
            : write({ record: random.pick(records).id, facet: random.pick(Object.keys(rules)) }),
        async () =>
          records.length === 0
            ? undefined
            : write({ record: random.pick(records).id, facet: random.pick(Object.keys(rules)) }),
        async () => {
          const [space, { id }, persona] = [random.pick(spaces), random.pick(outsiders), random.pick(personas)];
          model.grant(space, id, persona);
          say(await olga("PUT", `/api/v1/spaces/${space}/members/${id}`, { persona }));
        },
        async () => {
          const [space, { id }] = [random.pick(spaces), random.pick(outsiders)];
          if (!model.isIn(space, id)) return;
          say(await olga("DELETE", `/api/v1/spaces/${space}/members/${id}`));
          model.remove(space, id);
        },
        async () => {
          const all = [...records, ...tasks];
          if (all.length === 0) return;
          const [{ id, home }, space] = [random.pick(all), random.pick(spaces)];
          if (space === home || model.isLinked(id, space)) return;
          model.link(id, space);
          const answer = await olga("PUT", `/api/v1/records/${id}/spaces/${space}`);
          // Where nobody would get anything from it the relay refuses and says so: then nothing has changed.
          if (answer.status !== 200) model.unlink(id, space);
        },
        async () => {
          const all = [...records, ...tasks];
          if (all.length === 0) return;
          const [{ id, home }, space] = [random.pick(all), random.pick(spaces)];
          if (space === home || !model.isLinked(id, space)) return;
          say(await olga("DELETE", `/api/v1/records/${id}/spaces/${space}`));
          model.unlink(id, space);
        },
        async () => {
          const document = model.documents.length === 0 ? undefined : random.pick(model.documents);
          if (document === undefined) return;
          const { id } = random.pick(outsiders);
          const home = records.find((one) => one.id === document.record)?.home ?? "";
          const meta = { space: home, type: "milestone", recordId: document.record, facet: document.facet };
          const answer = await feeds.get(id)?.push(nameOf(document), meta, updateOf("title", "mine", id));
          // Whoever may write it may still send what no gate lets through; only "forbidden" is about rights.
          expect([nameOf(document), answer === FORBIDDEN]).toEqual([nameOf(document), !model.mayWrite(id, document)]);
        },
        async () => {
          if (tasks.length >= 12) return;
          const home = random.pick(spaces);
          const fields = Object.fromEntries(movingFields.map((field) => [field, newValue(field)]));
          const made = await olga("POST", "/api/v1/records", {
            type: "task",
            space: home,
            fields: { title: "T", ...fields },
          });
          say(made);
          const id = made.json()["id"] ?? "";
          tasks.push({ id, home });
          model.make(id, home);
          for (const [field, value] of Object.entries(fields)) sayIt(id, field, value);
        },
        async () => {
          if (tasks.length === 0) return;
          expect(await writeField(olga, random.pick(tasks).id, random.pick(movingFields))).toBe(true);
        },
        async () => {
          if (tasks.length === 0) return;
          const [task, field, { id, client }] = [
            random.pick(tasks).id,
            random.pick(movingFields),
            random.pick(outsiders),
          ];
          const may = model.fieldRight(id, task, field) === "write";
          expect([task, field, id, await writeField(client, task, field)]).toEqual([task, field, id, may]);
        },
        async () => {
          if (tasks.length === 0) return;
          await decide(
            random.pick(movingFields),
            random.pick(personas),
            random.pick(["none", "read", "write"] as const),
          );
          await expectFields(random.pick(everybody), `after decision ${decisions}`);
        },
      ];

      // Chance may deal few decisions: it goes on until there were enough to say something.
      const isEnough = (): boolean => model.documents.length > 10 && decisions > STEPS / 40;
      for (let step = 0; step < STEPS || !isEnough(); step += 1) {
        const before = new Map(everybody.map(({ id }) => [id, model.readable(id)]));
        await random.pick(steps)();
        for (const { id } of everybody) {
          const { came } = feeds.get(id) ?? { came: [] };
          const fresh = came.slice(read.get(id) ?? 0);
          read.set(id, came.length);
          const after = model.readable(id);
          // The spaces' own documents are no part of the model.
          const modelled = fresh.filter((docId) => records.some((record) => docId.startsWith(record.id)));
          const forbidden = modelled.filter((docId) => !after.has(docId) && before.get(id)?.has(docId) !== true);
          expect(forbidden, `step ${step}`).toEqual([]);
        }
      }
      // A device that comes new holds exactly what the model says: nothing more (P3), nothing less (P4).
      for (const { id, client } of everybody) {
        const feed = await openFeed(client);
        const own = (): string[] =>
          [...new Set(feed.came)].filter((docId) => records.some((record) => docId.startsWith(record.id))).sort();
        const wanted = [...model.readable(id)].sort();
        await expect.poll(own, { timeout: 15_000 }).toEqual(wanted);
        feed.close();
      }
      // The same of fields, read from the bytes: of those that somebody may not see, not a value they ever had.
      for (const person of everybody) {
        await expectFields(person, "in the end");
        const feed = await openFeed(person.client);
        await feed.ready();
        const isHere = (): boolean =>
          tasks.every(
            ({ id }) =>
              Object.keys(model.fieldsSeen(person.id, id)).length === 0 ||
              feed.came.some((docId) => docId.startsWith(id)),
          );
        await expect.poll(isHere, { timeout: 15_000 }).toBe(true);
        const pieces = feed.bytes.map((bytes) => ({ channel: "feed", bytes }));
        const hidden = said.filter(({ task, field }) => model.fieldRight(person.id, task, field) === "none");
        expect(findCanaries(pieces, hidden), person.id).toEqual([]);
        const visible = tasks.flatMap(({ id }) =>
          Object.entries(model.fieldsSeen(person.id, id)).map(([what, token]) => ({ what: `${what} of ${id}`, token })),
        );
        const found = new Set(findCanaries(pieces, visible).map(({ what }) => what));
        expect(
          visible.filter(({ what }) => !found.has(what)),
          person.id,
        ).toEqual([]);
        feed.close();
      }
      author.close();
      for (const feed of feeds.values()) feed.close();
    },
  );

  test("what a field said where it lay before it lay here goes as well when it is taken from somebody", async () => {
    const random = createRandom(seed);
    const space = await makeProject("Twice moved");
    const { id, client } = await addPerson("dora", "client");
    say(await olga("PUT", `/api/v1/spaces/${space}/members/${id}`, { persona: "client" }));
    const [before, after] = [newNumber(random), newNumber(random)];
    // Both in one facet that the client reads; one of them stays there and keeps it in use.
    for (const field of ["estimatedHours", "actualHours"])
      for (const persona of personas) await decideOn(field, persona, persona === "client" ? "read" : "none");
    const fields = { title: "T", estimatedHours: before, actualHours: 5 };
    const task = (await olga("POST", "/api/v1/records", { type: "task", space, fields })).json()["id"] ?? "";
    say(await olga("PATCH", `/api/v1/records/${task}`, { fields: { estimatedHours: after } }));
    // First they get more, which leaves the history in the old place; then nothing, of the new place alone.
    for (const right of ["write", "none"] as const) await decideOn("estimatedHours", "client", right);
    const feed = await openFeed(client);
    await expect.poll(() => feed.came.some((docId) => docId.startsWith(task)), { timeout: 15_000 }).toBe(true);
    await feed.ready();
    const pieces = feed.bytes.map((bytes) => ({ channel: "feed", bytes }));
    expect(
      findCanaries(
        pieces,
        [before, after].map((token) => ({ what: "estimatedHours", token })),
      ),
    ).toEqual([]);
    feed.close();
  });

  test("T7: removed in the middle of a stream: nothing more comes, at the latest 2 s after, and writes are refused", async () => {
    const space = await makeProject("Stream");
    const { id, client } = await addPerson("cem", "client");
    say(await olga("PUT", `/api/v1/spaces/${space}/members/${id}`, { persona: "client" }));
    const [author, reader] = [await openFeed(olga), await openFeed(client)];
    await reader.ready();
    const record = newId();
    const meta = { space, type: "milestone", recordId: record, facet: "shared" };
    let removedAt = Infinity;
    for (let each = 0; each < 150; each += 1) {
      expect(await author.push(`${record}.shared`, meta, updateOf("title", String(each)))).toBe("ack");
      if (each === 75) {
        say(await olga("DELETE", `/api/v1/spaces/${space}/members/${id}`));
        removedAt = performance.now();
      }
    }
    expect(reader.came.length).toBeGreaterThan(50);
    expect(Math.max(...reader.at) - removedAt).toBeLessThan(2_000);
    const settled = reader.came.length;
    expect(await reader.push(`${record}.shared`, meta, updateOf("title", "mine"))).toBe(FORBIDDEN);
    await author.push(`${record}.shared`, meta, updateOf("title", "later"));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(reader.came.length).toBe(settled);
    author.close();
    reader.close();
  });

  test("T22: a made-up name, an e-mail and a state of 1 MB: others see the relay's word of who it is, and nothing large", async () => {
    const space = await makeProject("Presence");
    const { id, client } = await addPerson("mallory", "client");
    say(await olga("PUT", `/api/v1/spaces/${space}/members/${id}`, { persona: "client" }));
    const enter = async (who: Client): Promise<{ socket: WebSocket; states: () => string[] }> => {
      const ticket = (await who("POST", "/api/v1/tickets")).json()["ticket"];
      const socket = new WebSocket(
        `${relay.relay.address.replace("http", "ws")}/live/${space}.presence?ticket=${ticket}`,
      );
      const heard: string[] = [];
      socket.on("message", (data: Buffer) => {
        const message = readMessage(data);
        if (message.ok && message.value.kind === "awareness")
          heard.push(...message.value.entries.map(({ json }) => json));
      });
      await new Promise((resolve) => socket.on("open", resolve));
      return { socket, states: () => heard };
    };
    const [watcher, liar] = [await enter(olga), await enter(client)];
    const lie = (clientId: number, state: object): void =>
      liar.socket.send(awarenessMessage([{ clientId, clock: 1, json: JSON.stringify(state) }]));
    lie(2, { user: { name: "x".repeat(900_000) } });
    lie(1, { user: { name: "CEO", memberId: "olga", email: "ceo@northwind.example", persona: "owner" } });
    await expect.poll(() => watcher.states().length).toBeGreaterThan(0);
    const users = watcher.states().map((json) => (JSON.parse(json) as { user?: object } | null)?.user);
    expect(users).toEqual([{ memberId: id, name: "mallory", persona: "client" }]);
    expect(watcher.states().join("")).not.toMatch(/CEO|northwind/);
    watcher.socket.close();
    liar.socket.close();
  });
});
