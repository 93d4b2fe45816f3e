// Sessions: 30 days from sign-in, one row per device, found by the hash of their token.

import type { DirectoryStorage, SessionRow } from "#sync-server/storage/storage.ts";
import { hashSecret, newSecret } from "./credentials.ts";

const SESSION_MS = 30 * 24 * 60 * 60 * 1000;

export type Sessions = {
  start(memberId: string): Promise<string>;
  memberIdOf(token: string): string | undefined;
  end(token: string): Promise<void>;
  /** Every session of a member but the one kept (its token's hash). Their rows go with the member, or with the password. */
  endAllOf(memberId: string, kept?: string): void;
  /** Of a member whose access has ended, or who was erased: the rows stay, so that each device is told when it comes. */
  closeAllOf(memberId: string): void;
  /** Whether the token is of somebody whose access has ended. */
  isOfEnded(token: string): boolean;
  countOf(memberId: string): number;
  /** By the hash of its token. */
  isLive(tokenHash: string): boolean;
  onEnded(listener: (tokenHash: string) => void): () => void;
};

export function openSessions(
  storage: DirectoryStorage,
  now: () => number,
  hasEnded: (memberId: string) => boolean,
): Sessions {
  const sessionsByHash = new Map<string, SessionRow>(storage.sessions().map((row) => [row.tokenHash, row]));

  const listeners = new Set<(tokenHash: string) => void>();

  const isRowLive = (row: SessionRow | undefined): row is SessionRow =>
    row !== undefined && row.expiresAt > now() && !hasEnded(row.memberId);

  function tellEnded(tokenHash: string): void {
    for (const listener of listeners) listener(tokenHash);
  }

  async function dropExpired(): Promise<void> {
    const expired = [...sessionsByHash.values()].filter((row) => row.expiresAt <= now());
    for (const row of expired) {
      sessionsByHash.delete(row.tokenHash);
      tellEnded(row.tokenHash);
      await storage.removeSession(row.tokenHash);
    }
  }

  return {
    async start(memberId) {
      await dropExpired();
      const token = newSecret();
      const row = { tokenHash: hashSecret(token), memberId, expiresAt: now() + SESSION_MS };
      await storage.saveSession(row);
      sessionsByHash.set(row.tokenHash, row);
      return token;
    },
    memberIdOf(token) {
      const row = sessionsByHash.get(hashSecret(token));
      return isRowLive(row) ? row.memberId : undefined;
    },
    async end(token) {
      const tokenHash = hashSecret(token);
      if (!sessionsByHash.delete(tokenHash)) return;
      tellEnded(tokenHash);
      await storage.removeSession(tokenHash);
    },
    closeAllOf(memberId) {
      for (const [tokenHash, row] of sessionsByHash) if (row.memberId === memberId) tellEnded(tokenHash);
    },
    isOfEnded(token) {
      const row = sessionsByHash.get(hashSecret(token));
      return row !== undefined && row.expiresAt > now() && hasEnded(row.memberId);
    },
    endAllOf(memberId, kept) {
      for (const [tokenHash, row] of sessionsByHash) {
        if (row.memberId !== memberId || tokenHash === kept) continue;
        sessionsByHash.delete(tokenHash);
        tellEnded(tokenHash);
      }
    },
    countOf: (memberId) =>
      [...sessionsByHash.values()].filter((row) => row.memberId === memberId && isRowLive(row)).length,
    isLive: (tokenHash) => isRowLive(sessionsByHash.get(tokenHash)),
    onEnded(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
