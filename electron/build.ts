// Bundles the desktop shell into dist/electron: main, then the preload beside it.

import { build } from "vite";

const configFile = "vite.desktop.config.ts";
process.env["DESKTOP_ENTRY"] = "main";
await build({ configFile, logLevel: "warn" });
process.env["DESKTOP_ENTRY"] = "preload";
await build({ configFile, logLevel: "warn" });
