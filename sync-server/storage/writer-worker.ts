// The writer thread: commits are synchronous here (fsync included), so the main thread does not wait for the disk.

import { parentPort, workerData } from "node:worker_threads";
import { openCommitter } from "./committer.ts";
import type { WorkerStart, WriterReply, WriterRequest } from "./writer-jobs.ts";

const BUSY_MS = 10_000;

const { path } = workerData as WorkerStart;
const port = parentPort;
if (port === null) throw new Error("writer-worker.ts runs as a worker thread");

const committer = openCommitter(path, BUSY_MS);

port.on("message", ({ id, job }: WriterRequest) => {
  const answer = (reply: WriterReply): void => port.postMessage(reply);
  if (job.kind === "close") {
    committer.close();
    answer({ id, ok: true });
    port.close();
    return;
  }
  const failure = committer.commit(job);
  answer(failure === undefined ? { id, ok: true } : { id, ok: false, ...failure });
});
