// Everything a device keeps in its databases, as bytes and as text: what a curious person finds on their own disk. Names of
// databases, stores and indexes, keys, and values whatever they are made of.

import type { Piece } from "./canaries.ts";

const request = <T>(asked: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    asked.addEventListener("success", () => resolve(asked.result));
    asked.addEventListener("error", () => reject(asked.error ?? new Error("IndexedDB failed")));
  });

const viewOf = (bytes: ArrayBuffer | ArrayBufferView): Uint8Array =>
  bytes instanceof ArrayBuffer
    ? new Uint8Array(bytes)
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The bytes inside a value, wherever they are; what is text goes to `texts`. */
async function bytesIn(value: unknown, texts: unknown[]): Promise<readonly Uint8Array[]> {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return [viewOf(value)];
  if (value instanceof Blob) {
    texts.push(value.type);
    return [new Uint8Array(await value.arrayBuffer())];
  }
  if (typeof value !== "object" || value === null || value instanceof Date) {
    texts.push(typeof value === "bigint" ? String(value) : value);
    return [];
  }
  const parts: readonly unknown[] =
    value instanceof Map
      ? [...value].flat()
      : value instanceof Set || Array.isArray(value)
        ? [...value]
        : Object.entries(value).flat();
  const found: Uint8Array[] = [];
  for (const part of parts) found.push(...(await bytesIn(part, texts)));
  return found;
}

export async function dumpDevice(prefix: string): Promise<readonly Piece[]> {
  const pieces: Piece[] = [];
  for (const { name = "" } of await indexedDB.databases()) {
    if (!name.startsWith(prefix)) continue;
    const database = await request(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const objects = database.transaction(store).objectStore(store);
      const names = [name, store, ...objects.indexNames];
      const [values, keys] = [await request(objects.getAll()), await request(objects.getAllKeys())];
      const channel = `device database, ${store}`;
      const texts: unknown[] = [names];
      for (const value of [...keys, ...values])
        for (const bytes of await bytesIn(value, texts)) pieces.push({ channel, bytes });
      pieces.push({ channel, bytes: Buffer.from(JSON.stringify(texts)) });
    }
    database.close();
  }
  return pieces;
}
