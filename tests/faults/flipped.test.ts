// R3: bytes of the database file itself that are not what was written. Whoever reads is told nothing of such a document, and
// everything of the others; or the folder says that it is damaged. Never something else, and never a part of a document.

import { cpSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { newId } from "#shared/model/ids.ts";
import { inspectFolder } from "#sync-server/storage/inspect-folder.ts";
import { examineFolder } from "#sync-server/commands/examine-folder.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import { DATABASE_FILE, FIRST_WITH_CHECKSUMS, migrations, SCHEMA_VERSION } from "#sync-server/storage/schema.ts";
import type { LogStorage, RelayStorage } from "#sync-server/storage/storage.ts";
import type { Random } from "../sync/random.ts";
import { chance, sizes, timeFor } from "./sizes.ts";

const DOCUMENTS = 30;

async function openWhole(folder: string): Promise<RelayStorage> {
  const opened = await openSqliteStorage(folder);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

/** What every document must hold, entry by entry, and a folder with it in which nothing waits in the write-ahead log. */
async function makeFolder(random: Random): Promise<{ folder: string; held: ReadonlyMap<string, readonly string[]> }> {
  const folder = join(mkdtempSync(join(tmpdir(), "drawbridge-flipped-")), "data");
  const storage = await openWhole(folder);
  const ids = Array.from({ length: DOCUMENTS }, () => newId());
  const bytes = (): Uint8Array => Uint8Array.from({ length: 20 + random.below(6_000) }, () => random.below(256));
  const fold = (documents: number): Promise<void> =>
    storage.log.writeSnapshots(
      [...storage.log.documents()]
        .slice(0, documents)
        .map(({ docId, lastSeq }) => ({ docId, seq: lastSeq, bytes: bytes(), receipts: [] })),
    );
  for (let round = 0; round < 4; round += 1) {
    const meta = { space: "crm", type: "company", facet: "internal" };
    await storage.log.append(
      ids.map((recordId) => ({
        docId: `${recordId}.internal`,
        bytes: bytes(),
        author: "ana",
        meta: { ...meta, recordId },
      })),
    );
    // Of some the first half is folded; of some of those more, and the relay ends before it has deleted the rows.
    if (round === 1) {
      await fold(10);
      await storage.log.removeReplaced();
    }
    if (round === 2) await fold(5);
  }
  const held = entriesOf(storage.log);
  await storage.close();
  const database = new DatabaseSync(join(folder, DATABASE_FILE));
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  return { folder, held };
}

function entriesOf(log: LogStorage): Map<string, string[]> {
  const held = new Map<string, string[]>();
  for (const { docId, seq, bytes } of log.entriesSince(0, "crm")) {
    const own = held.get(docId) ?? [];
    held.set(docId, own);
    own.push(`${seq} ${Buffer.from(bytes).toString("base64")}`);
  }
  return held;
}

test(
  `R3 W13 ${sizes.flippedPoints} flipped bytes of the file: of each document all that was written, or nothing and a word`,
  { timeout: timeFor(sizes.flippedPoints, 1) },
  async () => {
    const random = chance("R3 flipped");
    const { folder, held } = await makeFolder(random);
    const size = statSync(join(folder, DATABASE_FILE)).size;
    const outcomes = { refused: 0, leftOut: 0, elsewhere: 0 };
    for (let point = 0; point < sizes.flippedPoints; point += 1) {
      const copy = join(mkdtempSync(join(tmpdir(), "drawbridge-flipped-")), "data");
      cpSync(folder, copy, { recursive: true });
      const file = join(copy, DATABASE_FILE);
      const bytes = readFileSync(file);
      const place = random.below(size);
      bytes[place] = (bytes[place] ?? 0) ^ (1 << random.below(8));
      writeFileSync(file, bytes);
      const where = `seed ${random.seed}, point ${point} at ${place} of ${size}`;
      const opened = await openSqliteStorage(copy);
      if (!opened.ok) {
        expect(opened.error.message, where).toMatch(/damaged|Restore|newer version/);
        outcomes.refused += 1;
        continue;
      }
      const { log } = opened.value;
      const damaged = new Set<string>();
      log.onDamaged((docId) => damaged.add(docId));
      entriesOf(log);
      await log.removeReplaced();
      const read = entriesOf(log);
      for (const [docId, entries] of held) {
        if (damaged.has(docId)) {
          expect(read.has(docId), `${where}: a part of ${docId}`).toBe(false);
          expect(() => log.readDocument(docId), where).toThrow(/damaged/);
        } else expect(read.get(docId), `${where}: ${docId}`).toEqual(entries);
      }
      if (damaged.size > 0) outcomes.leftOut += 1;
      else outcomes.elsewhere += 1;
      await opened.value.close();
    }
    process.stdout.write(
      `R3: ${outcomes.leftOut} left documents out, ${outcomes.refused} folders refused, ${outcomes.elsewhere} hit nothing that is read\n`,
    );
    expect(outcomes.leftOut, "most of the file is what documents hold").toBeGreaterThan(sizes.flippedPoints / 4);
  },
);

test("R3 W13 a damaged document is found by reading and by doctor; the others are read, written and folded", async () => {
  const random = chance("R3 one");
  const { folder, held } = await makeFolder(random);
  const database = new DatabaseSync(join(folder, DATABASE_FILE));
  const { seq } = database.prepare("SELECT max(seq) AS seq FROM updates").get() as { seq: number };
  const { doc } = database
    .prepare("SELECT doc_id AS doc FROM updates JOIN documents ON number = document WHERE seq = ?")
    .get(seq) as { doc: string };
  database.prepare("UPDATE updates SET bytes = zeroblob(length(bytes)) WHERE seq = ?").run(seq);
  // A row that is gone from the middle of a document is missed as well.
  const lost = database.prepare("SELECT seq, document FROM updates ORDER BY seq LIMIT 1").get() as {
    seq: number;
    document: number;
  };
  const { lostDoc } = database
    .prepare("SELECT doc_id AS lostDoc FROM documents WHERE number = ?")
    .get(lost.document) as {
    lostDoc: string;
  };
  database.prepare("DELETE FROM updates WHERE seq = ?").run(lost.seq);
  database.close();

  const inspected = inspectFolder(folder);
  if (!inspected.ok) throw new Error(inspected.error.message);
  const says = (await examineFolder(inspected.value)).findings.map((finding) => finding.says);
  inspected.value.close();
  expect(says.find((each) => each.includes("not what was written"))).toMatch(/^2 documents/);

  const storage = await openWhole(folder);
  const { log } = storage;
  const told: string[] = [];
  log.onDamaged((docId) => told.push(docId));
  expect(told).toEqual([]);
  expect([...entriesOf(log).keys()].toSorted()).toEqual(
    [...held.keys()].filter((docId) => docId !== doc && docId !== lostDoc).toSorted(),
  );
  expect(told.toSorted()).toEqual([doc, lostDoc].toSorted());
  expect([log.isDamaged(doc), log.isDamaged(lostDoc)]).toEqual([true, true]);
  // What is written from now on is found whole by the next start.
  const other = [...held.keys()].find((docId) => !log.isDamaged(docId)) ?? "";
  const [place] = await log.append([{ docId: other, bytes: Uint8Array.from([1, 2]), author: "bo" }]);
  await log.writeSnapshots([{ docId: other, seq: place?.seq ?? 0, bytes: Uint8Array.from([3]), receipts: [] }]);
  await log.append([{ docId: other, bytes: Uint8Array.from([4]), author: "bo" }]);
  await storage.close();
  const again = await openWhole(folder);
  expect(again.log.readDocument(other).updates.map(({ bytes }) => [...bytes])).toEqual([[4]]);
  expect([...(again.log.readDocument(other).snapshot?.bytes ?? [])]).toEqual([3]);
  await again.close();
});

test("R3 a folder of the version before gets its checksums at the start, and the same content", async () => {
  const random = chance("R3 migration");
  const { folder: newer, held } = await makeFolder(random);
  const folder = mkdtempSync(join(tmpdir(), "drawbridge-older-"));
  const database = new DatabaseSync(join(folder, DATABASE_FILE));
  for (const statements of migrations.slice(0, FIRST_WITH_CHECKSUMS - 1)) database.exec(statements);
  database.exec(`
    PRAGMA user_version = ${FIRST_WITH_CHECKSUMS - 1}; ATTACH '${join(newer, DATABASE_FILE)}' AS newer;
    INSERT INTO documents SELECT number, doc_id, space, type, record_id, facet FROM newer.documents;
    INSERT INTO updates SELECT seq, document, at, author, bytes FROM newer.updates;
    INSERT INTO snapshots SELECT document, seq, bytes FROM newer.snapshots;`);
  database.close();
  const storage = await openWhole(folder);
  const told: string[] = [];
  storage.log.onDamaged((docId) => told.push(docId));
  expect(entriesOf(storage.log)).toEqual(held);
  expect(told).toEqual([]);
  await storage.close();
  const inspected = inspectFolder(folder);
  if (!inspected.ok) throw new Error(inspected.error.message);
  expect(inspected.value.schemaVersion()).toBe(SCHEMA_VERSION);
  expect([...inspected.value.documents()].every(({ isWhole }) => isWhole)).toBe(true);
  inspected.value.close();
});
