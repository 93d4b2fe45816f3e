// What this member has read and put off, as a record that all devices of theirs hold and nobody else. Every change is made to
// what the record says at that moment, so that what another device did meanwhile stays.

import { writeUnchanged } from "#shared/doc/facet-document.ts";
import { personalSpaceOf } from "#shared/model/ids.ts";
import { inboxState } from "#shared/record-types/index.ts";
import type { Database } from "./database.ts";
import { stampOf, writeRecord } from "./edit-writes.ts";
import type { InboxStateApi, StoredInboxState } from "./inbox-types.ts";
import { readInboxState } from "./inbox-reads.ts";
import { writing, type Replica } from "./replica.ts";

const FACET = inboxState.fields.read.facet;

/** Inside `writing`: the space is there before the relay makes it. */
async function ensureSpace(database: Database, id: string, { persona }: Replica["me"]): Promise<void> {
  if ((await database.spaces.get(id)) === undefined)
    await database.spaces.put({ id, kind: "personal", name: "", persona });
}

export const createInboxChange =
  (replicaNow: () => Replica): InboxStateApi["change"] =>
  async (change) => {
    const replica = replicaNow();
    const { database, me } = replica;
    const space = personalSpaceOf(me.id);
    const stamp = stampOf(replica);
    await writing(replica, async () => {
      const next: StoredInboxState = change(await readInboxState(database, me.id));
      await ensureSpace(database, space, me);
      const write = {
        recordId: space,
        type: inboxState.type,
        space,
        changes: new Map([
          [
            FACET,
            (doc: Parameters<typeof writeUnchanged>[0]) => {
              const update = writeUnchanged(doc, inboxState.type, { ...next }, stamp);
              return update === undefined ? undefined : { update, patches: [] };
            },
          ],
        ]),
      };
      await writeRecord(replica, write, stamp);
    });
  };
