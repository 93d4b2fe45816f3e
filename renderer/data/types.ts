// The contract between the pipe and the screens: plain data in, plain data out. Screens never see a Y.Map or a table.

import type { FeedTrouble } from "./feed-state.ts";
import type { FilesApi } from "./file-types.ts";
import type { InboxStateApi } from "./inbox-types.ts";
import type { Awareness } from "y-protocols/awareness";
import type { XmlFragment } from "yjs";
import type { AudienceChoice } from "#shared/model/audience.ts";
import type { FieldError, FieldValue } from "#shared/model/field-value.ts";
import type { Persona } from "#shared/model/personas.ts";
import type { SpaceKind } from "#shared/protocol/frames.ts";
import type { PolicyPreview, PolicyState, PolicyVersion } from "#shared/model/policy-report.ts";
import type { PolicyEdit, PolicyView } from "#shared/model/policy.ts";
import type { Result } from "#shared/model/result.ts";
import type { Change } from "#shared/doc/facet-content.ts";
import type { ApprovalsApi, DeviceKeysApi } from "./approval-types.ts";
import type { LensEyes } from "./lens-eyes.ts";
import type { SharingApi } from "./sharing-types.ts";
import type { TrustApi } from "./trust-types.ts";
import type { Unsaved } from "./unsaved.ts";
import type { ResetNotice } from "#shared/model/reset-notice.ts";
import type { MergedRecord, RecordState } from "#shared/doc/merge-record.ts";

/** A projected row: what lists, boards and pages read. Written only together with the updates it comes from. */
export type RecordRow = MergedRecord & {
  readonly space: string;
  /** 1 while a change of this record waits for the relay's ack. */
  readonly pending: 0 | 1;
  /** 1 while a change of this record was not accepted and waits for a decision. */
  readonly refused: 0 | 1;
};

export type SpaceRow = {
  readonly id: string;
  readonly kind: SpaceKind;
  readonly name: string;
  readonly persona: Persona;
  /** Read only, and out of the way. */
  readonly archived?: boolean;
};
/** A space that was taken from this device, with everything in it. */
export type EndedAccess = { readonly id: string; readonly space: string; readonly at: string };
export type MemberRow = {
  readonly id: string;
  readonly name: string;
  readonly persona: Persona;
  /** Is in none of this device's spaces any more: a name on what was done, nobody to choose. */
  readonly former?: true;
};

export type Filter = {
  readonly field: string;
  readonly op: "is" | "isNot" | "contains" | "isEmpty" | "isNotEmpty" | "atLeast" | "atMost";
  readonly value?: FieldValue;
};

export type RecordQuery = {
  readonly type: string;
  readonly space?: string;
  /** A list column of the type, or `updatedAt`, `createdAt`. Default: the first list column, ascending. */
  readonly sort?: { readonly field: string; readonly descending?: boolean };
  readonly filters?: readonly Filter[];
  /** Default `active` and `archived` (deleted ones are in the trash). */
  readonly states?: readonly RecordState[];
  readonly offset?: number;
  readonly limit?: number;
};

export type RecordPage = { readonly rows: readonly RecordRow[]; readonly total: number };

/** An entry of the timeline's "changes". `receivedAt`: when the relay had it (absent until acked, or after compaction). */
export type ChangeRow = Change & { readonly recordId: string; readonly facet: string; readonly receivedAt?: string };

export type EditError =
  | { readonly type: "InvalidFields"; readonly fields: Readonly<Record<string, FieldError>> }
  | { readonly type: "NotFound"; readonly message: string }
  | { readonly type: "NotAllowed"; readonly message: string }
  /** The device is out of space: the edit stays on screen and can be exported. */
  | { readonly type: "QuotaExceeded"; readonly message: string };

/** `undo` is one more edit that puts the values back (or deletes what was created). */
export type Edited = { readonly id: string; readonly undo: () => Promise<Result<Edited, EditError>> };

export type NewRecord = {
  readonly type: string;
  readonly space: string;
  /** Raw input by field; parsed by field kind at this door. */
  readonly values: Readonly<Record<string, unknown>>;
  /** For record types with chosen placement; team only when omitted (`everyone` for outsiders, who have no team). */
  readonly audience?: AudienceChoice;
  /** Given only where the id must be known beforehand (a project's space, records that name one another). */
  readonly id?: string;
  /** A record of the same type on this device whose rich texts are taken over as they are, formatting included. */
  readonly textsOf?: string;
};

/** The one door in. Every method resolves when the change is saved on this device (strict durability). */
export interface EditApi {
  create(record: NewRecord): Promise<Result<Edited, EditError>>;
  /** Makes the record, its space, and what is in it from the start: all of it or nothing. Undo takes all of it back. */
  createProject(
    values: Readonly<Record<string, unknown>>,
    contents?: (spaceId: string) => readonly NewRecord[],
  ): Promise<Result<Edited, EditError>>;
  /** Makes the next record of a series where one was left to be made (its last one was completed by an outsider). */
  makeNext(recordId: string): Promise<Result<void, EditError>>;
  /** Raw input for several records at once: all of it or nothing, one undo. */
  setMany(
    edits: readonly { readonly id: string; readonly values: Readonly<Record<string, unknown>> }[],
  ): Promise<Result<Edited, EditError>>;
  /** Raw input by field; `null` or "" empties. */
  set(recordId: string, values: Readonly<Record<string, unknown>>): Promise<Result<Edited, EditError>>;
  remove(recordIds: readonly string[]): Promise<Result<Edited, EditError>>;
  restore(recordIds: readonly string[]): Promise<Result<Edited, EditError>>;
  /** "Changed by both": take the other value, or keep the shown one. Either way the mark goes, everywhere. */
  chooseValue(recordId: string, field: string, choice: "shown" | "other"): Promise<Result<Edited, EditError>>;
  /** Many records in few transactions, for imports; already parsed values. `signal` stops between chunks; what is in stays in. */
  createMany(
    records: readonly {
      readonly id: string;
      readonly type: string;
      readonly space: string;
      readonly values: Readonly<Record<string, FieldValue>>;
    }[],
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (done: number) => void },
  ): Promise<Result<{ readonly created: number }, EditError>>;
}

/** Reads outside React (imports, exports, commands). */
export interface QueryApi {
  record(id: string): Promise<RecordRow | undefined>;
  records(query: RecordQuery): Promise<RecordPage>;
  byIds(ids: readonly string[]): Promise<readonly (RecordRow | undefined)[]>;
  count(query: Pick<RecordQuery, "type" | "space" | "filters">): Promise<number>;
  /** Records whose relation or person fields name this id (activities about it, deals of a company, ...). */
  referring(id: string, type?: string): Promise<readonly RecordRow[]>;
  /** Calls back with the result now and after every change of the tables it read. Returns the unsubscribe function. */
  observe<T>(read: () => Promise<T>, onResult: (result: T) => void, onError?: (error: unknown) => void): () => void;
}

export type SyncState = "synced" | "saving" | "offline" | "unreachable" | "needsYou";

export type SyncStatus = {
  readonly state: SyncState;
  /** Updates waiting for an ack, counted per record. */
  readonly waiting: number;
  /** Refused changes that wait for a decision. */
  readonly refused: number;
  /** Since when the state holds, and when everything was last in step (ISO). */
  readonly since: string;
  readonly lastSyncedAt?: string;
  /** With `unreachable`: the relay was reached, and ended the connection for this reason. */
  readonly trouble?: FeedTrouble;
  /** First download or long catch-up. */
  readonly progress?: { readonly done: number; readonly total: number };
  /** Set when the device ran out of space: the banner. */
  readonly storageFull?: boolean;
};

export type PendingChange = {
  readonly recordId: string;
  readonly type: string;
  readonly title: string;
  /** ISO, of the oldest waiting edit. */
  readonly since: string;
  readonly fields: readonly {
    readonly field: string;
    readonly label: string;
    readonly from?: FieldValue | null;
    readonly to?: FieldValue | null;
    readonly at: string;
  }[];
};

export type RefusedChange = PendingChange & {
  readonly id: number;
  readonly reason: string;
  /** What was typed, when it was text that has no values of before and after. */
  readonly words?: string;
  /** It is, or brings along, a file whose bytes are on this device: `files.open` of its record. */
  readonly file?: true;
  readonly refusedAt?: string;
  /** When the tray forgets it; there where `refusedAt` is. */
  readonly keptUntil?: string;
};

/** Records of a taken-in file: with news, already here, and not usable here (yet); and entries for the tray. */
export type TakenIn = {
  readonly records: number;
  readonly known: number;
  readonly leftOut: number;
  readonly notAccepted: number;
};

export interface SyncApi {
  readonly status: () => SyncStatus;
  readonly subscribe: (listener: (status: SyncStatus) => void) => () => void;
  /** Reconnects at once and pushes what waits. */
  syncNow(): void;
  pending(): Promise<readonly PendingChange[]>;
  refused(): Promise<readonly RefusedChange[]>;
  /** Tries a refused change again as a new edit, or drops it. */
  retryRefused(id: number): Promise<void>;
  discardRefused(id: number): Promise<void>;
  /** Takes a record's waiting changes back: the record returns to what the relay has confirmed. */
  discardPending(recordId: string): Promise<void>;
  /** A zip file of everything that waits, attached files included, to keep or to take to another device. */
  exportPending(): Promise<Blob>;
  /** Takes such a file in on another device of the same member; a sentence when it cannot be used. */
  takeIn(
    content: Blob,
    onProgress?: (done: number, total: number) => void,
  ): Promise<Result<TakenIn, { readonly message: string }>>;
}

export type Me = { readonly id: string; readonly name: string; readonly email: string; readonly persona: Persona };

/** Too long without contact (rule F9): nothing is shown until this device is in step with the relay again. */
export type Closed = {
  /** ISO time. */
  readonly lastContact: string;
  readonly hours: number;
};

export type SessionState =
  | { readonly kind: "starting" }
  | { readonly kind: "needsSetUp" }
  /** `ended`: the access of whoever was signed in has ended, and what this device held is gone. */
  | { readonly kind: "signedOut"; readonly ended?: string }
  | { readonly kind: "signedIn"; readonly me: Me; readonly organization: string }
  | { readonly kind: "closed"; readonly me: Me; readonly organization: string; readonly closed: Closed };

export interface SessionApi {
  readonly state: () => SessionState;
  readonly subscribe: (listener: (state: SessionState) => void) => () => void;
  signIn(input: { email: string; password: string }): Promise<Result<void, { readonly message: string }>>;
  setUp(input: {
    organization: string;
    name: string;
    email: string;
    password: string;
  }): Promise<Result<void, { readonly message: string }>>;
  /** Makes the account an invitation is for, and signs in to it. Answers the space it leads to, empty for the team. */
  acceptInvitation(input: {
    secret: string;
    email: string;
    name: string;
    password: string;
  }): Promise<Result<{ readonly space: string }, { readonly message: string }>>;
  /** Sets a new password with the link of a reset, and signs in. */
  resetPassword(input: { secret: string; password: string }): Promise<Result<void, { readonly message: string }>>;
  /** Refuses while changes wait, unless `evenUnsynced`; then removes everything from this device. */
  signOut(options?: {
    readonly evenUnsynced?: boolean;
  }): Promise<Result<void, { readonly type: "Unsynced"; readonly waiting: number }>>;
}

/** Needs a network: people and access. Each returns a sentence when it cannot be done. */
export interface PeopleApi {
  all(): Promise<Result<readonly (MemberRow & { readonly email: string })[], { readonly message: string }>>;
  add(input: {
    name: string;
    email: string;
    password: string;
    persona: Persona;
  }): Promise<Result<MemberRow, { readonly message: string }>>;
  addToSpace(spaceId: string, memberId: string, persona: Persona): Promise<Result<void, { readonly message: string }>>;
  removeFromSpace(spaceId: string, memberId: string): Promise<Result<void, { readonly message: string }>>;
  /** One's own; the sessions on other devices end. */
  changePassword(input: { before: string; after: string }): Answer<void>;
  /** A link to hand over to somebody who has forgotten the password. */
  makeReset(memberId: string): Answer<MadeReset>;
  lookAtReset(secret: string): Answer<ResetNotice>;
  changeRole(memberId: string, persona: Persona): Answer<void>;
  endAccess(memberId: string): Answer<void>;
  restoreAccess(memberId: string): Answer<void>;
  /** Those whose access has ended; for owners and managers. */
  ended(): Answer<readonly (MemberRow & { readonly email: string })[]>;
}

export type MadeReset = {
  readonly link: string;
  readonly expiresAt: number;
  /** Whether the relay sent it by mail. */
  readonly mail: "sent" | "failed" | "off";
};

/** Who sees what, as this device knows it; deciding about it needs the network. */
export interface PolicyApi {
  readonly now: () => PolicyView;
  readonly subscribe: (listener: (policy: PolicyView) => void) => () => void;
  state(): Answer<PolicyState>;
  /** Every decision, newest first. */
  versions(): Answer<readonly PolicyVersion[]>;
  /** Who would newly see what. Changes nothing. */
  preview(proposal: PolicyProposal): Answer<PolicyPreview>;
  decide(proposal: PolicyProposal): Answer<PolicyState>;
  /** While a decision does not count yet. */
  takeBack(): Answer<PolicyState>;
  addPersona(input: { readonly label: string; readonly side: "team" | "guest" }): Answer<PolicyState>;
  renamePersona(id: Persona, label: string): Answer<PolicyState>;
  removePersona(id: Persona): Answer<PolicyState>;
}

/** What somebody with a persona holds of a record of this device, by the policy given. */
export interface LensApi {
  /** Loads what looking needs; to be awaited before anything is read through the lens. */
  prepare(): Promise<void>;
  record(id: string, lens: LensEyes, policy: PolicyView): Promise<RecordRow | undefined>;
  /** A rich text as they hold it, to be read only: a copy of its own that nobody is connected to and nothing is saved from. */
  text(
    id: string,
    field: string,
    lens: LensEyes,
    policy: PolicyView,
  ): Promise<Result<LiveDocument, { readonly message: string }>>;
}

type Answer<T> = Promise<Result<T, { readonly message: string }>>;
/** `base`: the version the edits were made on. */
export type PolicyProposal = { readonly base: number; readonly edits: readonly PolicyEdit[] };

export type PersonPresent = {
  readonly clientId: number;
  readonly memberId: string;
  readonly name: string;
  readonly persona: Persona;
  readonly page?: string;
  /** The field this person has in hand. */
  readonly editing?: { readonly record: string; readonly field: string };
};

/** An open rich text: opaque to features, which hand `fragment` and `awareness` to the editor. */
export type LiveDocument = {
  readonly fragment: XmlFragment;
  readonly awareness: Awareness;
  readonly canWrite: boolean;
  /** `live`: everybody sees keystrokes; `local`: kept on this device and synced later. */
  connection(): "live" | "connecting" | "local";
  onConnection(listener: (connection: "live" | "connecting" | "local") => void): () => void;
  close(): Promise<void>;
};

export interface LiveApi {
  open(recordId: string, field: string): Promise<Result<LiveDocument, { readonly message: string }>>;
  /** Joins the presence of a space; `page` is shown to the others. */
  joinSpace(
    spaceId: string,
    page: string,
  ): {
    leave(): void;
    people(): readonly PersonPresent[];
    subscribe(listener: () => void): () => void;
    /** Says to the others which field is in hand; `facet` decides who of them is told. */
    edit(field: { readonly record: string; readonly field: string; readonly facet: string } | undefined): void;
  };
  /** Whether outsiders are told that this member of the team looks on. Kept on this device; no until somebody says yes. */
  visible(): Promise<boolean>;
  setVisible(visible: boolean): Promise<void>;
}

export type SearchHit = {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  readonly terms: readonly string[];
};

export interface SearchApi {
  /** From this device; typo tolerant, prefix. Starts the worker and builds the index on first use. */
  search(text: string, options?: { readonly type?: string; readonly limit?: number }): Promise<readonly SearchHit[]>;
}

export type StorageInfo = {
  readonly usage: number;
  readonly quota: number;
  readonly persisted: boolean;
  readonly records: number;
};

export interface DeviceApi {
  storage(): Promise<StorageInfo>;
  requestPersistence(): Promise<boolean>;
  /** Everything this device holds and this member may see, as a zip file: `export.json`, and the files beside it. */
  exportAll(): Promise<Blob>;
  /** Small settings of this device (column choices, saved views, theme): not synced. */
  getSetting<T>(key: string): Promise<T | undefined>;
  setSetting(key: string, value: unknown): Promise<void>;
  /** Import batches, for undo. */
  saveImport(batch: ImportBatch): Promise<void>;
  imports(): Promise<readonly ImportBatch[]>;
}

export type ImportBatch = {
  readonly id: string;
  readonly at: string;
  readonly fileName: string;
  readonly type: string;
  readonly created: readonly string[];
  readonly filled: readonly { readonly id: string; readonly fields: readonly string[] }[];
  readonly undone?: string;
};

/** Everything the screens may ask of the pipe. Made once, in the composition root (open-data.ts). */
export interface Data {
  /** Why nothing can be changed through this; absent where it can. Screens ask with `useRights`. */
  readonly readOnly?: string;
  readonly trust: TrustApi;
  readonly session: SessionApi;
  readonly edit: EditApi;
  readonly query: QueryApi;
  readonly sync: SyncApi;
  readonly people: PeopleApi;
  readonly sharing: SharingApi;
  readonly policy: PolicyApi;
  readonly lens: LensApi;
  readonly live: LiveApi;
  readonly approvals: ApprovalsApi;
  readonly inbox: InboxStateApi;
  readonly files: FilesApi;
  readonly keys: DeviceKeysApi;
  readonly search: SearchApi;
  readonly device: DeviceApi;
  readonly unsaved: Unsaved;
  changes(recordId: string): Promise<readonly ChangeRow[]>;
  spaces(): Promise<readonly SpaceRow[]>;
  /** Spaces this device lost since the person last said that they know. */
  endedAccess(): Promise<readonly EndedAccess[]>;
  forgetEndedAccess(): Promise<void>;
  members(spaceId?: string): Promise<readonly MemberRow[]>;
  close(): Promise<void>;
}
