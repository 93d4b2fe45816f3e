// The main thread's end of the writer thread: jobs in, promises out, in order.

import { Worker } from "node:worker_threads";
import { openCommitter, type Committer, type Job } from "./committer.ts";
import type {
  CheckpointNews,
  CommitFailure,
  Statement,
  WorkerStart,
  WriterReply,
  WriterRequest,
} from "./writer-jobs.ts";

export type Writer = {
  /** Resolves when the job is on disk. */
  send(job: Job): Promise<void>;
  /** See WriterJob. */
  shred(): Promise<void>;
  /** Statements in one transaction. */
  run(statements: readonly Statement[]): Promise<void>;
  /** `full` until something could be written again. */
  readonly state: "ok" | "full" | "broken";
  /** What was sent before it ends on the disk. What is sent later is rejected with StorageClosed, and is no fault of the disk. */
  close(): Promise<void>;
};

/** The relay is stopping, and this came too late: it is not on the disk, and nobody may say that it is. */
export class StorageClosed extends Error {
  override readonly name = "StorageClosed";
  constructor() {
    super("The storage is closed: the server is stopping.");
  }
}

/** The disk answered with an error after which nothing it says can be trusted: the process has to start again. */
export class StorageBroken extends Error {}

const diskFailed = (reason: string): string =>
  `The disk of the data folder failed (${reason}). Start the server again; if it happens again, restore a backup.`;

/** A commit of this size costs less than the way to the writer thread and back. */
const SMALL_UPDATES = 64;
const SMALL_BYTES = 64 * 1024;
/**
 * A disk that takes longer makes the main thread wait for too long: the next commits are left to the writer thread, twice as
 * many each time it is found slow again. A single stall, as every disk has them, costs a few.
 */
const SLOW_MS = 3;
const COMMITS_AFTER_SLOW = { first: 8, most: 256 } as const;

const isSmall = (job: Job): boolean =>
  job.kind === "append" && job.numbers.length <= SMALL_UPDATES && job.bytes.length <= SMALL_BYTES;

/**
 * Resolves once the thread has opened the database. `onBroken` is called at most once; every job then fails.
 *
 * Small appends are committed right here while the writer thread has nothing to do and the disk is fast: for one or two
 * updates, handing them over costs more than committing them.
 */
export function startWriter(start: WorkerStart, onBroken: (error: StorageBroken) => void): Writer {
  const workerData = start;
  const worker = new Worker(new URL("./writer-worker.ts", import.meta.url), { workerData });
  const checkpoints = new Worker(new URL("./checkpoint-worker.ts", import.meta.url), { workerData });
  const waiting = new Map<number, { readonly resolve: () => void; readonly reject: (error: Error) => void }>();
  let here: Committer | undefined;
  let leftToThread = 0;
  let afterSlow: number = COMMITS_AFTER_SLOW.first;
  let nextId = 1;
  let broken: StorageBroken | undefined;
  let isFull = false;
  let isClosed = false;

  function breakDown(message: string): void {
    if (broken !== undefined) return;
    broken = new StorageBroken(message);
    for (const { reject } of waiting.values()) reject(broken);
    waiting.clear();
    onBroken(broken);
  }

  function noteFailure({ message, failure }: CommitFailure): void {
    isFull = failure === "full";
    if (failure === "fatal") breakDown(diskFailed(message));
  }

  worker.on("message", (reply: WriterReply) => {
    const waiter = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.ok) {
      isFull = false;
      waiter?.resolve();
    } else {
      waiter?.reject(new Error(reply.message));
      noteFailure(reply);
    }
  });
  worker.on("error", (error) => breakDown(`Writing to the data folder failed: ${error.message}`));
  checkpoints.on("message", (news: CheckpointNews) => {
    if (news !== "closed") breakDown(diskFailed(news.failed));
  });
  checkpoints.on("error", (error) => breakDown(diskFailed(error.message)));

  function sendToThread(job: Job): Promise<void> {
    return new Promise((resolve, reject) => {
      const request: WriterRequest = { id: nextId++, job };
      waiting.set(request.id, { resolve, reject });
      // Copied: who sent it goes on reading the bytes.
      worker.postMessage(request);
    });
  }

  /** Undefined: not done here, hand it over. */
  function commitHere(job: Job): Promise<void> | undefined {
    if (leftToThread > 0) {
      leftToThread -= 1;
      return undefined;
    }
    // Two connections never write at once, so this one has no reason to wait.
    here ??= openCommitter(start.path, 0);
    const started = performance.now();
    const failure = here.commit(job);
    if (performance.now() - started > SLOW_MS) {
      leftToThread = afterSlow;
      afterSlow = Math.min(afterSlow * 2, COMMITS_AFTER_SLOW.most);
    } else afterSlow = COMMITS_AFTER_SLOW.first;
    if (failure === undefined) {
      isFull = false;
      return Promise.resolve();
    }
    // The checkpoint thread is emptying the log.
    if (failure.failure === "busy") return undefined;
    noteFailure(failure);
    return Promise.reject(broken ?? new Error(failure.message));
  }

  function send(job: Job): Promise<void> {
    if (broken !== undefined) return Promise.reject(broken);
    if (isClosed) return Promise.reject(new StorageClosed());
    return (waiting.size === 0 && isSmall(job) ? commitHere(job) : undefined) ?? sendToThread(job);
  }

  async function closeThread(thread: Worker, ask: () => void): Promise<void> {
    if (thread.threadId === -1) return;
    const exited = new Promise<void>((resolve) => thread.once("exit", () => resolve()));
    ask();
    await exited;
  }

  return {
    send,
    shred: () => send({ kind: "shred" }),
    run: (statements) => send({ kind: "run", statements }),
    get state() {
      if (broken !== undefined) return "broken";
      return isFull ? "full" : "ok";
    },
    async close() {
      isClosed = true;
      await closeThread(checkpoints, () => checkpoints.postMessage("close"));
      here?.close();
      if (broken === undefined)
        await closeThread(worker, () => worker.postMessage({ id: 0, job: { kind: "close" } } satisfies WriterRequest));
      else await worker.terminate();
    },
  };
}
