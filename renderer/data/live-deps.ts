// What live documents and presence are given, and when the relay can be asked about a document at all.

import { liveQuery } from "dexie";
import type { Database } from "./database.ts";
import type { DocumentStore } from "./document-store.ts";
import type { Me } from "./types.ts";
import type { UnsavedKeeper } from "./unsaved.ts";

export type LiveDeps = {
  readonly database: () => Database;
  readonly relayUrl: string;
  readonly ticket: () => Promise<string | undefined>;
  readonly me: () => Me | undefined;
  readonly store: DocumentStore;
  readonly unsaved: Pick<UnsavedKeeper, "begin">;
  /** Whoever finds the relay first tells the others: the feed and open documents wait on clocks of their own. */
  readonly relay: { readonly reached: () => void; readonly onReached: (listener: () => void) => () => void };
  readonly WebSocket?: typeof WebSocket;
};

/** Calls back once when the relay has acknowledged something of these documents: before, it would answer "does not exist". */
export function whenAtRelay(
  database: Database,
  read: (database: Database) => Promise<boolean>,
  onReady: () => void,
): () => void {
  // Async, or Dexie would not follow what is read after the first await.
  const subscription = liveQuery(async () => read(database)).subscribe({
    next: (isReady) => {
      if (!isReady) return;
      subscription.unsubscribe();
      onReady();
    },
    // The database was closed (signed out): nothing will become ready any more.
    error: () => undefined,
  });
  return () => subscription.unsubscribe();
}
