// The one API the desktop shell exposes to the window (`window.desktop`), with one schema per channel, checked on both
// sides of the wall. Nothing else of Electron or Node is reachable from a page.

import { z } from "zod";

const address = z
  .string()
  .max(2_000)
  .regex(/^https?:\/\/[^\s/]+(:\d+)?\/?$/, "Enter the server's address, for example https://relay.example.");

/** Where a `drawbridge://` link leads: a path inside the app. */
const deepLinkPath = z
  .string()
  .max(500)
  .regex(/^\/[A-Za-z0-9/_-]*$/);

const stored = z.discriminatedUnion("stored", [
  z.object({ stored: z.literal(true) }),
  z.object({ stored: z.literal(false), reason: z.string() }),
]);

/** Request and answer of each channel. Channel names carry the prefix, so that nothing else can be invoked by accident. */
export const bridgeChannels = {
  "desktop:relay-url": { request: z.undefined(), answer: address.optional() },
  "desktop:set-relay-url": { request: address, answer: stored },
  "desktop:load-session": { request: z.undefined(), answer: z.string().max(500).optional() },
  "desktop:save-session": { request: z.string().min(1).max(500), answer: stored },
  "desktop:clear-session": { request: z.undefined(), answer: stored },
  "desktop:set-badge": { request: z.int().min(0).max(99_999), answer: z.undefined() },
  "desktop:ready": {
    request: z.undefined(),
    answer: z.object({ version: z.string(), platform: z.string(), openAt: deepLinkPath.optional() }),
  },
} as const;

export type BridgeChannel = keyof typeof bridgeChannels;
export type BridgeRequest<C extends BridgeChannel> = z.infer<(typeof bridgeChannels)[C]["request"]>;
export type BridgeAnswer<C extends BridgeChannel> = z.infer<(typeof bridgeChannels)[C]["answer"]>;

/** Main process to window: a deep link was opened while the app runs. */
export const deepLinkChannel = "desktop:deep-link";
export const deepLinkSchema = deepLinkPath;

export type Stored = z.infer<typeof stored>;

/** `window.desktop` in the desktop app; undefined in a browser. */
export type DesktopBridge = {
  ready(): Promise<BridgeAnswer<"desktop:ready">>;
  relayUrl(): Promise<string | undefined>;
  setRelayUrl(url: string): Promise<Stored>;
  loadSession(): Promise<string | undefined>;
  /** Kept encrypted by the operating system; refused where it only pretends to be. */
  saveSession(token: string): Promise<Stored>;
  clearSession(): Promise<Stored>;
  setBadge(count: number): Promise<void>;
  /** Calls back with a path such as `/record/…`; returns the unsubscribe function. */
  onDeepLink(listener: (path: string) => void): () => void;
};
