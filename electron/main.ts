// The desktop app's composition root: one instance, one window, and the parts beside this file put together.

import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, safeStorage, screen, session, shell } from "electron";
import { autoUpdater } from "electron-updater";
import path from "node:path";
import { deepLinkChannel } from "#shared/desktop/bridge.ts";
import { createAppProtocol } from "./app-protocol.ts";
import { createBridgeHandlers, registerBridge } from "./bridge-handlers.ts";
import { DEEP_LINK_SCHEME, findDeepLink, parseDeepLink } from "./deep-links.ts";
import { menuTemplate } from "./menu.ts";
import { APP_ORIGIN, APP_SCHEME, mayGrant, mayNavigate, mayOpenExternally } from "./navigation-rules.ts";
import { createSecureSession } from "./secure-session.ts";
import { openSettingsFile } from "./settings-file.ts";
import { wireUpdates } from "./updates.ts";
import { waitToLeave } from "./wait-to-leave.ts";
import { MINIMUM_SIZE, restoreWindowState } from "./window-state.ts";

const here = import.meta.dirname;
let window: BrowserWindow | undefined;
let pendingLink = findDeepLink(process.argv);
/** The page listens for links from the moment it asks for the one it was started with. */
let pageListens = false;

protocol.registerSchemesAsPrivileged([
  {
    scheme: APP_SCHEME,
    privileges: {
      standard: true,
      secure: true,
      supportFetchAPI: true,
      stream: true,
      codeCache: true,
      allowServiceWorkers: false,
    },
  },
]);

function openLink(link: string | undefined): void {
  if (link === undefined) return;
  if (window === undefined || !pageListens) pendingLink = link;
  else window.webContents.send(deepLinkChannel, link);
}

function focusWindow(): void {
  if (window?.isMinimized() === true) window.restore();
  window?.focus();
}

function guardContents(): void {
  app.on("web-contents-created", (_event, contents) => {
    contents.on("will-navigate", (event, url) => {
      if (!mayNavigate(url)) event.preventDefault();
    });
    contents.on("will-attach-webview", (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (mayOpenExternally(url)) void shell.openExternal(url);
      return { action: "deny" };
    });
  });
  session.defaultSession.setPermissionRequestHandler((contents, permission, callback) =>
    callback(mayGrant(permission, contents.getURL())),
  );
  session.defaultSession.setPermissionCheckHandler((_contents, permission, origin) => mayGrant(permission, origin));
}

async function start(): Promise<void> {
  const settings = openSettingsFile(path.join(app.getPath("userData"), "settings.json"));
  const secureSession = createSecureSession({ safeStorage, settings, platform: process.platform });
  protocol.handle(APP_SCHEME, createAppProtocol(path.join(here, "../renderer")));
  guardContents();
  const takeDeepLink = (): string | undefined => {
    const link = pendingLink;
    pendingLink = undefined;
    pageListens = true;
    return link;
  };
  registerBridge(
    ipcMain,
    createBridgeHandlers({
      settings,
      session: secureSession,
      version: app.getVersion(),
      platform: process.platform,
      setBadge: (count) => void app.setBadgeCount(count),
      takeDeepLink,
    }),
  );
  const state = restoreWindowState(
    settings.read().window,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const opened = new BrowserWindow({
    ...(state.x === undefined || state.y === undefined ? {} : { x: state.x, y: state.y }),
    width: state.width,
    height: state.height,
    minWidth: MINIMUM_SIZE.width,
    minHeight: MINIMUM_SIZE.height,
    title: "Drawbridge",
    show: false,
    backgroundColor: "#14213d",
    webPreferences: {
      preload: path.join(here, "preload.cjs"),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    },
  });
  window = opened;
  if (state.maximized) opened.maximize();
  opened.once("ready-to-show", () => opened.show());
  opened.on("close", () =>
    settings.write({ window: { ...opened.getNormalBounds(), maximized: opened.isMaximized() } }),
  );
  opened.on("closed", () => (window = undefined));
  waitToLeave(opened, {
    askToLose: () =>
      dialog.showMessageBoxSync(opened, {
        type: "warning",
        message: "Something you changed is not saved on this device yet.",
        detail: "It is still on the page. If the device is full, free some space and come back.",
        buttons: ["Stay", "Leave without it"],
        defaultId: 0,
        cancelId: 0,
      }) === 1,
  });
  const messages = {
    info: (message: string) => void dialog.showMessageBox({ type: "info", message, buttons: ["OK"] }),
  };
  const updates = wireUpdates(autoUpdater, { isPackaged: app.isPackaged, messages });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate({
        platform: process.platform,
        goTo: (to) => opened.webContents.send(deepLinkChannel, to),
        checkForUpdates: () => void updates.check(),
      }),
    ),
  );
  await opened.loadURL(`${APP_ORIGIN}/`);
}

if (app.requestSingleInstanceLock()) {
  app.setAsDefaultProtocolClient(DEEP_LINK_SCHEME);
  app.on("second-instance", (_event, argv) => {
    focusWindow();
    openLink(findDeepLink(argv));
  });
  app.on("open-url", (event, url) => {
    event.preventDefault();
    openLink(parseDeepLink(url));
  });
  app.on("window-all-closed", () => app.quit());
  void app.whenReady().then(start);
} else {
  app.quit();
}
