// The lens before anybody looks through it: what rebuilds records comes with Yjs, which no first screen needs.

import { assert } from "#shared/model/result.ts";
import type { Database } from "./database.ts";
import type { LensApi } from "./types.ts";

export function createLateLens(database: () => Database): LensApi {
  let rows: Omit<LensApi, "prepare"> | undefined;
  const prepared = (): Omit<LensApi, "prepare"> => {
    assert(rows !== undefined, "the lens is prepared before it is looked through");
    return rows;
  };
  return {
    prepare: async () => {
      const { createLensRows } = await import("./lens-rows.ts");
      rows ??= createLensRows(database);
    },
    // Read in live queries, which follow no wait for code.
    record: async (id, lens, policy) => prepared().record(id, lens, policy),
    text: async (id, field, lens, policy) => prepared().text(id, field, lens, policy),
  };
}
