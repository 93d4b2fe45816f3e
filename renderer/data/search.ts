// Search for the screens: a worker of this page holds the index, so that building it and asking it never block a frame.

import type { Database } from "./database.ts";
import { followRecords } from "./query-changes.ts";
import type { SearchIndex } from "./search-index.ts";
import type { SearchAnswer, SearchMessage } from "./search-worker.ts";
import type { SearchApi, SearchHit } from "./types.ts";

type Waiting = { readonly resolve: (hits: readonly SearchHit[]) => void; readonly reject: (error: Error) => void };

/** A search index in a worker that reads the same database. */
function openSearchWorker(database: Database): SearchIndex {
  const worker = new Worker(new URL("./search-worker.ts", import.meta.url), { type: "module", name: "search" });
  const waiting = new Map<number, Waiting>();
  let n = 0;
  const failAll = (message: string): void => {
    for (const { reject } of waiting.values()) reject(new Error(message));
    waiting.clear();
  };
  worker.addEventListener("message", ({ data }: MessageEvent<SearchAnswer>) => {
    const asked = waiting.get(data.n);
    waiting.delete(data.n);
    if ("hits" in data) asked?.resolve(data.hits);
    else asked?.reject(new Error(data.problem));
  });
  worker.addEventListener("error", (event) => failAll(event.message));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
  const tell = (message: SearchMessage): void => worker.postMessage(message);
  tell({ kind: "open", databaseName: database.name });
  return {
    search: (text, options = {}) =>
      new Promise((resolve, reject) => {
        n += 1;
        waiting.set(n, { resolve, reject });
        tell({ kind: "search", n, text, options });
      }),
    changed: (ids) => tell({ kind: "changed", ids }),
    close: () => {
      worker.terminate();
      failAll("Search was closed.");
    },
  };
}

/** Where there are no workers (tests): the same index in the page. Loaded only then, for the first paint does without it. */
function openSearchHere(database: Database): SearchIndex {
  const opened = import("./search-index.ts").then(({ openSearchIndex }) => openSearchIndex(database));
  return {
    search: async (text, options) => (await opened).search(text, options),
    changed: (ids) => void opened.then((index) => index.changed(ids)),
    close: () => void opened.then((index) => index.close()),
  };
}

export function createSearchApi(database: () => Database): SearchApi {
  let held: { readonly database: Database; readonly index: SearchIndex } | undefined;

  function index(): SearchIndex {
    const current = database();
    if (held?.database === current) return held.index;
    held?.index.close();
    const opened = typeof Worker === "undefined" ? openSearchHere(current) : openSearchWorker(current);
    held = { database: current, index: opened };
    // Signed out: what was indexed must not outlive the database.
    const unfollow = followRecords(current, opened.changed);
    current.on("close", () => {
      unfollow();
      opened.close();
      if (held?.index === opened) held = undefined;
    });
    return opened;
  }

  return { search: async (text, options) => (text.trim() === "" ? [] : index().search(text, options)) };
}
