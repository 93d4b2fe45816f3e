// T11: policies nobody wrote by hand. Each decides anew who sees which field of a milestone; then somebody of each persona
// comes with an empty device and asks the API too: every value they may see is there, and none that they may not, of records
// made before the decision as well (values move between documents, their history does not).

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { parseField } from "#shared/model/field-kinds.ts";
import type { FieldSpec } from "#shared/model/field-value.ts";
import type { Right } from "#shared/model/policy.ts";
import { decodeRelayFrame, encodeClientFrame } from "#shared/protocol/frames.ts";
import { FEED_SUBPROTOCOL, PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { milestone } from "#shared/record-types/milestone.ts";
import { openHarness, temporaryFolder, type Client, type Harness } from "#tests/contracts/api-harness.ts";
import { createRandom } from "#tests/sync/random.ts";
import { findCanaries, newNumber, newToken, type Canary, type Piece } from "./canaries.ts";
import { rules, type Outsider } from "./reference-model.ts";
import { seedFor } from "#tests/seed.ts";

const POLICIES = Number(process.env["POLICIES"] ?? 20);
const seed = seedFor("POLICY_SEED");
const random = createRandom(seed);
const password = "drawbridge";
const personas: readonly Outsider[] = ["client", "partner", "customer"];
const rights: readonly Right[] = ["none", "none", "read", "write"];

const specs: Readonly<Record<string, FieldSpec>> = milestone.fields;
/** Fields with room for a canary; the title stays where everybody sees it, for what has no name cannot be worked on. */
const fields = Object.keys(specs).filter((name) => name !== "title" && valueFor(name) !== undefined);

function valueFor(name: string): { readonly token: string | number; readonly raw: unknown } | undefined {
  const spec = specs[name];
  if (spec === undefined) return undefined;
  const [token, amount] = [newToken(random), newNumber(random)];
  const tries: readonly (readonly [string | number, unknown])[] = [
    [amount, { amount, currency: "EUR" }],
    [amount, amount],
    [token, token],
  ];
  for (const [wanted, raw] of tries) {
    const parsed = parseField(raw, spec);
    if (parsed.ok && parsed.value !== null && JSON.stringify(parsed.value).includes(String(wanted)))
      return { token: wanted, raw };
  }
  return undefined;
}

let relay: Harness;
let olga: Client;
let project: string;
const people = new Map<Outsider, Client>();

beforeAll(async () => {
  relay = await openHarness({ requestsPerMinute: 1_000_000, signInTries: 1_000, policyHold: 0 }, temporaryFolder());
  const owner = { organization: "Northwind Build", name: "Olga", email: "olga@northwind.example", password };
  await relay.client()("POST", "/api/v1/set-up", owner);
  olga = await relay.signIn(owner.email);
  project = (await olga("POST", "/api/v1/records", { type: "project", fields: { name: "Roof" } })).json()["id"]!;
  for (const persona of personas) {
    const email = `${persona}@dahl.example`;
    const { id } = JSON.parse(
      (await olga("POST", "/api/v1/members", { name: persona, email, password, persona })).text,
    ) as { id: string };
    await olga("PUT", `/api/v1/spaces/${project}/members/${id}`, { persona });
    people.set(persona, await relay.signIn(email));
  }
}, 60_000);
afterAll(() => relay.close());

/** Everything a new device of theirs gets, and what the API says. */
async function take(client: Client): Promise<readonly Piece[]> {
  const ticket = (await client("POST", "/api/v1/tickets")).json()["ticket"];
  const socket = new WebSocket(`${relay.relay.address.replace("http", "ws")}/feed?ticket=${ticket}`, FEED_SUBPROTOCOL);
  const pieces: Piece[] = [];
  let isReady = false;
  socket.on("message", (data: Buffer) => {
    pieces.push({ channel: "feed", bytes: data });
    const frame = decodeRelayFrame(data);
    isReady ||= frame.ok && frame.value.kind === "upToDate";
  });
  await new Promise((resolve) => socket.on("open", resolve));
  socket.send(
    encodeClientFrame({ kind: "hello", protocol: PROTOCOL_VERSION, deviceId: "d", logId: "", cursors: new Map() }),
  );
  await expect.poll(() => isReady, { timeout: 15_000, interval: 2 }).toBe(true);
  socket.close();
  const list = await client("GET", `/api/v1/records?space=${project}&type=milestone&limit=200`);
  return [...pieces, { channel: "API", bytes: Buffer.from(list.text) }];
}

async function decide(wanted: ReadonlyMap<string, ReadonlyMap<Outsider, Right>>): Promise<void> {
  const state = (await olga("GET", "/api/v1/policy")).json();
  const edits = [...wanted].flatMap(([field, cells]) =>
    [...cells].map(([persona, right]) => ({ type: "milestone", field, persona, right })),
  );
  const decided = await olga("PUT", "/api/v1/policy", { base: state["version"], edits });
  expect(decided.status, decided.text).toBe(200);
  const isSettled = async (): Promise<boolean> => {
    const now = JSON.parse((await olga("GET", "/api/v1/policy")).text) as { isMoving: boolean; waiting?: object };
    return !now.isMoving && now.waiting === undefined;
  };
  await expect.poll(isSettled, { timeout: 30_000 }).toBe(true);
}

describe(`generated policies (POLICY_SEED=${seed})`, () => {
  test(
    `T11: ${POLICIES} policies, each persona gets exactly what each says`,
    { timeout: POLICIES * 30_000 },
    async () => {
      /** What the matrix says, said by this test. */
      const matrix = new Map(
        fields.map((field) => {
          const { readers = [], writers = [] } = rules[specs[field]?.facet ?? "internal"] ?? {};
          const rightOf = (persona: Outsider): Right =>
            writers.includes(persona) ? "write" : readers.includes(persona) ? "read" : "none";
          return [field, new Map(personas.map((persona): [Outsider, Right] => [persona, rightOf(persona)]))];
        }),
      );
      const canaries: (Canary & { readonly field: string })[] = [];
      let seen = 0;
      for (let policy = 0; policy < POLICIES; policy += 1) {
        for (let edit = 0; edit < 6; edit += 1)
          matrix.get(random.pick(fields))?.set(random.pick(personas), random.pick(rights));
        await decide(matrix);
        const values: Record<string, unknown> = { title: `Step ${policy}` };
        for (const field of fields) {
          const value = valueFor(field);
          if (value === undefined) continue;
          values[field] = value.raw;
          canaries.push({ what: `${field} of ${policy}`, token: value.token, field });
        }
        const made = await olga("POST", "/api/v1/records", { type: "milestone", space: project, fields: values });
        expect(made.status, made.text).toBe(200);
        // Older ones are looked for too, as many as keep this quick.
        const watched = canaries.slice(-4 * fields.length);
        for (const [persona, client] of people) {
          const pieces = await take(client);
          const mayRead = ({ field }: { readonly field: string }): boolean =>
            matrix.get(field)?.get(persona) !== "none";
          const hidden = watched.filter((one) => !mayRead(one));
          expect(findCanaries(pieces, hidden), `policy ${policy}, ${persona}`).toEqual([]);
          const found = new Set(findCanaries(pieces, watched).map(({ what }) => what));
          expect(
            watched.filter((one) => mayRead(one) && !found.has(one.what)),
            `policy ${policy}, ${persona}`,
          ).toEqual([]);
          seen += found.size;
        }
      }
      // Sets as well: what was taken out of one used to stay readable as the name of its entry.
      expect(fields).toContain("dependsOn");
      expect(seen).toBeGreaterThan(POLICIES);
    },
  );
});
