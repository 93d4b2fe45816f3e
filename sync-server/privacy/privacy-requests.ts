// Withdrawals of consent and requests for erasure: asked by the person, seen and answered by owners and managers. An erasure
// removes the bytes: documents from the log with their snapshots and rows, the account, and then every deleted byte that
// the database file and its write-ahead log still hold.

import { newId } from "#shared/model/ids.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import type { ConsentCover } from "#shared/model/consent.ts";
import { manages, type Access, type AccessError, type Member } from "#sync-server/access/access.ts";
import { fail, notAllowed } from "#sync-server/access/access-errors.ts";
import type { Audit } from "#sync-server/access/audit-trail.ts";
import type { OpenAccess } from "#sync-server/access/open-access.ts";
import type { ShareRules } from "#sync-server/access/share-rules.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import type { FacetRow, PrivacyRequestRow, PrivacyStorage } from "#sync-server/storage/storage.ts";
import type { Consent } from "./consent.ts";
import type { NamedRecord, PersonalData } from "./personal-data.ts";

export type RequestForProvider = PrivacyRequestRow & {
  /** Empty once their data is erased. */
  readonly name: string;
  readonly email: string;
  /** What an erasure may remove, by title: whoever answers picks. */
  readonly about: readonly NamedRecord[];
  readonly written: readonly NamedRecord[];
  /** What stays: other records with their address in them, and records of others in which they wrote. */
  readonly mentions: readonly NamedRecord[];
  /** Share rules with their address in them. */
  readonly rules: readonly { readonly space: string; readonly spaceName: string; readonly type: string }[];
};

export type Answer = {
  readonly id: string;
  readonly decision: "done" | "declined";
  readonly answer: string;
  /** Of an erasure: the records that go, as they were shown. What came to be theirs since is not among them. */
  readonly records: readonly string[];
};

export type Asked = {
  readonly kind: PrivacyRequestRow["kind"];
  readonly note: string;
  /** Of a withdrawal: what it covers; nothing for one that is only words. */
  readonly covers: readonly ConsentCover[];
};

export type PrivacyRequests = {
  ask(by: Member, asked: Asked): Promise<Result<PrivacyRequestRow, AccessError>>;
  /** Everything this member withdrew holds no longer. */
  giveConsentAgain(by: Member): Promise<Result<void, AccessError>>;
  ofMember(memberId: string): readonly PrivacyRequestRow[];
  forProvider(by: Member): Promise<readonly RequestForProvider[]>;
  answer(by: Member, answer: Answer): Promise<Result<void, AccessError>>;
};

type Dependencies = {
  readonly access: Access & Pick<OpenAccess, "spaceName">;
  readonly audit: Pick<Audit, "record">;
  readonly log: UpdateLog;
  readonly storage: PrivacyStorage;
  readonly personalData: PersonalData;
  readonly consent: Consent;
  readonly shareRules: Pick<ShareRules, "holding">;
  readonly now?: () => number;
};

const countRecords = (rows: readonly FacetRow[]): number => new Set(rows.map((row) => row.recordId)).size;

const alreadyAsked = "You have asked for this already. It is with the team; the answer comes to this page.";

export function createPrivacyRequests(dependencies: Dependencies): PrivacyRequests {
  const { access, audit, log, storage, personalData, consent, shareRules } = dependencies;
  const now = dependencies.now ?? Date.now;
  const answering = new Set<string>();

  const contactsOf = async (member: Member): Promise<readonly string[]> => [
    ...new Set((await personalData.footprint(member)).about.map((row) => row.recordId)),
  ];

  /** Returns how many records went. */
  async function erasePerson(member: Member, recordIds: readonly string[]): Promise<number> {
    const found = await personalData.footprint(member);
    const chosen = new Set(recordIds);
    const rows = [...found.about, ...found.written].filter(({ recordId }) => chosen.has(recordId));
    await log.erase([...rows, ...found.own].map(({ docId }) => docId));
    await access.forget(member.id);
    // Their own words, in every request of theirs.
    for (const request of storage.requests())
      if (request.memberId === member.id) await storage.saveRequest({ ...request, note: "" });
    return countRecords(rows);
  }

  return {
    async ask(by, { kind, note, covers }) {
      // A withdrawal holds when it is said: it waits for no answer to the one before.
      const isAsked =
        kind === "erasure" &&
        storage.requests().some((row) => row.memberId === by.id && row.kind === kind && row.state === "open");
      if (isAsked) return fail("Taken", alreadyAsked);
      const row: PrivacyRequestRow = {
        id: newId(),
        memberId: by.id,
        kind,
        note,
        at: now(),
        state: "open",
        answer: "",
        answeredBy: "",
        answeredAt: 0,
        covers: kind === "consent" ? covers : [],
        records: kind === "consent" && covers.length > 0 ? await contactsOf(by) : [],
      };
      // Carried out before it is answered: what was cut short is asked again.
      const unmarked = await consent.withdraw(by, row.covers, row.records);
      await storage.saveRequest(row);
      await consent.catchUp(by.id);
      const action = kind === "erasure" ? "erasure.requested" : "consent.withdrawn";
      const details = {
        request: row.id,
        ...(row.covers.length === 0 ? {} : { covers: row.covers.join(" ") }),
        ...(unmarked.length === 0 ? {} : { unmarked: unmarked.join(" ") }),
      };
      await audit.record({ action, actor: by.id, target: by.id, details });
      if (unmarked.length > 0)
        return err({
          type: "BadInput",
          message:
            "It holds and the team sees it, but a contact with your address could not be marked. The team has to do it by hand.",
        });
      return ok(row);
    },
    async giveConsentAgain(by) {
      const ofTheirs = () => storage.requests().filter((row) => row.memberId === by.id && row.covers.length > 0);
      if (ofTheirs().length === 0) return err({ type: "BadInput", message: "Nothing you withdrew is in force." });
      // Read anew each time: a contact may have come under it meanwhile.
      for (let [row] = ofTheirs(); row !== undefined; [row] = ofTheirs()) {
        await storage.saveRequest({ ...row, covers: [] });
        await audit.record({ action: "consent.given", actor: by.id, target: by.id, details: { request: row.id } });
        await consent.giveAgain(by, row.covers, row.records);
      }
      return ok(undefined);
    },
    ofMember: (memberId) => storage.requests().filter((row) => row.memberId === memberId),
    async forProvider(by) {
      if (!manages(by)) return [];
      return Promise.all(
        storage.requests().map(async (row): Promise<RequestForProvider> => {
          const member = access.memberById(row.memberId);
          if (member === undefined)
            return { ...row, name: "", email: "", about: [], written: [], mentions: [], rules: [] };
          const { about, written, mentions } = await personalData.footprint(member);
          return {
            ...row,
            name: member.name,
            email: member.email,
            about: personalData.named(by, about),
            written: personalData.named(by, written),
            mentions: personalData.named(by, mentions),
            rules: shareRules.holding(member.email).map(({ spaceId, type }) => ({
              space: spaceId,
              spaceName: access.spaceName(spaceId),
              type,
            })),
          };
        }),
      );
    },
    async answer(by, { id, decision, answer, records }) {
      const request = storage.requests().find((row) => row.id === id);
      if (!manages(by) || request === undefined) return notAllowed();
      if (request.kind === "consent" && decision === "declined")
        return err({ type: "BadInput", message: "A withdrawal holds without anybody's yes. Answer it as done." });
      if (request.state !== "open" || answering.has(id))
        return fail("Taken", "Somebody has answered this request already. Load the page again.");
      answering.add(id);
      try {
        const member = access.memberById(request.memberId);
        const isErasure = request.kind === "erasure" && decision === "done";
        if (isErasure && member === undefined)
          return err({ type: "BadInput", message: "This person is gone already." });
        const erased = isErasure && member !== undefined ? await erasePerson(member, records) : 0;
        const note = isErasure ? "" : request.note;
        await storage.saveRequest({ ...request, note, state: decision, answer, answeredBy: by.id, answeredAt: now() });
        if (request.kind === "erasure") {
          const action = isErasure ? "erasure.done" : "erasure.declined";
          await audit.record({
            action,
            actor: by.id,
            target: request.memberId,
            details: { request: id, records: erased },
          });
        }
        if (isErasure) await storage.shred();
        return ok(undefined);
      } finally {
        answering.delete(id);
      }
    },
  };
}
