// What the main thread and the writer thread say to each other. Types only, so that the worker loads nothing else.

export type SqlValue = string | number | Uint8Array | null;

/** The same statement for every row. */
export type Statement = { readonly sql: string; readonly rows: readonly (readonly SqlValue[])[] };

export type NewDocument = readonly [
  number: number,
  docId: string,
  space: string,
  type: string,
  recordId: string,
  facet: string,
];

export type WriterJob =
  | {
      readonly kind: "append";
      /** Sequence number of the first update; the others follow. */
      readonly firstSeq: number;
      /** ms since 1970 */
      readonly at: number;
      readonly documents: readonly NewDocument[];
      /** Per update: document number, number of the document's update before it, length of its part of `bytes`, author. */
      readonly numbers: readonly number[];
      readonly previous: readonly number[];
      readonly lengths: readonly number[];
      readonly authors: readonly string[];
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: "run"; readonly statements: readonly Statement[] }
  /** Writes the database anew without what was deleted, and empties the write-ahead log. */
  | { readonly kind: "shred" }
  | { readonly kind: "close" };

export type WriterRequest = { readonly id: number; readonly job: WriterJob };

export type CommitFailure = { readonly message: string; readonly failure: Failure };

export type WriterReply =
  | { readonly id: number; readonly ok: true }
  | ({ readonly id: number; readonly ok: false } & CommitFailure);

/**
 * `refused`: nothing is wrong with the disk. `busy`: another connection was writing, nothing was begun. `full`: works again when
 * there is room. `fatal`: nobody knows what the disk holds.
 */
export type Failure = "refused" | "busy" | "full" | "fatal";

/** What the checkpoint thread says of itself: why it had to stop for good. */
export type CheckpointNews = { readonly failed: string } | "closed";

/** `eraseAfterMs`: how long deleted bytes may stay on the disk. */
export type WorkerStart = { readonly path: string; readonly eraseAfterMs: number };
