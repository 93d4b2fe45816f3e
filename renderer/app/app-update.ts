// Keeps the app on the device and says when a newer version has arrived. The old one runs on until "Reload" is pressed.

import { registerSW } from "virtual:pwa-register";
import { showOffer } from "#renderer/ui/toast.ts";

const HOUR = 3_600_000;

export function keepAppOnDevice(): void {
  const update = registerSW({
    immediate: true,
    onNeedRefresh: () => showOffer("An update is ready.", "Reload", () => void update()),
    onRegisteredSW: (_url, registration) => {
      if (registration === undefined) return;
      setInterval(() => {
        if (navigator.onLine) registration.update().catch(() => undefined);
      }, HOUR);
    },
  });

  // A tab of the version before may ask for code that is gone: the newer one is loaded instead, once.
  window.addEventListener("vite:preloadError", (event) => {
    const before = Number(sessionStorage.getItem("reloadedForCode") ?? 0);
    if (Date.now() - before < 60_000 || !navigator.onLine) return;
    sessionStorage.setItem("reloadedForCode", String(Date.now()));
    event.preventDefault();
    window.location.reload();
  });
}
