// Where approvals and their chains stand. Reads only, and opens no document.

import { approvalOverview } from "./approval-overview.ts";
import type { ApprovalsApi } from "./approval-types.ts";
import { readChainKey } from "./chain-key.ts";
import type { Replica } from "./replica.ts";
import { readCheck } from "./seal-checks.ts";

export function createApprovalReads(
  replicaNow: () => Replica,
): Pick<ApprovalsApi, "overview" | "alarms" | "heads" | "chainKey"> {
  const spacesNow = async (space: string | undefined): Promise<readonly string[]> =>
    space === undefined ? replicaNow().database.spaces.toCollection().primaryKeys() : [space];

  return {
    overview: async (space) => approvalOverview(replicaNow(), await spacesNow(space)),
    alarms: async (only) => {
      const { database } = replicaNow();
      const checks = await Promise.all(
        (await spacesNow(only)).map(async (space) => ({ space, check: await readCheck(database, space) })),
      );
      return checks.flatMap(({ space, check }) =>
        Object.entries(check).flatMap(([facet, { alarms }]) => alarms.map((alarm) => ({ ...alarm, space, facet }))),
      );
    },
    heads: async (space) =>
      Object.entries(await readCheck(replicaNow().database, space)).map(([facet, { head }]) => ({ facet, ...head })),
    chainKey: async () => (await readChainKey(replicaNow().database)).pinned,
  };
}
