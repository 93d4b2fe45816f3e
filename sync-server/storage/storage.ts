// What the relay needs of a database. SQLite implements it today (sqlite-storage.ts), PostgreSQL will; both sit the same
// exam (tests/contracts/storage-exam.ts). No SQL outside this folder.

import type { ConsentCover } from "#shared/model/consent.ts";
import type { OfflineTerms } from "#shared/model/offline-term.ts";
import type { DocumentMeta, SpaceKind } from "#shared/protocol/frames.ts";
import type { Persona, PersonaLabel } from "#shared/model/personas.ts";
import type { FieldMove, Placements } from "#shared/model/policy.ts";
import type { ShareFilter } from "#shared/model/share-filter.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import type { SignatureAlgorithm } from "#shared/model/signatures.ts";

export type DocumentRow = DocumentMeta & {
  readonly docId: string;
  readonly lastSeq: number;
  readonly snapshotSeq: number;
  readonly snapshotBytes: number;
  /** Updates after the snapshot. */
  readonly tailUpdates: number;
  readonly tailBytes: number;
};

/** Picks documents by what they are called, before anything of them is read. */
export type Wanted = (document: DocumentMeta & { readonly docId: string }) => boolean;

export type NewUpdate = {
  readonly docId: string;
  readonly bytes: Uint8Array;
  /** Member id of the author. */
  readonly author: string;
  /** Present on the first update of a document: creates its row in the same transaction. */
  readonly meta?: DocumentMeta;
};

/** `at`: ms since 1970 when it was committed. */
export type StoredUpdate = {
  readonly seq: number;
  readonly docId: string;
  readonly at: number;
  readonly bytes: Uint8Array;
};
export type StoredSnapshot = { readonly seq: number; readonly docId: string; readonly bytes: Uint8Array };
export type StoredDocument = { readonly snapshot?: StoredSnapshot; readonly updates: readonly StoredUpdate[] };

/** With what is left of the updates it replaces: who sent them and when. */
export type FoldedSnapshot = StoredSnapshot & { readonly receipts: readonly Receipt[] };

/** Where the snapshot and the updates after it lie, of one document. Plain values, as they go to another thread. */
export type StoredTail = {
  readonly docId: string;
  readonly number: number;
  /** 0: it has none. */
  readonly snapshotSeq: number;
  /** Ascending. */
  readonly seqs: Float64Array;
};
/** For whoever folds (tail-reader.ts reads it). */
export type StoredTails = { readonly path: string; readonly tails: readonly StoredTail[] };

/** The append-only log with snapshots. Reads are synchronous and short; appends resolve when they are on disk (fsync). */
export interface LogStorage {
  /** Changes when the log is restored from a backup. */
  readonly logId: string;
  /** The highest sequence number given to anything: updates, links, changes of rights. */
  lastSeq(): number;
  documents(wanted?: Wanted): Iterable<DocumentRow>;
  /** The row of one document; undefined as long as nothing of it is on disk. */
  find(docId: string): DocumentRow | undefined;
  /** True for a sequence number that this log cannot have given out: it comes from one that was replaced under the same id. */
  isLost(seq: number): boolean;
  /** One transaction for the whole batch; sequence numbers are consecutive, in order. */
  append(updates: readonly NewUpdate[]): Promise<readonly { readonly seq: number; readonly at: number }[]>;
  /**
   * What lies beyond `seq` in a space, ascending: updates, and snapshots (`at` 0) of what was folded. May be read slowly: what is
   * folded meanwhile comes as its document's snapshot. Documents that turn out to be damaged are left out.
   */
  entriesSince(seq: number, space: string, wanted?: Wanted): Iterable<StoredUpdate>;
  /** How many entries that would be now. */
  countSince(seq: number, space: string, wanted?: Wanted): number;
  /**
   * Snapshot and the updates after it, or what of both lies beyond a number. Throws DamagedDocument when that is not what was
   * written.
   */
  readDocument(docId: string, after?: number): StoredDocument;
  /** How many updates there are after a document's snapshot, or beyond a number where that is later. */
  tailLength(docId: string, after?: number): number;
  /** Where they lie; nothing is read. Without documents that are damaged, or that nobody wrote. */
  tailsOf(docIds: readonly string[]): StoredTails;
  /** Changes whenever what is stored of a document changes, by folding as well; 0 for one that nobody wrote. */
  versionOf(docId: string): number;
  /** Removes documents and everything that was written into them, and remembers their names, so that nobody brings them back. */
  erase(docIds: readonly string[]): Promise<void>;
  /** Of every update of a document, folded ones included; of those that came within a minute from one client, the last. */
  receipts(docId: string): readonly Receipt[];
  /** What was erased: `seq` is the log's last number at that time. */
  erased(): readonly ErasedDocument[];
  /**
   * Replaces documents' snapshots, in one transaction. The updates that one covers (seq <= snapshot.seq) are part of nothing from
   * then on, whenever their rows go.
   */
  writeSnapshots(snapshots: readonly FoldedSnapshot[]): Promise<void>;
  /** Deletes the rows of updates that snapshots replaced, those that were left when the relay ended included. Little by little. */
  removeReplaced(): Promise<void>;
  /** True once a row of it was read that is not what was written. It is left out of every reading from then on. */
  isDamaged(docId: string): boolean;
  /** Told once of each such document, those found before included. */
  onDamaged(listener: (docId: string) => void): void;
}

/** Up to which clock of a client an update brought a document, when it was received, and from which member. */
export type Receipt = {
  readonly client: number;
  /** The first clock beyond. */
  readonly until: number;
  readonly at: number;
  readonly author: string;
};

export type ErasedDocument = DocumentMeta & { readonly docId: string; readonly seq: number };

export type OrganizationRow = { readonly id: string; readonly name: string };
export type MemberRow = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly persona: Persona;
  /** Their access ended then: the account signs nobody in, its name stays on what it did. */
  readonly endedAt?: number;
};
/** A link that sets a new password, by the hash of its secret; one per member. */
export type PasswordResetRow = {
  readonly memberId: string;
  readonly secretHash: string;
  readonly madeBy: string;
  readonly expiresAt: number;
};
export type SpaceRow = {
  readonly id: string;
  readonly kind: SpaceKind;
  readonly name: string;
  /** Read only, and out of the way. */
  readonly archived?: boolean;
};
/** A record in a space beyond its home. */
export type LinkRow = {
  readonly recordId: string;
  readonly spaceId: string;
  readonly home: string;
  /** Why: `hand`, ids of share rules. Empty: it was linked once, and is no more. */
  readonly sources: readonly string[];
  /** When it last came or went, as a sequence number of the log. */
  readonly seq: number;
};
/** What comes to be at one time, or not at all. */
export type RowsTogether = {
  readonly space?: SpaceRow;
  readonly member?: MemberRow;
  readonly invitation?: InvitationRow;
  /** New ones only: what a membership was before is kept by changeMembership. */
  readonly memberships: readonly MembershipRow[];
};
export type MembershipRow = { readonly spaceId: string; readonly memberId: string; readonly persona: Persona };
/** A version of the policy. It waits until `liveAt` before it counts, and can be taken back until then. */
export type PolicyRow = {
  readonly version: number;
  /** When it was decided, ms since 1970. */
  readonly at: number;
  readonly author: string;
  readonly liveAt: number;
  readonly isLive: boolean;
  readonly personas: readonly PersonaLabel[];
  readonly placements: Placements;
};
/** Values of a field on their way from one facet's documents to another's; gone when they have all arrived. */
export type FieldMoveRow = FieldMove & {
  /** When the policy that asked for it went live, ms since 1970. */
  readonly since: number;
};
export type SessionRow = { readonly tokenHash: string; readonly memberId: string; readonly expiresAt: number };

/** `spaceId` is empty for somebody of the team, who enters every space. The secret of its link is kept as a hash only. */
export type InvitationRow = {
  readonly id: string;
  readonly secretHash: string;
  readonly email: string;
  readonly persona: Persona;
  readonly spaceId: string;
  readonly invitedBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly state: "open" | "accepted" | "cancelled";
};

/** A key that signs for a member on one of his devices. Revoked ones stay: what they signed before still holds. */
export type DeviceKeyRow = {
  readonly id: string;
  readonly memberId: string;
  readonly alg: SignatureAlgorithm;
  readonly publicKey: string;
  /** What the member calls the device. */
  readonly device: string;
  /** ms since 1970 */
  readonly registeredAt: number;
  readonly revokedAt?: number;
};

/** An edit that came after its author's right to make it had ended. */
export type QuarantineRow = {
  readonly id: string;
  readonly memberId: string;
  readonly docId: string;
  /** Where the document lies, or would lie: it may be a new one. */
  readonly meta: DocumentMeta;
  readonly hash: string;
  readonly at: number;
  readonly bytes: Uint8Array;
};

export type ShareRuleRow = {
  readonly id: string;
  readonly spaceId: string;
  readonly type: string;
  readonly filter: ShareFilter;
  readonly by: string;
  readonly at: number;
};

/** Organization, members, spaces, sessions, invitations, device keys: small tables, read into memory at start and written through. */
/** Which heads of chains went by mail, by space and facet, and when. */
export type MailedHeads = { readonly at: number; readonly heads: Readonly<Record<string, string>> };

export interface DirectoryStorage {
  organization(): OrganizationRow | undefined;
  members(): readonly MemberRow[];
  spaces(): readonly SpaceRow[];
  memberships(): readonly MembershipRow[];
  sessions(): readonly SessionRow[];
  invitations(): readonly InvitationRow[];
  deviceKeys(): readonly DeviceKeyRow[];
  saveOrganization(row: OrganizationRow): Promise<void>;
  /** Undefined while nobody has changed them. */
  mailedHeads(): MailedHeads | undefined;
  saveMailedHeads(mailed: MailedHeads): Promise<void>;
  offlineTerms(): OfflineTerms | undefined;
  saveOfflineTerms(terms: OfflineTerms): Promise<void>;
  saveMember(row: MemberRow): Promise<void>;
  saveSpace(row: SpaceRow): Promise<void>;
  saveMembership(row: MembershipRow): Promise<void>;
  /** Takes the next sequence number of the log and returns it, as every change of who may read what does (rule R9). */
  changeMembership(row: MembershipRow): Promise<number>;
  removeMembership(spaceId: string, memberId: string): Promise<number>;
  /** Memberships that ended or were given another persona: whose late edits are worth keeping. */
  formerMemberships(): readonly MembershipRow[];
  quarantine(): readonly QuarantineRow[];
  saveQuarantine(row: QuarantineRow): Promise<void>;
  removeQuarantine(id: string): Promise<void>;
  shareRules(): readonly ShareRuleRow[];
  saveShareRule(row: ShareRuleRow): Promise<void>;
  removeShareRule(id: string): Promise<void>;
  links(): readonly LinkRow[];
  /** Stamped, where a link begins or ends: one that gains or loses a source beside others keeps its number. */
  saveLinks(rows: readonly Omit<LinkRow, "seq">[]): Promise<number>;
  /** When each member last lost a membership or had a persona changed. */
  grants(): ReadonlyMap<string, number>;
  saveSession(row: SessionRow): Promise<void>;
  removeSession(tokenHash: string): Promise<void>;
  saveInvitation(row: InvitationRow): Promise<void>;
  passwordResets(): readonly PasswordResetRow[];
  savePasswordReset(row: PasswordResetRow): Promise<void>;
  removePasswordReset(memberId: string): Promise<void>;
  /** The new password; every session but the one kept, and a link to set another one, go with the old, in one transaction. */
  savePassword(memberId: string, passwordHash: string, keptSession: string | undefined): Promise<void>;
  /**
   * A member's persona, and the one they have in every space, in one transaction; stamped as `changeMembership`.
   * `isWithdrawing`: with what they handed out, links to set a password and open invitations.
   */
  changeRole(memberId: string, persona: Persona, isWithdrawing: boolean): Promise<number>;
  /**
   * Ends an account with its memberships, the link to set its password, and what it handed out: links to set the passwords
   * of others and open invitations. In one transaction; stamped. Sessions stay until they are too old: their devices are told
   * what has become of them.
   */
  endMember(memberId: string, endedAt: number): Promise<number>;
  /** The account again, as this persona, without its old sessions, in these spaces. */
  restoreMember(memberId: string, persona: Persona, memberships: readonly MembershipRow[]): Promise<void>;
  /**
   * Removes somebody with their memberships, late edits, links to set a password and the invitations to their address, in one
   * transaction. Their sessions stay until they expire, hashes of tokens: each device is told by them that access has ended.
   */
  removeMember(member: Pick<MemberRow, "id" | "email">): Promise<void>;
  /** In one transaction: a space is there with everybody in it or not at all, and an invitation works once. */
  saveTogether(rows: RowsTogether): Promise<void>;
  saveDeviceKey(row: DeviceKeyRow): Promise<void>;
  policies(): readonly PolicyRow[];
  fieldMoves(): readonly FieldMoveRow[];
  /** The version and, when it goes live, all moves that are still to be made, in one transaction. */
  savePolicy(row: PolicyRow, moves?: readonly FieldMoveRow[]): Promise<void>;
  removePolicy(version: number): Promise<void>;
  removeFieldMoves(moves: readonly FieldMoveRow[]): Promise<void>;
}

/** One facet of one record as SQL rows: what the HTTP API, and later rules and reports, read. */
export type FacetRow = {
  readonly docId: string;
  readonly recordId: string;
  readonly facet: string;
  readonly space: string;
  readonly type: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
  /** `archived` when somebody edited it unseen by the one who deleted it. */
  readonly state: "active" | "deleted" | "archived";
  readonly seq: number;
};

export interface ReadModelStorage {
  /** Sequence up to which the log has been projected. */
  projectedSeq(): number;
  saveFacets(rows: readonly FacetRow[], projectedSeq: number): Promise<void>;
  facetsOfRecord(recordId: string): readonly FacetRow[];
  recordIdsOfType(type: string): readonly string[];
  /** Per space: how many records that are not deleted have a value of the field in this facet, and one of them. */
  recordsWithField(query: {
    readonly type: string;
    readonly facet: string;
    readonly field: string;
  }): readonly { readonly space: string; readonly count: number; readonly recordId: string }[];
  /** Record ids of a type in a space, ascending, beyond `after`: keyset paging. Only records with one of these facets. */
  recordIds(query: {
    space: string;
    type: string;
    facets: readonly string[];
    after: string;
    limit: number;
  }): readonly string[];
}

/** What somebody from outside asked about their own data, and what was answered. */
export type PrivacyRequestRow = {
  readonly id: string;
  readonly memberId: string;
  readonly kind: "erasure" | "consent";
  /** In their own words; emptied when their data is erased. */
  readonly note: string;
  readonly at: number;
  readonly state: "open" | "done" | "declined";
  readonly answer: string;
  readonly answeredBy: string;
  readonly answeredAt: number;
  /** Of a withdrawn consent, while it is in force. */
  readonly covers: readonly ConsentCover[];
  /** Contacts it concerns. */
  readonly records: readonly string[];
};

export interface PrivacyStorage {
  /** Newest first. */
  requests(): readonly PrivacyRequestRow[];
  saveRequest(row: PrivacyRequestRow): Promise<void>;
  /** Rows of the read model that hold this text in a field, whatever the case. */
  facetsHolding(text: string): readonly FacetRow[];
  facetsCreatedBy(memberId: string): readonly FacetRow[];
  /** Writes the database anew and empties the write-ahead log: bytes that were deleted are no longer on the disk. */
  shred(): Promise<void>;
}

/** The end of the audit's chain: whoever remembers it can tell when what came before was changed or cut off. */
export type AuditHead = { readonly seq: number; readonly at: number; readonly hash: string };

/** `details` is JSON text: the very bytes that were hashed. `at`: ms since 1970. */
export type AuditRow = AuditHead & {
  readonly action: string;
  readonly actor: string;
  readonly target: string;
  readonly details: string;
};

/** All that is given must fit. `before`: a seq, for the next page. `from` <= at < `to`. */
export type AuditQuery = {
  readonly before?: number;
  readonly action?: string;
  readonly actor?: string;
  readonly target?: string;
  /** Through the lens, as this member. */
  readonly as?: string;
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
};

/** The organization's audit: rows are appended, never changed. The chain is made above (access/audit-trail.ts). */
export interface AuditStorage {
  last(): AuditRow | undefined;
  /** Resolves when the rows are on disk, and the head of the last one is remembered outside their table. */
  append(rows: readonly AuditRow[]): Promise<void>;
  /** Newest first. */
  page(query: AuditQuery): readonly AuditRow[];
  /** Every row, ascending. */
  rows(): Iterable<AuditRow>;
  rememberedHead(): AuditHead | undefined;
}

/** Which Yjs client ids of a document belong to which member from outside: nobody else may write with them. */
export interface LeaseStorage {
  /** Client id -> member id. */
  of(docId: string): ReadonlyMap<number, string>;
  save(docId: string, clients: readonly number[], memberId: string): Promise<void>;
}

export type StorageStatus = {
  /** `full`: nothing can be written until there is room. `broken`: nothing until the process starts again. */
  readonly writes: "ok" | "full" | "broken";
  readonly databaseBytes: number;
  readonly writeAheadBytes: number;
  readonly freeBytes: number;
};

export interface RelayStorage {
  readonly log: LogStorage;
  readonly directory: DirectoryStorage;
  readonly readModel: ReadModelStorage;
  readonly audit: AuditStorage;
  readonly privacy: PrivacyStorage;
  readonly leases: LeaseStorage;
  /** How it is doing; asks the disk. */
  status(): Promise<StorageStatus>;
  close(): Promise<void>;
}

/** Why a data folder cannot be opened; the message is one sentence that says what to do. */
export type StorageError = {
  readonly type: "FolderUnwritable" | "FolderTooNew" | "FolderInUse" | "FolderDamaged";
  readonly message: string;
};
