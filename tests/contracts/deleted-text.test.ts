// What somebody deleted is gone: at once from what later readers get, and after the time that the operator set, from the disk.

import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as Y from "yjs";
import { docIdOf } from "#shared/model/ids.ts";
import { assert } from "#shared/model/result.ts";
import { compactionWithin } from "#sync-server/log/compaction.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import type { RelayStorage } from "#sync-server/storage/storage.ts";

const CANARY = "the-canary-that-nobody-may-find";
const ERASE_AFTER_MS = 1_200;
const LONGEST_MS = 15_000;

let folder: string;
let storage: RelayStorage;
let log: UpdateLog;

const isOnDisk = (text: string): boolean =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).some(
    (entry) => entry.isFile() && readFileSync(path.join(entry.parentPath, entry.name)).includes(text),
  );

async function append(recordId: string, bytes: Uint8Array): Promise<void> {
  const meta = { space: "crm", type: "company", recordId, facet: "internal" };
  const result = await log.append({ docId: docIdOf(recordId, "internal"), bytes, author: "ana", source: {}, meta });
  assert(result.ok, "the log takes it");
}

/** Updates of an author who writes the canary, deletes it, and leaves something else. */
function canaryUpdates(): readonly Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  const text = doc.getText("text/note");
  text.insert(0, `${CANARY} and more`);
  text.delete(0, CANARY.length);
  return updates;
}

async function untilGone(): Promise<void> {
  for (const deadline = Date.now() + LONGEST_MS; isOnDisk(CANARY) && Date.now() < deadline;)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(isOnDisk(CANARY)).toBe(false);
}

const contentOf = (recordId: string): string => {
  const doc = new Y.Doc();
  for (const update of log.read(docIdOf(recordId, "internal"))) Y.applyUpdate(doc, update);
  return doc.getText("text/note").toJSON();
};

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "drawbridge-deleted-"));
  const opened = await openSqliteStorage(folder, { eraseAfterMs: ERASE_AFTER_MS });
  assert(opened.ok, "the folder opens");
  storage = opened.value;
  log = openUpdateLog(storage.log, { compaction: { ...compactionWithin(ERASE_AFTER_MS), everyMs: 50 } });
});

afterEach(async () => {
  await log.close();
  await storage.close();
});

describe("R6 deleted text", () => {
  test("leaves what later readers get, and the disk, after the time set", async () => {
    for (const update of canaryUpdates()) await append("r1", update);
    expect(isOnDisk(CANARY)).toBe(true);
    await untilGone();
    const sent = [...log.catchUp("crm", 0, () => true).entries].map((entry) => Buffer.from(entry.bytes));
    expect(sent.some((bytes) => bytes.includes(CANARY))).toBe(false);
    expect(contentOf("r1")).toBe(" and more");
  });

  test("leaves as well when it came and went in a single update, and when the document never rests", async () => {
    await append("r1", Y.mergeUpdates([...canaryUpdates()]));
    const busy = new Y.Doc();
    for (const update of canaryUpdates()) {
      Y.applyUpdate(busy, update);
      await append("busy", update);
    }
    busy.on("update", (update: Uint8Array) => void append("busy", update));
    const writing = setInterval(() => busy.getText("text/note").insert(0, "x"), 60);
    expect(isOnDisk(CANARY)).toBe(true);
    await untilGone();
    clearInterval(writing);
    expect(contentOf("r1")).toBe(" and more");
    expect(contentOf("busy")).toMatch(/^x+ and more$/);
  });
});
