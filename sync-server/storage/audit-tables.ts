// The audit over SQLite, and its head in a file beside the database: whoever changes the table alone is found out.

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AuditHead, AuditQuery, AuditRow, AuditStorage } from "./storage.ts";
import type { Writer } from "./writer.ts";

const HEAD_FILE = "audit-head.json";
const COLUMNS = "seq, at, action, actor, target, details, hash";

const toRow = (row: Record<string, unknown>): AuditRow => ({
  seq: Number(row["seq"]),
  at: Number(row["at"]),
  action: String(row["action"]),
  actor: String(row["actor"]),
  target: String(row["target"]),
  details: String(row["details"]),
  hash: String(row["hash"]),
});

/** Every row, ascending. */
export function* auditRows(database: DatabaseSync): Generator<AuditRow> {
  for (const row of database.prepare(`SELECT ${COLUMNS} FROM audit ORDER BY seq`).iterate()) yield toRow(row);
}

/** The head in the folder's file; undefined when there is none, or none that can be read. */
export function readAuditHead(folder: string): AuditHead | undefined {
  try {
    const head: unknown = JSON.parse(readFileSync(join(folder, HEAD_FILE), "utf8"));
    if (typeof head !== "object" || head === null || !("seq" in head) || !("hash" in head) || !("at" in head))
      return undefined;
    return { seq: Number(head.seq), at: Number(head.at), hash: String(head.hash) };
  } catch {
    return undefined;
  }
}

/** On disk under its name or not at all. Called after the commit, so the file is never ahead of the table. */
function writeHead(folder: string, head: AuditHead): void {
  const path = join(folder, HEAD_FILE);
  const file = openSync(`${path}.new`, "w");
  try {
    writeSync(file, JSON.stringify(head));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}

/** Where and what of a query, in an order that the indexes serve. */
function conditionsOf(query: AuditQuery): { where: string; values: (string | number)[] } {
  const conditions: readonly [condition: string, value: string | number | undefined][] = [
    ["seq < ?", query.before],
    ["action = ?", query.action],
    ["actor = ?", query.actor],
    ["target = ?", query.target],
    ["json_extract(details, '$.as') = ?", query.as],
    ["at >= ?", query.from],
    ["at < ?", query.to],
  ];
  const asked = conditions.filter((pair): pair is [string, string | number] => pair[1] !== undefined);
  return {
    where: asked.length === 0 ? "" : `WHERE ${asked.map(([condition]) => condition).join(" AND ")}`,
    values: asked.map(([, value]) => value),
  };
}

export function createAuditTables(databasePath: string, database: DatabaseSync, writer: Writer): AuditStorage {
  const folder = dirname(databasePath);
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
  return {
    last() {
      const row = prepare(`SELECT ${COLUMNS} FROM audit ORDER BY seq DESC LIMIT 1`).get();
      return row === undefined ? undefined : toRow(row);
    },
    async append(rows) {
      await writer.run([
        {
          sql: `INSERT INTO audit (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
          rows: rows.map(({ seq, at, action, actor, target, details, hash }) => [
            seq,
            at,
            action,
            actor,
            target,
            details,
            hash,
          ]),
        },
      ]);
      const last = rows.at(-1);
      if (last !== undefined) writeHead(folder, { seq: last.seq, at: last.at, hash: last.hash });
    },
    page(query) {
      const { where, values } = conditionsOf(query);
      return prepare(`SELECT ${COLUMNS} FROM audit ${where} ORDER BY seq DESC LIMIT ?`)
        .all(...values, query.limit)
        .map(toRow);
    },
    rows: () => auditRows(database),
    rememberedHead: () => readAuditHead(folder),
  };
}
