// The lens before anybody looks through it: what rebuilds records comes with Yjs, which no first screen needs.

import { assert } from "#shared/model/result.ts";
import type { Database } from "./database.ts";
import type { LensApi } from "./types.ts";

export function createLateLens(database: () => Database): LensApi {
  let rows: Pick<LensApi, "record"> | undefined;
  return {
    prepare: async () => {
      const { createLensRows } = await import("./lens-rows.ts");
      rows ??= createLensRows(database);
    },
    record: async (id, lens, policy) => {
      // Read in live queries, which follow no wait for code.
      assert(rows !== undefined, "the lens is prepared before it is looked through");
      return rows.record(id, lens, policy);
    },
  };
}
