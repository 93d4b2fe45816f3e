// Requests of people about their own data, what is held about somebody, and getting rid of deleted bytes, over SQLite.

import type { DatabaseSync } from "node:sqlite";
import { isConsentCover } from "#shared/model/consent.ts";
import { toFacetRow } from "./read-model-tables.ts";
import type { PrivacyRequestRow, PrivacyStorage } from "./storage.ts";
import type { Writer } from "./writer.ts";

const stateOf = (value: unknown): PrivacyRequestRow["state"] =>
  value === "done" || value === "declined" ? value : "open";

const wordsIn = (value: unknown): readonly string[] =>
  String(value)
    .split(" ")
    .filter((word) => word !== "");

export function createPrivacyTables(database: DatabaseSync, writer: Writer): PrivacyStorage {
  return {
    requests: () =>
      database
        .prepare("SELECT * FROM privacy_requests ORDER BY at DESC, id DESC")
        .all()
        .map((row) => ({
          id: String(row["id"]),
          memberId: String(row["member_id"]),
          kind: row["kind"] === "consent" ? "consent" : "erasure",
          note: String(row["note"]),
          at: Number(row["at"]),
          state: stateOf(row["state"]),
          answer: String(row["answer"]),
          answeredBy: String(row["answered_by"]),
          answeredAt: Number(row["answered_at"]),
          covers: wordsIn(row["covers"]).filter(isConsentCover),
          records: wordsIn(row["records"]),
        })),
    saveRequest: (row) =>
      writer.run([
        {
          sql: `INSERT INTO privacy_requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
            note = excluded.note, state = excluded.state, answer = excluded.answer, answered_by = excluded.answered_by,
            answered_at = excluded.answered_at, covers = excluded.covers, records = excluded.records`,
          rows: [
            [
              row.id,
              row.memberId,
              row.kind,
              row.note,
              row.at,
              row.state,
              row.answer,
              row.answeredBy,
              row.answeredAt,
              row.covers.join(" "),
              row.records.join(" "),
            ],
          ],
        },
      ]),
    facetsHolding: (text) =>
      database.prepare("SELECT * FROM facets WHERE instr(lower(fields), lower(?)) > 0").all(text).map(toFacetRow),
    facetsCreatedBy: (memberId) =>
      database.prepare("SELECT * FROM facets WHERE created_by = ?").all(memberId).map(toFacetRow),
    shred: () => writer.shred(),
  };
}
