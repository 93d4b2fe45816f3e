// How much room new objects have. A relay at rest keeps it small for good (main.ts): it would grow with the first thousand
// sign-ins and never give the memory back. What is on its way under load, and the index that a large log is read into at the
// start, survive a small room again and again, and copying them costs more than everything else the collector does.

import { statSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { DATABASE_FILE } from "#sync-server/storage/schema.ts";

/** Updates of one commit that no single device brings about. */
const BUSY_UPDATES = 32;
/** Sockets that somebody opens at once. */
const BUSY_JOINS = 256;
/** Of a database whose index is large beside the room that stays behind. */
const LARGE_BYTES = 128 * 1024 * 1024;

/** To 16 MiB at most. */
const grow = (): void => setFlagsFromString("--semi-space-growth-factor=4");

/** Lets it grow once updates come in numbers. */
export function growUnderLoad(log: Pick<UpdateLog, "subscribe">): void {
  const unsubscribe = log.subscribe((committed) => {
    if (committed.length < BUSY_UPDATES) return;
    grow();
    unsubscribe();
  });
}

/** Lets it grow for a client that is about to open documents by the hundred. */
export function growForJoins(documents: number): void {
  if (documents >= BUSY_JOINS) grow();
}

/** Lets it grow before a large log is opened. */
export function growForLargeLog(folder: string): void {
  const bytes = statSync(join(folder, DATABASE_FILE), { throwIfNoEntry: false })?.size ?? 0;
  if (bytes >= LARGE_BYTES) grow();
}
