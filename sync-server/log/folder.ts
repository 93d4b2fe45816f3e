// The main thread's end of the fold worker: started when first needed, ended when idle or stuck.

import { Worker } from "node:worker_threads";
import type { FoldReply, FoldRequest } from "./fold-worker.ts";

export type Folder = {
  /** A snapshot of the updates, or undefined when they do not apply or take too long. */
  fold(request: FoldRequest): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
};

const IDLE_MS = 10_000;

export function createFolder(timeoutMs: number): Folder {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let answer: ((bytes: Uint8Array | undefined) => void) | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  function settle(bytes: Uint8Array | undefined): void {
    const settled = answer;
    answer = undefined;
    settled?.(bytes);
  }

  async function stop(): Promise<void> {
    clearTimeout(idle);
    const stopping = worker;
    worker = undefined;
    settle(undefined);
    await stopping?.terminate();
  }

  function start(): Worker {
    const started = new Worker(new URL("./fold-worker.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    started.on("message", (reply: FoldReply) => {
      if (worker === started) settle(reply.bytes);
    });
    // Out of memory, for one: the document keeps its tail, the next one gets a new thread.
    started.on("error", () => {
      if (worker === started) void stop();
    });
    return started;
  }

  async function ask(request: FoldRequest): Promise<Uint8Array | undefined> {
    if (isClosed) return undefined;
    clearTimeout(idle);
    const timer = setTimeout(() => void stop(), timeoutMs);
    const bytes = await new Promise<Uint8Array | undefined>((resolve) => {
      answer = resolve;
      worker ??= start();
      worker.postMessage(request);
    });
    clearTimeout(timer);
    idle = setTimeout(() => void stop(), IDLE_MS);
    idle.unref();
    return bytes;
  }

  return {
    fold(request) {
      const result = last.then(() => ask(request));
      last = result;
      return result;
    },
    async close() {
      isClosed = true;
      await stop();
      await last;
      clearTimeout(idle);
    },
  };
}
