// Rows of the read model as the contents that merge into a record.

import type { FacetContent } from "#shared/doc/facet-content.ts";
import { mergeFacets } from "#shared/doc/merge-record.ts";
import type { PolicyView } from "#shared/model/policy.ts";
import type { FacetRow } from "#sync-server/storage/storage.ts";

export const contentOfRow = (row: FacetRow): FacetContent => ({
  ...row,
  changedByBoth: {},
  ...(row.state === "active"
    ? {}
    : { deletion: { at: row.updatedAt, by: row.updatedBy, clocks: {}, editedAfter: row.state === "archived" } }),
});

/** The name of a record as somebody knows it who reads these rows of it. */
export const titleOfRows = (recordId: string, rows: readonly FacetRow[], policy: PolicyView): string =>
  mergeFacets(recordId, rows.map(contentOfRow), policy).title;
