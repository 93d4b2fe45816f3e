// T11, T16: two worlds that differ in hidden things only. What somebody from outside is sent in one is what they are sent in
// the other: frames, their number, order, length and content, answers of the API and their headers, and the time they take.
// Then the test of this test: leaks of the kind that holds no hidden word, planted in the relay's storage.

import { afterEach, describe, expect, test } from "vitest";
import { ok, type Result } from "#shared/model/result.ts";
import { clockNumbers } from "#sync-server/storage/numbering.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import type { RelayStorage } from "#sync-server/storage/storage.ts";
import { openHarness, temporaryFolder } from "#tests/contracts/api-harness.ts";
import { createRandom, type Random } from "#tests/sync/random.ts";
import { seedFor } from "#tests/seed.ts";
import { entriesOf, facetUpdate, newUuid, openFeed, readFrames, tellsTimeOnly } from "./transcript.ts";

const HIDDEN = 500;
const VISIBLE = 12;
const TRIES = 200;
const password = "drawbridge";
const seed = seedFor("WORLD_SEED");

type Plant = (storage: RelayStorage) => RelayStorage;
type Seen = {
  readonly transcript: readonly string[];
  /** Asks once more and tells how long it took. */
  answerTakes(): Promise<number>;
  close(): Promise<void>;
};

async function live(hidden: number, plant: Plant = (storage) => storage): Promise<Seen> {
  const random = createRandom(seed);
  const secrets = createRandom(seed + hidden);
  const openStorage = async (folder: string): Promise<Result<RelayStorage, { readonly message: string }>> => {
    const opened = await openSqliteStorage(folder, { numbering: clockNumbers });
    return opened.ok ? ok(plant(opened.value)) : opened;
  };
  const relay = await openHarness({ requestsPerMinute: 1_000_000, updatesPerSecond: 1_000_000 }, temporaryFolder(), {
    openStorage,
  });
  try {
    const owner = { organization: "Northwind Build", name: "Olga", email: "olga@northwind.example", password };
    await relay.client()("POST", "/api/v1/set-up", owner);
    const olga = await relay.signIn(owner.email);
    const names = new Map<string, string>();
    const rename = (text: string): string => [...names].reduce((all, [id, name]) => all.replaceAll(id, name), text);
    const olgaId = (await olga("GET", "/api/v1/me")).json()["id"]!;
    const crm = (await olga("GET", "/api/v1/spaces")).json()[0]!["id"]!;
    const person = { name: "Carla", email: "carla@dahl.example", password, persona: "client" };
    const carlaId = (await olga("POST", "/api/v1/members", person)).json()["id"]!;
    names.set(olgaId, "OLGA").set(carlaId, "CARLA").set(crm, "CRM");
    const staff = await openFeed(relay, olga, new Map(), "");

    const space = newUuid(random);
    const records: string[] = [];
    async function write(
      type: string,
      facet: string,
      fields: Readonly<Record<string, string>>,
      from: Random,
      where = space,
      id = newUuid(from),
    ): Promise<string> {
      await staff.push({ space: where, type, recordId: id, facet }, facetUpdate(from, fields, type));
      return id;
    }
    const secret = { margin: "31.5", internalNotes: `secret ${hidden}`, name: "Hidden" };
    let left = hidden;
    async function writeHidden(most: number): Promise<void> {
      for (let each = 0; each < most && left > 0; each += 1, left -= 1) {
        if (each % 3 === 0) await write("deal", "internal", secret, secrets, crm);
        else if (each % 3 === 1) await write("milestone", "internal", secret, secrets);
        // In the record that everybody sees, a facet that the team alone does.
        else
          await staff.push(
            {
              space,
              type: records.length === 0 ? "project" : "milestone",
              recordId: records.at(-1) ?? space,
              facet: "internal",
            },
            facetUpdate(secrets, { internalNotes: String(each) }, "milestone"),
          );
      }
    }

    await write("project", "published", { name: "Roof" }, random, space, space);
    await expect.poll(async () => (await olga("GET", "/api/v1/spaces")).text).toContain("Roof");
    await writeHidden(Math.ceil(hidden / 3));
    for (let each = 0; each < VISIBLE / 2; each += 1)
      records.push(await write("milestone", "published", { title: `Step ${each}` }, random));
    await olga("PUT", `/api/v1/spaces/${space}/members/${carlaId}`, { persona: "client" });

    const carla = await relay.signIn(person.email);
    const transcript: string[] = [];
    const first = await openFeed(relay, carla, new Map(), "");
    await first.until("upToDate", 1);
    const logId = first.frames.flatMap((frame) => (frame.kind === "welcome" ? [frame.logId] : []))[0] ?? "";
    names.set(logId, "LOG");
    // Now live: something to see, with a great deal in between that there is not.
    for (let each = VISIBLE / 2; each < VISIBLE; each += 1) {
      await writeHidden(Math.ceil(hidden / VISIBLE));
      const before = first.frames.length;
      records.push(await write("milestone", "published", { title: `Step ${each}` }, random));
      await expect.poll(() => first.frames.length > before, { interval: 2 }).toBe(true);
    }
    await writeHidden(left);
    first.close();
    transcript.push(...readFrames(first.frames, rename, 0));

    const cursor = Math.max(...first.frames.flatMap((frame) => entriesOf(frame).map(({ seq }) => seq)));
    for (const from of [cursor, 0]) {
      const again = await openFeed(relay, carla, new Map([[space, from]]), logId);
      await again.until("upToDate", 1);
      again.close();
      transcript.push(...readFrames(again.frames, rename, from));
    }

    const paths = [
      "/me",
      "/spaces",
      "/my-data",
      "/members",
      "/audit",
      ...["milestone", "project", "task", "deal"].map((type) => `/records?space=${space}&type=${type}&limit=5`),
      ...[...records.slice(0, 3), newUuid(random)].map((id) => `/records/${id}`),
    ];
    const volatile = new Set(["date", "x-ratelimit-remaining", "x-ratelimit-reset", "keep-alive"]);
    for (const path of paths) {
      const answer = await carla("GET", `/api/v1${path}`);
      const headers = [...answer.headers].filter(([name]) => !volatile.has(name));
      transcript.push(rename(`${path} ${answer.status} ${answer.text} ${JSON.stringify(headers)}`));
    }
    staff.close();
    return {
      transcript,
      close: () => relay.close(),
      async answerTakes() {
        const start = performance.now();
        await carla("GET", `/api/v1/records?space=${space}&type=milestone&limit=5`);
        return performance.now() - start;
      },
    };
  } catch (error) {
    await relay.close();
    throw error;
  }
}

const worlds: Seen[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function twoWorlds(hidden: number, plant?: Plant): Promise<readonly [empty: Seen, full: Seen]> {
  const empty = await live(0, plant);
  worlds.push(empty);
  const full = await live(hidden, plant);
  worlds.push(full);
  return [empty, full];
}

/** How much longer the second takes, by medians; by turns, so that whatever else the machine does falls on both. */
async function tookLonger([one, other]: readonly [Seen, Seen]): Promise<number> {
  const times: [one: number[], other: number[]] = [[], []];
  for (let each = 0; each < TRIES; each += 1) {
    times[0].push(await one.answerTakes());
    times[1].push(await other.answerTakes());
  }
  const [first = 0, second = 0] = times.map((list) => list.toSorted((a, b) => a - b)[TRIES >> 1] ?? 0);
  return second - first;
}

/** Hidden rows there are, whatever for. */
const hiddenRows = (storage: RelayStorage): number =>
  [...storage.log.documents()].filter(({ facet }) => facet === "internal").length;

const plants: Readonly<Record<string, Plant>> = {
  "the number of entries in a catch-up counts hidden ones": (storage) => ({
    ...storage,
    log: { ...storage.log, countSince: (seq, space) => storage.log.countSince(seq, space) },
  }),
  "hidden entries are left out after they were paged, so that what is visible comes in other pieces": (storage) => ({
    ...storage,
    log: {
      ...storage.log,
      *entriesSince(seq, space, wanted) {
        for (const entry of storage.log.entriesSince(seq, space)) {
          const document = storage.log.find(entry.docId);
          yield document !== undefined && wanted?.(document) === true
            ? entry
            : { ...entry, docId: `${entry.docId.split(".")[0]}.published`, bytes: new Uint8Array([0, 0]) };
        }
      },
    },
  }),
  "the order of a list follows hidden values": (storage) => ({
    ...storage,
    readModel: {
      ...storage.readModel,
      recordIds: (query) => {
        const ids = storage.readModel.recordIds(query);
        return hiddenRows(storage) > 0 ? ids.toReversed() : ids;
      },
    },
  }),
  "a visible field is as long as what is hidden beside it": (storage) => ({
    ...storage,
    readModel: {
      ...storage.readModel,
      facetsOfRecord: (id) => {
        const rows = storage.readModel.facetsOfRecord(id);
        const pad = "x".repeat(rows.filter(({ facet }) => facet === "internal").length);
        return rows.map((row) => (row.facet === "published" ? { ...row, fields: { ...row.fields, pad } } : row));
      },
    },
  }),
};

describe(`two worlds (WORLD_SEED=${seed})`, () => {
  test(`T11 T16: 0 and ${HIDDEN} hidden records, edits in between: the same frames and answers, in the same time`, async () => {
    const [empty, full] = await twoWorlds(HIDDEN);
    expect(full.transcript).toEqual(empty.transcript);
    expect(empty.transcript.join("\n")).not.toContain("a number");
    expect(empty.transcript.join("\n")).not.toContain('"seq":"new"');
    // "Step", as it stands in the bytes.
    expect(empty.transcript.filter((line) => line.includes("53746570")).length).toBeGreaterThan(VISIBLE / 2);
    expect(Math.abs(await tookLonger([empty, full]))).toBeLessThan(5);
  });

  test.each(Object.entries(plants))("planted and caught: %s", async (_name, plant) => {
    const [empty, full] = await twoWorlds(30, plant);
    expect(full.transcript).not.toEqual(empty.transcript);
  });

  test("planted and caught: an answer that takes longer the more is hidden", async () => {
    const plant: Plant = (storage) => ({
      ...storage,
      readModel: {
        ...storage.readModel,
        recordIds: (query) => {
          for (const end = performance.now() + hiddenRows(storage) / 2; performance.now() < end;);
          return storage.readModel.recordIds(query);
        },
      },
    });
    const [empty, full] = await twoWorlds(30, plant);
    expect(full.transcript).toEqual(empty.transcript);
    expect(await tookLonger([empty, full])).toBeGreaterThan(5);
  });

  test("planted and caught: a counter as sequence number", () => {
    const at = Date.parse("2026-05-14T09:00:00.000Z");
    expect(tellsTimeOnly({ seq: 4_711, docId: "d", at, bytes: new Uint8Array() })).toBe(false);
    expect(tellsTimeOnly({ seq: at * 1_000 + 499, docId: "d", at, bytes: new Uint8Array() })).toBe(true);
  });
});
