// How a record is called where its title may be empty: an activity without a subject is still "Meeting".

import { optionWords } from "#shared/model/choice-fields.ts";
import type { RecordRow } from "#renderer/data/types.ts";
import { findRecordType } from "#shared/record-types/index.ts";

export function choiceWords(row: Pick<RecordRow, "type" | "fields">, field: string): string {
  const spec = findRecordType(row.type)?.fields[field];
  const value = row.fields[field];
  return spec !== undefined && typeof value === "string" ? optionWords(spec, value) : "";
}

export function titleOrWords(row: Pick<RecordRow, "type" | "title" | "fields">): string {
  if (row.title !== "") return row.title;
  const body = row.fields["body"];
  if (typeof body === "string" && body !== "") return body.length > 60 ? `${body.slice(0, 60)}...` : body;
  return choiceWords(row, "channel") || `Untitled ${findRecordType(row.type)?.label.one.toLowerCase() ?? "record"}`;
}
