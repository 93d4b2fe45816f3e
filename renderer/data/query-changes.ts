// Following the records table: which rows changed since, in this tab and in others. For indexes that are kept in memory
// (list columns, full text). Must not run inside a live query: it would count as having read everything.

import { cmp, Dexie, RangeSet, type ObservabilitySet } from "dexie";
import type { Database, StoredRecord } from "./database.ts";

/** Ids that changed, or `all` when a write was too large for Dexie to name them (50 rows and more in one go). */
export type ChangedIds = ReadonlySet<string> | "all";

/** Tells which records changed, after each commit of any tab. Returns the unsubscribe function. */
export function followRecords(database: Database, onChanged: (ids: ChangedIds) => void): () => void {
  const part = `idb://${database.name}/records/`;
  const listener = (parts: ObservabilitySet): void => {
    if (parts["all"] !== undefined) return onChanged("all");
    const changed = parts[part];
    if (changed === undefined) return;
    const ids = new Set<string>();
    // Parts of other tabs arrive as plain objects: adding them to a set makes them iterable again.
    for (const { from, to } of new RangeSet().add(changed)) {
      if (typeof from !== "string" || cmp(from, to) !== 0) return onChanged("all");
      ids.add(from);
    }
    if (ids.size > 0) onChanged(ids);
  };
  Dexie.on("storagemutated", listener);
  return () => Dexie.on.storagemutated.unsubscribe(listener);
}

const CHUNK = 1_000;

/**
 * All rows in the order of their ids, a chunk at a time: one long read would block the frame it falls into. The next chunk
 * is read while this one is worked on.
 */
export async function readAllRecords(
  database: Database,
  onRows: (rows: readonly StoredRecord[]) => void,
  isWanted: () => boolean,
): Promise<void> {
  const read = (after: string): Promise<StoredRecord[]> =>
    database.records.where("id").above(after).limit(CHUNK).toArray();
  let next: Promise<StoredRecord[]> | undefined = read("");
  while (next !== undefined && isWanted()) {
    const rows: StoredRecord[] = await next;
    const last: StoredRecord | undefined = rows.at(-1);
    next = last === undefined || rows.length < CHUNK ? undefined : read(last.id);
    // A task of its own for the work, so that frames and questions get between.
    await new Promise((resolve) => setTimeout(resolve, 0));
    onRows(rows);
  }
  await next;
}
