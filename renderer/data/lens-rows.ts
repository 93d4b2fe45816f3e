// Records through the lens: rebuilt by the code that builds every row, from exactly the facets that a persona reads.

import { Awareness } from "y-protocols/awareness";
import { richTextOf } from "#shared/doc/facet-document.ts";
import { canReadFacet } from "#shared/model/facets.ts";
import { isRetired, type PolicyView } from "#shared/model/policy.ts";
import { err, ok } from "#shared/model/result.ts";
import type { Database } from "./database.ts";
import { loadRecord, projectHeld, type HeldFacet } from "./held-record.ts";
import { asPlaced, isBefore, type LensEyes } from "./lens-eyes.ts";
import { facetOfText } from "./live.ts";
import type { LensApi, RecordRow } from "./types.ts";

export function createLensRows(database: () => Database): Omit<LensApi, "prepare"> {
  const heldBy = async (id: string, eyes: LensEyes, policy: PolicyView): Promise<readonly HeldFacet[]> =>
    [...(await loadRecord(database(), id)).values()].filter(
      ({ row }) =>
        canReadFacet(row.facet, eyes.persona) &&
        !isRetired(policy, row.type, row.facet) &&
        isBefore(eyes, { id, space: row.space }),
    );
  const rowOf = (id: string, held: readonly HeldFacet[], policy: PolicyView): RecordRow | undefined =>
    projectHeld(id, held, { pending: false, refused: false }, policy);
  return {
    record: async (id, eyes, policy) => {
      const row = rowOf(id, await heldBy(id, eyes, policy), policy);
      return row === undefined ? undefined : asPlaced(eyes, row);
    },
    text: async (id, field, eyes, policy) => {
      const held = await heldBy(id, eyes, policy);
      const row = rowOf(id, held, policy);
      const facet = row === undefined ? undefined : facetOfText(row, field, policy);
      const doc = held.find((one) => one.row.facet === facet)?.doc;
      if (doc === undefined) return err({ message: "They do not hold this text." });
      return ok({
        fragment: richTextOf(doc, field),
        awareness: new Awareness(doc),
        canWrite: false,
        connection: () => "local",
        onConnection: () => () => undefined,
        close: async () => doc.destroy(),
      });
    },
  };
}
