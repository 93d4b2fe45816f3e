// Facet in which a field of this very record lies: the declared one, or the audience its author chose.

import type { RecordRow } from "#renderer/data/types.ts";
import { facetOfField } from "#shared/doc/merge-record.ts";
import { findRecordType } from "#shared/record-types/index.ts";

export function facetOf(row: RecordRow, field: string): string {
  const definition = findRecordType(row.type);
  const chosen = Object.keys(row.docs)[0] ?? "internal";
  return definition === undefined ? chosen : facetOfField(definition, field, chosen);
}
