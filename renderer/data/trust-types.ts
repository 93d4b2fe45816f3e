// What the screens may ask about trust: the organization's audit, what is held about oneself, and what people ask of the
// provider about their data. The relay keeps all of it, so each needs a network and says so in a sentence when there is none.

import type { AuditAction, AuditDetails } from "#shared/model/audit-actions.ts";
import type { ConsentCover } from "#shared/model/consent.ts";
import type { HeldData } from "#shared/model/held-data.ts";
import type { LensUse, Notice } from "#shared/model/notice.ts";
import type { Answer } from "./sharing-types.ts";

export type AuditFilter = {
  readonly action?: AuditAction;
  readonly actor?: string;
  readonly target?: string;
  /** ISO times; `to` is the first moment left out. */
  readonly from?: string;
  readonly to?: string;
};

export type AuditEntry = {
  readonly seq: number;
  readonly at: string;
  readonly action: string;
  readonly words: string;
  readonly actor: string;
  readonly actorName: string;
  readonly target: string;
  readonly targetName: string;
  readonly details: AuditDetails;
};

export type AuditPage = {
  readonly entries: readonly AuditEntry[];
  /** Absent: there are no older ones. */
  readonly cursor?: number;
  readonly head: { readonly seq: number; readonly at: string; readonly hash: string };
};

export type PrivacyRequest = {
  readonly id: string;
  readonly kind: "erasure" | "consent";
  readonly note: string;
  readonly at: number;
  readonly state: "open" | "done" | "declined";
  readonly answer: string;
  readonly answeredAt: number;
  /** Of a withdrawn consent, while it is in force. */
  readonly covers: readonly ConsentCover[];
};

export type MyData = HeldData & { readonly lensUses: readonly LensUse[]; readonly requests: readonly PrivacyRequest[] };

export type RequestForProvider = PrivacyRequest & {
  readonly memberId: string;
  /** Empty once the person is erased. */
  readonly name: string;
  readonly email: string;
  /** Contacts a withdrawn consent concerns. */
  readonly records: readonly string[];
  readonly about: readonly NamedRecord[];
  readonly written: readonly NamedRecord[];
  readonly mentions: readonly NamedRecord[];
  readonly rules: readonly { readonly space: string; readonly spaceName: string; readonly type: string }[];
};

export type NamedRecord = { readonly recordId: string; readonly type: string; readonly title: string };

/** What the relay itself knows of an entry of a record's history. */
export type Received = {
  readonly id: string;
  readonly receivedAt?: string;
  readonly sentBy?: string;
  /** It came after its author's right had ended: who let it in, and when. */
  readonly acceptedBy?: string;
  readonly acceptedAt?: string;
};

export interface TrustApi {
  /** Newest first; the relay's word on the newest changes of a record. */
  received(recordId: string): Answer<readonly Received[]>;
  /** The whole history of a record as a table. */
  historyFile(recordId: string): Answer<Blob>;
  /** Newest first. `before`: the cursor of the page before. */
  audit(filter: AuditFilter, before?: number): Answer<AuditPage>;
  auditFile(filter: AuditFilter, format: "csv" | "jsonl"): Answer<Blob>;
  /** Tells the audit what only this device knows. */
  report(action: "lens.opened" | "export.made", target: string, details: AuditDetails): Answer<void>;
  /** What this member is told beside their records. */
  notices(): Answer<readonly Notice[]>;
  myData(): Answer<MyData>;
  myDataFile(): Answer<Blob>;
  ask(kind: PrivacyRequest["kind"], note: string, covers?: readonly ConsentCover[]): Answer<void>;
  giveConsentAgain(): Answer<void>;
  privacyRequests(): Answer<readonly RequestForProvider[]>;
  answer(
    id: string,
    answer: { readonly decision: "done" | "declined"; readonly answer: string; readonly records: readonly string[] },
  ): Answer<void>;
}
