import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { assert } from "#shared/model/result.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import type { RelayStorage } from "#sync-server/storage/storage.ts";
import { storageExam } from "./storage-exam.ts";
import { seedFor } from "#tests/seed.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "drawbridge-sqlite-"));

async function openWhole(folder: string) {
  const opened = await openSqliteStorage(folder);
  assert(opened.ok, opened.ok ? "" : opened.error.message);
  return opened.value;
}

async function errorOf(folder: string): Promise<string> {
  const opened = await openSqliteStorage(folder);
  assert(!opened.ok, "the folder must not open");
  expect(opened.error.message).toMatch(/(Stop|Install|Give|Restore|choose).*\./);
  return opened.error.type;
}

describe("SQLite sits the storage exam", () => storageExam(openSqliteStorage));

describe("data folder", () => {
  test("a second relay on the same folder: FolderInUse, and free again after close", async () => {
    const folder = newFolder();
    const first = await openWhole(folder);
    expect(await errorOf(folder)).toBe("FolderInUse");
    await first.close();
    await (await openWhole(folder)).close();
  });

  test("written by a newer version: FolderTooNew, untouched", async () => {
    const folder = newFolder();
    await (await openWhole(folder)).close();
    const database = new DatabaseSync(join(folder, "drawbridge.db"));
    database.exec("PRAGMA user_version = 99");
    database.close();
    expect(await errorOf(folder)).toBe("FolderTooNew");
  });

  test("a path below a file: FolderUnwritable", async () => {
    const file = join(newFolder(), "file");
    writeFileSync(file, "");
    expect(await errorOf(join(file, "data"))).toBe("FolderUnwritable");
  });

  test("not a database: FolderDamaged, and the lock is released", async () => {
    const folder = newFolder();
    writeFileSync(
      join(folder, "drawbridge.db"),
      "this is no database, but it is long enough to look like a file with something in it".repeat(20),
    );
    expect(await errorOf(folder)).toBe("FolderDamaged");
    rmSync(join(folder, "drawbridge.db"));
    await (await openWhole(folder)).close();
  });
});

describe("rows that snapshots replaced", () => {
  const seqsIn = (folder: string): readonly unknown[] => {
    const database = new DatabaseSync(join(folder, "drawbridge.db"), { readOnly: true });
    const seqs = database.prepare("SELECT seq FROM updates ORDER BY seq").all();
    database.close();
    return seqs.map((row) => row["seq"]);
  };
  const docIds = Array.from({ length: 30 }, (_, index) => `r${index}.internal`);
  /** So many updates of every document, in turn. */
  async function fill(storage: RelayStorage, rounds: number): Promise<void> {
    const meta = { space: "crm", type: "company", facet: "internal" };
    for (let round = 0; round < rounds; round++)
      await storage.log.append(
        docIds.map((docId, index) => ({
          docId,
          bytes: new Uint8Array([round]),
          author: "ana",
          meta: { ...meta, recordId: `r${index}` },
        })),
      );
  }
  const snapshotOf = (docId: string, seq: number) => ({ docId, seq, bytes: new Uint8Array([1]), receipts: [] });
  const heldBy = ({ log }: RelayStorage): readonly unknown[] =>
    [...log.entriesSince(0, "crm")].filter(({ at }) => at > 0).map(({ seq }) => seq);

  test("go, and no others, also those that a relay left behind", async () => {
    const folder = newFolder();
    let storage = await openWhole(folder);
    await fill(storage, 60);
    // Every third document wholly, every fourth half: rows side by side, and rows between others.
    const fold = async (): Promise<void> =>
      storage.log.writeSnapshots(
        docIds.flatMap((docId, index) => {
          const { seqs } = storage.log.tailsOf([docId]).tails[0] ?? { seqs: new Float64Array() };
          const upTo = index % 3 === 0 || index % 3 === 1 ? seqs.at(-1) : index % 4 === 0 ? seqs[seqs.length >> 1] : 0;
          return upTo === undefined || upTo === 0 ? [] : [snapshotOf(docId, upTo)];
        }),
      );
    await fold();
    expect(seqsIn(folder)).toHaveLength(1_800);
    await storage.log.removeReplaced();
    expect(seqsIn(folder)).toEqual(heldBy(storage));
    await fill(storage, 2);
    await fold();
    const left = seqsIn(folder).length;
    await storage.close();
    storage = await openWhole(folder);
    expect(seqsIn(folder)).toHaveLength(left);
    expect(heldBy(storage).length).toBeLessThan(left);
    await storage.log.removeReplaced();
    expect(seqsIn(folder)).toEqual(heldBy(storage));
    await storage.close();
  });

  test("R3 a snapshot that is not what was written takes nothing with it", async () => {
    const folder = newFolder();
    let storage = await openWhole(folder);
    await fill(storage, 4);
    await storage.log.writeSnapshots([snapshotOf("r3.internal", 4)]);
    await storage.log.removeReplaced();
    await storage.close();
    const before = seqsIn(folder);
    const database = new DatabaseSync(join(folder, "drawbridge.db"));
    database.exec("UPDATE snapshots SET seq = seq + 64");
    database.close();
    storage = await openWhole(folder);
    await storage.log.removeReplaced();
    expect(seqsIn(folder)).toEqual(before);
    expect(storage.log.isDamaged("r3.internal")).toBe(true);
    await storage.close();
  });
});

/** Appends for ever; every acked sequence number is a line. */
const child = `
  import { openSqliteStorage } from ${JSON.stringify(new URL("../../sync-server/storage/sqlite-storage.ts", import.meta.url).href)};
  import { writeSync } from "node:fs";
  const opened = await openSqliteStorage(process.argv[2]);
  if (!opened.ok) throw new Error(opened.error.message);
  const { log } = opened.value;
  for (let round = 0; ; round++) {
    const updates = Array.from({ length: 1 + (round % 7) }, (_, index) => ({
      docId: "r" + (round % 50) + ".internal", author: "ana", bytes: new Uint8Array(20 + index).fill(round % 251),
      meta: { space: "crm", type: "company", recordId: "r" + (round % 50), facet: "internal" },
    }));
    const places = await log.append(updates);
    for (const [index, { seq }] of places.entries()) writeSync(1, seq + " " + updates[index].docId + " " + (round % 251) + "\\n");
    if (round % 40 === 39) {
      const docs = [...log.documents()].slice(0, 5);
      await log.writeSnapshots(docs.map(({ docId, lastSeq }) => ({ docId, seq: lastSeq, bytes: new Uint8Array([1]), receipts: [] })));
      if (round % 80 === 79) await log.removeReplaced();
    }
  }
`;

describe("kill -9", () => {
  // Ten random instants; P1 of reliability.md: nothing that was acked is missing.
  const seed = seedFor("STORAGE_SEED");
  test(`R1 W1 loses nothing that was acked (seed ${seed})`, { timeout: 60_000 }, async () => {
    const script = join(newFolder(), "append.mjs");
    writeFileSync(script, child);
    const folder = newFolder();
    let random = seed;
    let highest = 0;
    for (let kill = 0; kill < 10; kill++) {
      random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
      const running = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "pipe"] });
      let output = "";
      let problems = "";
      running.stdout.on("data", (data: Buffer) => (output += data.toString()));
      running.stderr.on("data", (data: Buffer) => (problems += data.toString()));
      const ended = new Promise((resolve) => void running.once("close", resolve));
      await new Promise((resolve, reject) => {
        running.stdout.once("data", resolve);
        running.once("close", () => reject(new Error(problems)));
      });
      await new Promise((resolve) => setTimeout(resolve, 20 + (random % 200)));
      running.kill("SIGKILL");
      await ended;

      const storage = await openWhole(folder);
      const acked = output
        .split("\n")
        .slice(0, -1)
        .map((line) => line.split(" "));
      expect(acked.length).toBeGreaterThan(0);
      const rows = new Map([...storage.log.documents()].map((row) => [row.docId, row]));
      const kept = new Map([...storage.log.entriesSince(0, "crm")].map((entry) => [entry.seq, entry]));
      for (const [seq, docId, value] of acked) {
        const row = rows.get(docId ?? "");
        if (row !== undefined && row.snapshotSeq >= Number(seq)) continue;
        expect(kept.get(Number(seq))).toMatchObject({ docId });
        expect(kept.get(Number(seq))?.bytes[0]).toBe(Number(value));
      }
      expect(Number(acked[0]?.[0])).toBeGreaterThan(highest);
      highest = Number(acked.at(-1)?.[0]);
      await storage.close();
    }
  });
});
