// Everything a device keeps in its databases, as bytes and as JSON: what a curious person finds on their own disk.

import type { Piece } from "./canaries.ts";

const request = <T>(asked: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    asked.addEventListener("success", () => resolve(asked.result));
    asked.addEventListener("error", () => reject(asked.error ?? new Error("IndexedDB failed")));
  });

/** Byte strings inside a value, wherever they are. */
function bytesIn(value: unknown): readonly Uint8Array[] {
  if (value instanceof Uint8Array) return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(bytesIn);
}

const asJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (part instanceof Uint8Array ? undefined : part));

export async function dumpDevice(prefix: string): Promise<readonly Piece[]> {
  const pieces: Piece[] = [];
  for (const { name = "" } of await indexedDB.databases()) {
    if (!name.startsWith(prefix)) continue;
    const database = await request(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const objects = database.transaction(store).objectStore(store);
      const [values, keys] = [await request(objects.getAll()), await request(objects.getAllKeys())];
      const channel = `device database, ${store}`;
      pieces.push({ channel, bytes: Buffer.from(asJson([keys, values])) });
      for (const bytes of values.flatMap(bytesIn)) pieces.push({ channel, bytes });
    }
    database.close();
  }
  return pieces;
}
