// Sessions: 30 days from sign-in, one row per device, found by the hash of their token.

import type { DirectoryStorage, SessionRow } from "#sync-server/storage/storage.ts";
import { hashSecret, newSecret } from "./credentials.ts";

const SESSION_MS = 30 * 24 * 60 * 60 * 1000;

export type Sessions = {
  start(memberId: string): Promise<string>;
  memberIdOf(token: string): string | undefined;
  end(token: string): Promise<void>;
};

export function openSessions(storage: DirectoryStorage, now: () => number): Sessions {
  const sessionsByHash = new Map<string, SessionRow>(storage.sessions().map((row) => [row.tokenHash, row]));

  async function dropExpired(): Promise<void> {
    const expired = [...sessionsByHash.values()].filter((row) => row.expiresAt <= now());
    for (const row of expired) {
      sessionsByHash.delete(row.tokenHash);
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
      return row !== undefined && row.expiresAt > now() ? row.memberId : undefined;
    },
    async end(token) {
      const tokenHash = hashSecret(token);
      if (!sessionsByHash.delete(tokenHash)) return;
      await storage.removeSession(tokenHash);
    },
  };
}
