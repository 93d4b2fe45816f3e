// Moves committed pages from the write-ahead log into the database file, in a thread of its own: a checkpoint takes tens of
// milliseconds, and no ack waits for it.

import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { failureOf } from "./disk-failure.ts";
import type { CheckpointNews, WorkerStart } from "./writer-jobs.ts";

const CHECK_MS = 1_000;
const PASSIVE_BYTES = 4 * 1024 * 1024;
/** Beyond this the log is emptied even if the writer has to wait for the last pages of it. */
const TRUNCATE_BYTES = 128 * 1024 * 1024;

const { path, eraseAfterMs } = workerData as WorkerStart;
/** What was deleted stands in the log until it is emptied, however little is written. */
const EMPTY_EVERY_MS = eraseAfterMs / 4;
const database = new DatabaseSync(path, { timeout: 2_000 });
database.exec("PRAGMA synchronous = FULL;");

const tell = (news: CheckpointNews): void => parentPort?.postMessage(news);

let doneAtBytes = 0;
let emptiedAt = Date.now();

const walBytes = (): number => statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;

function checkpoint(): void {
  const bytes = walBytes();
  const mustEmpty = bytes > TRUNCATE_BYTES || (bytes > 0 && Date.now() - emptiedAt >= EMPTY_EVERY_MS);
  if (!mustEmpty && (bytes < PASSIVE_BYTES || bytes === doneAtBytes)) return;
  // PASSIVE waits for nobody. The file keeps its size and is reused from its start by the next writer.
  database.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
  if (mustEmpty && database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()?.["busy"] === 0) emptiedAt = Date.now();
  doneAtBytes = walBytes();
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
