// Facet in which a field of this very record lies: where the policy puts it, or the audience its author chose.

import type { RecordRow } from "#renderer/data/types.ts";
import { facetOfField, type PolicyView } from "#shared/model/policy.ts";
import { findRecordType } from "#shared/record-types/index.ts";

export function facetOf(row: Pick<RecordRow, "type" | "docs">, field: string, policy: PolicyView): string {
  const definition = findRecordType(row.type);
  const chosen = Object.keys(row.docs)[0] ?? "internal";
  return definition === undefined ? chosen : facetOfField(definition, field, chosen, policy);
}
