// Sealed records of a space, read once: what is signed and delivered never changes, and a project may hold thousands. Those
// that came since are read in slices, between which the page draws; what waits on this device is read every time.

import type { Database, StoredRecord } from "./database.ts";

const SLICE = 200;

type Held<T> = { readonly known: Map<string, T>; loading: Promise<unknown> };

/**
 * Reads what is kept of every record of a type in a space; `keep` says what that is. In a live query: what comes, goes or is
 * delivered counts as read.
 */
export function keepSealed<T>(
  type: string,
  keep: (row: StoredRecord) => T,
): (database: Database, space: string) => Promise<readonly T[]> {
  const heldBy = new WeakMap<Database, Map<string, Held<T>>>();

  function heldIn(database: Database, space: string): Held<T> {
    const spaces = heldBy.get(database) ?? new Map<string, Held<T>>();
    heldBy.set(database, spaces);
    const held = spaces.get(space) ?? { known: new Map<string, T>(), loading: Promise.resolve() };
    spaces.set(space, held);
    return held;
  }

  async function load(database: Database, { known }: Held<T>, ids: readonly string[]): Promise<void> {
    const missing = ids.filter((id) => !known.has(id));
    for (let start = 0; start < missing.length; start += SLICE)
      for (const row of await database.records.bulkGet(missing.slice(start, start + SLICE)))
        if (row?.pending === 0) known.set(row.id, keep(row));
  }

  return async (database, space) => {
    const held = heldIn(database, space);
    const ids = await database.records.where("[space+type]").equals([space, type]).primaryKeys();
    if (ids.some((id) => !held.known.has(id))) {
      // Whoever asks at the same time waits for the same reads.
      held.loading = unobserved(held.loading, () => load(database, held, ids));
      await Promise.resolve(held.loading);
    }
    const waiting = ids.filter((id) => !held.known.has(id));
    const rows = waiting.length === 0 ? [] : await database.records.bulkGet(waiting);
    const fresh = new Map(rows.flatMap((row) => (row === undefined ? [] : [[row.id, keep(row)] as const])));
    // What left the device is not kept either.
    const present = new Set(ids);
    for (const id of held.known.keys()) if (!present.has(id)) held.known.delete(id);
    return ids.flatMap((id) => held.known.get(id) ?? fresh.get(id) ?? []);
  };
}

/** After the turn before, and in a task of its own: a live query around it does not take note of thousands of rows that never change. */
const unobserved = (before: Promise<unknown>, work: () => Promise<void>): Promise<void> =>
  new Promise((resolve, reject) => {
    const begin = (): void => void setTimeout(() => void work().then(resolve, reject));
    before.then(begin, begin);
  });
