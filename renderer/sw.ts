// Keeps the whole app on the device: every file of the build, and index.html for every address that is a page. What the
// relay answers (api, feed, live, health) is never cached here; data lives in the local database.

import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  precacheAndRoute,
  type PrecacheEntry,
} from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";

type WorkerEvent = Event & { waitUntil(work: Promise<unknown>): void };

declare const self: {
  readonly __WB_MANIFEST: readonly (PrecacheEntry | string)[];
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "message", listener: (event: MessageEvent<unknown>) => void): void;
  addEventListener(type: "activate", listener: (event: WorkerEvent) => void): void;
};

// oxlint-disable-next-line no-underscore-dangle -- workbox looks for exactly this name
precacheAndRoute([...self.__WB_MANIFEST]);
cleanupOutdatedCaches();

registerRoute(
  new NavigationRoute(createHandlerBoundToURL("/index.html"), {
    denylist: [/^\/(api|feed|live|healthz|readyz|metrics)(\/|$)/],
  }),
);

// The first visit is taken over at once, so that going offline a second later already works.
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// A newer version waits until the person presses "Reload" on the toast.
self.addEventListener("message", (event) => {
  const message = event.data;
  if (typeof message === "object" && message !== null && "type" in message && message.type === "SKIP_WAITING") {
    void self.skipWaiting();
  }
});
