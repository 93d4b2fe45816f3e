// The desktop shell without Electron: its own handlers behind the schemas of the bridge, its settings in a real file, and a
// key store that is or is not there, the build served by the shell's own app protocol. Only the process border is
// Playwright's instead of Electron's, and the origin is the relay's.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "@playwright/test";
import { createAppProtocol } from "#electron/app-protocol.ts";
import { createBridgeHandlers, registerBridge, type IpcMain } from "#electron/bridge-handlers.ts";
import { APP_ORIGIN } from "#electron/navigation-rules.ts";
import { createSecureSession, type SafeStorage } from "#electron/secure-session.ts";
import { openSettingsFile, type SettingsFile } from "#electron/settings-file.ts";
import { bridgeChannels, deepLinkSchema, type DesktopBridge } from "#shared/desktop/bridge.ts";
import type { Device } from "./people.ts";

const appFolder = process.env["DRAWBRIDGE_APP"] ?? path.resolve(import.meta.dirname, "../../dist/renderer");

/** Not a cipher, but enough that the token is not readable where it should not be. */
const keyStore = (backend: string): SafeStorage => ({
  isEncryptionAvailable: () => true,
  getSelectedStorageBackend: () => backend,
  encryptString: (text) => Buffer.from(Buffer.from(text).map((byte) => byte ^ 0x5a)),
  decryptString: (bytes) => Buffer.from(bytes.map((byte) => byte ^ 0x5a)).toString(),
});

export class DesktopShell {
  readonly #folder = mkdtempSync(path.join(tmpdir(), "drawbridge-desktop-"));
  readonly #listeners = new Map<string, Parameters<IpcMain["handle"]>[1]>();
  readonly #settings: SettingsFile;
  readonly badges: number[] = [];
  /** The link the app is started with the next time. */
  startLink: string | undefined;

  constructor(options: { readonly keyStore: "gnome_libsecret" | "basic_text" }) {
    this.#settings = openSettingsFile(path.join(this.#folder, "settings.json"));
    const session = createSecureSession({
      safeStorage: keyStore(options.keyStore),
      settings: this.#settings,
      platform: "linux",
    });
    registerBridge(
      { handle: (channel, listener) => void this.#listeners.set(channel, listener) },
      createBridgeHandlers({
        settings: this.#settings,
        session,
        version: "0.0.0",
        platform: "linux",
        setBadge: (count) => void this.badges.push(count),
        takeDeepLink: () => {
          const link = this.startLink;
          this.startLink = undefined;
          return link;
        },
      }),
    );
    this.token = () => session.load();
  }

  /** What the key store gives back. */
  readonly token: () => string | undefined;

  relayUrl(): string | undefined {
    return this.#settings.read().relayUrl;
  }

  settingsFile(): string {
    return readFileSync(path.join(this.#folder, "settings.json"), "utf8");
  }

  /** Starts the app on this device: the browser as before, with the bridge in it. */
  async start(device: Device, url: string): Promise<Page> {
    const page = await device.open("about:blank");
    await page.exposeFunction("desktopInvoke", (channel: string, input: unknown[]) => {
      const listener = this.#listeners.get(channel);
      if (listener === undefined) throw new Error(`no channel ${channel}`);
      return listener({ senderFrame: { url: "app://drawbridge/", parent: null } }, ...input);
    });
    await page.addInitScript(exposeBridge, Object.keys(bridgeChannels));
    // A page that does not come from the network may reach a relay on this machine only with this, as in the real shell.
    await device.context.grantPermissions(["local-network-access"], { origin: new URL(url).origin });
    const serve = createAppProtocol(appFolder);
    await page.route(
      ({ origin, pathname }) => origin === new URL(url).origin && !pathname.startsWith("/api/"),
      async (route) => {
        const { pathname } = new URL(route.request().url());
        const response = await serve({ url: `${APP_ORIGIN}${pathname}` });
        const body = Buffer.from(await response.arrayBuffer());
        await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
      },
    );
    await page.goto(url);
    return page;
  }

  /** A `drawbridge://` link is opened while the app runs. */
  async openLink(page: Page, link: string): Promise<void> {
    await page.evaluate(
      (to) => window.dispatchEvent(new CustomEvent("test-deep-link", { detail: to })),
      deepLinkSchema.parse(link),
    );
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Runs in the page, as the preload would. */
function exposeBridge(channels: readonly string[]): void {
  const ipc = window as unknown as { desktopInvoke(channel: string, input: unknown[]): Promise<unknown> };
  const call = async <T>(channel: string, ...input: unknown[]): Promise<T> => {
    if (!channels.includes(channel)) throw new Error(`not a channel of the bridge: ${channel}`);
    return (await ipc.desktopInvoke(channel, input)) as T;
  };
  const bridge: DesktopBridge = {
    ready: () => call("desktop:ready"),
    relayUrl: () => call("desktop:relay-url"),
    setRelayUrl: (url) => call("desktop:set-relay-url", url),
    loadSession: () => call("desktop:load-session"),
    saveSession: (token) => call("desktop:save-session", token),
    clearSession: () => call("desktop:clear-session"),
    setBadge: (count) => call("desktop:set-badge", count),
    onDeepLink: (listener) => {
      const onLink = (event: Event): void => listener((event as CustomEvent<string>).detail);
      window.addEventListener("test-deep-link", onLink);
      return () => window.removeEventListener("test-deep-link", onLink);
    },
  };
  Object.defineProperty(window, "desktop", { value: Object.freeze(bridge) });
}
