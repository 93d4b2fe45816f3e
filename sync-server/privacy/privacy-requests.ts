// Withdrawals of consent and requests for erasure: asked by the person, seen and answered by owners and managers. An erasure
// removes the bytes: documents from the log with their snapshots and rows, the account, and then every deleted byte that
// the database file and its write-ahead log still hold.

import { newId } from "#shared/model/ids.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import type { ConsentCover } from "#shared/model/consent.ts";
import { manages, type Access, type AccessError, type Member } from "#sync-server/access/access.ts";
import { fail, notAllowed } from "#sync-server/access/access-errors.ts";
import type { Audit } from "#sync-server/access/audit-trail.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import type { FacetRow, PrivacyRequestRow, PrivacyStorage } from "#sync-server/storage/storage.ts";
import type { Consent } from "./consent.ts";
import type { PersonalData } from "./personal-data.ts";

export type RequestForProvider = PrivacyRequestRow & {
  /** Empty once their data is erased. */
  readonly name: string;
  readonly email: string;
  /** What an erasure would remove, and where else their address stands. */
  readonly about: number;
  readonly written: number;
  readonly mentions: readonly { readonly recordId: string; readonly type: string }[];
};

export type Answer = {
  readonly id: string;
  readonly decision: "done" | "declined";
  readonly answer: string;
  /** Erase what they wrote as well, not only what is about them. */
  readonly written: boolean;
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
  readonly access: Access;
  readonly audit: Pick<Audit, "record">;
  readonly log: UpdateLog;
  readonly storage: PrivacyStorage;
  readonly personalData: PersonalData;
  readonly consent: Consent;
  readonly now?: () => number;
};

const records = (rows: readonly FacetRow[]): number => new Set(rows.map((row) => row.recordId)).size;

const alreadyAsked = "You have asked for this already. It is with the team; the answer comes to this page.";

export function createPrivacyRequests(dependencies: Dependencies): PrivacyRequests {
  const { access, audit, log, storage, personalData, consent } = dependencies;
  const now = dependencies.now ?? Date.now;
  const answering = new Set<string>();

  const contactsOf = async (member: Member): Promise<readonly string[]> => [
    ...new Set((await personalData.footprint(member)).about.map((row) => row.recordId)),
  ];

  /** Returns how many records went. */
  async function erasePerson(member: Member, written: boolean): Promise<number> {
    const found = await personalData.footprint(member);
    const rows = written ? [...found.about, ...found.written] : found.about;
    await log.erase(rows.map(({ docId }) => docId));
    await access.forget(member.id);
    // Their own words, in every request of theirs.
    for (const request of storage.requests())
      if (request.memberId === member.id) await storage.saveRequest({ ...request, note: "" });
    return records(rows);
  }

  return {
    async ask(by, { kind, note, covers }) {
      const isOpen = storage
        .requests()
        .some((row) => row.memberId === by.id && row.kind === kind && row.state === "open");
      if (isOpen) return fail("Taken", alreadyAsked);
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
      await consent.withdraw(by, row.covers, row.records);
      await storage.saveRequest(row);
      await consent.catchUp(by.id);
      const action = kind === "erasure" ? "erasure.requested" : "consent.withdrawn";
      const details = { request: row.id, ...(row.covers.length === 0 ? {} : { covers: row.covers.join(" ") }) };
      await audit.record({ action, actor: by.id, target: by.id, details });
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
          if (member === undefined) return { ...row, name: "", email: "", about: 0, written: 0, mentions: [] };
          const { about, written, mentions } = await personalData.footprint(member);
          return {
            ...row,
            name: member.name,
            email: member.email,
            about: records(about),
            written: records(written),
            mentions: [...new Map(mentions.map(({ recordId, type }) => [recordId, { recordId, type }])).values()],
          };
        }),
      );
    },
    async answer(by, { id, decision, answer, written }) {
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
        const erased = isErasure && member !== undefined ? await erasePerson(member, written) : 0;
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
