// One job after the other in a thread of its own, which is started when first needed and ended when idle or stuck: for work on
// documents that may take long, or for ever when their bytes are hostile.

import { Worker } from "node:worker_threads";

export type BackgroundThread<Request, Reply> = {
  /** Undefined when the thread came to nothing (too long, too much memory, closed): it has then forgotten everything. */
  ask(request: Request): Promise<Reply | undefined>;
  close(): Promise<void>;
};

const IDLE_MS = 10_000;
const MAX_MEMORY_MB = 256;
/** A busy machine is not the job's fault: so many times its processor time may pass on the clock. */
const PATIENCE = 20;

/** The module answers each message with exactly one message. `budgetMs` is the processor time one job may take. */
export function createBackgroundThread<Request, Reply>(
  module: URL,
  budgetMs: number,
  memoryMb = MAX_MEMORY_MB,
): BackgroundThread<Request, Reply> {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let timer: NodeJS.Timeout | undefined;
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
    clearTimeout(timer);
    const stopping = worker;
    worker = undefined;
    settle(undefined);
    await stopping?.terminate();
  }

  async function start(): Promise<Worker> {
    const started = new Worker(module, { resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
    worker = started;
    started.on("message", (reply: Reply) => {
      if (worker === started) settle(reply);
    });
    // Out of memory, for one: this job came to nothing, the next one gets a new thread.
    started.on("error", () => {
      if (worker === started) void stop();
    });
    await new Promise<void>((resolve) => {
      started.once("online", resolve);
      started.once("exit", () => resolve());
    });
    return started;
  }

  const usedBy = async (running: Worker): Promise<number> =>
    running.cpuUsage().then(
      ({ user, system }) => (user + system) / 1000,
      // It has ended.
      () => Number.POSITIVE_INFINITY,
    );

  /** Looks again and again whether the job has had its time; the first look comes when it could have. */
  function watch(running: Worker, usedBefore: number, deadline: number): void {
    timer = setTimeout(() => {
      void usedBy(running).then((used) => {
        if (answer === undefined || worker !== running) return;
        if (used - usedBefore >= budgetMs || performance.now() > deadline) void stop();
        else watch(running, usedBefore, deadline);
      });
    }, budgetMs);
  }

  async function askNow(request: Request): Promise<Reply | undefined> {
    if (isClosed) return undefined;
    clearTimeout(idle);
    const running = worker ?? (await start());
    const usedBefore = await usedBy(running);
    if (isClosed || worker !== running) return undefined;
    const reply = await new Promise<Reply | undefined>((resolve) => {
      answer = resolve;
      watch(running, usedBefore, performance.now() + budgetMs * PATIENCE);
      running.postMessage(request);
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
