// Without a command: settings in, one line out, a graceful stop.

import { spawn } from "node:child_process";
import { pino, type Logger } from "pino";
import { personaLabel } from "#shared/model/personas.ts";
import { parseConfig, type Config } from "#sync-server/config.ts";
import type { DemoAccount } from "#sync-server/demo/demo-folder.ts";
import { listen } from "#sync-server/http-listener.ts";
import type { Relay } from "#sync-server/relay.ts";
import { failed, type Command, type Outcome } from "./command.ts";

const STANDARD_ERROR = 2;

const createLogger = ({ logLevel, logToStdout }: Config): Logger =>
  logToStdout
    ? pino({ level: logLevel })
    : pino({ level: logLevel }, pino.destination({ dest: STANDARD_ERROR, sync: true }));

function accountTable(accounts: readonly DemoAccount[]): string {
  const rows = accounts.map(({ name, persona, email, password }) => [name, personaLabel(persona), email, password]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
  return ["", "Sign in as (name, role, e-mail, password):", ...lines, ""].join("\n");
}

function openBrowser(address: string): void {
  const command = process.platform === "darwin" ? "open" : process.platform === "win32" ? "explorer" : "xdg-open";
  const child = spawn(command, [address], { stdio: "ignore", detached: true });
  child.on("error", () => process.stdout.write(`Open ${address} in your browser.\n`));
  child.unref();
}

function stopGracefully(relay: Relay): void {
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      // The second time means now.
      if (stopping) process.exit(1);
      stopping = true;
      void relay.close().then(() => process.exit(0));
    });
  }
}

async function start(config: Config): Promise<Outcome> {
  const listening = await listen(config);
  if (!listening.ok) return failed(listening.error.message);
  // Most of the code is loaded behind a port that answers already.
  const { openRelay } = await import("#sync-server/relay.ts");
  const opened = await openRelay(config, { logger: createLogger(config), listener: listening.value });
  if (!opened.ok) return failed(opened.error.message);
  const relay = opened.value;
  stopGracefully(relay);
  process.stdout.write(`Drawbridge running at ${relay.address}\n`);
  if (relay.demoAccounts !== undefined) process.stdout.write(accountTable(relay.demoAccounts));
  if (config.opensBrowser) openBrowser(relay.address);
  return { exitCode: 0 };
}

export const runRelay: Command = {
  usage: "[settings]",
  help: "Run the relay: what happens without a command",
  run: async (args) => {
    const config = parseConfig({ argv: args });
    return config.ok ? start(config.value) : failed(config.error.message);
  },
};
