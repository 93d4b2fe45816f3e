// What the relay holds about somebody from outside, and who can see it: their account, the spaces they are in, contacts with
// their e-mail address, and what they wrote. They are told what their persona may read of it; notes that the team keeps
// for itself stay the team's, until the request is answered.

import { isSealedType } from "#shared/doc/sealed-document.ts";
import { mergeFacets } from "#shared/doc/merge-record.ts";
import { canReadFacet } from "#shared/model/facets.ts";
import type { HeldData, HeldRecord, Reader } from "#shared/model/held-data.ts";
import { docIdOf, personalSpaceOf } from "#shared/model/ids.ts";
import { viewFor } from "#shared/model/policy.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { Access, Member } from "#sync-server/access/access.ts";
import type { OpenAccess } from "#sync-server/access/open-access.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import type { ReadModel } from "#sync-server/read-model/open-read-model.ts";
import { contentOfRow, titleOfRows } from "#sync-server/read-model/row-content.ts";
import type { FacetRow, RelayStorage } from "#sync-server/storage/storage.ts";

/** The documents of a person's data, for erasing it, and where else something of theirs stands. */
export type Footprint = {
  readonly about: readonly FacetRow[];
  /** Of records they made. In a record of somebody else's the first words in a facet may be theirs; the facet is not. */
  readonly written: readonly FacetRow[];
  /** In the space that is theirs alone: goes with the account. */
  readonly own: readonly FacetRow[];
  /** Other records with their address, and records of others in which they wrote. */
  readonly mentions: readonly FacetRow[];
};

/** A record as whoever decides over it sees it. */
export type NamedRecord = { readonly recordId: string; readonly type: string; readonly title: string };

export type PersonalData = {
  heldAbout(member: Member): Promise<HeldData>;
  footprint(member: Member): Promise<Footprint>;
  /** Each record of these documents once, with the title that `reader` sees. */
  named(reader: Member, rows: readonly FacetRow[]): readonly NamedRecord[];
};

type Dependencies = {
  readonly access: Access & Pick<OpenAccess, "policies">;
  readonly log: UpdateLog;
  readonly readModel: ReadModel;
  readonly storage: Pick<RelayStorage, "privacy" | "readModel">;
};

/** Signed by them and relied on by others: kept when a person is erased, under their id alone. */
const isKept = (type: string): boolean => isSealedType(type) || findRecordType(type)?.writtenBy === "relay";

const LONGEST_TITLE = 200;

/** A contact with their e-mail address. */
export const isTheirContact = (row: FacetRow, email: string): boolean =>
  row.type === "contact" &&
  ["email", "otherEmail"].some((field) => {
    const value = row.fields[field];
    return typeof value === "string" && value.toLowerCase() === email;
  });

export function createPersonalData({ access, log, readModel, storage }: Dependencies): PersonalData {
  async function footprint({ id, email }: Member): Promise<Footprint> {
    await readModel.upTo(log.seq);
    const holding = storage.privacy.facetsHolding(email);
    const contactIds = new Set(holding.filter((row) => isTheirContact(row, email)).map((row) => row.recordId));
    const about = [...contactIds].flatMap((recordId) => storage.readModel.facetsOfRecord(recordId));
    const created = storage.privacy
      .facetsCreatedBy(id)
      .filter((row) => !isKept(row.type) && !contactIds.has(row.recordId));
    const createdIds = new Set(created.map(({ docId }) => docId));
    // The log's order says who made a record: its first document is older than any that others added.
    const isTheirs = ({ recordId }: FacetRow): boolean => {
      const [first] = log.documentsOf(recordId);
      return first !== undefined && createdIds.has(docIdOf(recordId, first.facet));
    };
    const own = created.filter((row) => row.space === personalSpaceOf(id));
    const shared = created.filter((row) => row.space !== personalSpaceOf(id));
    const written = shared.filter(isTheirs);
    const gone = new Set([...own, ...written].map(({ docId }) => docId));
    const others = holding.filter((row) => !contactIds.has(row.recordId) && !createdIds.has(row.docId));
    return { about, written, own, mentions: [...others, ...shared.filter((row) => !gone.has(row.docId))] };
  }

  function named(reader: Member, rows: readonly FacetRow[]): readonly NamedRecord[] {
    const policy = access.policyFor(reader.id);
    return [...Map.groupBy(rows, (row) => row.recordId)].map(([recordId, own]) => {
      const readable = storage.readModel.facetsOfRecord(recordId).filter((row) => access.mayRead(reader.id, row));
      const title = titleOfRows(recordId, readable, policy).slice(0, LONGEST_TITLE);
      return { recordId, type: own[0]?.type ?? "", title };
    });
  }

  function toRecords(member: Member, why: HeldRecord["why"], rows: readonly FacetRow[]): readonly HeldRecord[] {
    const readable = rows.filter((row) => row.state !== "deleted" && canReadFacet(row.facet, member.persona));
    const policy = viewFor(access.policies.view(), [member.persona], true);
    return [...Map.groupBy(readable, (row) => row.recordId)].map(([id, facets]) => {
      const readers = new Map(
        facets
          .flatMap((row) => access.readersOf(row))
          .filter((reader) => reader.id !== member.id)
          .map(({ id: readerId, name, persona }) => [readerId, { id: readerId, name, persona }]),
      );
      return {
        id,
        type: facets[0]?.type ?? "",
        why,
        fields: shownFields(facets[0]?.type ?? "", mergeFacets(id, facets.map(contentOfRow), policy).fields),
        readers: [...readers.values()],
      };
    });
  }

  return {
    footprint,
    named,
    async heldAbout(member) {
      await access.settledFor(member.id);
      const { about, written } = await footprint(member);
      return {
        account: member,
        devices: access.sessionsOf(member.id),
        spaces: access.sharedSpacesOf(member.id).map(({ id, name, persona, members }) => ({
          id,
          name,
          persona,
          members: members
            .filter((fellow) => fellow.id !== member.id)
            .map((fellow) => ({ ...fellow, persona: fellow.persona as Reader["persona"] })),
        })),
        records: [...toRecords(member, "about you", about), ...toRecords(member, "written by you", written)],
      };
    },
  };
}

/** Fields that people see; order and the like are no data about anybody. */
function shownFields(type: string, fields: FacetRow["fields"]): FacetRow["fields"] {
  const specs = findRecordType(type)?.fields;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => specs?.[name]?.hidden !== true));
}
