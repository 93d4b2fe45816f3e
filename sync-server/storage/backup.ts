// A data folder as one file, and a file as a new data folder. The backup is one read transaction of a connection that cannot
// write: commits go on meanwhile, and the file holds exactly what was committed when it began.

import { randomUUID } from "node:crypto";
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { err, ok, type Result } from "#shared/model/result.ts";
import { FILES_FOLDER } from "#sync-server/files/file-store.ts";
import { DATABASE_FILE, SCHEMA_VERSION } from "./schema.ts";

export type BackupError = { readonly type: "BackupFailed"; readonly message: string };

const fail = (message: string): Result<never, BackupError> => err({ type: "BackupFailed", message });

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A file or folder entry reaches the disk only with an fsync of its own. */
function sync(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Bytes of files never change under their name: what is being written meanwhile is left out. */
function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.includes(".")) continue;
    copyFileSync(join(from, name), join(to, name));
    sync(join(to, name));
  }
  sync(to);
}

/** One sentence when the file is no whole database of this or an older version of Drawbridge. */
function checkBackup(database: DatabaseSync, file: string): string | undefined {
  const found = database.prepare("PRAGMA integrity_check(1)").get()?.["integrity_check"];
  if (found !== "ok") return `The backup ${file} is damaged (${String(found)}). Use another one.`;
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
  if (version === 0) return `${file} is no backup of a Drawbridge relay. Choose another file.`;
  return version > SCHEMA_VERSION
    ? `The backup ${file} was made by a newer version of Drawbridge. Install that version or a later one.`
    : undefined;
}

/** Runs with a database open, and answers what is wrong with it as a sentence instead of throwing. */
function withDatabase(
  file: string,
  options: { readonly readOnly: boolean },
  use: (database: DatabaseSync) => string | undefined,
): string | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { ...options, timeout: 10_000 });
    return use(database);
  } catch (error) {
    return `${file} cannot be used (${reasonOf(error)}). Choose another file, or free some disk space.`;
  } finally {
    database?.close();
  }
}

/** The file appears under its name only when it is whole, checked and on disk. */
export function backUpFolder(folder: string, file: string): Result<{ readonly bytes: number }, BackupError> {
  const source = join(folder, DATABASE_FILE);
  if (!existsSync(source))
    return fail(`There is no data folder at ${folder}. Say where it is with --data; it holds a file ${DATABASE_FILE}.`);
  if (existsSync(file)) return fail(`${file} exists already. Choose a new name: a backup never overwrites another.`);
  const partial = `${file}.partial`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    // Left behind by a backup that was cut short.
    rmSync(partial, { force: true });
    const problem =
      withDatabase(source, { readOnly: true }, (database) => {
        database.prepare("VACUUM INTO ?").run(partial);
        return undefined;
      }) ?? withDatabase(partial, { readOnly: true }, (database) => checkBackup(database, partial));
    if (problem !== undefined) {
      rmSync(partial, { force: true });
      return fail(problem);
    }
    // After the database: whatever it names is there.
    const files = join(folder, FILES_FOLDER);
    if (existsSync(files)) copyFolder(files, `${file}.${FILES_FOLDER}`);
    sync(partial);
    renameSync(partial, file);
    sync(dirname(file));
    return ok({ bytes: statSync(file).size });
  } catch (error) {
    return fail(`The backup could not be written to ${file} (${reasonOf(error)}). Choose another place for it.`);
  }
}

/** The folder appears under its name only when everything in it is on disk. It must not exist before. */
export function restoreBackup(
  file: string,
  folder: string,
  options: { readonly endsSessions: boolean },
): Result<{ readonly logId: string }, BackupError> {
  if (!existsSync(file)) return fail(`There is no file ${file}. Give the name of a backup.`);
  if (existsSync(folder))
    return fail(`${folder} exists already. Choose a new folder with --data: a restore never overwrites anything.`);
  const partial = `${folder}.partial`;
  const logId = randomUUID();
  try {
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    const database = join(partial, DATABASE_FILE);
    copyFileSync(file, database);
    const problem = withDatabase(database, { readOnly: false }, (copy) => {
      const found = checkBackup(copy, file);
      if (found !== undefined) return found;
      copy.prepare("UPDATE settings SET value = ? WHERE key = 'logId'").run(logId);
      if (options.endsSessions) copy.exec("DELETE FROM sessions");
      return undefined;
    });
    if (problem !== undefined) {
      rmSync(partial, { recursive: true, force: true });
      return fail(problem);
    }
    if (existsSync(`${file}.${FILES_FOLDER}`)) copyFolder(`${file}.${FILES_FOLDER}`, join(partial, FILES_FOLDER));
    sync(database);
    sync(partial);
    renameSync(partial, folder);
    sync(dirname(folder));
    return ok({ logId });
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    return fail(`The backup could not be restored into ${folder} (${reasonOf(error)}). Choose another place for it.`);
  }
}
