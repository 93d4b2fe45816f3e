// What this device holds of one member's records: the database, who he is, the clock, and the client id under which this
// page writes. Everything below the doors (edit, feed, live) receives one of these.

import type { Transaction } from "dexie";
import type { PolicyView } from "#shared/model/policy.ts";
import type { Database } from "./database.ts";
import { createWatched, type Watched } from "./emitter.ts";
import { readPolicy } from "./policy.ts";
import type { Me } from "./types.ts";

export type Replica = {
  readonly database: Database;
  readonly me: Me;
  readonly now: () => Date;
  /** What this device is called in the history of what it changes; "" when nothing is known of it. */
  readonly deviceName: string;
  /** Client id of this page's writes. Only inside `writing`, where no other writer can move its clock. */
  readonly clientId: () => Promise<number>;
  /** What this member knows of the policy. Inside `writing`: what holds for this very write. */
  readonly policy: () => Promise<PolicyView>;
  /** An import is writing in this tab: pushing waits, or the two would fight over the same tables. */
  readonly importing: Watched<boolean>;
};

const EPOCH = "clientEpoch";

export function createReplica(database: Database, me: Me, now: () => Date, deviceName = ""): Replica {
  let held: { epoch: number; clientId: number } | undefined;
  return {
    database,
    me,
    now,
    deviceName,
    policy: () => readPolicy(database),
    importing: createWatched(false),
    clientId: async () => {
      const epoch = await readEpoch(database);
      if (held?.epoch !== epoch) held = { epoch, clientId: randomClientId() };
      return held.clientId;
    },
  };
}

const randomClientId = (): number => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

async function readEpoch(database: Database): Promise<number> {
  const row = await database.settings.get(EPOCH);
  return typeof row?.value === "number" ? row.value : 0;
}

/**
 * Updates were thrown away (refused or discarded): their client ids must never be written under again, in no tab, or
 * two different edits would share a clock and replicas that saw one would ignore the other.
 */
export async function retireClientIds(database: Database): Promise<void> {
  await database.settings.put({ key: EPOCH, value: (await readEpoch(database)) + 1 });
}

/** The one kind of write: documents, what waits, rows and history together, or nothing of it. */
export const writing = <T>(replica: Replica, body: (transaction: Transaction) => Promise<T>): Promise<T> => {
  const { documents, updates, records, refused, spaces, members, cursors, settings, files } = replica.database;
  return replica.database.transaction(
    "rw",
    [documents, updates, records, refused, spaces, members, cursors, settings, files],
    // Dexie follows native awaits only through a function it sees to be async.
    async (transaction) => body(transaction),
  );
};
