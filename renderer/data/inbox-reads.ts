// The inbox state as this device holds it. Reads only.

import type { FieldValue } from "#shared/model/field-value.ts";
import { personalSpaceOf } from "#shared/model/ids.ts";
import type { Database } from "./database.ts";
import type { StoredInboxState } from "./inbox-types.ts";

const members = (value: FieldValue | undefined): readonly string[] => (Array.isArray(value) ? value : []);

export async function readInboxState(database: Database, memberId: string): Promise<StoredInboxState> {
  const { read, snoozed, muted } = (await database.records.get(personalSpaceOf(memberId)))?.fields ?? {};
  return { read: members(read), snoozed: members(snoozed), muted: members(muted) };
}
