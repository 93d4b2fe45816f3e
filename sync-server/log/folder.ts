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
  let last: Promise<unknown> = Promise.resolve();

  async function stop(): Promise<void> {
    clearTimeout(idle);
    const stopping = worker;
    worker = undefined;
    await stopping?.terminate();
  }

  function ask(request: FoldRequest): Promise<Uint8Array | undefined> {
    clearTimeout(idle);
    const asked = (worker ??= new Worker(new URL("./fold-worker.ts", import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 256 } }));
    return new Promise((resolve) => {
      function settle(bytes: Uint8Array | undefined): void {
        clearTimeout(timer);
        asked.removeAllListeners();
        // A thread that ended late must not bring the relay down.
        asked.on("error", () => settle(undefined));
        resolve(bytes);
      }
      function giveUp(): void {
        if (worker === asked) worker = undefined;
        settle(undefined);
        void asked.terminate();
      }
      const timer = setTimeout(giveUp, timeoutMs);
      asked.once("error", giveUp);
      asked.once("exit", giveUp);
      asked.once("message", (reply: FoldReply) => {
        settle(reply.bytes);
        idle = setTimeout(() => void stop(), IDLE_MS);
        idle.unref();
      });
      asked.postMessage(request);
    });
  }

  return {
    fold(request) {
      const result = last.then(() => ask(request));
      last = result;
      return result;
    },
    close: stop,
  };
}
