// Moves committed pages from the write-ahead log into the database file, in a thread of its own: a checkpoint takes tens of
// milliseconds, and no ack waits for it.

import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { failureOf } from "./disk-failure.ts";
import type { CheckpointNews, WorkerStart } from "./writer-jobs.ts";

const CHECK_MS = 250;
/** so many pages wait for a checkpoint: 8 MiB. */
const PAGES = 2_000;
/** Beyond this the log's file is given back. */
const TRUNCATE_BYTES = 128 * 1024 * 1024;

const { path, eraseAfterMs } = workerData as WorkerStart;
/** What was deleted stands in the log until it is emptied, however little is written. */
const EMPTY_EVERY_MS = eraseAfterMs / 4;
const database = new DatabaseSync(path, { timeout: 2_000 });
database.exec("PRAGMA synchronous = FULL;");

const tell = (news: CheckpointNews): void => parentPort?.postMessage(news);

const count = database.prepare("PRAGMA wal_checkpoint(NOOP)");
let emptiedAt = Date.now();

const walBytes = (): number => statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;

function waitingPages(): number {
  const { log, checkpointed } = count.get() ?? {};
  return Number(log) - Number(checkpointed);
}

/**
 * PASSIVE waits for nobody and does nearly all of it; RESTART holds writers up for the last pages, so that the next one begins
 * at the start of the file. A commit that overwrites costs half of one that makes the file longer, and the file stays small.
 */
function checkpoint(): void {
  if (Date.now() - emptiedAt >= EMPTY_EVERY_MS || walBytes() > TRUNCATE_BYTES) {
    database.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
    if (database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()?.["busy"] === 0) emptiedAt = Date.now();
  } else if (waitingPages() >= PAGES) {
    database.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
    database.prepare("PRAGMA wal_checkpoint(RESTART)").get();
  }
}

const timer = setInterval(
  () => {
    try {
      checkpoint();
    } catch (error) {
      // No room, or somebody reads: nothing is lost, the log still holds everything, and the next round tries again.
      if (failureOf(error) !== "fatal") return;
      // After a failed fsync a second one may say yes and mean nothing; the log must not be emptied on its word.
      clearInterval(timer);
      tell({ failed: error instanceof Error ? error.message : String(error) });
    }
  },
  Math.min(CHECK_MS, EMPTY_EVERY_MS),
);

parentPort?.once("message", () => {
  clearInterval(timer);
  database.close();
  tell("closed");
  parentPort?.close();
});
