// The bytes of files in a folder of the data folder, by the document they were brought for and their SHA-256: bytes that somebody
// brought for one document are not there for another one that names the same hash, be it another facet of the same record. A
// file is whole and on disk under its name or not there at all.

import { mkdirSync } from "node:fs";
import { appendFile, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { newId } from "#shared/model/ids.ts";

export const FILES_FOLDER = "files";

/** What bytes are kept under. */
export type FileKey = { readonly docId: string; readonly sha256: string };

export const nameOfFile = ({ docId, sha256 }: FileKey): string => `${docId}.${sha256}`;

export type FileStore = {
  /** Resolves when the bytes are on disk. The caller has checked that they are the ones of this hash. */
  put(key: FileKey, bytes: Uint8Array): Promise<void>;
  has(key: FileKey): Promise<boolean>;
  /** How many bytes of somebody's unfinished upload are here. */
  sizeOfUpload(key: FileKey, by: string): Promise<number>;
  /** Puts a part behind what is here of an upload. */
  addToUpload(key: FileKey, by: string, part: Uint8Array): Promise<void>;
  /** All of an upload, which is then no longer here. */
  takeUpload(key: FileKey, by: string): Promise<Uint8Array>;
  read(key: FileKey): Promise<Uint8Array | undefined>;
  /** Files of older versions are named after their record: they get the name of the document that is theirs. */
  renameOld(documentOf: (recordId: string, sha256: string) => string | undefined): Promise<void>;
  /** Removes what no record names any more; the names are those of nameOfFile. */
  sweep(named: ReadonlySet<string>): Promise<void>;
};

const NAME = /^[A-Za-z0-9_-]{1,64}\.[a-z][a-z0-9-]{0,31}\.[0-9a-f]{64}$/;
const OLD_NAME = /^([A-Za-z0-9_-]{1,64})\.([0-9a-f]{64})$/;
/** By its name: neither an unfinished upload nor one that is being written. Older versions named files after their record. */
export const isWholeFile = (name: string): boolean => NAME.test(name) || OLD_NAME.test(name);

const PARTIAL = ".partial";
const FRESH_MS = 3_600_000;
const UPLOAD = ".upload";
/** An upload that nobody has gone on with for so long begins anew. */
const UPLOAD_MS = 7 * 24 * FRESH_MS;

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function openFileStore(dataFolder: string): FileStore {
  const folder = join(dataFolder, FILES_FOLDER);
  mkdirSync(folder, { recursive: true });
  const placeOf = (key: FileKey): string => join(folder, nameOfFile(key));
  const uploadOf = (key: FileKey, by: string): string => join(folder, `${nameOfFile(key)}.${by}${UPLOAD}`);

  return {
    async put(key, bytes) {
      const place = placeOf(key);
      if (await exists(place)) return;
      const partial = `${place}.${newId()}${PARTIAL}`;
      const handle = await open(partial, "wx", 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      } finally {
        await handle.close();
      }
      await rename(partial, place);
      await syncFolder(dirname(place));
    },
    has: (key) => exists(placeOf(key)),
    sizeOfUpload: (key, by) =>
      stat(uploadOf(key, by)).then(
        ({ size }) => size,
        () => 0,
      ),
    addToUpload: (key, by, part) => appendFile(uploadOf(key, by), part, { mode: 0o600 }),
    async takeUpload(key, by) {
      const bytes = await readFile(uploadOf(key, by));
      await rm(uploadOf(key, by), { force: true });
      return bytes;
    },
    async read(key) {
      if (!NAME.test(nameOfFile(key)) || !(await exists(placeOf(key)))) return undefined;
      return readFile(placeOf(key));
    },
    async renameOld(documentOf) {
      for (const name of await readdir(folder)) {
        const [, recordId, sha256] = OLD_NAME.exec(name) ?? [];
        if (recordId === undefined || sha256 === undefined) continue;
        const docId = documentOf(recordId, sha256);
        if (docId !== undefined) await rename(join(folder, name), placeOf({ docId, sha256 }));
      }
      await syncFolder(folder);
    },
    async sweep(named) {
      for (const name of await readdir(folder)) {
        const path = join(folder, name);
        // One that is being written just now is nobody's leftover.
        const kept = name.endsWith(PARTIAL) ? FRESH_MS : name.endsWith(UPLOAD) ? UPLOAD_MS : undefined;
        const isLeftover = kept !== undefined && Date.now() - (await stat(path)).mtimeMs > kept;
        if (isLeftover || (isWholeFile(name) && !named.has(name))) await rm(path, { force: true });
      }
    },
  };
}
