// A batch writer that runs in a worker of its own, over the same database.

import type { CatchUpAnswer, CatchUpMessage } from "./catch-up-worker.ts";
import type { BatchFrame, BatchWriter } from "./feed-batches.ts";
import type { Replica } from "./replica.ts";

type Waiting = { readonly resolve: (entries: number) => void; readonly reject: (error: Error) => void };

export function openCatchUpWriter({ database, me }: Replica): BatchWriter {
  const worker = new Worker(new URL("./catch-up-worker.ts", import.meta.url), { type: "module", name: "catch-up" });
  const waiting = new Map<number, Waiting>();
  let n = 0;
  const failAll = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.addEventListener("message", ({ data }: MessageEvent<CatchUpAnswer>) => {
    const asked = waiting.get(data.n);
    waiting.delete(data.n);
    if ("entries" in data) asked?.resolve(data.entries);
    // Under its own name: a full device is told by it.
    else asked?.reject(new DOMException(data.problem.message, data.problem.name));
  });
  worker.addEventListener("error", (event) => failAll(new Error(event.message)));
  const tell = (message: CatchUpMessage, transfer: Transferable[] = []): void =>
    worker.postMessage(message, { transfer });
  tell({ kind: "open", databaseName: database.name, me });
  return {
    write: (frames) =>
      new Promise((resolve, reject) => {
        n += 1;
        waiting.set(n, { resolve, reject });
        tell({ kind: "write", n, frames }, buffersOf(frames));
      }),
    close: () => {
      worker.terminate();
      failAll(new Error("The catch-up was closed."));
    },
  };
}

/** Packed batches own their buffers; the entries of others are views into one. */
const buffersOf = (frames: readonly BatchFrame[]): Transferable[] =>
  frames.flatMap((frame) => (frame.kind === "deflatedBatch" ? [frame.payload.buffer as ArrayBuffer] : []));
