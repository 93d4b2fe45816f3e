// What --help prints: every command, every setting.

import { settingLines, settingsFromEnvironment } from "#sync-server/config.ts";
import type { Command } from "./command.ts";

export const helpText = (commands: Iterable<Command>): string =>
  [
    "Drawbridge relay: keeps the organization's data and serves the app, on one port.",
    "",
    "Usage: npm run relay -- [command] [settings]",
    "",
    "Commands:",
    ...[...commands].flatMap(({ usage, help }) => [`  ${usage}`, `      ${help}`]),
    "",
    "Settings:",
    ...settingLines(),
    `  ${"--help".padEnd(28)} Print this`,
    "",
    settingsFromEnvironment,
    "",
  ].join("\n");
