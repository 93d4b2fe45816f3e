// The core every gateway is thin over: append with group commit, read since a cursor, subscribe. Opaque bytes: no Y.Doc here.

import type { DocumentMeta } from "#shared/protocol/frames.ts";
import type { RefusalCode } from "#shared/protocol/close-codes.ts";
import type { ErasedDocument } from "#sync-server/storage/storage.ts";
import type { Result } from "#shared/model/result.ts";

export type CommittedUpdate = DocumentMeta & {
  readonly docId: string;
  readonly seq: number;
  /** ms since 1970 */
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly author: string;
  /** Whoever appended it (a socket), so that the feed never echoes to its own writer. */
  readonly source: object;
};

export type AppendRequest = {
  readonly docId: string;
  readonly bytes: Uint8Array;
  readonly author: string;
  readonly source: object;
  readonly meta?: DocumentMeta;
};

export type Refusal = { readonly type: "Refused"; readonly code: RefusalCode; readonly reason: string };

/** An entry of a catch-up: a snapshot (`at` 0) or an update. */
export type CatchUpEntry = {
  readonly seq: number;
  readonly docId: string;
  readonly at: number;
  readonly bytes: Uint8Array;
};

/** It holds all that was written in its document up to its number, by whomever. */
export const isSnapshot = ({ at }: CatchUpEntry): boolean => at === 0;

export interface UpdateLog {
  readonly logId: string;
  /** Last committed sequence number. */
  readonly seq: number;
  /** True for a cursor that this log cannot have given out: it comes from one that was replaced under the same id (rule R4). */
  isLost(cursor: number): boolean;
  /** Metadata of a document, or undefined when nobody wrote it yet. */
  find(docId: string): DocumentMeta | undefined;
  /** Documents on disk, without their contents: all there are, or those that are wanted. */
  documents(
    wanted?: (document: DocumentMeta) => boolean,
  ): Iterable<{ readonly docId: string; readonly meta: DocumentMeta; readonly lastSeq: number }>;
  /** Sequence number of the last update of a document. */
  lastSeqOf(docId: string): number | undefined;
  /** When the last update of a document was committed (ms); undefined once it was folded. */
  receivedAt(docId: string): number | undefined;
  /**
   * Resolves when the update is on disk, after subscribers were told (so that an ack follows the batches before it).
   * Checks shape and size, not rights: gateways ask access/policy first.
   */
  append(request: AppendRequest): Promise<Result<CommittedUpdate, Refusal>>;
  /** Every committed update, in order, in the turn after its commit. Returns the unsubscribe function. */
  subscribe(listener: (committed: readonly CommittedUpdate[]) => void): () => void;
  /** What lies beyond the cursor in a space, ascending by seq, of documents that `mayRead` lets through. */
  catchUp(
    space: string,
    cursor: number,
    mayRead: (document: DocumentMeta) => boolean,
  ): { readonly count: number; readonly entries: Iterable<CatchUpEntry> };
  /** Metadata of every document of a record. */
  documentsOf(recordId: string): readonly DocumentMeta[];
  /** A document's entries beyond a sequence number, ascending, its snapshot included when that is newer. */
  entriesOf(docId: string, after: number): readonly CatchUpEntry[];
  /** A sequence number was given to something that is no update: a link, a change of rights (rule R9). */
  advance(seq: number): void;
  /** True when what is stored of it turned out not to be what was written: nobody reads or writes it any more. */
  isDamaged(docId: string): boolean;
  /** Changes whenever what is stored of a document changes, by folding as well; 0 for one that nobody wrote. */
  versionOf(docId: string): number;
  /** The whole document as updates (snapshot first). Throws DamagedDocument. */
  read(docId: string): readonly Uint8Array[];
  /** Removes documents for good: nobody may write them again, and `onErased` is told. */
  erase(docIds: readonly string[]): Promise<void>;
  isErased(docId: string): boolean;
  /** Erased documents of a space beyond a cursor: what a device that comes back has to drop. */
  erasedSince(space: string, cursor: number): readonly ErasedDocument[];
  onErased(listener: (documents: readonly ErasedDocument[]) => void): () => void;
  /** Documents of a type in one facet. */
  documentsIn(type: string, facet: string): readonly DocumentMeta[];
  /** Folds these documents now: what was deleted from them is gone from the log when it resolves. */
  fold(docIds: readonly string[]): Promise<void>;
  /** Resolves when everything accepted so far is on disk. */
  settled(): Promise<void>;
  /** Folds long tails into garbage-collected snapshots; runs by itself in the background, exposed for tests and shutdown. */
  compact(): Promise<void>;
  /** Waits for pending appends. */
  close(): Promise<void>;
}
