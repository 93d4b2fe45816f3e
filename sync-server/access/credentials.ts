// Opaque credentials: 256 random bits each. A session's token is kept as its SHA-256 only, so a copy of the data folder
// signs nobody in. Tickets open one WebSocket, once, within a minute, and live in memory.

import { createHash, randomBytes } from "node:crypto";

export const newSecret = (): string => randomBytes(32).toString("base64url");

export const hashSecret = (secret: string): string => createHash("sha256").update(secret).digest("base64url");

export type TicketHolder = { readonly memberId: string; readonly session: string };

export type Tickets = { issue(holder: TicketHolder): string; redeem(ticket: string): TicketHolder | undefined };

export function createTickets(lifeMs: number, now: () => number): Tickets {
  const waiting = new Map<string, { readonly holder: TicketHolder; readonly expiresAt: number }>();
  return {
    issue(holder) {
      // Issued in order of expiry: the expired ones are at the front.
      for (const [hash, ticket] of waiting) {
        if (ticket.expiresAt > now()) break;
        waiting.delete(hash);
      }
      const ticket = newSecret();
      waiting.set(hashSecret(ticket), { holder, expiresAt: now() + lifeMs });
      return ticket;
    },
    redeem(ticket) {
      const hash = hashSecret(ticket);
      const found = waiting.get(hash);
      waiting.delete(hash);
      return found !== undefined && found.expiresAt > now() ? found.holder : undefined;
    },
  };
}
