// Records through the lens: rebuilt by the code that builds every row, from exactly the facets that a persona reads.

import { canReadFacet } from "#shared/model/facets.ts";
import { isInternal } from "#shared/model/personas.ts";
import { isRetired } from "#shared/model/policy.ts";
import type { Database } from "./database.ts";
import { loadRecord, projectHeld } from "./held-record.ts";
import type { LensApi } from "./types.ts";

export const createLensRows = (database: () => Database): Pick<LensApi, "record"> => ({
  record: async (id, { persona, space }, policy) => {
    const held = [...(await loadRecord(database(), id)).values()].filter(
      ({ row }) =>
        canReadFacet(row.facet, persona) &&
        !isRetired(policy, row.type, row.facet) &&
        (isInternal(persona) || row.space === space),
    );
    return projectHeld(id, held, { pending: false, refused: false }, policy);
  },
});
