// The main thread's end of the writer thread: jobs in, promises out, in order.

import { Worker } from "node:worker_threads";
import type { CheckpointNews, Statement, WorkerStart, WriterJob, WriterReply, WriterRequest } from "./writer-jobs.ts";

export type Written = { readonly firstSeq: number; readonly at: number };

export type Writer = {
  send(job: WriterJob): Promise<Written>;
  /** Statements in one transaction. */
  run(statements: readonly Statement[]): Promise<void>;
  /** `full` until something could be written again. */
  readonly state: "ok" | "full" | "broken";
  close(): Promise<void>;
};

/** The disk answered with an error after which nothing it says can be trusted: the process has to start again. */
export class StorageBroken extends Error {}

const diskFailed = (reason: string): string =>
  `The disk of the data folder failed (${reason}). Start the server again; if it happens again, restore a backup.`;

/**
 * Resolves once the thread has opened the database. `onBroken` is called at most once; every job then fails.
 */
export function startWriter(path: string, onBroken: (error: StorageBroken) => void): Writer {
  const workerData: WorkerStart = { path };
  const worker = new Worker(new URL("./writer-worker.ts", import.meta.url), { workerData });
  const checkpoints = new Worker(new URL("./checkpoint-worker.ts", import.meta.url), { workerData });
  const waiting = new Map<
    number,
    { readonly resolve: (written: Written) => void; readonly reject: (error: Error) => void }
  >();
  let nextId = 1;
  let broken: StorageBroken | undefined;
  let isFull = false;

  function breakDown(message: string): void {
    if (broken !== undefined) return;
    broken = new StorageBroken(message);
    for (const { reject } of waiting.values()) reject(broken);
    waiting.clear();
    onBroken(broken);
  }

  worker.on("message", (reply: WriterReply) => {
    const waiter = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.ok) {
      isFull = false;
      waiter?.resolve(reply);
      return;
    }
    isFull = reply.failure === "full";
    waiter?.reject(new Error(reply.message));
    if (reply.failure === "fatal") breakDown(diskFailed(reply.message));
  });
  worker.on("error", (error) => breakDown(`Writing to the data folder failed: ${error.message}`));
  checkpoints.on("message", (news: CheckpointNews) => {
    if (news !== "closed") breakDown(diskFailed(news.failed));
  });
  checkpoints.on("error", (error) => breakDown(diskFailed(error.message)));

  function send(job: WriterJob): Promise<Written> {
    if (broken !== undefined) return Promise.reject(broken);
    return new Promise((resolve, reject) => {
      const request: WriterRequest = { id: nextId++, job };
      waiting.set(request.id, { resolve, reject });
      worker.postMessage(request, job.kind === "append" ? [job.bytes.buffer] : []);
    });
  }

  async function closeThread(thread: Worker, ask: () => void): Promise<void> {
    if (thread.threadId === -1) return;
    const exited = new Promise<void>((resolve) => thread.once("exit", () => resolve()));
    ask();
    await exited;
  }

  return {
    send,
    get state() {
      if (broken !== undefined) return "broken";
      return isFull ? "full" : "ok";
    },
    run: async (statements) => void (await send({ kind: "run", statements })),
    async close() {
      await closeThread(checkpoints, () => checkpoints.postMessage("close"));
      if (broken === undefined)
        await closeThread(worker, () => worker.postMessage({ id: 0, job: { kind: "close" } } satisfies WriterRequest));
      else await worker.terminate();
    },
  };
}
