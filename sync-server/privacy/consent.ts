// Carries out a withdrawn consent: marks the person's contacts, as an edit in their own name, and keeps contacts that must
// not be shown to others out of every space beyond their home. While it is in force, that goes for contacts that are made
// later, or get the person's address later, as well.

import { editFacet, openFacetDocument } from "#shared/doc/facet-document.ts";
import { groupByFacet } from "#shared/doc/merge-record.ts";
import type { ConsentCover } from "#shared/model/consent.ts";
import { docIdOf } from "#shared/model/ids.ts";
import { contact } from "#shared/record-types/index.ts";
import type { Member } from "#sync-server/access/access.ts";
import type { OpenAccess } from "#sync-server/access/open-access.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import type { FacetRow, PrivacyStorage } from "#sync-server/storage/storage.ts";
import { isTheirContact, type PersonalData } from "./personal-data.ts";

/** Which mark of a contact says it. */
const marks = { email: "emailOptOut", phone: "callOptOut" } as const;

export type Consent = {
  /** Returns the contacts that could not be marked. */
  withdraw(by: Member, covers: readonly ConsentCover[], contacts: readonly string[]): Promise<readonly string[]>;
  giveAgain(by: Member, covers: readonly ConsentCover[], contacts: readonly string[]): Promise<void>;
  /** These rows are new in the read model: contacts among them are held against what is withdrawn, before anybody shares them. */
  projected(rows: readonly FacetRow[]): Promise<void>;
  /** All contacts of a person who withdrew consent once more, or of everybody who did: what came while it was carried out. */
  catchUp(memberId?: string): Promise<void>;
};

type Dependencies = {
  readonly access: Pick<OpenAccess, "withhold" | "release" | "policies" | "memberById">;
  readonly log: UpdateLog;
  readonly storage: Pick<PrivacyStorage, "requests" | "saveRequest">;
  readonly personalData: Pick<PersonalData, "footprint">;
  /** Share rules may share these again. */
  readonly released: (recordIds: readonly string[]) => Promise<void>;
};

export async function createConsent({ access, log, storage, personalData, released }: Dependencies): Promise<Consent> {
  const source = {};
  for (const { covers, records } of storage.requests()) if (covers.includes("sharing")) await access.withhold(records);

  /** Returns those of which a mark was not taken in. */
  async function mark(
    by: Member,
    covers: readonly ConsentCover[],
    contacts: readonly string[],
    on: boolean,
  ): Promise<readonly string[]> {
    const unmarked = new Set<string>();
    const names = covers.flatMap((cover) => (cover === "sharing" ? [] : marks[cover]));
    const edits = Object.fromEntries(names.map((name) => [name, on ? true : null]));
    const stamp = { at: new Date().toISOString(), by: by.id };
    for (const recordId of contacts) {
      const [known] = log.documentsOf(recordId);
      if (known === undefined) continue;
      // Where the team reads it: the person's own view of the policy does not name the fields they do not see.
      for (const [facet, group] of groupByFacet(contact, edits, "internal", access.policies.view())) {
        const meta = { space: known.space, type: known.type, recordId, facet };
        const docId = docIdOf(recordId, facet);
        const doc = openFacetDocument(meta, log.find(docId) === undefined ? [] : log.read(docId));
        const edited = editFacet(doc, known.type, group, stamp);
        if (edited === undefined) continue;
        const marked = await log.append({ docId, bytes: edited.update, author: by.id, source, meta });
        if (!marked.ok) unmarked.add(recordId);
      }
    }
    return [...unmarked];
  }

  /** Up to the request's new row nothing is waited for: no answer and no share comes in between. */
  async function projected(rows: readonly FacetRow[]): Promise<void> {
    if (!rows.some(({ type }) => type === "contact")) return;
    const carriedOut = storage.requests().flatMap((request): readonly Promise<unknown>[] => {
      const member = request.covers.length === 0 ? undefined : access.memberById(request.memberId);
      if (member === undefined) return [];
      const fresh = rows.filter((row) => isTheirContact(row, member.email) && !request.records.includes(row.recordId));
      const contacts = [...new Set(fresh.map(({ recordId }) => recordId))];
      if (contacts.length === 0) return [];
      const withheld = request.covers.includes("sharing") ? [access.withhold(contacts)] : [];
      const saved = storage.saveRequest({ ...request, records: [...request.records, ...contacts] });
      return [...withheld, saved, mark(member, request.covers, contacts, true)];
    });
    await Promise.all(carriedOut);
  }

  return {
    projected,
    async catchUp(memberId) {
      const inForce = storage.requests().filter(({ covers }) => covers.length > 0);
      for (const id of new Set(inForce.map((request) => request.memberId))) {
        const member = memberId === undefined || memberId === id ? access.memberById(id) : undefined;
        if (member !== undefined) await projected((await personalData.footprint(member)).about);
      }
    },
    async withdraw(by, covers, contacts) {
      if (covers.includes("sharing")) await access.withhold(contacts);
      return mark(by, covers, contacts, true);
    },
    async giveAgain(by, covers, contacts) {
      await mark(by, covers, contacts, false);
      if (!covers.includes("sharing")) return;
      access.release(contacts);
      await released(contacts);
    },
  };
}
