// Rows of the log as they lie on the disk, each held against its checksum before anybody sees it.

import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { checksumOfSnapshot, checksumOfUpdate } from "./checksums.ts";
import type { IndexedDocument } from "./log-index.ts";
import type { ReceivedUpdate } from "./receipts.ts";

/** `gone`: there is no such row (it was folded, or lost). `damaged`: it is not what was written. */
export type Missing = "gone" | "damaged";

export type SnapshotRow = { readonly seq: number; readonly bytes: Uint8Array };

export type LogRows = {
  /** `previous`: the number before it in its document. */
  update(document: IndexedDocument, seq: number, previous: number): ReceivedUpdate | Missing;
  snapshot(document: Pick<IndexedDocument, "number">): SnapshotRow | Missing;
  /** The number of the document that a row says it belongs to; 0 when there is no such row. */
  documentOf(seq: number): number;
};

const SQLITE_CORRUPT = 11;

type Row = Record<string, SQLOutputValue>;

/** A page of the file that makes no sense, or a number in it that never was one. */
export const isDamage = (error: unknown): boolean =>
  error instanceof Error &&
  (("errcode" in error && (Number(error.errcode) & 0xff) === SQLITE_CORRUPT) ||
    ("code" in error && error.code === "ERR_OUT_OF_RANGE"));

function select(statement: StatementSync, key: number): Row | Missing {
  try {
    return statement.get(key) ?? "gone";
  } catch (error) {
    if (isDamage(error)) return "damaged";
    throw error;
  }
}

export function createLogRows(database: DatabaseSync): LogRows {
  const updates = database.prepare("SELECT document, at, author, bytes, checksum FROM updates WHERE seq = ?");
  const snapshots = database.prepare("SELECT seq, bytes, checksum FROM snapshots WHERE document = ?");
  return {
    update({ number }, seq, previous) {
      const row = select(updates, seq);
      if (typeof row === "string") return row;
      const { at, author, bytes, document, checksum } = row;
      if (!(bytes instanceof Uint8Array) || document !== number) return "damaged";
      const received = { at: Number(at), author: String(author), bytes };
      return checksumOfUpdate({ previous, seq, document: number, ...received }) === checksum ? received : "damaged";
    },
    snapshot({ number }) {
      const row = select(snapshots, number);
      if (typeof row === "string") return row;
      const { bytes, checksum } = row;
      const seq = Number(row["seq"]);
      if (!(bytes instanceof Uint8Array)) return "damaged";
      return checksumOfSnapshot(number, seq, bytes) === checksum ? { seq, bytes } : "damaged";
    },
    documentOf(seq) {
      const row = select(updates, seq);
      return typeof row === "string" ? 0 : Number(row["document"]);
    },
  };
}
