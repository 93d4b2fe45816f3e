// What an error of the database says about the disk below it.

import type { Failure } from "./writer-jobs.ts";

const SQLITE_BUSY = 5;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
/** The index of the write-ahead log lies in a file that is never read after a crash: when it cannot grow, the disk is full. */
const SQLITE_IOERR_SHMSIZE = 4874;

/**
 * After an I/O error nobody knows what the disk holds: a failed fsync may have dropped pages that look written. Only a
 * restart, which reads the log again, gives a true answer.
 */
export function failureOf(error: unknown): Failure {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  if ((code & 0xff) === SQLITE_FULL || code === SQLITE_IOERR_SHMSIZE) return "full";
  if ((code & 0xff) === SQLITE_BUSY) return "busy";
  return (code & 0xff) === SQLITE_IOERR || (code & 0xff) === SQLITE_CORRUPT ? "fatal" : "refused";
}
