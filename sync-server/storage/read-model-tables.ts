// Facets as rows over SQLite: what the HTTP API reads.

import type { DatabaseSync } from "node:sqlite";
import type { FieldValue } from "#shared/model/field-value.ts";
import type { FacetRow, ReadModelStorage } from "./storage.ts";
import type { Writer } from "./writer.ts";

// Who made a document is what it said at first: what it says of that later is somebody else's claim.
const SAVE = `INSERT INTO facets (doc_id, record_id, facet, space, type, fields, created_at, created_by, updated_at, updated_by, state, seq)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (doc_id) DO UPDATE SET type = excluded.type, fields = excluded.fields,
    created_at = CASE WHEN facets.created_by = '' THEN excluded.created_at ELSE facets.created_at END,
    created_by = CASE WHEN facets.created_by = '' THEN excluded.created_by ELSE facets.created_by END,
    updated_at = excluded.updated_at, updated_by = excluded.updated_by, state = excluded.state, seq = excluded.seq`;

const stateOf = (value: unknown): FacetRow["state"] => (value === "deleted" || value === "archived" ? value : "active");

export const toFacetRow = (row: Readonly<Record<string, unknown>>): FacetRow => ({
  docId: String(row["doc_id"]),
  recordId: String(row["record_id"]),
  facet: String(row["facet"]),
  space: String(row["space"]),
  type: String(row["type"]),
  fields: JSON.parse(String(row["fields"])) as Record<string, FieldValue>,
  createdAt: String(row["created_at"]),
  createdBy: String(row["created_by"]),
  updatedAt: String(row["updated_at"]),
  updatedBy: String(row["updated_by"]),
  state: stateOf(row["state"]),
  seq: Number(row["seq"]),
});

export function createReadModelTables(database: DatabaseSync, writer: Writer): ReadModelStorage {
  const ofRecord = database.prepare("SELECT * FROM facets WHERE record_id = ? ORDER BY doc_id");
  const withField = database.prepare(
    `SELECT space, count(*) AS count, min(record_id) AS record_id FROM facets
     WHERE type = ? AND facet = ? AND state <> 'deleted' AND json_extract(fields, ?) IS NOT NULL GROUP BY space ORDER BY count DESC`,
  );
  return {
    projectedSeq() {
      const row = database.prepare("SELECT value FROM settings WHERE key = 'projectedSeq'").get();
      return Number(row?.["value"] ?? 0);
    },
    saveFacets: (rows, projectedSeq) =>
      writer.run([
        {
          sql: SAVE,
          rows: rows.map((row) => [
            row.docId,
            row.recordId,
            row.facet,
            row.space,
            row.type,
            JSON.stringify(row.fields),
            row.createdAt,
            row.createdBy,
            row.updatedAt,
            row.updatedBy,
            row.state,
            row.seq,
          ]),
        },
        {
          sql: "INSERT INTO settings VALUES ('projectedSeq', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
          rows: [[String(projectedSeq)]],
        },
      ]),
    facetsOfRecord: (recordId) => ofRecord.all(recordId).map(toFacetRow),
    recordIdsOfType: (type) =>
      database
        .prepare("SELECT DISTINCT record_id FROM facets WHERE type = ? ORDER BY record_id")
        .all(type)
        .map((row) => String(row["record_id"])),
    recordsWithField: ({ type, facet, field }) =>
      withField.all(type, facet, `$."${field}"`).map((row) => ({
        space: String(row["space"]),
        count: Number(row["count"]),
        recordId: String(row["record_id"]),
      })),
    recordIds({ space, type, facets, after, limit }) {
      if (facets.length === 0) return [];
      const places = facets.map(() => "?").join(", ");
      return database
        .prepare(
          `SELECT record_id FROM (
             SELECT * FROM (SELECT DISTINCT record_id FROM facets
               WHERE space = ? AND type = ? AND record_id > ? AND facet IN (${places}) ORDER BY record_id LIMIT ?)
             UNION
             SELECT * FROM (SELECT DISTINCT links.record_id FROM links JOIN facets USING (record_id)
               WHERE links.space_id = ? AND sources <> '[]' AND type = ? AND record_id > ? AND facet IN (${places})
               ORDER BY links.record_id LIMIT ?)
           ) ORDER BY record_id LIMIT ?`,
        )
        .all(space, type, after, ...facets, limit, space, type, after, ...facets, limit, limit)
        .map((row) => String(row["record_id"]));
    },
  };
}
