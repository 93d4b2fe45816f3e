// The writer thread: the only connection that changes the database. Commits are synchronous here (fsync included), so the
// main thread never waits for the disk. Checkpoints belong to checkpoint-worker.ts.

import { DatabaseSync, type StatementSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { failureOf } from "./disk-failure.ts";
import type { WorkerStart, WriterJob, WriterReply, WriterRequest } from "./writer-jobs.ts";

const { path } = workerData as WorkerStart;
const port = parentPort;
if (port === null) throw new Error("writer-worker.ts runs as a worker thread");

const database = new DatabaseSync(path, { timeout: 10_000 });
database.exec(
  "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -16000;",
);

const statements = new Map<string, StatementSync>();
function prepare(sql: string): StatementSync {
  let statement = statements.get(sql);
  if (statement === undefined) statements.set(sql, (statement = database.prepare(sql)));
  return statement;
}

const begin = database.prepare("BEGIN IMMEDIATE");
const commit = database.prepare("COMMIT");
const insertDocument = database.prepare("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)");
const insertUpdate = database.prepare("INSERT INTO updates VALUES (?, ?, ?, ?, ?)");

// A snapshot may cover the newest update, so the highest number lies in either table.
const highest = database
  .prepare(
    "SELECT max((SELECT coalesce(max(seq), 0) FROM updates), (SELECT coalesce(max(seq), 0) FROM snapshots)) AS seq",
  )
  .get();
let lastSeq = Number(highest?.["seq"] ?? 0);
let lastAt = 0;

function perform(job: Exclude<WriterJob, { kind: "close" }>): { firstSeq: number; at: number } {
  if (job.kind === "run") {
    for (const { sql, rows } of job.statements) {
      const statement = prepare(sql);
      for (const row of rows) statement.run(...row);
    }
    return { firstSeq: 0, at: 0 };
  }
  const firstSeq = lastSeq + 1;
  // Never backwards, whatever the clock does.
  const at = Math.max(Date.now(), lastAt);
  for (const document of job.documents) insertDocument.run(...document);
  let offset = 0;
  for (const [index, number] of job.numbers.entries()) {
    const end = offset + (job.lengths[index] ?? 0);
    insertUpdate.run(firstSeq + index, number, at, job.authors[index] ?? "", job.bytes.subarray(offset, end));
    offset = end;
  }
  return { firstSeq, at };
}

function rollBack(): void {
  if (database.isTransaction) database.exec("ROLLBACK");
}

port.on("message", ({ id, job }: WriterRequest) => {
  const answer = (reply: WriterReply): void => port.postMessage(reply);
  if (job.kind === "close") {
    database.close();
    answer({ id, ok: true, firstSeq: 0, at: 0 });
    port.close();
    return;
  }
  try {
    begin.run();
    const { firstSeq, at } = perform(job);
    commit.run();
    if (job.kind === "append") {
      lastSeq = firstSeq + job.numbers.length - 1;
      lastAt = at;
    }
    answer({ id, ok: true, firstSeq, at });
  } catch (error) {
    rollBack();
    answer({
      id,
      ok: false,
      message: error instanceof Error ? error.message : String(error),
      failure: failureOf(error),
    });
  }
});
