// What the browser must have before anything is opened. Asked once, at the start.

type Need = { readonly what: string; readonly has: () => boolean };

const needs: readonly Need[] = [
  { what: "a place to keep data (IndexedDB)", has: () => "indexedDB" in globalThis },
  { what: "Web Locks", has: () => "locks" in navigator },
  { what: "WebSocket", has: () => "WebSocket" in globalThis },
  { what: "DecompressionStream", has: () => "DecompressionStream" in globalThis },
  {
    what: "a secure address (https or localhost)",
    has: () => globalThis.isSecureContext && "subtle" in globalThis.crypto,
  },
];

export const missingFeatures = (): readonly string[] => needs.filter((need) => !need.has()).map((need) => need.what);
