// The device itself: how much room there is, whether the browser may evict us, small settings, and taking everything along.

import type { Database } from "./database.ts";
import type { Replica } from "./replica.ts";
import type { DeviceApi, ImportBatch } from "./types.ts";
import type { UnsavedKeeper } from "./unsaved.ts";

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
    exportAll: async () => {
      const held = replica();
      const { exportDevice } = await import("./device-export.ts");
      return exportDevice(held);
    },
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
