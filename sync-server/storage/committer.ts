// A connection that changes the database, one transaction per job, fsync included. The writer thread has one; the main
// thread has one too, for the small commits of a quiet relay (writer.ts says which).

import { DatabaseSync, type StatementSync } from "node:sqlite";
import { checksumOfDocument, checksumOfUpdate } from "./checksums.ts";
import { failureOf } from "./disk-failure.ts";
import type { CommitFailure, WriterJob } from "./writer-jobs.ts";

export type Job = Exclude<WriterJob, { kind: "close" }>;

export type Committer = {
  /** Undefined when all of it is on disk; otherwise nothing of it is. */
  commit(job: Job): CommitFailure | undefined;
  close(): void;
};

/** `timeoutMs`: how long a commit waits for another connection that writes. Checkpoints belong to checkpoint-worker.ts. */
export function openCommitter(path: string, timeoutMs: number): Committer {
  const database = new DatabaseSync(path, { timeout: timeoutMs });
  database.exec(
    // What is deleted is overwritten with zeros: it is gone from the file as soon as the write-ahead log is emptied.
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -16000; PRAGMA secure_delete = ON;",
  );
  const statements = new Map<string, StatementSync>();
  function prepare(sql: string): StatementSync {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = database.prepare(sql)));
    return statement;
  }
  const begin = database.prepare("BEGIN IMMEDIATE");
  const end = database.prepare("COMMIT");
  const insertDocument = database.prepare("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)");
  const insertUpdate = database.prepare("INSERT INTO updates VALUES (?, ?, ?, ?, ?, ?)");

  /** Deleted bytes stay in free pages and in the log until both are written anew. */
  function shred(): void {
    database.exec("VACUUM");
    const result = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
    if (Number(result?.["busy"]) !== 0) throw new Error("the write-ahead log is in use and was not emptied");
  }

  function perform(job: Exclude<Job, { kind: "shred" }>): void {
    if (job.kind === "run") {
      for (const { sql, rows } of job.statements) {
        const statement = prepare(sql);
        for (const row of rows) statement.run(...row);
      }
      return;
    }
    for (const document of job.documents) insertDocument.run(...document, checksumOfDocument(...document));
    const { at } = job;
    let offset = 0;
    for (const [index, document] of job.numbers.entries()) {
      const next = offset + (job.lengths[index] ?? 0);
      const seq = job.firstSeq + index;
      const previous = job.previous[index] ?? 0;
      const author = job.authors[index] ?? "";
      const bytes = job.bytes.subarray(offset, next);
      const checksum = checksumOfUpdate({ previous, seq, document, at, author, bytes });
      insertUpdate.run(seq, document, at, author, bytes, checksum);
      offset = next;
    }
  }

  return {
    commit(job) {
      try {
        if (job.kind === "shred") {
          shred();
          return undefined;
        }
        begin.run();
        perform(job);
        end.run();
        return undefined;
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        return { message: error instanceof Error ? error.message : String(error), failure: failureOf(error) };
      }
    },
    close: () => database.close(),
  };
}
