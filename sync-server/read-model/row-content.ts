// Rows of the read model as the contents that merge into a record.

import type { FacetContent } from "#shared/doc/facet-content.ts";
import type { FacetRow } from "#sync-server/storage/storage.ts";

export const contentOfRow = (row: FacetRow): FacetContent => ({
  ...row,
  changedByBoth: {},
  ...(row.state === "active"
    ? {}
    : { deletion: { at: row.updatedAt, by: row.updatedBy, clocks: {}, editedAfter: row.state === "archived" } }),
});
