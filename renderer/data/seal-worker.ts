// The worker's shell: checks the chains of a space in the database the page names.

import { checkSpace } from "./check-seals.ts";
import { Database } from "./database.ts";
import type { SealAnswer, SealMessage } from "./seal-watch.ts";

let database: Database | undefined;

async function answer({ databaseName, space, me, n }: SealMessage): Promise<SealAnswer> {
  try {
    database ??= new Database(databaseName);
    await checkSpace(database, space, me);
    return { n };
  } catch (error) {
    return { n, problem: error instanceof Error ? error.message : String(error) };
  }
}

globalThis.addEventListener("message", ({ data }: MessageEvent<SealMessage>) => {
  void answer(data).then((result) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
    globalThis.postMessage(result);
  });
});
