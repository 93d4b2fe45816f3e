// The commands of the relay as an operator types them: what they print, what they refuse, and how they end.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync, closeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import { DATABASE_FILE, SCHEMA_VERSION } from "#sync-server/storage/schema.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import { openHarness, temporaryFolder } from "./api-harness.ts";

const main = join(import.meta.dirname, "../../sync-server/main.ts");

function relay(...args: string[]): { code: number | null; out: string; problem: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
  return { code: status, out: stdout, problem: stderr };
}

const updateOf = (key: string): Uint8Array => {
  const doc = new Y.Doc();
  doc.getMap("fields").set(key, key);
  return Y.encodeStateAsUpdate(doc);
};

/** A folder with five documents, one of them folded; returns the folder. */
async function makeFolder(): Promise<string> {
  const folder = join(temporaryFolder(), "data");
  const opened = await openSqliteStorage(folder);
  if (!opened.ok) throw new Error(opened.error.message);
  const storage = opened.value;
  await storage.directory.saveSpace({ id: "crm", kind: "crm", name: "CRM" });
  const log = openUpdateLog(storage.log);
  for (let index = 0; index < 5; index += 1) {
    const recordId = newId();
    const meta = { space: "crm", type: "company", recordId, facet: "internal" };
    for (const key of ["name", "website"]) {
      const docId = docIdOf(recordId, "internal");
      const appended = await log.append({ docId, bytes: updateOf(`${key}${index}`), author: "a", source: {}, meta });
      expect(appended.ok).toBe(true);
    }
  }
  await log.compact();
  await log.close();
  await storage.close();
  return folder;
}

function damage(folder: string, sql: string): void {
  const database = new DatabaseSync(join(folder, DATABASE_FILE));
  database.exec(sql);
  database.close();
}

describe("the command line", () => {
  it("lists every command and every setting for --help, and answers what it does not know in one sentence", () => {
    const help = relay("--help");
    expect(help.code).toBe(0);
    for (const word of ["backup FILE", "restore FILE", "doctor", "--port", "--data", "DRAWBRIDGE_PORT"])
      expect(help.out).toContain(word);
    const unknown = relay("explode");
    expect(unknown).toMatchObject({ code: 1, out: "" });
    expect(unknown.problem).toMatch(/^There is no command "explode"\. Run with --help.*\n$/);
  });
});

describe("backup and restore", () => {
  it("never overwrite anything, and say in one sentence what to do instead", async () => {
    const folder = await makeFolder();
    const file = join(temporaryFolder(), "one.backup");
    expect(relay("backup", file, "--data", folder)).toMatchObject({ code: 0, problem: "" });
    const before = readFileSync(file);
    expect(relay("backup", file, "--data", folder)).toMatchObject({
      code: 1,
      problem: expect.stringMatching(/exists already/),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(relay("restore", file, "--data", folder)).toMatchObject({
      code: 1,
      problem: expect.stringMatching(/exists already/),
    });
    expect(relay("restore", file)).toMatchObject({ code: 1, problem: expect.stringMatching(/--data NEWFOLDER/) });
    expect(relay("backup", "--data", folder)).toMatchObject({
      code: 1,
      problem: expect.stringMatching(/name of the file/),
    });
    expect(relay("backup", `${file}.2`, "--data", join(folder, "nothing-here"))).toMatchObject({
      code: 1,
      problem: expect.stringMatching(/no data folder/),
    });
  });

  it("R4 R27 give a new log id, the same content and the next number", async () => {
    const folder = await makeFolder();
    const file = join(temporaryFolder(), "one.backup");
    relay("backup", file, "--data", folder);
    const copy = join(temporaryFolder(), "restored");
    expect(relay("restore", file, "--data", copy, "--end-sessions").code).toBe(0);
    const [old, restored] = [await openSqliteStorage(folder), await openSqliteStorage(copy)];
    if (!old.ok || !restored.ok) throw new Error("not opened");
    expect(restored.value.log.logId).not.toBe(old.value.log.logId);
    const content = [...old.value.log.entriesSince(0, "crm")];
    expect([...restored.value.log.entriesSince(0, "crm")]).toEqual(content);
    expect(content.length).toBe(5);
    await Promise.all([old.value.close(), restored.value.close()]);
    expect(existsSync(`${copy}.partial`)).toBe(false);
  });

  it("refuse what is no backup, or a damaged one, and leave no folder behind", async () => {
    const folder = await makeFolder();
    const file = join(temporaryFolder(), "one.backup");
    relay("backup", file, "--data", folder);
    const target = join(temporaryFolder(), "restored");
    const bytes = readFileSync(file);
    bytes.fill(0xff, bytes.length >>> 1);
    writeFileSync(file, bytes);
    expect(relay("restore", file, "--data", target)).toMatchObject({ code: 1, out: "" });
    writeFileSync(file, "not a database at all, but some words");
    expect(relay("restore", file, "--data", target)).toMatchObject({ code: 1, out: "" });
    expect(existsSync(target) || existsSync(`${target}.partial`)).toBe(false);
  });
});

describe("doctor", () => {
  it("finds nothing wrong in a sound folder, and changes nothing in it", async () => {
    const folder = await makeFolder();
    const { mtimeMs, size } = statSync(join(folder, DATABASE_FILE));
    const { code, out } = relay("doctor", "--data", folder);
    expect(out).toMatch(/Nothing wrong was found/);
    expect(out).toMatch(/5 documents, 0 updates, 5 snapshots/);
    expect(code).toBe(0);
    expect(statSync(join(folder, DATABASE_FILE))).toMatchObject({ mtimeMs, size });
  });

  it("notes updates that a snapshot replaced and the relay had no time to delete: nothing is wrong with them", async () => {
    const folder = await makeFolder();
    damage(folder, "INSERT INTO updates VALUES (1, 1, 0, 'a', x'0000', 0)");
    const { code, out } = relay("doctor", "--data", folder);
    expect(out).toMatch(/1 snapshot left updates behind/);
    expect(code).toBe(0);
  });

  it.each([
    [
      "bytes that are no update",
      "UPDATE snapshots SET bytes = x'0102' WHERE document = 2",
      /1 document with bytes that do not decode/,
    ],
    [
      "a flipped bit in a snapshot",
      "UPDATE snapshots SET bytes = x'0000' WHERE document = 2",
      /1 document with rows that are not what was written/,
    ],
    ["a row under another name", "UPDATE documents SET space = 'd' WHERE number = 1", /not what was written/],
    ["an orphaned snapshot", "DELETE FROM documents WHERE number = 3", /1 snapshots without a document/],
    ["a document without content", "DELETE FROM snapshots WHERE document = 1", /1 documents without any content/],
    ["a space that is gone", "DELETE FROM spaces", /5 documents in no space/],
    ["a session of nobody", "INSERT INTO sessions VALUES ('t', 'gone', 1)", /1 sessions of nobody/],
    ["a newer version", `PRAGMA user_version = ${SCHEMA_VERSION + 1}`, /newer version/],
  ])("finds %s, exit code 1", async (_what, sql, sentence) => {
    const folder = await makeFolder();
    damage(folder, sql);
    const { code, out } = relay("doctor", "--data", folder);
    expect(out).toMatch(sentence);
    expect(out).toMatch(/problems? found/);
    expect(code).toBe(1);
  });

  it("finds a damaged file, and says so when there is nothing it can read", async () => {
    const folder = await makeFolder();
    const path = join(folder, DATABASE_FILE);
    const handle = openSync(path, "r+");
    // The head of every page but the first: what they hold is no table any more.
    for (let page = 4_096; page < statSync(path).size; page += 4_096)
      writeSync(handle, Buffer.alloc(64, 0xff), 0, 64, page);
    closeSync(handle);
    expect(relay("doctor", "--data", folder).code).toBeGreaterThan(0);
    mkdirSync(join(folder, "other"));
    expect(relay("doctor", "--data", join(folder, "other"))).toMatchObject({
      code: 2,
      problem: expect.stringMatching(/no data folder/),
    });
  });
});

describe("reset-password", () => {
  it("helps an only owner who forgot it: a link, once, in the audit; and says what to do when it cannot", async () => {
    const folder = temporaryFolder();
    const owner = {
      organization: "Northwind Build",
      name: "Olga",
      email: "olga@northwind.example",
      password: "forgotten1",
    };
    const first = await openHarness({}, folder);
    const command = (email: string) =>
      relay("reset-password", email, "--data", folder, "--address", "https://crm.example/");
    try {
      await first.client()("POST", "/api/v1/set-up", owner);
      expect(command(owner.email)).toMatchObject({
        code: 1,
        out: "",
        problem: expect.stringContaining("Stop it, run this again"),
      });
    } finally {
      await first.relay.close();
    }
    expect(command("olag@northwind.example")).toMatchObject({
      code: 1,
      problem: expect.stringMatching(/Nobody here has/),
    });
    const elsewhere = join(folder, "nothing-here");
    const none = relay("reset-password", owner.email, "--data", elsewhere);
    expect(none).toMatchObject({ code: 1, problem: expect.stringContaining("There is no data in") });
    expect(existsSync(elsewhere)).toBe(false);
    expect(relay("reset-password")).toMatchObject({ code: 1, problem: expect.stringContaining("address is missing") });
    const made = command("Olga@Northwind.example");
    expect(made).toMatchObject({ code: 0, problem: "" });
    const secret = /^https:\/\/crm\.example\/password#(\S+)$/m.exec(made.out)?.[1] ?? "";
    const again = await openHarness({}, folder);
    try {
      const accept = (password: string) =>
        again.client()("POST", "/api/v1/password-resets/accept", { secret, password });
      expect((await accept("remembered2")).status).toBe(200);
      expect((await accept("remembered3")).status).toBe(403);
      const olga = await again.signIn(owner.email, "remembered2");
      const audit = (await olga("GET", "/api/v1/audit")).text;
      expect(audit).toContain('"over":"command line"');
      expect(audit).not.toContain(secret);
    } finally {
      await again.relay.close();
    }
    expect(relay("doctor", "--data", folder)).toMatchObject({ code: 0 });
  });
});
