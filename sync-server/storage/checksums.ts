// A checksum for every row of the log, its snapshots and its list of documents: SQLite checks what waits in its write-ahead
// log, and nothing of what lies in the database file. An update's checksum covers the number of the update before it in its
// document too, so that a row that is gone is missed as well as one that changed.

import { crc32 } from "node:zlib";
import type { DatabaseSync } from "node:sqlite";
import type { NewDocument } from "./writer-jobs.ts";

export type UpdateRow = {
  /** The document's update or snapshot before this one; 0 when it is the first. */
  readonly previous: number;
  readonly seq: number;
  /** Its number. */
  readonly document: number;
  readonly at: number;
  readonly author: string;
  readonly bytes: Uint8Array;
};

/** Any odd constant would do: numbers that differ in a bit start a checksum somewhere else. */
const FACTOR = 0x9e3779b1;
const HALF = 2 ** 32;

const mix = (hash: number, value: number): number =>
  Math.imul(Math.imul(hash ^ (value >>> 0), FACTOR) ^ Math.floor(value / HALF), FACTOR);

const startOf = (...values: readonly number[]): number => values.reduce(mix, 1) >>> 0;

export const checksumOfUpdate = ({ previous, seq, document, at, author, bytes }: UpdateRow): number =>
  crc32(bytes, crc32(author, startOf(previous, seq, document, at)));

export const checksumOfSnapshot = (document: number, seq: number, bytes: Uint8Array): number =>
  crc32(bytes, startOf(document, seq));

export const checksumOfDocument = (...[number, docId, space, type, recordId, facet]: NewDocument): number =>
  crc32(`${docId} ${space} ${type} ${recordId} ${facet}`, mix(1, number) >>> 0);

/** For the statements that bring an older folder to the version that has checksums. */
export function defineChecksums(database: DatabaseSync): void {
  const options = { deterministic: true };
  database.function("checksum_of_update", options, (previous, seq, document, at, author, bytes) =>
    checksumOfUpdate({
      previous: Number(previous),
      seq: Number(seq),
      document: Number(document),
      at: Number(at),
      author: String(author),
      bytes: bytes as Uint8Array,
    }),
  );
  database.function("checksum_of_snapshot", options, (document, seq, bytes) =>
    checksumOfSnapshot(Number(document), Number(seq), bytes as Uint8Array),
  );
  database.function("checksum_of_document", options, (number, docId, space, type, recordId, facet) =>
    checksumOfDocument(Number(number), String(docId), String(space), String(type), String(recordId), String(facet)),
  );
}
