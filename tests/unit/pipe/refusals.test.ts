// Section 3.6 of the design of refusals, as chance would have it: three devices edit, the relay refuses one update in ten,
// devices crash in between. Afterwards everybody says what the relay says, every refused word is in its author's tray, and
// nothing is ever written again under a client id that was thrown away. REFUSAL_SCHEDULES=1000 for the long run.

import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import { wordsOfUpdate } from "#shared/doc/update-words.ts";
import { applyEntries, type RemoteEntry } from "#renderer/data/apply-remote.ts";
import { Database } from "#renderer/data/database.ts";
import { createEditApi } from "#renderer/data/edit.ts";
import { confirmRows, refuseRow } from "#renderer/data/outbox.ts";
import { findDoc } from "#renderer/data/record-rows.ts";
import { createReplica, type Replica } from "#renderer/data/replica.ts";
import { forgetOldRefused } from "#renderer/data/sync.ts";
import { readRefused } from "#renderer/data/waiting-changes.ts";
import { createRandom } from "../../sync/random.ts";
import { createCompany, openTestReplica, tick, type TestReplica } from "./test-replica.ts";
import { seedFor } from "#tests/seed.ts";

const SCHEDULES = Number(process.env["REFUSAL_SCHEDULES"] ?? 12);
const SEED = seedFor("REFUSAL_SEED");
const FIELDS = ["website", "phone", "description", "internalNotes"] as const;

/** The device after a crash: the same database, everything else anew. */
async function crash(device: TestReplica): Promise<TestReplica> {
  const { name } = device.database;
  device.database.close();
  const database = new Database(name);
  const replica = createReplica(database, device.replica.me, tick);
  return { ...device, database, replica, edit: createEditApi(() => replica, device.watch) };
}

const clientsIn = (bytes: Uint8Array): readonly number[] => [...Y.parseUpdateMeta(bytes).to.keys()];

async function runSchedule(seed: number): Promise<void> {
  const random = createRandom(seed);
  const log: RemoteEntry[] = [];
  const authors: number[] = [];
  const cursors = [0, 0, 0];
  /** `<document> <client id>`: a device writes all its documents under one id, and only where it was refused is it gone. */
  const retired = new Set<string>();
  const refusedWords: { device: number; words: string }[] = [];
  const devices = await Promise.all(["ana", "igor", "olga"].map((id) => openTestReplica(id)));
  const recordIds: string[] = [];

  async function pull(index: number): Promise<void> {
    const device = devices[index];
    if (device === undefined) return;
    const news = log.filter((entry, place) => entry.seq > (cursors[index] ?? 0) && authors[place] !== index);
    cursors[index] = log.length;
    await applyEntries(device.replica, news, new Map([["crm", log.length]]));
  }

  /** One update per document at a time, as the feed does; in between the device may crash. */
  async function push(index: number, refuses: boolean): Promise<void> {
    const busy = new Set<string>();
    for (const { key } of await devices[index]!.database.updates.orderBy("key").toArray()) {
      const device = devices[index]!;
      const row = await device.database.updates.get(key);
      if (row === undefined || busy.has(row.docId)) continue;
      busy.add(row.docId);
      const used = clientsIn(row.bytes);
      expect(
        used.filter((client) => retired.has(`${row.docId} ${client}`)),
        `seed ${seed}: written under a retired client id`,
      ).toEqual([]);
      const isBirth = log.every((entry) => entry.docId !== row.docId);
      if (refuses && !isBirth && random.chance(0.1)) {
        const waiting = await device.database.updates.where("docId").equals(row.docId).toArray();
        await refuseRow(device.replica, key, { code: 1, reason: "You may not change this here." });
        for (const one of waiting)
          for (const client of clientsIn(one.bytes))
            if (log.every((entry) => entry.docId !== row.docId || !clientsIn(entry.bytes).includes(client)))
              retired.add(`${row.docId} ${client}`);
        for (const patch of row.patches ?? [])
          if (typeof patch.to === "string") refusedWords.push({ device: index, words: patch.to });
        if (random.chance(0.3)) devices[index] = await crash(device);
        continue;
      }
      const space = (await findDoc(device.database, row.docId))?.space ?? "crm";
      log.push({ seq: log.length + 1, docId: row.docId, at: tick().getTime(), bytes: row.bytes, space });
      authors.push(index);
      const { seq, at } = log.at(-1)!;
      // Stored, and the device dies before it hears of it: it pushes once more, and is acked again.
      if (random.chance(0.05)) devices[index] = await crash(device);
      await pull(index);
      await confirmRows(devices[index]!.replica, [{ n: key, at, seq }]);
    }
  }

  recordIds.push(await createCompany(devices[0]!));
  await push(0, false);
  for (let step = 0; step < 25; step += 1) {
    const index = random.below(3);
    const dice = random.below(10);
    if (dice < 5) {
      await pull(index);
      const words = `w${step}-${random.below(1_000)}`;
      const field = random.pick(FIELDS);
      const value =
        field === "website"
          ? `https://${words}.example`
          : field === "phone"
            ? `+49 30 ${100_000 + random.below(900_000)}`
            : words;
      await devices[index]!.edit.set(random.pick(recordIds), { [field]: value });
    } else if (dice < 6 && recordIds.length < 3)
      recordIds.push(await createCompany(devices[index]!, { name: `Company ${step}` }));
    else if (dice < 7) devices[index] = await crash(devices[index]!);
    else await push(index, true);
    if (dice === 6) for (let each = 0; each < 3; each += 1) await push(each, false);
  }
  const startedAt = performance.now();
  // A push takes one update of a document along: as many rounds as the longest queue is, and news for all at the end.
  const waits = async (): Promise<boolean> =>
    (await Promise.all(devices.map((device) => device.database.updates.count()))).some((count) => count > 0);
  for (let round = 0; round < 40 && (await waits()); round += 1)
    for (let index = 0; index < 3; index += 1) await push(index, false);
  for (let index = 0; index < 3; index += 1) await pull(index);
  expect(performance.now() - startedAt, "the rest drains").toBeLessThan(20_000);

  const byDoc = Map.groupBy(log, (entry) => entry.docId);
  for (const device of devices) {
    expect(await device.database.updates.count(), `seed ${seed}: nothing is stuck`).toBe(0);
    for (const [docId, entries] of byDoc) {
      const [recordId = "", facet = ""] = docId.split(".");
      const wanted = readFacet(
        openFacetDocument(
          { recordId, facet },
          entries.map((entry) => entry.bytes),
        ),
      );
      const row = await device.database.records.get(recordId);
      for (const [field, value] of Object.entries(wanted.fields))
        expect(row?.fields[field], `seed ${seed}: ${field}`).toEqual(value);
    }
  }
  for (const { device, words } of refusedWords) {
    const tray = await readRefused(devices[device]!.replica);
    expect(JSON.stringify(tray), `seed ${seed}: a refused word is lost`).toContain(words);
    expect(
      tray.every((change) => change.reason !== "" && change.refusedAt !== undefined && change.type === "company"),
    ).toBe(true);
  }
  for (const device of devices) await device.database.delete();
}

test(
  `W4 ${SCHEDULES} schedules with one refusal in ten and crashes: nothing is lost, nothing is stuck, nothing comes back`,
  { timeout: 60_000 + SCHEDULES * 4_000 },
  async () => {
    process.stdout.write(`refusals: REFUSAL_SEED=${SEED}\n`);
    for (let schedule = 0; schedule < SCHEDULES; schedule += 1) await runSchedule(SEED + schedule);
  },
);

test("W4 the tray keeps what was not accepted for 90 days and says until when; then it and its mark are gone", async () => {
  const device = await openTestReplica();
  const later = (days: number): Replica => ({
    ...device.replica,
    now: () => new Date(tick().getTime() + days * 24 * 3_600_000),
  });
  const company = await createCompany(device);
  const key = (await device.database.updates.toCollection().first())?.key ?? 0;
  await refuseRow(device.replica, key, { code: 1, reason: "no" });
  const [refused] = await readRefused(device.replica);
  const days = (Date.parse(refused?.keptUntil ?? "") - Date.parse(refused?.refusedAt ?? "")) / (24 * 3_600_000);
  expect(days).toBe(90);
  await forgetOldRefused(later(89));
  expect(await readRefused(device.replica)).toHaveLength(1);
  await forgetOldRefused(later(91));
  expect(await readRefused(device.replica)).toHaveLength(0);
  expect(await device.database.records.get(company)).toBeUndefined();
  await device.database.delete();
});

test("the words of typed text that was refused can be read and copied", () => {
  const doc = new Y.Doc();
  const fragment = doc.getXmlFragment("rich/body");
  for (const words of ["The ladder is at the back", "Mind the dog"]) {
    const paragraph = new Y.XmlElement("paragraph");
    const text = new Y.XmlText();
    paragraph.insert(0, [text]);
    fragment.insert(fragment.length, [paragraph]);
    for (const letter of words) text.insert(text.length, letter);
  }
  expect(wordsOfUpdate(Y.encodeStateAsUpdate(doc))).toBe("The ladder is at the back\nMind the dog");
  expect(wordsOfUpdate(Uint8Array.from([9, 9, 9]))).toBe("");
});
