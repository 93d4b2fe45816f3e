// The worker's shell: one search index over the database the page names, told of changes and asked by messages.

import { Database } from "./database.ts";
import type { ChangedIds } from "./query-changes.ts";
import { openSearchIndex, type SearchIndex } from "./search-index.ts";
import type { SearchHit } from "./types.ts";

export type SearchMessage =
  | { readonly kind: "open"; readonly databaseName: string }
  | { readonly kind: "changed"; readonly ids: ChangedIds }
  | {
      readonly kind: "search";
      readonly n: number;
      readonly text: string;
      readonly options: { readonly type?: string; readonly limit?: number };
    };

export type SearchAnswer =
  | { readonly n: number; readonly hits: readonly SearchHit[] }
  | { readonly n: number; readonly problem: string };

let index: SearchIndex | undefined;

async function answer(n: number, search: () => Promise<readonly SearchHit[]> | undefined): Promise<SearchAnswer> {
  try {
    return { n, hits: (await search()) ?? [] };
  } catch (error) {
    return { n, problem: error instanceof Error ? error.message : String(error) };
  }
}

globalThis.addEventListener("message", ({ data }: MessageEvent<SearchMessage>) => {
  switch (data.kind) {
    case "open":
      index = openSearchIndex(new Database(data.databaseName));
      return;
    case "changed":
      index?.changed(data.ids);
      return;
    case "search":
      void answer(data.n, () => index?.search(data.text, data.options)).then((result) => {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
        globalThis.postMessage(result);
      });
  }
});
