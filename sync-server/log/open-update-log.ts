// The core: one ordered log with group commit. The storage has the metadata of every document in memory, so that a check costs
// no read; what is not on disk yet is known here. Contents are opaque bytes.

import { docIdOf, isFacetName, isId, isPersonalSpace } from "#shared/model/ids.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import { refusalCodes, refusalSentences, type RefusalCode } from "#shared/protocol/close-codes.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { DocumentRow, ErasedDocument, LogStorage } from "#sync-server/storage/storage.ts";
import { unlessDamaged } from "#sync-server/storage/damaged-document.ts";
import { structsIn } from "./check-update.ts";
import { createCommitQueue } from "./commit-queue.ts";
import { defaultCompaction, startCompaction, type CompactionOptions, type TailSize } from "./compaction.ts";
import type { AppendRequest, CatchUpEntry, CommittedUpdate, Refusal, UpdateLog } from "./update-log.ts";

export type UpdateLogOptions = {
  readonly compaction?: Partial<CompactionOptions>;
  readonly logger?: { error(details: object, message: string): void };
};

/** A document that somebody has written into since the start, and what is on its way to the disk. */
type WrittenDocument = {
  readonly docId: string;
  readonly meta: DocumentMeta;
  pendingBytes: number;
  /** The last of those that wait for room in it; whoever comes later waits behind. */
  lastInLine?: Promise<unknown>;
};

type Pending = {
  readonly request: AppendRequest;
  readonly document: WrittenDocument;
  readonly resolve: (result: Result<CommittedUpdate, Refusal>) => void;
  readonly reject: (error: unknown) => void;
};

/** A full document is folded before it is called full, unless there is too little to fold. */
const WORTH_FOLDING_BYTES = limits.documentBytes / 8;

/** `presence` is a live document without content (rule V6): nothing may be stored under its name. */
const RESERVED_FACET = "presence";

const refuse = (code: RefusalCode): Result<never, Refusal> =>
  err({ type: "Refused", code, reason: refusalSentences[code] });

export const isSoundMeta = (docId: string, meta: DocumentMeta): boolean =>
  isId(meta.space) &&
  isId(meta.type) &&
  isId(meta.recordId) &&
  isFacetName(meta.facet) &&
  meta.facet !== RESERVED_FACET &&
  // Rule W14: nobody takes the id of somebody's own space for a record of another one.
  (!isPersonalSpace(meta.recordId) || meta.recordId === meta.space) &&
  docId === docIdOf(meta.recordId, meta.facet);

const metaOf = ({ space, type, recordId, facet }: DocumentMeta): DocumentMeta => ({ space, type, recordId, facet });

const tailOf = ({ tailUpdates, tailBytes, snapshotBytes }: DocumentRow): TailSize => ({
  updates: tailUpdates,
  tailBytes,
  snapshotBytes,
});

const isSameMeta = (left: DocumentMeta, right: DocumentMeta): boolean =>
  left.space === right.space &&
  left.type === right.type &&
  left.recordId === right.recordId &&
  left.facet === right.facet;

export function openUpdateLog(storage: LogStorage, options: UpdateLogOptions = {}): UpdateLog {
  const written = new Map<string, WrittenDocument>();
  /** Record id -> its documents, those of facets that an organization made included. Made when first asked for. */
  let docIdsByRecord: Map<string, string[]> | undefined;
  const listeners = new Set<(committed: readonly CommittedUpdate[]) => void>();
  const erased = new Map(storage.erased().map((document) => [document.docId, document]));
  const erasing = new Set<string>();
  const erasureListeners = new Set<(documents: readonly ErasedDocument[]) => void>();
  const queue = createCommitQueue<Pending>(commit);
  let isClosed = false;
  let lastSeq = storage.lastSeq();

  const onProblem = (error: unknown): void =>
    options.logger?.error({ err: error }, "background work of the log failed");
  // What was written last may have been erased since: its number is not given again.
  for (const { seq } of erased.values()) lastSeq = Math.max(lastSeq, seq);
  const compaction = startCompaction(storage, {
    ...defaultCompaction,
    ...options.compaction,
    tails: tails(),
    onProblem,
  });

  /** What there is to fold, as it is when it is asked for. */
  function* tails(): Generator<readonly [docId: string, size: TailSize]> {
    for (const row of storage.documents()) if (row.tailUpdates > 0) yield [row.docId, tailOf(row)];
  }

  function find(docId: string): DocumentMeta | undefined {
    const known = written.get(docId);
    if (known !== undefined) return known.meta;
    const row = storage.find(docId);
    return row === undefined ? undefined : metaOf(row);
  }

  function writtenOrStored(docId: string): WrittenDocument | undefined {
    const known = written.get(docId);
    if (known !== undefined) return known;
    const row = storage.find(docId);
    if (row === undefined) return undefined;
    const document = { docId, meta: metaOf(row), pendingBytes: 0 };
    written.set(docId, document);
    return document;
  }

  function noteDocument(byRecord: Map<string, string[]>, recordId: string, docId: string): void {
    const known = byRecord.get(recordId);
    if (known === undefined) byRecord.set(recordId, [docId]);
    else if (!known.includes(docId)) known.push(docId);
  }

  function allByRecord(): Map<string, string[]> {
    const byRecord = new Map<string, string[]>();
    for (const { recordId, docId } of storage.documents()) noteDocument(byRecord, recordId, docId);
    for (const { meta, docId } of written.values()) noteDocument(byRecord, meta.recordId, docId);
    return byRecord;
  }

  // An id whose document was erased, or never came to be, stays in the list and leads nowhere.
  function documentsOf(recordId: string): readonly DocumentMeta[] {
    docIdsByRecord ??= allByRecord();
    return (docIdsByRecord.get(recordId) ?? []).flatMap((docId) => find(docId) ?? []);
  }

  function sizeOf({ docId, pendingBytes }: WrittenDocument): number {
    const { snapshotBytes = 0, tailBytes = 0 } = storage.find(docId) ?? {};
    return snapshotBytes + tailBytes + pendingBytes;
  }

  /** Rule W3: a record lives in one space and has one type, so nobody can claim a facet of a record from a space of his own. */
  function fitsItsRecord(meta: DocumentMeta): boolean {
    return documentsOf(meta.recordId).every((sibling) => sibling.space === meta.space && sibling.type === meta.type);
  }

  const isErased = (docId: string): boolean => erasing.has(docId) || erased.has(docId);

  function checkShape({ docId, bytes, meta }: AppendRequest): Result<WrittenDocument, Refusal> {
    if (isErased(docId)) return refuse(refusalCodes.forbidden);
    if (storage.isDamaged(docId)) return refuse(refusalCodes.damaged);
    const known = writtenOrStored(docId);
    if (meta !== undefined && (known === undefined ? !isSoundMeta(docId, meta) : !isSameMeta(known.meta, meta)))
      return refuse(refusalCodes.badMeta);
    if (bytes.length > limits.updateBytes) return refuse(refusalCodes.tooLarge);
    const structs = structsIn(bytes);
    if (structs === undefined) return refuse(refusalCodes.badUpdate);
    if (structs > limits.structsPerUpdate) return refuse(refusalCodes.tooLarge);
    if (known !== undefined) return ok(known);
    if (meta === undefined || !fitsItsRecord(meta)) return refuse(refusalCodes.badMeta);
    return ok({ docId, meta: metaOf(meta), pendingBytes: 0 });
  }

  /** Waits for what is on its way, then folds what is mostly history. False when nothing is left to gain. */
  async function makeRoom({ docId, pendingBytes }: WrittenDocument): Promise<boolean> {
    // While it arrives it counts twice, here and in the storage: nothing is called full before.
    if (pendingBytes > 0) {
      await queue.settled();
      return true;
    }
    const tailBytes = (): number => storage.find(docId)?.tailBytes ?? 0;
    const before = tailBytes();
    if (before < WORTH_FOLDING_BYTES) return false;
    await compaction.foldNow([docId]);
    return tailBytes() < before;
  }

  function enqueue(request: AppendRequest, document: WrittenDocument): Promise<Result<CommittedUpdate, Refusal>> {
    written.set(request.docId, document);
    if (docIdsByRecord !== undefined) noteDocument(docIdsByRecord, document.meta.recordId, request.docId);
    document.pendingBytes += request.bytes.length;
    return new Promise((resolve, reject) => {
      queue.add({ request, document, resolve, reject });
    });
  }

  /** Updates of a document stay in order: one that would fit does not pass one that waits, for it may lean on it. */
  async function waitForRoom(
    request: AppendRequest,
    document: WrittenDocument,
  ): Promise<Result<CommittedUpdate, Refusal>> {
    const { docId, bytes } = request;
    const takeTurn = async (): Promise<{ readonly answer: Promise<Result<CommittedUpdate, Refusal>> }> => {
      while (sizeOf(document) + bytes.length > limits.documentBytes)
        if (!(await makeRoom(document))) return { answer: Promise.resolve(refuse(refusalCodes.documentFull)) };
      // Erased or found damaged while it waited.
      if (isErased(docId)) return { answer: Promise.resolve(refuse(refusalCodes.forbidden)) };
      if (storage.isDamaged(docId)) return { answer: Promise.resolve(refuse(refusalCodes.damaged)) };
      return { answer: enqueue(request, document) };
    };
    const turn = document.lastInLine === undefined ? takeTurn() : document.lastInLine.then(takeTurn);
    const place = turn.catch(() => undefined);
    document.lastInLine = place;
    try {
      return await (
        await turn
      ).answer;
    } finally {
      if (document.lastInLine === place) delete document.lastInLine;
    }
  }

  /** First nothing new may come, then what is on its way arrives, then all of it goes. */
  async function erase(docIds: readonly string[]): Promise<void> {
    const known = docIds.filter((docId) => find(docId) !== undefined);
    for (const docId of known) erasing.add(docId);
    try {
      await queue.settled();
      await compaction.between(() => storage.erase(known));
    } finally {
      for (const docId of known) erasing.delete(docId);
    }
    const gone = new Set(known);
    const fresh = storage.erased().filter(({ docId }) => gone.has(docId));
    for (const document of fresh) {
      erased.set(document.docId, document);
      written.delete(document.docId);
    }
    for (const listener of erasureListeners) listener(fresh);
  }

  function settle(batch: readonly Pending[], places: readonly { seq: number; at: number }[]): void {
    const committed = batch.map(({ request, document }, index): CommittedUpdate => {
      const { seq, at } = places[index] ?? { seq: 0, at: 0 };
      document.pendingBytes -= request.bytes.length;
      const row = storage.find(request.docId);
      if (row !== undefined) compaction.touched(request.docId, tailOf(row));
      return {
        ...document.meta,
        docId: request.docId,
        seq,
        at,
        bytes: request.bytes,
        author: request.author,
        source: request.source,
      };
    });
    lastSeq = Math.max(lastSeq, committed.at(-1)?.seq ?? 0);
    for (const listener of listeners) {
      try {
        listener(committed);
      } catch (error) {
        options.logger?.error({ err: error }, "a listener of the log failed");
      }
    }
    for (const [index, { resolve }] of batch.entries()) {
      const update = committed[index];
      if (update !== undefined) resolve(ok(update));
    }
  }

  function fail(batch: readonly Pending[], error: unknown): void {
    for (const { request, document, reject } of batch) {
      document.pendingBytes -= request.bytes.length;
      // Nothing of it is on disk: the next push has to say again what it is.
      if (storage.find(request.docId) === undefined) written.delete(request.docId);
      reject(error);
    }
  }

  async function commit(batch: readonly Pending[]): Promise<void> {
    try {
      const places = await storage.append(
        batch.map(({ request, document }) => ({
          docId: request.docId,
          bytes: request.bytes,
          author: request.author,
          ...(storage.find(request.docId) === undefined ? { meta: document.meta } : {}),
        })),
      );
      settle(batch, places);
    } catch (error) {
      fail(batch, error);
    }
  }

  return {
    logId: storage.logId,
    get seq() {
      return lastSeq;
    },
    isLost: (cursor) => storage.isLost(cursor),
    find,
    documents: (wanted) =>
      Array.from(storage.documents(wanted), (row) => ({ docId: row.docId, meta: metaOf(row), lastSeq: row.lastSeq })),
    lastSeqOf: (docId) => storage.find(docId)?.lastSeq,
    receivedAt: (docId) => storage.readDocument(docId).updates.at(-1)?.at,
    append(request) {
      if (isClosed) return Promise.reject(new Error("the log is closed"));
      const checked = checkShape(request);
      if (!checked.ok) return Promise.resolve(checked);
      const document = checked.value;
      const isFull = sizeOf(document) + request.bytes.length > limits.documentBytes;
      return isFull || document.lastInLine !== undefined ? waitForRoom(request, document) : enqueue(request, document);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    documentsIn: (type, facet) =>
      Array.from(
        storage.documents((document) => document.type === type && document.facet === facet),
        metaOf,
      ),
    settled: () => queue.settled(),
    fold: (docIds) => compaction.foldNow(docIds),
    catchUp(space, cursor, mayRead) {
      const upTo = lastSeq;
      function* entries(): Generator<CatchUpEntry> {
        for (const entry of storage.entriesSince(cursor, space, mayRead)) {
          if (entry.seq > upTo) return;
          yield entry;
        }
      }
      return { count: storage.countSince(cursor, space, mayRead), entries: entries() };
    },
    documentsOf,
    isDamaged: (docId) => storage.isDamaged(docId),
    entriesOf(docId, after) {
      if ((storage.find(docId)?.lastSeq ?? 0) <= after) return [];
      const { snapshot, updates } = unlessDamaged(() => storage.readDocument(docId, after)) ?? { updates: [] };
      return snapshot === undefined || snapshot.seq <= after ? updates : [{ ...snapshot, at: 0 }, ...updates];
    },
    advance(seq) {
      lastSeq = Math.max(lastSeq, seq);
    },
    versionOf: (docId) => storage.versionOf(docId),
    read(docId) {
      const { snapshot, updates } = storage.readDocument(docId);
      const parts = updates.map((update) => update.bytes);
      return snapshot === undefined ? parts : [snapshot.bytes, ...parts];
    },
    erase,
    isErased,
    erasedSince: (space, cursor) =>
      [...erased.values()].filter((document) => document.space === space && document.seq >= cursor),
    onErased(listener) {
      erasureListeners.add(listener);
      return () => void erasureListeners.delete(listener);
    },
    compact: () => compaction.foldAll(),
    async close() {
      isClosed = true;
      await queue.settled();
      await compaction.close();
    },
  };
}
