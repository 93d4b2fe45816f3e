// The device itself: how much room there is, whether the browser may evict us, small settings, and taking everything along.

import type { Database } from "./database.ts";
import type { Replica } from "./replica.ts";
import type { DeviceApi, ImportBatch } from "./types.ts";
import type { UnsavedKeeper } from "./unsaved.ts";

const PAGE = 500;

export function createDeviceApi(replica: () => Replica, unsaved: Pick<UnsavedKeeper, "track">): DeviceApi {
  const database = (): Database => replica().database;
  return {
    storage: async () => {
      const estimate = (await storageManager()?.estimate()) ?? {};
      const persisted = (await storageManager()?.persisted()) ?? false;
      return {
        usage: estimate.usage ?? 0,
        quota: estimate.quota ?? 0,
        persisted,
        records: await database().records.count(),
      };
    },
    requestPersistence,
    exportAll: async () => new Blob(await exportParts(replica()), { type: "application/json" }),
    getSetting: async <T>(key: string) => (await database().settings.get(settingKey(key)))?.value as T | undefined,
    setSetting: (key, value) =>
      unsaved.track(async () => {
        await database().settings.put({ key: settingKey(key), value });
      }),
    saveImport: (batch: ImportBatch) =>
      unsaved.track(async () => {
        await database().imports.put(batch);
      }),
    imports: () => database().imports.orderBy("at").reverse().toArray(),
  };
}

/** The pipe keeps rows of its own in the same table. */
const settingKey = (key: string): string => `user/${key}`;

/** Missing on insecure origins and in tests. */
function storageManager(): StorageManager | undefined {
  const storage: StorageManager | undefined = globalThis.navigator.storage;
  return storage;
}

export const requestPersistence = async (): Promise<boolean> => (await storageManager()?.persist()) ?? false;

/** Page by page, so that a large workspace never stands in memory as one string. */
async function exportParts({ database, me, now }: Replica): Promise<string[]> {
  const head = {
    format: "drawbridge-export",
    version: 1,
    exportedAt: now().toISOString(),
    member: { id: me.id, name: me.name },
  };
  const spaces = await database.spaces.toArray();
  const parts = [`${JSON.stringify({ ...head, spaces }).slice(0, -1)},"records":[`];
  let after = "";
  for (let first = true; ; first = false) {
    const page = await database.records.where("id").above(after).limit(PAGE).toArray();
    const last = page.at(-1);
    if (last === undefined) break;
    const documents = await database.documents.bulkGet(page.map((record) => record.id));
    const lines = page.map(({ sort: _sort, refs: _refs, ...record }, index) =>
      JSON.stringify({ ...record, changes: documents[index]?.history ?? [] }),
    );
    parts.push(`${first ? "" : ","}\n${lines.join(",\n")}`);
    after = last.id;
  }
  parts.push("\n]}\n");
  return parts;
}
