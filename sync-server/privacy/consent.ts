// Carries out a withdrawn consent: marks the person's contacts, as an edit in their own name, and keeps contacts that must
// not be shown to others out of every space beyond their home.

import { editFacet, openFacetDocument } from "#shared/doc/facet-document.ts";
import { groupByFacet } from "#shared/doc/merge-record.ts";
import type { ConsentCover } from "#shared/model/consent.ts";
import { docIdOf } from "#shared/model/ids.ts";
import { contact } from "#shared/record-types/index.ts";
import type { Member } from "#sync-server/access/access.ts";
import type { OpenAccess } from "#sync-server/access/open-access.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import type { PrivacyRequestRow } from "#sync-server/storage/storage.ts";

/** Which mark of a contact says it. */
const marks = { email: "emailOptOut", phone: "callOptOut" } as const;

export type Consent = {
  withdraw(by: Member, covers: readonly ConsentCover[], contacts: readonly string[]): Promise<void>;
  giveAgain(by: Member, covers: readonly ConsentCover[], contacts: readonly string[]): Promise<void>;
};

type Dependencies = {
  readonly access: Pick<OpenAccess, "withhold" | "release" | "policyFor">;
  readonly log: UpdateLog;
  /** Share rules may share these again. */
  readonly released: (recordIds: readonly string[]) => Promise<void>;
};

export async function createConsent(
  { access, log, released }: Dependencies,
  rows: readonly PrivacyRequestRow[],
): Promise<Consent> {
  const source = {};
  for (const { covers, records } of rows) if (covers.includes("sharing")) await access.withhold(records);

  async function mark(by: Member, covers: readonly ConsentCover[], contacts: readonly string[], on: boolean) {
    const names = covers.flatMap((cover) => (cover === "sharing" ? [] : marks[cover]));
    const edits = Object.fromEntries(names.map((name) => [name, on ? true : null]));
    const stamp = { at: new Date().toISOString(), by: by.id };
    for (const recordId of contacts) {
      const [known] = log.documentsOf(recordId);
      if (known === undefined) continue;
      for (const [facet, group] of groupByFacet(contact, edits, "internal", access.policyFor(by.id))) {
        const meta = { space: known.space, type: known.type, recordId, facet };
        const docId = docIdOf(recordId, facet);
        const doc = openFacetDocument(meta, log.find(docId) === undefined ? [] : log.read(docId));
        const edited = editFacet(doc, known.type, group, stamp);
        if (edited !== undefined) await log.append({ docId, bytes: edited.update, author: by.id, source, meta });
      }
    }
  }

  return {
    async withdraw(by, covers, contacts) {
      if (covers.includes("sharing")) await access.withhold(contacts);
      await mark(by, covers, contacts, true);
    },
    async giveAgain(by, covers, contacts) {
      await mark(by, covers, contacts, false);
      if (!covers.includes("sharing")) return;
      access.release(contacts);
      await released(contacts);
    },
  };
}
