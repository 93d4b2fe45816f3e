// Rows as the pipe would show them, for tests of what is worked out from rows.

import type { RecordRow } from "#renderer/data/types.ts";
import type { FieldValue } from "#shared/model/field-value.ts";

export function recordRow(
  id: string,
  type: string,
  fields: Readonly<Record<string, FieldValue>>,
  over: Partial<RecordRow> = {},
): RecordRow {
  const title = fields["title"] ?? fields["name"] ?? "";
  return {
    id,
    type,
    space: "roof",
    title: typeof title === "string" ? title : "",
    fields,
    docs: { published: `${id}.published` },
    changedByBoth: {},
    state: "active",
    createdAt: "2026-05-01T08:00:00.000Z",
    createdBy: "ana",
    updatedAt: "2026-05-01T08:00:00.000Z",
    updatedBy: "ana",
    pending: 0,
    refused: 0,
    ...over,
  };
}
