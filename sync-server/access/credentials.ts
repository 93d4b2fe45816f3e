// Opaque credentials: 256 random bits each. A session's token is kept as its SHA-256 only, so a copy of the data folder
// signs nobody in. Tickets open one WebSocket, once, within a minute, and live in memory: 128 bits are more than a minute's
// guessing, and a client that opens a thousand documents sends each of them twice.

import { hash, randomBytes } from "node:crypto";
import { limits } from "#shared/protocol/limits.ts";

export const newSecret = (): string => randomBytes(32).toString("base64url");

export const hashSecret = (secret: string): string => hash("sha256", secret, "base64url");

const TICKET_BYTES = 16;

/** Random bytes are cheap by the thousand and dear one ticket at a time. */
function createTicketSource(count: number): () => string {
  const random = randomBytes(count * TICKET_BYTES);
  let end = 0;
  return () => random.toString("base64url", end, (end += TICKET_BYTES));
}

export type TicketHolder = {
  readonly memberId: string;
  readonly session: string;
  /** The only live document it opens; without one, the feed or any. */
  readonly docId?: string;
};

export type Tickets = {
  issue(holder: TicketHolder): string;
  /** One for each live document, or undefined when too many of this session wait to be used. */
  issueFor(holder: TicketHolder, docIds: readonly string[]): readonly string[] | undefined;
  /** `docId`: the live document it comes for. It is used up, whatever the answer. */
  redeem(ticket: string, docId?: string): TicketHolder | undefined;
};

type Waiting = { readonly holder: TicketHolder; readonly expiresAt: number };

export function createTickets(lifeMs: number, now: () => number): Tickets {
  const waiting = new Map<string, Waiting>();
  const countsBySession = new Map<string, number>();

  function count({ session }: TicketHolder, change: number): void {
    const left = (countsBySession.get(session) ?? 0) + change;
    if (left > 0) countsBySession.set(session, left);
    else countsBySession.delete(session);
  }

  function take(ticket: string): Waiting | undefined {
    const found = waiting.get(ticket);
    if (found === undefined) return undefined;
    count(found.holder, -1);
    waiting.delete(ticket);
    return found;
  }

  /** Issued in order of expiry: the expired ones are at the front. */
  function dropExpired(): void {
    for (const [ticket, { expiresAt }] of waiting) {
      if (expiresAt > now()) return;
      take(ticket);
    }
  }

  function add(ticket: string, holder: TicketHolder): string {
    waiting.set(ticket, { holder, expiresAt: now() + lifeMs });
    count(holder, 1);
    return ticket;
  }

  return {
    issue(holder) {
      dropExpired();
      return add(createTicketSource(1)(), holder);
    },
    issueFor(holder, docIds) {
      dropExpired();
      if ((countsBySession.get(holder.session) ?? 0) + docIds.length > limits.waitingTickets) return undefined;
      const next = createTicketSource(docIds.length);
      return docIds.map((docId) => add(next(), { ...holder, docId }));
    },
    redeem(ticket, docId) {
      const found = take(ticket);
      if (found === undefined || found.expiresAt <= now()) return undefined;
      const { holder } = found;
      return holder.docId === undefined || holder.docId === docId ? holder : undefined;
    },
  };
}
