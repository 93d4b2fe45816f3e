// A replica with a database of its own, and a relay of a few lines: an array of updates with sequence numbers. Enough to
// exercise the doors without a socket; tests/sync drives the real relay.

import { newId } from "#shared/model/ids.ts";
import type { Persona } from "#shared/model/personas.ts";
import { applyEntries, type RemoteEntry } from "#renderer/data/apply-remote.ts";
import { Database } from "#renderer/data/database.ts";
import { createEditApi } from "#renderer/data/edit.ts";
import { confirmRows } from "#renderer/data/outbox.ts";
import type { QuotaWatch } from "#renderer/data/quota.ts";
import { findDoc } from "#renderer/data/record-rows.ts";
import { createReplica, type Replica } from "#renderer/data/replica.ts";
import type { EditApi } from "#renderer/data/types.ts";

export type TestReplica = {
  readonly replica: Replica;
  readonly edit: EditApi;
  readonly database: Database;
  readonly quota: { full: boolean };
  readonly watch: QuotaWatch;
};

let clock = Date.parse("2026-03-01T08:00:00Z");

/** Every look at the clock is a second later: times never tie. */
export const tick = (): Date => new Date((clock += 1000));

export async function openTestReplica(memberId = "ana", persona: Persona = "sales"): Promise<TestReplica> {
  const database = new Database(`test-${newId()}`);
  await database.spaces.bulkPut([
    { id: "crm", kind: "crm", name: "CRM", persona },
    { id: "roof", kind: "project", name: "Clinic roof", persona },
  ]);
  await database.cursors.put({ space: "crm", seq: 0 });
  const replica = createReplica(
    database,
    { id: memberId, name: memberId, email: `${memberId}@northwind.example`, persona },
    tick,
  );
  const quota = { full: false };
  const watch: QuotaWatch = { storageFull: (full) => (quota.full = full), saved: () => undefined };
  return { replica, edit: createEditApi(() => replica, watch), database, quota, watch };
}

export type TestRelay = {
  readonly log: RemoteEntry[];
  /** Pushes what waits; with `lostAcks` the relay has it and the device does not know. */
  push(from: TestReplica, lostAcks?: boolean): Promise<void>;
  /** Everything beyond the device's cursor, in one batch, own updates only after lost acks as the real relay does. */
  pull(to: TestReplica): Promise<void>;
};

export function createTestRelay(): TestRelay {
  const log: RemoteEntry[] = [];
  const authors: TestReplica[] = [];
  const cursors = new Map<TestReplica, number>();
  const lost = new Set<number>();
  const relay: TestRelay = {
    log,
    push: async (from, lostAcks = false) => {
      const rows = await from.database.updates.orderBy("key").toArray();
      const acks: { n: number; at: number; seq: number }[] = [];
      for (const row of rows) {
        const space = (await findDoc(from.database, row.docId))?.space ?? "";
        const entry = { seq: log.length + 1, docId: row.docId, at: tick().getTime(), bytes: row.bytes, space };
        log.push(entry);
        authors.push(from);
        if (lostAcks) lost.add(entry.seq);
        else acks.push({ n: row.key, at: entry.at, seq: entry.seq });
      }
      if (lostAcks) return;
      // Rule W1: an ack follows every batch with a lower sequence number.
      await relay.pull(from);
      await confirmRows(from.replica, acks);
    },
    pull: async (to) => {
      const since = cursors.get(to) ?? 0;
      cursors.set(to, log.length);
      const entries = log.filter((entry, index) => entry.seq > since && (authors[index] !== to || lost.has(entry.seq)));
      await applyEntries(to.replica, entries, new Map([["crm", log.length]]));
    },
  };
  return relay;
}

/** Pushes and pulls until nobody has anything new. */
export async function settle(relay: TestRelay, ...devices: readonly TestReplica[]): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    for (const device of devices) await relay.pull(device);
    for (const device of devices) await relay.push(device);
  }
}

export async function createCompany(
  device: TestReplica,
  values: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const created = await device.edit.create({
    type: "company",
    space: "crm",
    values: { name: "Harbor Clinic", ...values },
  });
  if (!created.ok) throw new Error(JSON.stringify(created.error));
  return created.value.id;
}

export function unwrap<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}
