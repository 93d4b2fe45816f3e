// One facet document as the row that the HTTP API reads. The log's metadata wins over what the document says of itself:
// the relay checked it, the document was written by whoever may write it.

import type { DocumentMeta } from "#shared/protocol/frames.ts";
import { openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { docIdOf } from "#shared/model/ids.ts";
import type { FacetContent } from "#shared/doc/facet-content.ts";
import type { FacetRow } from "#sync-server/storage/storage.ts";

const stateOf = ({ deletion }: FacetContent): FacetRow["state"] =>
  deletion === undefined ? "active" : deletion.editedAfter ? "archived" : "deleted";

export type FacetDocument = ReturnType<typeof openFacetDocument>;

/** Whoever may write a facet may put anything into it: only the shapes that fields have go on to SQL and JSON. */
function isFieldValue(value: unknown): value is FieldValue {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return typeof value === "string" || typeof value === "boolean";
  if (Array.isArray(value)) return value.every((member) => typeof member === "string");
  const isPlain = Object.getPrototypeOf(value) === Object.prototype;
  return isPlain && Object.values(value).every((part) => typeof part !== "object" && isFieldValue(part));
}

const stamp = (value: unknown): string => (typeof value === "string" && value.length <= 64 ? value : "");

/** Throws on bytes that are no Yjs document; the caller is the edge. */
export function projectFacet(meta: DocumentMeta, updates: readonly Uint8Array[], seq: number): FacetRow {
  const doc = openFacetDocument(meta, updates);
  const row = rowOf(meta, doc, seq);
  doc.destroy();
  return row;
}

/** Of a document that is open. Throws as `projectFacet` does. */
export function rowOf(meta: DocumentMeta, doc: FacetDocument, seq: number): FacetRow {
  const content = readFacet(doc);
  const createdAt = stamp(content.createdAt);
  const createdBy = stamp(content.createdBy);
  return {
    docId: docIdOf(meta.recordId, meta.facet),
    recordId: meta.recordId,
    facet: meta.facet,
    space: meta.space,
    type: meta.type,
    fields: Object.fromEntries(Object.entries(content.fields).filter(([, value]) => isFieldValue(value))),
    createdAt,
    createdBy,
    updatedAt: stamp(content.updatedAt) || createdAt,
    updatedBy: stamp(content.updatedBy) || createdBy,
    state: stateOf(content),
    seq,
  };
}
