// A relay's data folder with bulk in it: an organization, two members of the team and N companies, written through the
// relay's own access and log, and projected, so that a relay started on it has nothing left to do.

import { pino } from "pino";
import { assert, type Result } from "#shared/model/result.ts";
import { openAccess } from "#sync-server/access/open-access.ts";
import { createCalendar } from "#sync-server/demo/calendar.ts";
import type { DemoRecord } from "#sync-server/demo/demo-record.ts";
import { makeCompany, makeContact, type Made } from "#sync-server/demo/people-and-companies.ts";
import { createRandom } from "#sync-server/demo/random.ts";
import { recordUpdates } from "#sync-server/demo/record-updates.ts";
import { makeDeals } from "#sync-server/demo/sales.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import { openReadModel } from "#sync-server/read-model/open-read-model.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";

export type Account = { readonly name: string; readonly email: string; readonly password: string };

export const SEED = 20_261_123;
const CONTACTS = 200;
const DEALS = 100;
const BATCH_RECORDS = 200;
const PASSWORD = "bench-password";

export const ana: Account = { name: "Ana Ruiz", email: "ana@bench.example", password: PASSWORD };
export const igor: Account = { name: "Igor Petrov", email: "igor@bench.example", password: PASSWORD };

function valueOf<T>(result: Result<T, { readonly message: string }>): T {
  assert(result.ok, result.ok ? "" : result.error.message);
  return result.value;
}

/** Companies, and a few contacts and deals among them. Equal counts give equal records. */
function makeRecords(companies: number, space: string, owner: string): DemoRecord[] {
  const random = createRandom(SEED);
  const stamp = (): { at: string; by: string } => ({
    at: new Date(Date.UTC(2025, 0, 1) + random.int(0, 500 * 86_400) * 1_000).toISOString(),
    by: owner,
  });
  const made: Made = { random, space, stamp, owner: () => owner };
  const list = Array.from({ length: companies }, (_, index) => makeCompany(made, index));
  const [first, ...rest] = list.slice(0, 50);
  assert(first !== undefined, "a bench has at least one company");
  const few = [first, ...rest] as const;
  const [contact, ...contacts] = Array.from({ length: CONTACTS }, () => makeContact(made, random.pick(few)));
  assert(contact !== undefined, "a bench has contacts");
  const cast = { crmSpace: space, ana: owner, igor: owner, olga: owner, carla: owner, cem: owner, pia: owner };
  const calendar = createCalendar(new Date(Date.UTC(2026, 0, 1)));
  const deals = makeDeals({ random, calendar, cast, companies: few, contacts: [contact, ...contacts] }, DEALS);
  return [...list.map((one) => one.record), contact, ...contacts, ...deals];
}

export async function fillDataFolder(folder: string, companies: number): Promise<void> {
  const storage = valueOf(await openSqliteStorage(folder));
  const log = openUpdateLog(storage.log);
  const readModel = openReadModel({
    log,
    storage,
    logger: pino({ level: "silent" }),
    onProjected: async () => undefined,
  });
  try {
    const access = openAccess(storage.directory, { signInTries: 10 });
    const owner = valueOf(await access.setUp({ organization: "Bench", ...ana }));
    valueOf(await access.addMember(owner, { ...igor, persona: "sales" }));
    const crm = access.spacesOf(owner.id)[0]?.id;
    assert(crm !== undefined, "set-up makes the CRM space");
    const records = makeRecords(companies, crm, owner.id);
    const source = {};
    for (let start = 0; start < records.length; start += BATCH_RECORDS) {
      const updates = records.slice(start, start + BATCH_RECORDS).flatMap(recordUpdates);
      const results = await Promise.all(updates.map((update) => log.append({ ...update, source })));
      for (const result of results) assert(result.ok, "the log takes every record");
    }
    await readModel.upTo(log.seq);
  } finally {
    await log.close();
    await readModel.close();
    await storage.close();
  }
}
