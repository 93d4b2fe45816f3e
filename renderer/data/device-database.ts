// What belongs to the device rather than to a member: who is signed in here. Small and apart, so that the app can start
// from it offline and a member's database can be deleted without it.

import { Dexie, type EntityTable } from "dexie";
import type { Me } from "./types.ts";

export type StoredSession = {
  readonly key: "session";
  /** Absent where something else keeps it: the desktop app leaves it to the operating system's key store. */
  readonly token?: string;
  readonly me: Me;
  readonly organization: string;
  /** The relay said 401: the data stays, signing in again goes on with it. */
  readonly ended: boolean;
};

export class DeviceDatabase extends Dexie {
  declare session: EntityTable<StoredSession, "key">;

  constructor(prefix: string) {
    super(`${prefix}-device`, { chromeTransactionDurability: "strict" });
    this.version(1).stores({ session: "key" });
  }
}
