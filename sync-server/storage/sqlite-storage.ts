// The embedded database: one folder, one SQLite file, one writer thread. Reads run on the main thread over a connection
// that cannot write.

import { DatabaseSync } from "node:sqlite";
import { err, ok, type Result } from "#shared/model/result.ts";
import { damagedMessage, openFolder } from "./data-folder.ts";
import { createAuditTables } from "./audit-tables.ts";
import { createDirectoryTables } from "./directory-tables.ts";
import { createLeaseTables } from "./lease-tables.ts";
import { createLogTables, type LogTables } from "./log-tables.ts";
import { createStatus } from "./folder-status.ts";
import { countedNumbers, type Numbering } from "./numbering.ts";
import { createPrivacyTables } from "./privacy-tables.ts";
import { createReadModelTables } from "./read-model-tables.ts";
import type { RelayStorage, StorageError } from "./storage.ts";
import { startWriter, type StorageBroken } from "./writer.ts";

export type SqliteOptions = {
  /** Default: counted, which tells readers how much others wrote. */
  readonly numbering?: Numbering;
  /** Told once when the disk failed under a commit. Default: thrown, which ends the process; its next start reads what is on disk. */
  readonly onBroken?: (error: StorageBroken) => void;
  /** How long deleted bytes may stay on the disk once they are no longer part of anything. */
  readonly eraseAfterMs?: number;
};

const ERASE_AFTER_MS = 7 * 24 * 3_600_000;

function throwLater(error: Error): void {
  setImmediate(() => {
    throw error;
  });
}

export async function openSqliteStorage(
  folder: string,
  options: SqliteOptions = {},
): Promise<Result<RelayStorage, StorageError>> {
  const opened = openFolder(folder);
  if (!opened.ok) return opened;
  const { path, logId, release } = opened.value;
  const onBroken = options.onBroken ?? throwLater;
  let isOpen = false;
  // What fails while opening is this function's answer, not a broken disk under a running relay.
  const writer = startWriter({ path, eraseAfterMs: options.eraseAfterMs ?? ERASE_AFTER_MS }, (error) => {
    if (isOpen) onBroken(error);
  });
  let database: DatabaseSync | undefined;
  let closing: Promise<void> | undefined;

  async function closeAll(log: LogTables | undefined): Promise<void> {
    await log?.idle();
    await writer.close();
    database?.close();
    release();
  }
  try {
    // An empty job: the folder counts as open once the writer has it open too. Its thread starts while the index is read.
    const writerIsReady = writer.run([]);
    // Awaited below; what is read before may fail first.
    writerIsReady.catch(() => undefined);
    database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    const log = createLogTables(logId, path, database, writer, options.numbering ?? countedNumbers);
    const storage: RelayStorage = {
      log,
      directory: createDirectoryTables(database, writer, log.stamp),
      readModel: createReadModelTables(database, writer),
      audit: createAuditTables(path, database, writer),
      privacy: createPrivacyTables(database, writer),
      leases: createLeaseTables(database, writer),
      status: createStatus(folder, path, writer),
      close: () => (closing ??= closeAll(log)),
    };
    await writerIsReady;
    isOpen = true;
    return ok(storage);
  } catch (error) {
    await closeAll(undefined);
    const reason = error instanceof Error ? error.message : String(error);
    return err({ type: "FolderDamaged", message: `${damagedMessage(folder)} (${reason})` });
  }
}
