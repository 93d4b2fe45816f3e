// The device's database. This file knows tables and indexes, nothing else. One database per member, so that two people on
// one device never share a row. The Dexie version below is the third of the three version numbers (tables on this device).

import { Dexie, type EntityTable, type Table } from "dexie";
import type { FieldValue } from "#shared/model/field-value.ts";
import { gatherDocuments, sendFilesAgain } from "./database-upgrades.ts";
import type { KeyPair } from "#shared/model/signatures.ts";
import type { ChangeRow, ImportBatch, MemberRow, RecordRow, SpaceRow } from "./types.ts";

/** A facet document on this device: confirmed state folded into `snapshot`, the rest as update rows. */
export type DocumentState = {
  readonly space: string;
  readonly type: string;
  /** Its home is elsewhere: this member has it through a link into `space` (rule R8). */
  readonly linked?: 1;
  /** Confirmed by the relay, garbage-collected; absent for a document that was never acknowledged. */
  readonly snapshot?: Uint8Array;
};

/**
 * Everything of a record that is neither a list's business nor on its way: its facet documents and its history in one row,
 * because a first download pays for every row and every index entry (docs/decisions/0009).
 */
export type RecordDocuments = {
  /** The record's. */
  readonly id: string;
  readonly facets: Readonly<Record<string, DocumentState>>;
  readonly history: readonly ChangeRow[];
};

/** A field edit inside an unacked update: what the pending page shows and what "changed by both" compares. */
export type EditPatch = { readonly field: string; readonly from?: FieldValue | null; readonly to?: FieldValue | null };

/** An update the relay has not acknowledged: the outbox. */
export type UpdateRow = {
  /** Also the push number `n` on the wire. */
  readonly key: number;
  readonly docId: string;
  readonly recordId: string;
  readonly bytes: Uint8Array;
  /** ISO time and author of a local edit; absent on updates that came from the relay. */
  readonly at?: string;
  readonly by?: string;
  readonly patches?: readonly EditPatch[];
};

/**
 * A projected row with its index keys. `sort`: one `[type, field, key]` for the first list column and for `updatedAt`, of
 * records that are not deleted (other orders come from memory, query-columns.ts); `key` is the kind's sortKey, `[]` when empty (arrays sort last in IndexedDB).
 * `refs`: `[field, id]`-free list of every relation and person value, for `referring`.
 */
export type StoredRecord = RecordRow & {
  readonly sort: readonly (readonly [string, string, string | number | readonly never[]])[];
  readonly refs: readonly string[];
  /** Present while `pending`: an index entry only for records that wait. */
  readonly waits?: 1;
};

/** A change the relay did not accept: both values, the sentence why, the bytes. Kept until somebody decides. */
export type RefusedRow = {
  readonly id: number;
  readonly docId: string;
  readonly recordId: string;
  readonly code: number;
  readonly reason: string;
  readonly at: string;
  readonly by: string;
  readonly patches: readonly EditPatch[];
  readonly bytes: Uint8Array;
  /** Where it belongs: the document may be gone by the time somebody asks. Absent in rows of the first versions. */
  readonly type?: string;
  readonly space?: string;
  /** When it came back; absent in rows of the first versions. */
  readonly refusedAt?: string;
  /** Access ended before it was sent: offered once, for whoever decides on late edits (rule W12). */
  readonly late?: 1;
  /** The relay never had anything of its document. */
  readonly isNew?: 1;
  /** The bytes of a file are meant, which lie in `files` under the record's id; `bytes` is empty. */
  readonly file?: 1;
};

/** A key of this device. The private key is a handle that signs; nobody can read it. */
export type KeyRow = KeyPair & {
  /** 1 once the relay has it. */
  readonly registered: 0 | 1;
  /** 1 once it was revoked, here or on another device: it signs nothing more. */
  readonly revoked: 0 | 1;
};

/** Bytes of a file, by its record. */
export type FileRow = {
  /** The record's. */
  readonly id: string;
  readonly bytes: Uint8Array;
  /** Present until the relay has them, or has said that it will not take them (a `RefusedRow` says why). */
  readonly waits?: 1;
};

export type CursorRow = { readonly space: string; readonly seq: number };
export type SettingRow = { readonly key: string; readonly value: unknown };

/** Setting that holds who is in a space. */
export const membersKey = (space: string): string => `members/${space}`;

export class Database extends Dexie {
  declare documents: EntityTable<RecordDocuments, "id">;
  declare updates: EntityTable<UpdateRow, "key">;
  declare records: Table<StoredRecord, string>;
  declare refused: EntityTable<RefusedRow, "id">;
  declare spaces: EntityTable<SpaceRow, "id">;
  declare members: Table<MemberRow & { readonly spaces: readonly string[] }, string>;
  declare cursors: EntityTable<CursorRow, "space">;
  declare settings: EntityTable<SettingRow, "key">;
  declare keys: EntityTable<KeyRow, "id">;
  declare files: EntityTable<FileRow, "id">;
  declare imports: EntityTable<ImportBatch, "id">;

  /** "Saved on this device" means on disk: IndexedDB's own default is relaxed. */
  constructor(name: string, chromeTransactionDurability: "strict" | "relaxed" = "strict") {
    // Dexie's cache of live queries is off: it would clone every row that is read.
    super(name, { chromeTransactionDurability, cache: "disabled" });
    this.version(1).stores({
      docs: "docId",
      updates: "++key, docId, unsent",
      records: "id, *sort, *refs, [space+type], waits",
      changes: "id, recordId",
      refused: "++id, docId, recordId",
      spaces: "id",
      members: "id, *spaces",
      cursors: "space",
      settings: "key",
      imports: "id, at",
    });
    this.version(2)
      .stores({ documents: "id", docs: null, changes: null, updates: "++key, docId" })
      .upgrade(gatherDocuments);
    this.version(3).stores({ keys: "id" });
    this.version(4).stores({ files: "id, waits" });
    this.version(5).stores({}).upgrade(sendFilesAgain);
  }
}
