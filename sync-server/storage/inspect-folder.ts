// A data folder as somebody looks at it who trusts nothing in it: read-only, row by row, also while a relay uses it.

import { hash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { err, ok, type Result } from "#shared/model/result.ts";
import { FILES_FOLDER, isWholeFile } from "#sync-server/files/file-store.ts";
import { auditRows, readAuditHead } from "./audit-tables.ts";
import { checksumOfDocument, checksumOfSnapshot, checksumOfUpdate } from "./checksums.ts";
import { DATABASE_FILE, FIRST_WITH_CHECKSUMS } from "./schema.ts";
import type { AuditHead, AuditRow } from "./storage.ts";

export type InspectedDocument = {
  readonly docId: string;
  readonly space: string;
  readonly type: string;
  readonly recordId: string;
  readonly facet: string;
  readonly snapshot?: { readonly seq: number; readonly bytes: Uint8Array };
  /** After the snapshot. */
  readonly updates: readonly { readonly seq: number; readonly bytes: Uint8Array }[];
  /** Rows of updates that the snapshot replaced, not yet deleted. */
  readonly replacedRows: number;
  /** Its rows are what was written, by their checksums. */
  readonly isWhole: boolean;
};

/** A whole file as it lies in the folder, and the hash of its bytes. */
export type HeldFile = { readonly name: string; readonly sha256: string };

export type Orphans = { readonly what: string; readonly count: number };

export interface InspectedFolder {
  /** "ok", or what SQLite found. */
  integrity(): readonly string[];
  schemaVersion(): number;
  logId(): string;
  /** Rows per table. */
  counts(): Readonly<Record<string, number>>;
  lastSeq(): number;
  documents(): Iterable<InspectedDocument>;
  /** Bytes of attached files, one after the other; what is being brought just now is left out. */
  files(): Iterable<HeldFile>;
  /** Rows that point at nothing. */
  orphans(): readonly Orphans[];
  /** The rows of the audit, ascending, and the head that is remembered beside the database. */
  audit(): { readonly rows: Iterable<AuditRow>; readonly rememberedHead: AuditHead | undefined };
  sizes(): { readonly database: number; readonly writeAheadLog: number; readonly free: number };
  close(): void;
}

const tables = ["documents", "updates", "snapshots", "facets", "members", "spaces", "memberships", "sessions"] as const;

/** What each finds, and how many rows of it there are. */
const orphanQueries: readonly (readonly [string, string])[] = [
  [
    "updates without a document",
    "SELECT count(*) AS n FROM updates WHERE document NOT IN (SELECT number FROM documents)",
  ],
  [
    "snapshots without a document",
    "SELECT count(*) AS n FROM snapshots WHERE document NOT IN (SELECT number FROM documents)",
  ],
  [
    "documents without any content",
    `SELECT count(*) AS n FROM documents
     WHERE number NOT IN (SELECT document FROM updates) AND number NOT IN (SELECT document FROM snapshots)`,
  ],
  ["documents in no space", "SELECT count(*) AS n FROM documents WHERE space NOT IN (SELECT id FROM spaces)"],
  ["documents that are there twice", "SELECT count(*) - count(DISTINCT doc_id) AS n FROM documents"],
  [
    "projected rows without a document",
    "SELECT count(*) AS n FROM facets WHERE doc_id NOT IN (SELECT doc_id FROM documents)",
  ],
  [
    "memberships of nobody or of nothing",
    `SELECT count(*) AS n FROM memberships
     WHERE member_id NOT IN (SELECT id FROM members) OR space_id NOT IN (SELECT id FROM spaces)`,
  ],
  ["sessions of nobody", "SELECT count(*) AS n FROM sessions WHERE member_id NOT IN (SELECT id FROM members)"],
];

export function inspectFolder(folder: string): Result<InspectedFolder, { readonly message: string }> {
  const path = join(folder, DATABASE_FILE);
  if (!existsSync(path))
    return err({
      message: `There is no data folder at ${folder}. Say where it is with --data; it holds a file ${DATABASE_FILE}.`,
    });
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
    return ok(inspect(database, path, folder));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return err({ message: `The database in ${folder} cannot be opened (${reason}). Restore the newest backup.` });
  }
}

function* readDocuments(database: DatabaseSync, hasChecksums: boolean): Generator<InspectedDocument> {
  const checksum = hasChecksums ? "checksum" : "NULL AS checksum";
  const isRight = (stored: unknown, right: () => number): boolean => stored === null || stored === right();
  const readSnapshot = database.prepare(`SELECT seq, bytes, ${checksum} FROM snapshots WHERE document = ?`);
  const readUpdate = database.prepare(`SELECT document, at, author, bytes, ${checksum} FROM updates WHERE seq = ?`);
  // The log has no index by document: its numbers are gathered once, as the relay does at its start.
  const seqs = new Map<number, number[]>();
  for (const row of database.prepare("SELECT seq, document FROM updates ORDER BY seq").iterate()) {
    const document = Number(row["document"]);
    const own = seqs.get(document);
    if (own === undefined) seqs.set(document, [Number(row["seq"])]);
    else own.push(Number(row["seq"]));
  }
  const rows = `SELECT number, doc_id, space, type, record_id, facet, ${checksum} FROM documents`;
  for (const row of database.prepare(rows).iterate()) {
    const document = Number(row["number"]);
    const [docId, space, type, recordId, facet] = ["doc_id", "space", "type", "record_id", "facet"].map((column) =>
      String(row[column]),
    ) as [string, string, string, string, string];
    let isWhole = isRight(row["checksum"], () => checksumOfDocument(document, docId, space, type, recordId, facet));
    const folded = readSnapshot.get(document);
    const snapshot =
      folded === undefined ? undefined : { seq: Number(folded["seq"]), bytes: folded["bytes"] as Uint8Array };
    if (snapshot !== undefined)
      isWhole &&= isRight(folded?.["checksum"], () => checksumOfSnapshot(document, snapshot.seq, snapshot.bytes));
    let previous = snapshot?.seq ?? 0;
    const own = seqs.get(document) ?? [];
    const after = own.filter((seq) => seq > previous);
    const updates = after.flatMap((seq) => {
      const update = readUpdate.get(seq);
      if (update === undefined) return [];
      const bytes = update["bytes"] as Uint8Array;
      const received = { at: Number(update["at"]), author: String(update["author"]), bytes };
      isWhole &&= isRight(update["checksum"], () => checksumOfUpdate({ previous, seq, document, ...received }));
      previous = seq;
      return [{ seq, bytes }];
    });
    const held = { ...(snapshot === undefined ? {} : { snapshot }), updates };
    yield { docId, space, type, recordId, facet, ...held, replacedRows: own.length - after.length, isWhole };
  }
}

function* readFiles(folder: string): Generator<HeldFile> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!isWholeFile(name)) continue;
    const path = join(folder, name);
    // Erased between the listing and the reading, by a relay at work.
    if (existsSync(path)) yield { name, sha256: hash("sha256", readFileSync(path)) };
  }
}

function inspect(database: DatabaseSync, path: string, folder: string): InspectedFolder {
  const number = (sql: string): number => Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0);
  const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return {
    integrity: () =>
      database
        .prepare("PRAGMA integrity_check(20)")
        .all()
        .map((row) => String(row["integrity_check"])),
    schemaVersion: () => number("PRAGMA user_version"),
    logId: () => String(database.prepare("SELECT value FROM settings WHERE key = 'logId'").get()?.["value"] ?? ""),
    counts: () => Object.fromEntries(tables.map((table) => [table, number(`SELECT count(*) FROM ${table}`)])),
    lastSeq: () =>
      Math.max(
        number("SELECT coalesce(max(seq), 0) FROM updates"),
        number("SELECT coalesce(max(seq), 0) FROM snapshots"),
      ),
    documents: () => readDocuments(database, number("PRAGMA user_version") >= FIRST_WITH_CHECKSUMS),
    files: () => readFiles(join(folder, FILES_FOLDER)),
    orphans: () => orphanQueries.map(([what, sql]) => ({ what, count: number(sql) })),
    audit() {
      // The file before the table: a relay at work then only ever adds rows beyond it.
      const rememberedHead = readAuditHead(folder);
      const hasTable = number("SELECT count(*) FROM sqlite_master WHERE name = 'audit'") > 0;
      return { rows: hasTable ? auditRows(database) : [], rememberedHead };
    },
    sizes() {
      const { bavail, bsize } = statfsSync(folder);
      return { database: sizeOf(path), writeAheadLog: sizeOf(`${path}-wal`), free: bavail * bsize };
    },
    close: () => database.close(),
  };
}
