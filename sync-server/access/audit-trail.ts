// The organization's audit: an append-only chain in which every row's hash covers the row before it, so that a row that was
// changed, dropped, moved or put in later no longer fits (verify-audit.ts). A row is on disk before `record` resolves.

import { createHash } from "node:crypto";
import type { AuditAction, AuditDetails } from "#shared/model/audit-actions.ts";
import type { AuditHead, AuditQuery, AuditRow, AuditStorage } from "#sync-server/storage/storage.ts";

export type AuditEvent = {
  readonly action: AuditAction;
  /** Member id of who did it; "" for somebody who is not signed in, and for the relay itself. */
  readonly actor: string;
  /** Id of the member, space, record, document or rule it was done to; "" when there is none. */
  readonly target: string;
  readonly details?: AuditDetails;
};

export interface Audit {
  /** Resolves when the event is on disk. Await it before the answer goes out: what was answered is in the audit. */
  record(event: AuditEvent): Promise<void>;
  /**
   * For refusals that anybody may cause as often as they like. The first is recorded at once; those alike within the next
   * minute are counted and become one row with `times`. Never throws, never waits.
   */
  noteRefusal(event: AuditEvent): void;
  /** Newest first. */
  page(query: AuditQuery): readonly AuditRow[];
  head(): AuditHead;
  /** Records what is still being counted. */
  close(): Promise<void>;
}

/** What the first row leans on. */
export const AUDIT_ROOT = "drawbridge audit 1";

export const auditHash = (previous: string, row: Omit<AuditRow, "hash">): string =>
  createHash("sha256")
    .update(JSON.stringify([previous, row.seq, row.at, row.action, row.actor, row.target, row.details]))
    .digest("hex");

const COUNTING_MS = 60_000;
/** Different refusals counted at once; more become one row without a target per member, so that nobody fills the disk. */
const MOST_COUNTED = 200;
/** Of a refusal: what somebody sends as an id may be anything. */
const TARGET_LENGTH = 100;

type Options = {
  readonly now?: () => number;
  readonly countingMs?: number;
  readonly onProblem: (error: unknown) => void;
};

export function openAudit(storage: AuditStorage, options: Options): Audit {
  const now = options.now ?? Date.now;
  let head: AuditHead = storage.last() ?? { seq: 0, at: 0, hash: AUDIT_ROOT };
  let queue: { readonly event: AuditEvent; readonly done: () => void; readonly failed: (error: unknown) => void }[] =
    [];
  let writing: Promise<void> | undefined;
  const counting = new Map<string, { event: AuditEvent; times: number; timer: NodeJS.Timeout }>();

  function chain(events: readonly AuditEvent[]): readonly AuditRow[] {
    let last = head;
    return events.map(({ action, actor, target, details = {} }) => {
      // Never backwards, whatever the clock does.
      const at = Math.max(now(), last.at);
      const row = { seq: last.seq + 1, at, action, actor, target, details: JSON.stringify(details) };
      last = { ...row, hash: auditHash(last.hash, row) };
      return { ...row, hash: last.hash };
    });
  }

  async function writeAll(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      const rows = chain(batch.map(({ event }) => event));
      try {
        await storage.append(rows);
        head = rows.at(-1) ?? head;
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    writing = undefined;
  }

  function record(event: AuditEvent): Promise<void> {
    const written = new Promise<void>((done, failed) => queue.push({ event, done, failed }));
    writing ??= writeAll();
    return written;
  }

  function recordLater(event: AuditEvent): void {
    record(event).catch(options.onProblem);
  }

  function stopCounting(key: string): void {
    const counted = counting.get(key);
    if (counted === undefined) return;
    clearTimeout(counted.timer);
    counting.delete(key);
    const { event, times } = counted;
    if (times > 0) recordLater({ ...event, details: { ...event.details, times } });
  }

  return {
    record,
    noteRefusal(event) {
      const isFull = counting.size >= MOST_COUNTED;
      const { details: _, ...rest } = event;
      const noted = isFull ? { ...rest, target: "" } : { ...event, target: event.target.slice(0, TARGET_LENGTH) };
      const key = JSON.stringify([noted.action, noted.actor, noted.target, noted.details]);
      const counted = counting.get(key);
      if (counted !== undefined) {
        counted.times += 1;
        return;
      }
      const timer = setTimeout(() => stopCounting(key), options.countingMs ?? COUNTING_MS);
      timer.unref();
      counting.set(key, { event: noted, times: 0, timer });
      recordLater(noted);
    },
    page: (query) => storage.page(query),
    head: () => ({ seq: head.seq, at: head.at, hash: head.hash }),
    async close() {
      for (const key of counting.keys()) stopCounting(key);
      await writing;
    },
  };
}
