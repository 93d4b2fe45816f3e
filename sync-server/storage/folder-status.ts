// How a data folder is doing: sizes, room on its disk, and whether commits go through.

import { stat, statfs } from "node:fs/promises";
import type { StorageStatus } from "./storage.ts";
import type { Writer } from "./writer.ts";

/** Two of the largest commits. Below it the next one may fail. */
const FULL_BYTES = 8 * 1024 * 1024;
const TRY_AGAIN_MS = 1_000;
/** Writes what is there already: enough to learn whether writing works. */
const harmless = { sql: "UPDATE settings SET value = value WHERE key = 'logId'", rows: [[]] };

export function createStatus(folder: string, path: string, writer: Writer): () => Promise<StorageStatus> {
  let triedAt = 0;

  const sizeOf = async (file: string): Promise<number> =>
    stat(file).then(
      ({ size }) => size,
      // Not there: a log that was just emptied.
      () => 0,
    );

  /** Somebody has to find out that there is room again, also when nobody writes. */
  async function tryWriting(): Promise<void> {
    if (writer.state !== "full" || Date.now() - triedAt < TRY_AGAIN_MS) return;
    triedAt = Date.now();
    await writer.run([harmless]).catch((error: unknown) => error);
  }

  return async () => {
    await tryWriting();
    const [databaseBytes, writeAheadBytes, disk] = await Promise.all([
      sizeOf(path),
      sizeOf(`${path}-wal`),
      statfs(folder),
    ]);
    const freeBytes = disk.bavail * disk.bsize;
    const writes = writer.state === "ok" && freeBytes < FULL_BYTES ? "full" : writer.state;
    return { writes, databaseBytes, writeAheadBytes, freeBytes };
  };
}
