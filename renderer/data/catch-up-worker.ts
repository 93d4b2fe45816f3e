// The worker's shell around the batch writer: a catch-up leaves the page free for whoever works in it.

import { Database } from "./database.ts";
import { createBatchWriter, type BatchFrame, type BatchWriter } from "./feed-batches.ts";
import { createReplica } from "./replica.ts";
import type { Me } from "./types.ts";

export type CatchUpMessage =
  | { readonly kind: "open"; readonly databaseName: string; readonly me: Me }
  | { readonly kind: "write"; readonly n: number; readonly frames: readonly BatchFrame[] };

export type CatchUpAnswer =
  | { readonly n: number; readonly entries: number }
  | { readonly n: number; readonly problem: { readonly name: string; readonly message: string } };

let writer: BatchWriter | undefined;

/** Where Dexie wraps an error of the browser, the browser's is the one that says what happened. */
function problemOf(error: unknown): { name: string; message: string } {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { inner }: { inner?: unknown } = error as { inner?: unknown };
  return inner instanceof Error || inner instanceof DOMException
    ? problemOf(inner)
    : { name: error.name, message: error.message };
}

async function write(n: number, frames: readonly BatchFrame[]): Promise<CatchUpAnswer> {
  try {
    return { n, entries: (await writer?.write(frames)) ?? 0 };
  } catch (error) {
    return { n, problem: problemOf(error) };
  }
}

globalThis.addEventListener("message", ({ data }: MessageEvent<CatchUpMessage>) => {
  if (data.kind === "open") {
    // Not flushed to the disk at each commit: what a power cut takes, its cursor included, the relay sends again.
    const database = new Database(data.databaseName, "relaxed");
    writer = createBatchWriter(
      createReplica(database, data.me, () => new Date()),
      { ahead: true },
    );
    return;
  }
  void write(data.n, data.frames).then((answer) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
    globalThis.postMessage(answer);
  });
});
