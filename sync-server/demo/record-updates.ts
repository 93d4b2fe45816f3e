// A demo record as the Yjs updates that make it: one per facet, with its later changes inside.

import { createFacet, editFacet, openFacetDocument } from "#shared/doc/facet-document.ts";
import { groupByFacet } from "#shared/doc/merge-record.ts";
import { joinUpdates } from "#shared/doc/update-bytes.ts";
import { facetOfAudience } from "#shared/model/audience.ts";
import { docIdOf } from "#shared/model/ids.ts";
import { shippedPolicy } from "#shared/model/policy.ts";
import { assert } from "#shared/model/result.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { DemoRecord } from "./demo-record.ts";

export type DocumentUpdate = {
  readonly docId: string;
  readonly meta: DocumentMeta;
  readonly bytes: Uint8Array;
  readonly author: string;
};

export function recordUpdates(record: DemoRecord): readonly DocumentUpdate[] {
  const { id, type, space, created, edits = [] } = record;
  const definition = findRecordType(type);
  assert(definition !== undefined, "demo records are of known types");
  const chosenFacet = facetOfAudience[record.audience ?? "internal"];
  return [...groupByFacet(definition, record.values, chosenFacet, shippedPolicy)].map(([facet, values]) => {
    const doc = openFacetDocument({ recordId: id, facet }, []);
    const updates = [createFacet(doc, type, values, created)];
    for (const { values: changed, ...stamp } of edits) {
      const edited = editFacet(
        doc,
        type,
        groupByFacet(definition, changed, chosenFacet, shippedPolicy).get(facet) ?? {},
        stamp,
      );
      if (edited !== undefined) updates.push(edited.update);
    }
    doc.destroy();
    return {
      docId: docIdOf(id, facet),
      meta: { space, type, recordId: id, facet },
      bytes: joinUpdates(updates),
      author: created.by,
    };
  });
}
