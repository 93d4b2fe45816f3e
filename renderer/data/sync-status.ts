// The one truthful word about syncing. Made from the feed's heartbeat, the browser's word on the network, and what waits;
// "synced" is said only when connected, caught up and nothing waits.

import { liveQuery } from "dexie";
import type { Database } from "./database.ts";
import { filesToSend } from "./file-reads.ts";
import { createWatched } from "./emitter.ts";
import type { FeedState } from "./feed-state.ts";
import type { SyncState, SyncStatus } from "./types.ts";

/** Shorter work does not flicker through "saving". */
const SAVING_AFTER_MS = 400;
/** Counting may take a twentieth of the time; waits too short to notice are not waited for. */
const REST_PER_COUNT = 20;
const SHORT_WAIT_MS = 50;

export type SyncStatusKeeper = {
  readonly status: () => SyncStatus;
  readonly subscribe: (listener: (status: SyncStatus) => void) => () => void;
  readonly feed: (state: FeedState) => void;
  readonly storageFull: (full: boolean) => void;
  /** Counts what waits in this member's database from now on; returns the end of it. */
  readonly watch: (database: Database) => () => void;
};

export function createSyncStatus(now: () => Date): SyncStatusKeeper {
  const startedAt = now().toISOString();
  const watched = createWatched<SyncStatus>({ state: "offline", waiting: 0, refused: 0, since: startedAt });
  let feed: FeedState = { connection: "connecting" };
  let counts = { waiting: 0, refused: 0 };
  let full = false;
  let savingTimer: ReturnType<typeof setTimeout> | undefined;
  let lastSyncedAt: string | undefined;

  function wanted(): SyncState {
    if (counts.refused > 0 || full) return "needsYou";
    if (isOffline()) return "offline";
    switch (feed.connection) {
      case "down":
        return "unreachable";
      case "connecting":
        return wasSettled(watched.get().state) ? watched.get().state : "saving";
      case "catchingUp":
        return "saving";
      case "live":
        return counts.waiting === 0 ? "synced" : "saving";
    }
  }

  function refresh(): void {
    const next = wanted();
    if (next === "synced") lastSyncedAt = now().toISOString();
    const current = watched.get().state;
    if (next === "saving" && current === "synced") {
      // The numbers are shown at once, the word only if it takes long enough to read.
      savingTimer ??= setTimeout(() => {
        savingTimer = undefined;
        show(wanted());
      }, SAVING_AFTER_MS);
      show(current);
      return;
    }
    clearTimeout(savingTimer);
    savingTimer = undefined;
    show(next);
  }

  function show(state: SyncState): void {
    const before = watched.get();
    const progress =
      feed.connection === "catchingUp" && feed.progress !== undefined && feed.progress.total > 0
        ? feed.progress
        : undefined;
    const since = before.state === state ? before.since : now().toISOString();
    const synced = lastSyncedAt ?? feed.caughtUpAt;
    const next: SyncStatus = {
      state,
      ...counts,
      since,
      ...(synced === undefined ? {} : { lastSyncedAt: synced }),
      ...(state === "unreachable" && feed.trouble !== undefined ? { trouble: feed.trouble } : {}),
      ...(progress === undefined ? {} : { progress }),
      ...(full ? { storageFull: true } : {}),
    };
    if (JSON.stringify(next) !== JSON.stringify(before)) watched.set(next);
  }

  return {
    status: watched.get,
    subscribe: watched.subscribe,
    feed: (state) => {
      feed = state;
      refresh();
    },
    storageFull: (isFull) => {
      if (isFull === full) return;
      full = isFull;
      refresh();
    },
    watch: (database) => {
      let timesEmpty = 0;
      let waitingFiles = 0;
      const counter = createCounter(async () => {
        const before = timesEmpty;
        const waitingRecords = await database.records.where("waits").equals(1).count();
        // Nothing waited any more while it was counted: that is newer.
        if (before !== timesEmpty) return;
        counts = { ...counts, waiting: waitingRecords + waitingFiles };
        refresh();
      });
      // Only watches: counting thousands of rows after every commit of an import would slow the import down. Whether anything
      // waits at all needs no count, and is said at once.
      const subscription = liveQuery(() =>
        Promise.all([
          database.records.where("waits").equals(1).limit(1).primaryKeys(),
          database.refused.count(),
          filesToSend(database),
        ]),
      ).subscribe({
        next: ([waiting, refused, files]) => {
          waitingFiles = files.length;
          const isEmpty = waiting.length === 0 && files.length === 0;
          counts = { waiting: isEmpty ? 0 : Math.max(1, counts.waiting), refused };
          if (isEmpty) timesEmpty += 1;
          else counter.ask();
          refresh();
        },
        // Closed with the database at sign-out.
        error: () => subscription.unsubscribe(),
      });
      const events = typeof globalThis.addEventListener === "function" ? globalThis : undefined;
      events?.addEventListener("online", refresh);
      events?.addEventListener("offline", refresh);
      return () => {
        subscription.unsubscribe();
        counter.stop();
        events?.removeEventListener("online", refresh);
        events?.removeEventListener("offline", refresh);
        clearTimeout(savingTimer);
        savingTimer = undefined;
        feed = { connection: "connecting" };
        counts = { waiting: 0, refused: 0 };
        full = false;
        lastSyncedAt = undefined;
        show("offline");
      };
    },
  };
}

/** While connecting the last word stands, unless it was about something else: there is a network, or nothing to decide. */
const wasSettled = (state: SyncState): boolean => state !== "needsYou" && state !== "offline";

/** Counts at once; again while a count runs, or soon after a slow one, is one more count later. */
function createCounter(count: () => Promise<void>): { ask(): void; stop(): void } {
  let running = false;
  let askedAgain = false;
  let isStopped = false;
  let restUntil = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function run(): Promise<void> {
    running = true;
    const startedAt = performance.now();
    try {
      await count();
    } catch (error) {
      // The database was closed while it was counted: nobody is left to be told.
      if (!isStopped) throw error;
    } finally {
      running = false;
      restUntil = performance.now() + REST_PER_COUNT * (performance.now() - startedAt);
      if (askedAgain) ask();
    }
  }

  function ask(): void {
    askedAgain = running;
    if (running || isStopped) return;
    clearTimeout(timer);
    const wait = restUntil - performance.now();
    if (wait < SHORT_WAIT_MS) void run();
    else timer = setTimeout(() => void run(), wait);
  }

  return {
    ask,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** Node's navigator does not know: only a plain "no" is offline. */
const isOffline = (): boolean => "onLine" in globalThis.navigator && !globalThis.navigator.onLine;
