// Documents to rows: what lists, boards and pages read is computed here, from the facets this device holds and nothing
// more. Deterministic, and it never throws on values: one odd document must not stop the feed.

import type { FacetContent } from "#shared/doc/facet-content.ts";
import { mergeFacets } from "#shared/doc/merge-record.ts";
import type { FieldKind, FieldValue } from "#shared/model/field-value.ts";
import type { PolicyView } from "#shared/model/policy.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { StoredRecord } from "./database.ts";
import { indexedFields, keyOf } from "./query-plan.ts";

type SortEntry = StoredRecord["sort"][number];

export function projectRecord(
  recordId: string,
  space: string,
  facets: readonly FacetContent[],
  marks: { readonly pending: boolean; readonly refused: boolean },
  policy: PolicyView,
): StoredRecord {
  const merged = mergeFacets(recordId, facets, policy);
  const definition = findRecordType(merged.type);
  return {
    ...merged,
    space,
    pending: marks.pending ? 1 : 0,
    ...(marks.pending ? { waits: 1 } : {}),
    refused: marks.refused ? 1 : 0,
    sort:
      merged.state === "deleted"
        ? []
        : indexedFields(merged.type).map((field): SortEntry => [merged.type, field, keyOf(merged, field)]),
    refs: definition === undefined ? [] : references(definition, merged.fields),
  };
}

const REFERRING: ReadonlySet<FieldKind> = new Set(["relation", "relations", "person", "people"]);

function references(definition: RecordTypeDefinition, fields: Readonly<Record<string, FieldValue>>): readonly string[] {
  const ids = new Set<string>();
  for (const [field, value] of Object.entries(fields)) {
    const kind = definition.fields[field]?.kind;
    if (kind === undefined || !REFERRING.has(kind)) continue;
    for (const id of Array.isArray(value) ? value : [value]) if (typeof id === "string") ids.add(id);
  }
  return [...ids];
}
