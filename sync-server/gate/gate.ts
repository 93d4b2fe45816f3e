// The gate between the gateways and the log: what a persona from outside writes is tried on a shadow of its document, in a
// thread that can be ended, before the log sees it; the log and everybody else get the shadow's bytes, never the sender's.
// Members of the team pass with the log's own cheap check.

import { err, type Result } from "#shared/model/result.ts";
import { refusalCodes, refusalSentences, type RefusalCode } from "#shared/protocol/close-codes.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import { limits } from "#shared/protocol/limits.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { DamagedDocument } from "#sync-server/storage/damaged-document.ts";
import { createBackgroundThread } from "#sync-server/background-thread.ts";
import type { AppendRequest, CommittedUpdate, Refusal, UpdateLog } from "#sync-server/log/update-log.ts";
import type { LeaseStorage } from "#sync-server/storage/storage.ts";
import { createFairTurns } from "./fair-turns.ts";
import type { GateReply, GateRequest } from "./gate-worker.ts";
import type { Judgement } from "./judge-update.ts";

export type GateOptions = {
  readonly isExternal: (memberId: string, space: string) => boolean;
  /** Whether a member may delete and restore a record: whoever may write its name. */
  readonly mayTurn: (memberId: string, document: DocumentMeta) => boolean;
  readonly leases: LeaseStorage;
  /** What whoever makes this thread try in vain pays with: what spoils a shadow costs the reading of its whole document. */
  readonly budgetOf?: (memberId: string) => Budget;
  /** Told of every refusal, for the log and the audit. */
  readonly onRefused?: (request: AppendRequest, why: string) => void;
  /** How long an update waits for what it leans on. */
  readonly earlyMs?: number;
};

export type Budget = {
  spend(bytes: number): number;
  /** ms until there is something to spend again. */
  wait(): number;
  /** It was no honest device's. What is refused for want of a right, or comes too early, may be. */
  strike(): void;
};

export type Gate = {
  readonly log: UpdateLog;
  /** Somebody said in a live document that this client id is his: until he writes with it, nobody else may. */
  announce(docId: string, client: number, memberId: string): void;
  close(): Promise<void>;
};

/** What it costs when the thread had to be ended, and every shadow with it. */
const THREAD_BYTES = 1024 * 1024;
const BUDGET_MS = 250;
const MEMORY_MB = 128;
/** A feed holds an update of an open document back for three seconds: the live connection usually brings it. */
const EARLY_MS = 5_000;
const WAITING_UPDATES = 256;
const NEWS_UPDATES = 256;
const ANNOUNCED_DOCUMENTS = 1_000;

const whyPutOff = {
  early: "it leans on something that never came",
  owing: "too much of this member's was tried in vain",
} as const;

const refuse = (code: RefusalCode): Result<never, Refusal> =>
  err({ type: "Refused", code, reason: refusalSentences[code] });

export function openGate(log: UpdateLog, options: GateOptions): Gate {
  const thread = createBackgroundThread<GateRequest, GateReply>(
    new URL("./gate-worker.ts", import.meta.url),
    BUDGET_MS,
    MEMORY_MB,
  );
  /** What was committed to the documents the thread has a shadow of, since it last heard of them. */
  const newsByDoc = new Map<string, Uint8Array[]>();
  const announced = new Map<string, Map<number, string>>();
  /** Updates that lean on something that is not there yet. */
  const waiting = new Map<string, Set<() => void>>();
  /** Who spoilt shadows and has not paid for it yet: what they send waits, and nobody else's. */
  const owing = new Set<string>();
  const ownBytes = new WeakSet<Uint8Array>();
  const waitingCount = { early: 0, owing: 0 };
  let isClosed = false;
  const turns = createFairTurns();

  function onCommitted(updates: readonly CommittedUpdate[]): void {
    for (const { docId, bytes } of updates) {
      const news = newsByDoc.get(docId);
      if (news !== undefined && !ownBytes.has(bytes) && news.push(bytes) > NEWS_UPDATES) newsByDoc.delete(docId);
      for (const wake of waiting.get(docId) ?? []) wake();
    }
  }
  const unsubscribe = log.subscribe(onCommitted);

  function requestFor({ docId, bytes, author }: AppendRequest, meta: DocumentMeta, isCold: boolean): GateRequest {
    const news = isCold ? undefined : newsByDoc.get(docId);
    newsByDoc.set(docId, []);
    const leased = [...options.leases.of(docId)];
    const others = [...(announced.get(docId) ?? [])].filter(([, memberId]) => memberId !== author);
    return {
      docId,
      ...(news === undefined ? { parts: log.find(docId) === undefined ? [] : log.read(docId) } : {}),
      news: news ?? [],
      update: bytes,
      author,
      type: meta.type,
      own: leased.filter(([, memberId]) => memberId === author).map(([client]) => client),
      mayTurn: options.mayTurn(author, meta),
      taken: others.map(([client]) => client),
    };
  }

  async function judge(request: AppendRequest, meta: DocumentMeta): Promise<Judgement> {
    let reply = await thread.ask(requestFor(request, meta, false));
    if (reply === "cold") reply = await thread.ask(requestFor(request, meta, true));
    if (reply === undefined || reply === "cold") {
      // The thread is gone, and every shadow with it.
      newsByDoc.clear();
      charge(request.author, THREAD_BYTES);
      return { kind: "refused", reason: "unsound", why: "it took too long" };
    }
    for (const docId of reply.gone) newsByDoc.delete(docId);
    if (!reply.hasShadow) {
      newsByDoc.delete(request.docId);
      const held = log.find(request.docId) === undefined ? [] : log.read(request.docId);
      charge(
        request.author,
        held.reduce((total, bytes) => total + bytes.length, 0),
      );
    }
    return reply.judgement;
  }

  function charge(author: string, bytes: number): void {
    options.budgetOf?.(author).spend(bytes);
    owing.add(author);
  }

  /** ms until this author's updates are tried again. */
  function owes(author: string): number {
    const wait = owing.has(author) ? (options.budgetOf?.(author).wait() ?? 0) : 0;
    if (wait === 0) owing.delete(author);
    return wait;
  }

  function refused(request: AppendRequest, code: RefusalCode, why: string): Result<never, Refusal> {
    options.onRefused?.(request, why);
    return refuse(code);
  }

  /** One at a time, so that the log gets updates in the order they were judged in. Resolves with the append under way. */
  async function judgeAndAppend(
    request: AppendRequest,
    meta: DocumentMeta,
  ): Promise<{ result: Promise<Result<CommittedUpdate, Refusal>> } | "early" | "owing"> {
    if (owes(request.author) > 0) return "owing";
    const judgement = await judge(request, meta);
    if (judgement.kind === "early") return "early";
    if (judgement.kind === "refused") {
      if (judgement.reason === "unsound") options.budgetOf?.(request.author).strike();
      const code = judgement.reason === "foreign" ? refusalCodes.forbidden : refusalCodes.badUpdate;
      return { result: Promise.resolve(refused(request, code, judgement.why)) };
    }
    const { bytes, newClients, isPartial } = judgement;
    if (newClients.length > 0) await options.leases.save(request.docId, newClients, request.author);
    ownBytes.add(bytes);
    return { result: append({ ...request, bytes }, isPartial) };
  }

  async function append(request: AppendRequest, isPartial: boolean): Promise<Result<CommittedUpdate, Refusal>> {
    const result = await log.append(request);
    // The shadow holds what the log does not.
    if (!result.ok) newsByDoc.delete(request.docId);
    return result.ok && isPartial
      ? refused(request, refusalCodes.forbidden, "parts of it were in somebody else's name")
      : result;
  }

  /** Resolves at the next commit of the document, or when the time is over. */
  async function untilNews(docId: string, ms: number): Promise<void> {
    const wakers = waiting.get(docId) ?? new Set();
    waiting.set(docId, wakers);
    const { promise, resolve } = Promise.withResolvers<void>();
    wakers.add(resolve);
    const timer = setTimeout(resolve, ms);
    await promise;
    clearTimeout(timer);
    wakers.delete(resolve);
    if (wakers.size === 0) waiting.delete(docId);
  }

  async function admit(request: AppendRequest, meta: DocumentMeta): Promise<Result<CommittedUpdate, Refusal>> {
    let deadline: number | undefined;
    for (;;) {
      const admitted = await turns
        .take(request.author, () => judgeAndAppend(request, meta))
        .catch((error: unknown) => {
          // The document's own bytes could not be read: what the log answers now is the answer.
          if (error instanceof DamagedDocument) return { result: log.append(request) };
          throw error;
        });
      if (typeof admitted === "object") return admitted.result;
      if (admitted === "early") deadline ??= performance.now() + (options.earlyMs ?? EARLY_MS);
      const left = admitted === "owing" ? Math.max(1, owes(request.author)) : (deadline ?? 0) - performance.now();
      if (left <= 0 || waitingCount[admitted] >= WAITING_UPDATES || isClosed)
        return refused(request, refusalCodes.early, whyPutOff[admitted]);
      waitingCount[admitted] += 1;
      await untilNews(request.docId, left);
      waitingCount[admitted] -= 1;
    }
  }

  /** Another facet of a record that has one only: it would speak in the place of whoever made the record. */
  const isSecondFacet = (docId: string, { type, recordId }: DocumentMeta): boolean =>
    findRecordType(type)?.placement === "chosen" &&
    log.find(docId) === undefined &&
    log.documentsOf(recordId).length > 0;

  return {
    log: {
      ...log,
      // A getter does not survive being spread.
      get seq() {
        return log.seq;
      },
      append(request) {
        const meta = log.find(request.docId) ?? request.meta;
        const passes =
          meta === undefined ||
          // Sealed records have a check of their own, stricter than this one.
          findRecordType(meta.type)?.sealed !== undefined ||
          request.bytes.length > limits.updateBytes ||
          !options.isExternal(request.author, meta.space);
        if (passes) return log.append(request);
        if (isSecondFacet(request.docId, meta))
          return Promise.resolve(refused(request, refusalCodes.forbidden, "all of such a record lies in one facet"));
        return admit(request, meta);
      },
    },
    announce(docId, client, memberId) {
      const inDocument = announced.get(docId) ?? new Map<number, string>();
      announced.delete(docId);
      announced.set(docId, inDocument);
      if (!inDocument.has(client)) inDocument.set(client, memberId);
      const oldest = announced.keys().next().value;
      if (announced.size > ANNOUNCED_DOCUMENTS && oldest !== undefined) announced.delete(oldest);
    },
    async close() {
      isClosed = true;
      unsubscribe();
      for (const wakers of waiting.values()) for (const wake of wakers) wake();
      await thread.close();
      // What was judged before is handed to the log while that is open.
      await turns.idle();
    },
  };
}
