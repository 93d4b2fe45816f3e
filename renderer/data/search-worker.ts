// The worker's shell: opens the member's database by its name, keeps one search index, answers questions.

import { Database } from "./database.ts";
import { openSearchIndex, type SearchIndex } from "./search-index.ts";
import type { SearchHit } from "./types.ts";

export type SearchQuestion = {
  readonly n: number;
  readonly databaseName: string;
  readonly text: string;
  readonly options: { readonly type?: string; readonly limit?: number };
};

export type SearchAnswer = { readonly n: number; readonly hits: readonly SearchHit[] } | { readonly n: number; readonly problem: string };

let held: { readonly database: Database; readonly index: SearchIndex } | undefined;

function indexOf(databaseName: string): SearchIndex {
  if (held?.database.name === databaseName) return held.index;
  held?.index.close();
  held?.database.close();
  const database = new Database(databaseName);
  held = { database, index: openSearchIndex(database) };
  return held.index;
}

async function answer({ n, databaseName, text, options }: SearchQuestion): Promise<SearchAnswer> {
  try {
    return { n, hits: await indexOf(databaseName).search(text, options) };
  } catch (error) {
    return { n, problem: error instanceof Error ? error.message : String(error) };
  }
}

globalThis.addEventListener("message", (event: MessageEvent<SearchQuestion>) => {
  void answer(event.data).then((result) => globalThis.postMessage(result));
});
