import { mkdtempSync, readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { createAppProtocol, resolveAppFile } from "#electron/app-protocol.ts";
import { createBridgeClient, type IpcRenderer } from "#electron/bridge-client.ts";
import { createBridgeHandlers, registerBridge, type IpcMain } from "#electron/bridge-handlers.ts";
import { findDeepLink, parseDeepLink } from "#electron/deep-links.ts";
import { menuTemplate } from "#electron/menu.ts";
import { mayGrant, mayNavigate, mayOpenExternally } from "#electron/navigation-rules.ts";
import { createSecureSession, type SafeStorage } from "#electron/secure-session.ts";
import { openSettingsFile } from "#electron/settings-file.ts";
import { wireUpdates, type AutoUpdater } from "#electron/updates.ts";
import { waitToLeave } from "#electron/wait-to-leave.ts";
import { restoreWindowState } from "#electron/window-state.ts";
import { bridgeChannels, deepLinkChannel } from "#shared/desktop/bridge.ts";

const folder = (): string => mkdtempSync(path.join(tmpdir(), "drawbridge-shell-"));

describe("deep links", () => {
  it("lead to a path inside the app", () => {
    expect(parseDeepLink("drawbridge://record/0198-ab")).toBe("/record/0198-ab");
    expect(parseDeepLink("drawbridge://projects/p1/documents/d2")).toBe("/projects/p1/documents/d2");
    expect(parseDeepLink("drawbridge://settings/")).toBe("/settings");
    expect(parseDeepLink("drawbridge://record/%2e%2e/x")).toBe("/record/x"); // dot segments cannot climb
    expect(findDeepLink(["/usr/bin/drawbridge", "--flag", "drawbridge://pending"])).toBe("/pending");
  });

  it("refuse everything else", () => {
    for (const link of [
      "https://record/1",
      "drawbridge://a:b@record/1",
      "drawbridge://record/<b>",
      "drawbridge://x//y",
      "nonsense",
      `drawbridge://${"a".repeat(600)}`,
    ])
      expect(parseDeepLink(link), link).toBeUndefined();
  });
});

describe("navigation and permissions", () => {
  it("keep the window inside the app", () => {
    expect(mayNavigate("app://drawbridge/deals")).toBe(true);
    for (const url of ["app://drawbridge.evil/", "https://app//drawbridge", "file:///etc/passwd", "app://other/", ""])
      expect(mayNavigate(url), url).toBe(false);
  });

  it("hand only web, mail and phone links to the operating system", () => {
    for (const url of ["https://harborclinic.example/x", "mailto:a@b.example", "tel:+4612"])
      expect(mayOpenExternally(url), url).toBe(true);
    for (const url of [
      "file:///etc/passwd",
      "smb://host/x",
      "ms-msdt:/id",
      "javascript:alert(1)",
      "https://user:pass@host/",
      "data:text/html,x",
    ])
      expect(mayOpenExternally(url), url).toBe(false);
  });

  it("grant little, and only to the app", () => {
    // Without the network ones no relay in the organization's own network could be reached.
    for (const permission of ["persistent-storage", "local-network", "local-network-access", "loopback-network"])
      expect(mayGrant(permission, "app://drawbridge/")).toBe(true);
    for (const permission of ["camera", "microphone", "geolocation", "midi", "usb", "openExternal"])
      expect(mayGrant(permission, "app://drawbridge/")).toBe(false);
    expect(mayGrant("persistent-storage", "https://evil.example/")).toBe(false);
  });
});

describe("app protocol", () => {
  const root = folder();
  mkdirSync(path.join(root, "assets"));
  writeFileSync(path.join(root, "index.html"), "<!doctype html>");
  writeFileSync(path.join(root, "assets", "a.js"), "1");
  writeFileSync(path.join(path.dirname(root), "secret.json"), "{}");
  const serve = createAppProtocol(root);

  it("serves files with type and policy, and its own pages by index.html", async () => {
    const script = await serve({ url: "app://drawbridge/assets/a.js" });
    expect([script.status, script.headers.get("content-type"), await script.text()]).toEqual([
      200,
      "text/javascript; charset=utf-8",
      "1",
    ]);
    expect(script.headers.get("content-security-policy")).toContain("script-src 'self'");
    expect(await (await serve({ url: "app://drawbridge/record/1" })).text()).toBe("<!doctype html>");
  });

  it("never leaves its folder", async () => {
    for (const url of [
      "app://drawbridge/../secret.json",
      "app://drawbridge/%2e%2e/secret.json",
      "app://drawbridge/assets/..%2f..%2fsecret.json",
      "app://drawbridge/%00.js",
      "app://drawbridge/%",
      "app://other/index.html",
    ])
      expect((await serve({ url })).status, url).not.toBe(200);
    fc.assert(
      fc.property(fc.webPath(), (webPath) => {
        const file = resolveAppFile(root, `app://drawbridge${webPath.startsWith("/") ? "" : "/"}${webPath}`);
        expect(file === undefined || file === root || file.startsWith(root + path.sep)).toBe(true);
      }),
    );
  });
});

describe("settings and session", () => {
  const vault = (backend: string, available = true): SafeStorage => ({
    isEncryptionAvailable: () => available,
    getSelectedStorageBackend: () => backend,
    encryptString: (text) => Buffer.from([...Buffer.from(text)].map((byte) => byte ^ 0x5a)),
    decryptString: (bytes) => Buffer.from([...bytes].map((byte) => byte ^ 0x5a)).toString(),
  });

  it("survive a restart and a damaged file", () => {
    const file = path.join(folder(), "settings.json");
    openSettingsFile(file).write({ relayUrl: "https://relay.example" });
    expect(openSettingsFile(file).read()).toEqual({ relayUrl: "https://relay.example" });
    writeFileSync(file, "{ half");
    expect(openSettingsFile(file).read()).toEqual({});
  });

  it("keep the token encrypted, and refuse basic_text", () => {
    const file = path.join(folder(), "settings.json");
    const settings = openSettingsFile(file);
    const good = createSecureSession({ safeStorage: vault("gnome_libsecret"), settings, platform: "linux" });
    expect(good.save("token-123")).toEqual({ stored: true });
    expect(readFileSync(file, "utf8")).not.toContain("token-123");
    expect(good.load()).toBe("token-123");
    good.clear();
    expect(good.load()).toBeUndefined();
    for (const safeStorage of [vault("basic_text"), vault("unknown"), vault("kwallet5", false)]) {
      const refused = createSecureSession({ safeStorage, settings, platform: "linux" }).save("token-123");
      expect(refused.stored).toBe(false);
      expect(readFileSync(file, "utf8")).not.toContain("session");
    }
    expect(createSecureSession({ safeStorage: vault("n/a"), settings, platform: "win32" }).save("t")).toEqual({
      stored: true,
    });
  });
});

describe("window state", () => {
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
  it("returns to where it was, but never off screen or too small", () => {
    expect(restoreWindowState({ x: 10, y: 20, width: 900, height: 700, maximized: false }, screens)).toMatchObject({
      x: 10,
      y: 20,
      width: 900,
    });
    expect(restoreWindowState({ x: 4000, y: 20, width: 900, height: 700, maximized: true }, screens)).toEqual({
      width: 900,
      height: 700,
      maximized: true,
    });
    expect(restoreWindowState({ x: 0, y: 0, width: 10, height: 10, maximized: false }, screens)).toMatchObject({
      width: 360,
      height: 560,
    });
    expect(restoreWindowState(undefined, screens)).toEqual({ width: 1280, height: 840, maximized: false });
  });
});

describe("the bridge, both sides against one schema", () => {
  const setUp = (url = "app://drawbridge/deals", parent: unknown = null) => {
    const listeners = new Map<string, Parameters<IpcMain["handle"]>[1]>();
    const badges: number[] = [];
    const settings = openSettingsFile(path.join(folder(), "settings.json"));
    const safeStorage: SafeStorage = {
      isEncryptionAvailable: () => true,
      encryptString: (text) => Buffer.from(text),
      decryptString: (bytes) => bytes.toString(),
    };
    let link: string | undefined = "/record/r1";
    const handlers = createBridgeHandlers({
      settings,
      session: createSecureSession({ safeStorage, settings, platform: "darwin" }),
      version: "0.1.0",
      platform: "darwin",
      setBadge: (count) => void badges.push(count),
      takeDeepLink: () => [link, (link = undefined)][0],
    });
    registerBridge({ handle: (channel, listener) => void listeners.set(channel, listener) }, handlers);
    const sent: ((event: unknown, ...input: unknown[]) => void)[] = [];
    const ipc: IpcRenderer = {
      invoke: async (channel, ...input) => listeners.get(channel)?.({ senderFrame: { url, parent } }, ...input),
      on: (_channel, listener) => sent.push(listener),
      removeListener: () => (sent.length = 0),
    };
    return { listeners, badges, client: createBridgeClient(ipc), sent, ipc };
  };

  it("serves every channel the preload can call, and no other", async () => {
    const { listeners, client, badges } = setUp();
    expect([...listeners.keys()].toSorted()).toEqual(Object.keys(bridgeChannels).toSorted());
    expect(await client.ready()).toEqual({ version: "0.1.0", platform: "darwin", openAt: "/record/r1" });
    expect(await client.ready()).toEqual({ version: "0.1.0", platform: "darwin" });
    expect(await client.relayUrl()).toBeUndefined();
    expect(await client.setRelayUrl("https://relay.example/")).toEqual({ stored: true });
    expect(await client.relayUrl()).toBe("https://relay.example");
    await client.saveSession("token");
    expect(await client.loadSession()).toBe("token");
    await client.clearSession();
    expect(await client.loadSession()).toBeUndefined();
    await client.setBadge(3);
    expect(badges).toEqual([3]);
  });

  it("refuses foreign pages, inner frames and nonsense, without effect", async () => {
    for (const page of [setUp("https://evil.example/"), setUp("app://drawbridge/", {})])
      await expect(page.client.relayUrl()).rejects.toThrow("may not use");
    const { ipc, badges } = setUp();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(bridgeChannels)),
        fc.array(fc.anything(), { minLength: 1, maxLength: 2 }),
        async (channel, input) => {
          const schema = bridgeChannels[channel as keyof typeof bridgeChannels].request;
          if (input.length === 1 && schema.safeParse(input[0]).success) return;
          await expect(ipc.invoke(channel, ...input)).rejects.toThrow();
        },
      ),
      { numRuns: 300 },
    );
    expect(badges).toEqual([]);
    await expect(setUp().client.setRelayUrl("file:///etc")).rejects.toThrow();
  });

  it("passes on only well-formed deep links", () => {
    const { client, sent } = setUp();
    const seen: string[] = [];
    const stop = client.onDeepLink((link) => seen.push(link));
    for (const link of ["/record/1", "javascript:alert(1)", 7, "/../x"])
      for (const listener of sent) listener({}, link);
    stop();
    expect(seen).toEqual(["/record/1"]);
    expect(sent).toEqual([]);
    expect(deepLinkChannel).toBe("desktop:deep-link");
  });
});

describe("menu and updates", () => {
  it("has a menu whose own commands lead somewhere", () => {
    const went: string[] = [];
    const menu = menuTemplate({
      platform: "linux",
      goTo: (to) => went.push(to),
      checkForUpdates: () => went.push("updates"),
    });
    const click = (item: unknown): void => {
      const { click: run, submenu } = item as { click?: () => void; submenu?: unknown[] };
      run?.();
      for (const inner of Array.isArray(submenu) ? submenu : []) click(inner);
    };
    for (const item of menu) click(item);
    expect(went).toEqual([
      "/import",
      "/settings",
      "/",
      "/companies",
      "/contacts",
      "/deals",
      "/projects",
      "/pending",
      "updates",
    ]);
    expect(menuTemplate({ platform: "darwin", goTo: () => undefined, checkForUpdates: () => undefined })[0]).toEqual({
      role: "appMenu",
    });
  });

  it("never downgrades, installs at quit, and answers whoever asked", async () => {
    const listeners = new Map<string, () => void>();
    const messages: string[] = [];
    const updater: AutoUpdater = {
      autoDownload: false,
      autoInstallOnAppQuit: false,
      allowDowngrade: true,
      checkForUpdates: async () => {
        listeners.get("error")?.();
        throw new Error("offline");
      },
      on: (event, listener) => listeners.set(event, listener),
    };
    const updates = wireUpdates(updater, { isPackaged: true, messages: { info: (message) => messages.push(message) } });
    expect([updater.autoDownload, updater.autoInstallOnAppQuit, updater.allowDowngrade]).toEqual([true, true, false]);
    await Promise.resolve();
    expect(messages).toEqual([]);
    await updates.check();
    expect(messages).toEqual(["The update server could not be reached. Try again when you are online."]);
  });
});

describe("leaving while something is being saved", () => {
  /** A window as Electron's: closing asks the page, and goes through unless the page objects. */
  function openWindow(options: { readonly savedAfter: number; readonly mayLose: boolean }) {
    vi.useFakeTimers({ now: 1_000_000 });
    const openedAt = Date.now();
    let onClose = (): void => undefined;
    let onPrevent = (_event: { preventDefault(): void }): void => undefined;
    const said: string[] = [];
    const unload = (what: string): void => {
      let goes = Date.now() - openedAt >= options.savedAfter;
      if (!goes) onPrevent({ preventDefault: () => (goes = true) });
      if (goes) said.push(`${what} after ${Date.now() - openedAt} ms`);
    };
    const shown = {
      on: (_event: "close", listener: () => void) => (onClose = listener),
      close: () => {
        onClose();
        unload("closed");
      },
      isDestroyed: () => said.some((one) => one.startsWith("closed")),
      webContents: {
        on: (_event: "will-prevent-unload", listener: typeof onPrevent) => (onPrevent = listener),
        reload: () => unload("reloaded"),
      },
    };
    waitToLeave(shown, {
      askToLose: () => {
        said.push("asked");
        return options.mayLose;
      },
    });
    return { ...shown, said };
  }

  it("waits for the disk, then closes or reloads by itself", () => {
    const window = openWindow({ savedAfter: 120, mayLose: false });
    window.close();
    expect(window.said).toEqual([]);
    vi.advanceTimersByTime(10_000);
    expect(window.said).toEqual(["closed after 150 ms"]);
    const other = openWindow({ savedAfter: 70, mayLose: false });
    other.webContents.reload();
    vi.advanceTimersByTime(10_000);
    expect(other.said).toEqual(["reloaded after 100 ms"]);
    vi.useRealTimers();
  });

  it("asks when that takes long, and does what is answered", () => {
    const stays = openWindow({ savedAfter: Number.POSITIVE_INFINITY, mayLose: false });
    stays.close();
    vi.advanceTimersByTime(60_000);
    expect(stays.said).toEqual(["asked"]);
    stays.close();
    vi.advanceTimersByTime(60_000);
    expect(stays.said).toEqual(["asked", "asked"]);
    const goes = openWindow({ savedAfter: Number.POSITIVE_INFINITY, mayLose: true });
    goes.close();
    vi.advanceTimersByTime(60_000);
    expect(goes.said).toEqual(["asked", "closed after 5000 ms"]);
    vi.useRealTimers();
  });
});
