// The desktop shell, when the app runs inside it: where the relay is, who keeps the session, links from outside, and the
// number on the app's icon. In a browser there is no bridge; only the number is shown, where the browser can.

import type { DesktopBridge } from "#shared/desktop/bridge.ts";
import type { TokenKeeper } from "#renderer/data/session.ts";
import type { Data } from "#renderer/data/types.ts";
import { onUnread, unreadCount } from "#renderer/ui/unread-count.ts";

declare global {
  interface Window {
    /** Set by the preload of the desktop app, before the page's own code runs. */
    readonly desktop?: DesktopBridge;
  }
}

/** The relay's origin: this page's own, or the one the desktop app knows. Undefined: nobody has chosen one yet. */
export async function findRelayUrl(): Promise<string | undefined> {
  return window.desktop === undefined ? window.location.origin : window.desktop.relayUrl();
}

/** The session's token in the operating system's key store. Where that refuses, the person is told; they stay signed in. */
export function desktopTokens(desktop: DesktopBridge): TokenKeeper {
  return {
    load: () => desktop.loadSession(),
    save: async (token) => {
      const stored = await desktop.saveSession(token).catch(notWritten);
      if (!stored.stored) await tell(stored.reason);
      return stored.stored;
    },
    clear: async () => {
      const stored = await desktop.clearSession().catch(notWritten);
      if (!stored.stored) await tell(stored.reason);
    },
  };
}

async function tell(problem: string): Promise<void> {
  const { showProblem } = await import("#renderer/ui/toast.ts");
  showProblem(problem);
}

const notWritten = (): { readonly stored: false; readonly reason: string } => ({
  stored: false,
  reason: "The sign-in could not be written to this computer. Free some space on its disk, then sign in again.",
});

/** Leads the window to where a `drawbridge://` link points: the one it was started with, and each later one. */
export async function followDeepLinks(desktop: DesktopBridge, go: (path: string) => void): Promise<void> {
  desktop.onDeepLink(go);
  const { openAt } = await desktop.ready();
  if (openAt !== undefined) go(openAt);
}

/** What waits, what was not accepted and what is unread, as a number on the app's icon. */
export function showCountOnIcon({ sync }: Data): void {
  let shown = -1;
  const show = (): void => {
    const { waiting, refused } = sync.status();
    const count = Math.min(waiting + refused + unreadCount(), 99_999);
    if (count === shown) return;
    shown = count;
    // An icon that cannot carry a number is no loss: the sync chip says the same.
    setBadge(count).catch(() => undefined);
  };
  sync.subscribe(show);
  onUnread(show);
  show();
}

async function setBadge(count: number): Promise<void> {
  if (window.desktop !== undefined) await window.desktop.setBadge(count);
  else if ("setAppBadge" in navigator) await (count === 0 ? navigator.clearAppBadge() : navigator.setAppBadge(count));
}
