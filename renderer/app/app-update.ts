// Keeps the app on the device and says when a newer version has arrived. The old one runs on until "Reload" is pressed.

import { registerSW } from "virtual:pwa-register";

const HOUR = 3_600_000;

export function keepAppOnDevice(): void {
  const update = registerSW({
    immediate: true,
    onNeedRefresh: async () => {
      const { showOffer } = await import("#renderer/ui/toast.ts");
      showOffer("An update is ready.", "Reload", () => void update());
    },
    onRegisteredSW: (_url, registration) => {
      if (registration === undefined) return;
      setInterval(() => {
        if (navigator.onLine) registration.update().catch(() => undefined);
      }, HOUR);
    },
  });
}
