// One live socket (rules V1 to V7): a stock y-websocket provider with the parts it leaves to us. A fresh one-use ticket for
// every connect, no retry after a refusal, no trust in a socket that stays open while the network is gone.

import { clone, readVarUint, readVarUint8Array } from "lib0/decoding";
import { Awareness } from "y-protocols/awareness";
import { messageYjsUpdate } from "y-protocols/sync";
import { messageSync, WebsocketProvider } from "y-websocket";
import { closeCodes } from "#shared/protocol/close-codes.ts";
import type { Doc } from "yjs";

export type ConnectionState = "live" | "connecting" | "local";

export type LiveConnection = {
  readonly awareness: Awareness;
  /** Updates applied with this origin are not sent: for what other tabs and the feed deliver themselves. */
  readonly origin: unknown;
  /** `live` only once both sides have each other's state. */
  readonly state: () => ConnectionState;
  readonly subscribe: (listener: (state: ConnectionState) => void) => () => void;
  readonly start: () => void;
  /** The relay was heard elsewhere: tries now instead of waiting its turn. */
  readonly hurry: () => void;
  readonly close: () => void;
};

type Options = {
  readonly docId: string;
  readonly doc: Doc;
  readonly relayUrl: string;
  readonly ticket: () => Promise<string | undefined>;
  readonly WebSocket?: typeof WebSocket | undefined;
  /** The relay distributes after the commit, to the sender too: an update that arrives is on its disk. */
  readonly onCommitted?: (update: Uint8Array) => void;
};

const isFinal = (code: number): boolean => code >= 4400 && code < 4500;

// Node's navigator does not know `onLine`; only a clear no counts.
const isOffline = (): boolean =>
  globalThis.navigator !== undefined && "onLine" in globalThis.navigator && !globalThis.navigator.onLine;

const liveUrl = (relayUrl: string): string => {
  const url = new URL(`${relayUrl.replace(/\/+$/, "")}/live`, globalThis.location?.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
};

export function openLiveConnection(options: Options): LiveConnection {
  const { docId, doc } = options;
  const awareness = new Awareness(doc);
  const provider = new WebsocketProvider(liveUrl(options.relayUrl), docId, doc, {
    connect: false,
    awareness,
    // Other tabs are heard through the store.
    disableBc: true,
    ...(options.WebSocket === undefined ? {} : { WebSocketPolyfill: options.WebSocket }),
  });
  const listeners = new Set<(state: ConnectionState) => void>();
  let state: ConnectionState = "local";
  let started = false;
  let closed = false;
  let refused = false;
  let asking = false;
  let failures = 0;
  let ticketRefusals = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const applySync = provider.messageHandlers[messageSync];
  provider.messageHandlers[messageSync] = (encoder, decoder, ...rest) => {
    const peek = clone(decoder);
    applySync?.(encoder, decoder, ...rest);
    if (readVarUint(peek) === messageYjsUpdate) options.onCommitted?.(readVarUint8Array(peek));
  };

  function setState(next: ConnectionState): void {
    if (state === next) return;
    state = next;
    for (const listener of listeners) listener(next);
  }

  function retryLater(): void {
    if (closed || refused) return;
    clearTimeout(timer);
    const delay = Math.min(15_000, 300 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random());
    failures += 1;
    timer = setTimeout(() => void connect(), delay);
  }

  async function freshTicket(): Promise<string | undefined> {
    try {
      return await options.ticket();
    } catch {
      // No network, or signed out: either way there is no ticket now.
      return undefined;
    }
  }

  async function connect(): Promise<void> {
    if (closed || refused || asking || provider.ws !== null || isOffline()) return;
    asking = true;
    setState("connecting");
    const ticket = await freshTicket();
    asking = false;
    if (closed) return;
    if (ticket === undefined || isOffline()) {
      setState("local");
      retryLater();
      return;
    }
    // Read when the socket is made: this is why the provider must not reconnect by itself.
    provider.params = { ticket };
    provider.connect();
  }

  provider.on("sync", (synced) => {
    if (!synced) return;
    failures = 0;
    ticketRefusals = 0;
    setState("live");
  });
  provider.on("connection-close", (event) => {
    provider.shouldConnect = false;
    if (closed) return;
    if (event !== null && isFinal(event.code)) {
      // A ticket dies with a restarting relay: one more try with a fresh one is no loop.
      ticketRefusals += event.code === closeCodes.noTicket ? 1 : 0;
      refused = event.code !== closeCodes.noTicket || ticketRefusals > 1;
    }
    setState("local");
    retryLater();
  });

  const onOffline = (): void => {
    provider.disconnect();
    setState("local");
  };
  const hurry = (): void => {
    failures = 0;
    clearTimeout(timer);
    if (started) void connect();
  };
  globalThis.addEventListener?.("offline", onOffline);
  globalThis.addEventListener?.("online", hurry);

  return {
    awareness,
    origin: provider,
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () => {
      if (started) return;
      started = true;
      void connect();
    },
    hurry,
    close: () => {
      if (closed) return;
      closed = true;
      clearTimeout(timer);
      globalThis.removeEventListener?.("offline", onOffline);
      globalThis.removeEventListener?.("online", hurry);
      // First say goodbye to the others, then close.
      awareness.setLocalState(null);
      provider.destroy();
      awareness.destroy();
      setState("local");
      listeners.clear();
    },
  };
}
