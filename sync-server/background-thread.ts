// One job after the other in a thread of its own, which is started when first needed and ended when idle or stuck: for work on
// documents that may take long, or for ever when their bytes are hostile.

import { Worker } from "node:worker_threads";

export type BackgroundThread<Request, Reply> = {
  /** Undefined when the thread came to nothing: too long, too much memory, closed. */
  ask(request: Request): Promise<Reply | undefined>;
  close(): Promise<void>;
};

const IDLE_MS = 10_000;
const MAX_MEMORY_MB = 256;

/** The module answers each message with exactly one message. */
export function createBackgroundThread<Request, Reply>(
  module: URL,
  timeoutMs: number,
): BackgroundThread<Request, Reply> {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let answer: ((reply: Reply | undefined) => void) | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  function settle(reply: Reply | undefined): void {
    const settled = answer;
    answer = undefined;
    settled?.(reply);
  }

  async function stop(): Promise<void> {
    clearTimeout(idle);
    const stopping = worker;
    worker = undefined;
    settle(undefined);
    await stopping?.terminate();
  }

  function start(): Worker {
    const started = new Worker(module, { resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB } });
    started.on("message", (reply: Reply) => {
      if (worker === started) settle(reply);
    });
    // Out of memory, for one: this job came to nothing, the next one gets a new thread.
    started.on("error", () => {
      if (worker === started) void stop();
    });
    return started;
  }

  async function askNow(request: Request): Promise<Reply | undefined> {
    if (isClosed) return undefined;
    clearTimeout(idle);
    const timer = setTimeout(() => void stop(), timeoutMs);
    const reply = await new Promise<Reply | undefined>((resolve) => {
      answer = resolve;
      worker ??= start();
      worker.postMessage(request);
    });
    clearTimeout(timer);
    idle = setTimeout(() => void stop(), IDLE_MS);
    idle.unref();
    return reply;
  }

  return {
    ask(request) {
      const result = last.then(() => askNow(request));
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
