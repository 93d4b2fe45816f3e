// The application menu as plain data: standard roles, plus the few commands that are ours.

import type { MenuItemConstructorOptions } from "electron";

export function menuTemplate(deps: {
  platform: string;
  goTo(path: string): void;
  checkForUpdates(): void;
}): MenuItemConstructorOptions[] {
  const mac = deps.platform === "darwin";
  const go = (label: string, path: string, accelerator: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => deps.goTo(path),
  });
  return [
    ...(mac ? [{ role: "appMenu" } as const] : []),
    {
      label: "File",
      submenu: [
        go("Import", "/import", "CmdOrCtrl+I"),
        go("Settings", "/settings", "CmdOrCtrl+,"),
        { type: "separator" },
        { role: mac ? "close" : "quit" },
      ],
    },
    { role: "editMenu" },
    {
      label: "Go",
      submenu: [
        go("Home", "/", "CmdOrCtrl+1"),
        go("Companies", "/companies", "CmdOrCtrl+2"),
        go("Contacts", "/contacts", "CmdOrCtrl+3"),
        go("Deals", "/deals", "CmdOrCtrl+4"),
        go("Projects", "/projects", "CmdOrCtrl+5"),
        go("Changes waiting", "/pending", "CmdOrCtrl+6"),
      ],
    },
    {
      label: "View",
      submenu: [
        { role: "reload" },
        { role: "resetZoom" },
        { role: "zoomIn" },
        { role: "zoomOut" },
        { role: "togglefullscreen" },
      ],
    },
    { role: "windowMenu" },
    { role: "help", submenu: [{ label: "Check for updates", click: () => deps.checkForUpdates() }] },
  ];
}
