// The bytes of files, by their SHA-256, in a folder of the data folder. A file is whole and on disk under its name or not there
// at all; the same bytes are kept once.

import { mkdirSync } from "node:fs";
import { appendFile, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { newId } from "#shared/model/ids.ts";

export const FILES_FOLDER = "files";

export type FileStore = {
  /** Resolves when the bytes are on disk. The caller has checked that they are the ones of this hash. */
  put(sha256: string, bytes: Uint8Array): Promise<void>;
  has(sha256: string): Promise<boolean>;
  /** How many bytes of somebody's unfinished upload are here. */
  sizeOfUpload(sha256: string, by: string): Promise<number>;
  /** Puts a part behind what is here of an upload. */
  addToUpload(sha256: string, by: string, part: Uint8Array): Promise<void>;
  /** All of an upload, which is then no longer here. */
  takeUpload(sha256: string, by: string): Promise<Uint8Array>;
  read(sha256: string): Promise<Uint8Array | undefined>;
  /** Removes what no record names any more. */
  sweep(named: ReadonlySet<string>): Promise<void>;
};

const HASH = /^[0-9a-f]{64}$/;
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
  const placeOf = (sha256: string): string => join(folder, sha256);
  const uploadOf = (sha256: string, by: string): string => join(folder, `${sha256}.${by}${UPLOAD}`);

  return {
    async put(sha256, bytes) {
      const place = placeOf(sha256);
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
    has: (sha256) => exists(placeOf(sha256)),
    sizeOfUpload: (sha256, by) =>
      stat(uploadOf(sha256, by)).then(
        ({ size }) => size,
        () => 0,
      ),
    addToUpload: (sha256, by, part) => appendFile(uploadOf(sha256, by), part, { mode: 0o600 }),
    async takeUpload(sha256, by) {
      const bytes = await readFile(uploadOf(sha256, by));
      await rm(uploadOf(sha256, by), { force: true });
      return bytes;
    },
    async read(sha256) {
      if (!HASH.test(sha256) || !(await exists(placeOf(sha256)))) return undefined;
      return readFile(placeOf(sha256));
    },
    async sweep(named) {
      for (const name of await readdir(folder)) {
        const path = join(folder, name);
        // One that is being written just now is nobody's leftover.
        const kept = name.endsWith(PARTIAL) ? FRESH_MS : name.endsWith(UPLOAD) ? UPLOAD_MS : undefined;
        const isLeftover = kept !== undefined && Date.now() - (await stat(path)).mtimeMs > kept;
        if (isLeftover || (HASH.test(name) && !named.has(name))) await rm(path, { force: true });
      }
    },
  };
}
