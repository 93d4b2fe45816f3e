// What rich texts of records say beyond their words, for rows that an older version of the app has written: those do not
// hold it yet, and get it from the documents.

import type { FieldSpec } from "#shared/model/field-value.ts";
import type { PolicyView } from "#shared/model/policy.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { Database, StoredRecord } from "./database.ts";
import { loadRecord, projectHeld } from "./held-record.ts";

function isOlder({ type, fields, formats }: StoredRecord): boolean {
  const specs: Readonly<Record<string, FieldSpec>> = findRecordType(type)?.fields ?? {};
  const hasRichText = Object.keys(fields).some((field) => specs[field]?.kind === "richText");
  return formats === undefined && hasRichText;
}

const noMarks = { pending: false, refused: false };

export const withFormats = (
  database: Database,
  rows: readonly StoredRecord[],
  policy: PolicyView,
): Promise<readonly StoredRecord[]> =>
  Promise.all(
    rows.map(async (row) => {
      if (!isOlder(row)) return row;
      const held = await loadRecord(database, row.id);
      const formats = projectHeld(row.id, [...held.values()], noMarks, policy)?.formats;
      return formats === undefined ? row : { ...row, formats };
    }),
  );
