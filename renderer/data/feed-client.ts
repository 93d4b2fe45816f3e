// The feed's connection: one WebSocket, heartbeats both ways, reconnecting with jitter. It only carries; what frames mean
// is in feed-inbox.ts and feed-outbox.ts. An open socket is no proof of a network: silence counts as dead.

import { liveQuery } from "dexie";
import type { Result } from "#shared/model/result.ts";
import { decodeRelayFrame, encodeClientFrame, type ClientFrame } from "#shared/protocol/frames.ts";
import { limits } from "#shared/protocol/limits.ts";
import { FEED_SUBPROTOCOL, PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { newId } from "#shared/model/ids.ts";
import type { HeldDocuments } from "./document-store.ts";
import { openFeedInbox, type FeedInbox } from "./feed-inbox.ts";
import { openFeedOutbox, type FeedOutbox } from "./feed-outbox.ts";
import { troubleOf, type FeedState, type FeedTrouble } from "./feed-state.ts";
import { readLogId } from "./feed-welcome.ts";
import { noteContact } from "./offline-term.ts";
import type { HttpError } from "./relay-http.ts";
import { isQuotaError, type QuotaWatch } from "./quota.ts";
import type { Replica } from "./replica.ts";

export type FeedDeps = {
  readonly replica: Replica;
  readonly relayUrl: string;
  readonly WebSocket: typeof WebSocket;
  readonly ticket: () => Promise<Result<string, Pick<HttpError, "type">>>;
  readonly held: HeldDocuments;
  readonly quota: Pick<QuotaWatch, "storageFull">;
  readonly onState: (state: FeedState) => void;
  /** Registers this device's key and learns of the others; what is signed is not pushed before. */
  readonly keys: () => Promise<Result<void, unknown>>;
  /** Gives a restored relay the links it lacks of a space's chains, before anything of the space is pushed. */
  readonly handBack: (space: string) => Promise<Result<void, HttpError>>;
};

export type FeedClient = { syncNow(): void; close(): Promise<void> };

type Connection = {
  readonly socket: WebSocket;
  readonly inbox: FeedInbox;
  readonly outbox: FeedOutbox;
  heardAt: number;
  /** The relay takes nothing before the hello, which waits for the device's database. */
  hasGreeted: boolean;
};

const BACKOFF_FIRST_MS = 500;
const BACKOFF_MOST_MS = 15_000;
/** After the relay said that trying again at once would not help; its own measures are per minute (L3, L4). */
const TROUBLE_MS = 60_000;
const CHECK_MS = 5_000;
/** How often a contact that lasts is written down. */
const CONTACT_MS = 60_000;
/** A push that stays unanswered while nothing else is heard. */
const ANSWER_MS = 15_000;

export function openFeedClient(deps: FeedDeps): FeedClient {
  const { replica } = deps;
  let connection: Connection | undefined;
  let connecting = false;
  let closed = false;
  let tries = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let writes: Promise<void> = Promise.resolve();
  let state: FeedState = { connection: "connecting" };
  let contactNotedAt = 0;
  let trouble: FeedTrouble | undefined;

  function report(next: Omit<FeedState, "caughtUpAt"> & { caughtUpAt?: string }): void {
    const caughtUpAt = next.caughtUpAt ?? state.caughtUpAt;
    const why = next.connection === "down" && trouble !== undefined ? { trouble } : {};
    state = { ...next, ...why, ...(caughtUpAt === undefined ? {} : { caughtUpAt }) };
    if (!closed) deps.onState(state);
  }

  function connectSoon(delay: number): void {
    clearTimeout(retry);
    if (closed) return;
    retry = setTimeout(() => {
      connect().catch((error: unknown) => {
        // Closing takes the databases away from under a connect that is on its way.
        if (!closed) throw error;
      });
    }, delay);
  }

  function connectLater(): void {
    connectSoon(backoffMs(tries, trouble !== undefined));
    tries += 1;
  }

  async function connect(): Promise<void> {
    if (closed || connecting || connection !== undefined) return;
    connecting = true;
    if (state.connection !== "down") report({ connection: "connecting" });
    // What the last connection still writes moves the cursors this one starts from.
    await writes;
    const ticket = await deps.ticket();
    connecting = false;
    if (closed) return;
    if (!ticket.ok) {
      trouble = undefined;
      report({ connection: "down" });
      if (ticket.error.type !== "SignedOut" && ticket.error.type !== "AccessEnded") connectLater();
      return;
    }
    const address = `${deps.relayUrl.replace(/^http/, "ws").replace(/\/$/, "")}/feed?ticket=${encodeURIComponent(ticket.value)}`;
    open(new deps.WebSocket(address, FEED_SUBPROTOCOL));
  }

  function open(socket: WebSocket): void {
    socket.binaryType = "arraybuffer";
    const send = (frame: ClientFrame): void => {
      if (socket.readyState === socket.OPEN) socket.send(new Uint8Array(encodeClientFrame(frame)));
    };
    const outbox = openFeedOutbox(replica, deps.held, send, failed);
    const progress = trackProgress();
    const inbox = openFeedInbox(replica, outbox, {
      announced: (entries) => report({ connection: "catchingUp", ...progress.announced(entries) }),
      applied: (entries) => {
        deps.quota.storageFull(false);
        if (state.connection === "catchingUp") report({ connection: "catchingUp", ...progress.applied(entries) });
      },
      spacesKnown: (spaces) => {
        // Without an answer it is tried again at the next welcome; everything else goes on.
        void deps.keys().then(() => outbox.pump(), closedAlready);
        progress.expect(spaces);
        outbox.spacesKnown(spaces);
        if (progress.isComplete()) caughtUp();
      },
      spaceReady: (space) => {
        progress.ready(space);
        outbox.spaceReady(space);
        if (progress.isComplete()) caughtUp();
      },
      handBack: async (space) => {
        const handed = await deps.handBack(space);
        // A relay that does not want them is an alarm on the screen, and no reason to keep anything else back.
        return handed.ok || handed.error.type === "Refused";
      },
      mustReconnect: () => drop(opened),
      failed,
    });
    const opened: Connection = { socket, inbox, outbox, heardAt: Date.now(), hasGreeted: false };
    connection = opened;

    function caughtUp(): void {
      if (connection !== opened) return;
      tries = 0;
      trouble = undefined;
      inContact();
      report({ connection: "live", caughtUpAt: replica.now().toISOString() });
    }

    function closedAlready(error: unknown): void {
      if (!closed && connection === opened) failed(error);
    }

    function failed(error: unknown): void {
      if (isQuotaError(error)) deps.quota.storageFull(true);
      drop(opened);
      if (!closed && !isQuotaError(error)) throw error;
    }

    socket.addEventListener("open", () => {
      void hello(replica).then((frame) => {
        send(frame);
        opened.hasGreeted = true;
      }, failed);
    });
    socket.addEventListener("message", (event: MessageEvent) => {
      opened.heardAt = Date.now();
      const frame = event.data instanceof ArrayBuffer ? decodeRelayFrame(new Uint8Array(event.data)) : undefined;
      if (frame?.ok !== true) return drop(opened, "notUnderstood");
      if (frame.value.kind === "ping") return send({ kind: "pong" });
      if (connection === opened) inbox.push(frame.value);
    });
    socket.addEventListener("close", (event: CloseEvent) => drop(opened, troubleOf(event.code)));
    socket.addEventListener("error", () => drop(opened));
  }

  /** In step with the relay (rule F9); written now and then while it lasts. */
  function inContact(): void {
    contactNotedAt = Date.now();
    noteContact(replica).catch((error: unknown) => {
      if (isQuotaError(error)) deps.quota.storageFull(true);
      // Closing takes the database away from under it.
      else if (!closed) throw error;
    });
  }

  /** Ends a connection once; whatever was in flight stays in the outbox and is pushed again. */
  function drop(ended: Connection, why?: FeedTrouble): void {
    if (connection !== ended) return;
    connection = undefined;
    trouble = why ?? trouble;
    ended.outbox.close();
    writes = ended.inbox.close();
    ended.socket.close();
    report({ connection: "down" });
    connectLater();
  }

  function check(): void {
    const current = connection;
    if (current === undefined) return;
    if (state.connection === "live" && current.heardAt - contactNotedAt > CONTACT_MS) inContact();
    const silence = Date.now() - current.heardAt;
    const unanswered = Date.now() - (current.outbox.waitingSince() ?? Date.now());
    if (silence > limits.silenceMs || (unanswered > ANSWER_MS && silence > ANSWER_MS)) drop(current);
  }

  function ping(): void {
    if (connection?.hasGreeted !== true) return;
    const { socket } = connection;
    if (socket.readyState === socket.OPEN) socket.send(new Uint8Array(encodeClientFrame({ kind: "ping" })));
  }

  const syncNow = (): void => {
    tries = 0;
    if (connection === undefined) connectSoon(0);
    else {
      ping();
      connection.outbox.pump();
    }
  };
  const onOffline = (): void => {
    if (connection !== undefined) drop(connection);
  };
  const checks = setInterval(check, CHECK_MS);
  const pings = setInterval(ping, limits.heartbeatMs);
  // By an index: a live query of the keys alone does not notice rows whose keys IndexedDB makes.
  const waiting = liveQuery(() => replica.database.updates.orderBy("docId").limit(1).primaryKeys()).subscribe({
    next: () => connection?.outbox.pump(),
    // The database is closed when the member signs out, and the feed with it.
    error: () => onOffline(),
  });
  const events = typeof globalThis.addEventListener === "function" ? globalThis : undefined;
  events?.addEventListener("online", syncNow);
  events?.addEventListener("offline", onOffline);
  report({ connection: "connecting" });
  connectSoon(0);

  return {
    syncNow,
    close: async () => {
      closed = true;
      clearTimeout(retry);
      clearInterval(checks);
      clearInterval(pings);
      waiting.unsubscribe();
      events?.removeEventListener("online", syncNow);
      events?.removeEventListener("offline", onOffline);
      if (connection !== undefined) drop(connection);
      await writes;
    },
  };
}

/** Jitter over the whole range: a restarted relay is not met by everybody at once. */
export function backoffMs(tries: number, isTrouble: boolean, random: () => number = Math.random): number {
  const first = isTrouble ? TROUBLE_MS : BACKOFF_FIRST_MS;
  const most = isTrouble ? 2 * TROUBLE_MS : Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** tries);
  return first + random() * Math.max(0, most - first);
}

async function hello({ database }: Replica): Promise<ClientFrame> {
  const stored = (await database.settings.get("deviceId"))?.value;
  const deviceId = typeof stored === "string" ? stored : newId();
  if (stored !== deviceId) await database.settings.put({ key: "deviceId", value: deviceId });
  const cursors = new Map((await database.cursors.toArray()).map((cursor) => [cursor.space, cursor.seq]));
  return { kind: "hello", protocol: PROTOCOL_VERSION, deviceId, logId: await readLogId(database), cursors };
}

type Progress = { readonly progress: { readonly done: number; readonly total: number } };

/** How far the catch-up of all spaces is. */
function trackProgress() {
  let total = 0;
  let done = 0;
  const wanted = new Set<string>();
  const complete = new Set<string>();
  let isWelcomed = false;
  const now = (): Progress => ({ progress: { done: Math.min(done, total), total } });
  return {
    expect: (spaces: readonly string[]): void => {
      isWelcomed = true;
      wanted.clear();
      for (const space of spaces) wanted.add(space);
      for (const space of complete) if (!wanted.has(space)) complete.delete(space);
    },
    announced: (entries: number): Progress => {
      total += entries;
      return now();
    },
    applied: (entries: number): Progress => {
      done += entries;
      return now();
    },
    ready: (space: string): void => void complete.add(space),
    isComplete: (): boolean => isWelcomed && [...wanted].every((space) => complete.has(space)),
  };
}
