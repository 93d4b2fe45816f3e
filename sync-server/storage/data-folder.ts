// Opening a data folder: made when missing, locked against a second relay, brought to this version's tables.

import { randomUUID } from "node:crypto";
import { accessSync, constants, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { err, ok, type Result } from "#shared/model/result.ts";
import { defineChecksums } from "./checksums.ts";
import { DATABASE_FILE, migrations, SCHEMA_VERSION } from "./schema.ts";
import type { StorageError } from "./storage.ts";

export type OpenFolder = { readonly path: string; readonly logId: string; readonly release: () => void };

const SQLITE_BUSY = 5;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

const sqliteCode = (error: unknown): number =>
  error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;

function unwritable(folder: string, error: unknown): StorageError {
  const why = error instanceof Error ? error.message : String(error);
  return {
    type: "FolderUnwritable",
    message: `Cannot write to the data folder ${folder} (${why}). Give this user write access to it, free some disk space, or choose another folder with --data.`,
  };
}

/**
 * The lock is an open transaction, not a file with a process id: the operating system drops it with the process, however
 * that ends, so a killed relay never leaves a folder locked.
 */
function takeLock(folder: string): Result<DatabaseSync, StorageError> {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(folder, "lock.db"), { timeout: 0 });
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
    return ok(lock);
  } catch (error) {
    lock?.close();
    if (sqliteCode(error) !== SQLITE_BUSY) return err(unwritable(folder, error));
    return err({
      type: "FolderInUse",
      message: `Another server is using the data folder ${folder}. Stop that one first, or choose another folder with --data.`,
    });
  }
}

function migrate(database: DatabaseSync, folder: string): Result<string, StorageError> {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
  if (version > SCHEMA_VERSION) {
    return err({
      type: "FolderTooNew",
      message: `The data folder ${folder} was written by a newer version of Drawbridge. Install that version or a later one, or choose another folder with --data.`,
    });
  }
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  defineChecksums(database);
  for (const [index, statements] of migrations.entries()) {
    if (index < version) continue;
    database.exec(`BEGIN IMMEDIATE; ${statements} PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
  database.prepare("INSERT OR IGNORE INTO settings VALUES ('logId', ?)").run(randomUUID());
  return ok(String(database.prepare("SELECT value FROM settings WHERE key = 'logId'").get()?.["value"]));
}

function prepareDatabase(path: string, folder: string): Result<string, StorageError> {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 5_000 });
    return migrate(database, folder);
  } catch (error) {
    const code = sqliteCode(error);
    if (code !== SQLITE_CORRUPT && code !== SQLITE_NOTADB) return err(unwritable(folder, error));
    return err({ type: "FolderDamaged", message: damagedMessage(folder) });
  } finally {
    database?.close();
  }
}

export const damagedMessage = (folder: string): string =>
  `The database in the data folder ${folder} is damaged. Restore the newest backup of the folder; devices send again what they hold.`;

export function openFolder(folder: string): Result<OpenFolder, StorageError> {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    return err(unwritable(folder, error));
  }
  const lock = takeLock(folder);
  if (!lock.ok) return lock;
  const path = join(folder, DATABASE_FILE);
  const logId = prepareDatabase(path, folder);
  if (!logId.ok) {
    lock.value.close();
    return logId;
  }
  return ok({ path, logId: logId.value, release: () => lock.value.close() });
}
