// Runs in a browser page of the relay's origin, without the app: the pipe alone, for what no screen tells (when an edit
// is on the disk, how long the search index takes). Bundled and loaded by pipe.ts.

import { openData } from "#renderer/data/open-data.ts";
import type { Data } from "#renderer/data/types.ts";

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function withData<T>(work: (data: Data) => Promise<T>): Promise<T> {
  const data = await openData({ relayUrl: location.origin });
  try {
    return await work(data);
  } finally {
    await data.close();
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(50);
}

/** Times of `edit.set`, which resolves when the transaction is complete, with strict durability. */
export const saveEdits = (count: number): Promise<readonly number[]> =>
  withData(async (data) => {
    const { rows } = await data.query.records({ type: "company", limit: count });
    await until(() => data.sync.status().state === "synced");
    const taken: number[] = [];
    for (const [index, row] of rows.entries()) {
      const from = performance.now();
      const result = await data.edit.set(row.id, { industry: `Saved ${index}` });
      if (!result.ok) throw new Error(result.error.type);
      taken.push(performance.now() - from);
      await pause(60);
    }
    await until(() => data.sync.status().state === "synced");
    return taken;
  });

export type Searched = {
  readonly built: number;
  readonly queries: readonly number[];
  readonly longestGap: number;
  readonly hits: readonly number[];
};

/** The first search waits for the index; the frames of this page are watched meanwhile. */
export const searchAll = (queries: readonly string[]): Promise<Searched> =>
  withData(async (data) => {
    await until(() => data.sync.status().state === "synced");
    await pause(500);
    const frames = probe.watchFrames();
    const from = performance.now();
    await data.search.search("warehouse");
    const built = performance.now() - from;
    const taken: number[] = [];
    const hits: number[] = [];
    for (const query of queries) {
      const asked = performance.now();
      hits.push((await data.search.search(query)).length);
      taken.push(performance.now() - asked);
      await pause(50);
    }
    return { built, queries: taken, hits, longestGap: frames().longestGap };
  });
