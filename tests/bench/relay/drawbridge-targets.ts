// The relay as a target of a bench: its command line, on a folder that is filled once, and how a room is addressed.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { docIdOf } from "#shared/model/ids.ts";
import { assert } from "#shared/model/result.ts";
import { FACET } from "./accounts.ts";

export type Place = { readonly port: number; readonly dir: string };
export type Command = {
  readonly cwd: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

export const projectRoot = path.resolve(import.meta.dirname, "../../..");
const UNLIMITED = "1000000";

function fillOnce(folder: string, liveDocuments: number): void {
  if (existsSync(folder)) return;
  const script = path.join(import.meta.dirname, "fill-folder.ts");
  const filled = spawnSync(process.execPath, [script, folder, String(liveDocuments)], { encoding: "utf8" });
  assert(filled.status === 0, `the data folder could not be filled: ${filled.stderr}`);
}

function commandOf(script: string, { port, dir }: Place, liveDocuments: number): Command {
  const folder = path.join(dir, "data");
  fillOnce(folder, liveDocuments);
  const flags = ["--port", String(port), "--host", "127.0.0.1", "--data", folder, "--no-open"];
  const limits = [
    "--updates-per-second",
    UNLIMITED,
    "--kilobytes-per-minute",
    UNLIMITED,
    "--requests-per-minute",
    UNLIMITED,
  ];
  return { cwd: projectRoot, args: [script, ...flags, ...limits], env: {} };
}

/** The relay as an operator starts it; only the limits on how much one address may ask for are raised. */
export const relayCommand = (place: Place, liveDocuments: number): Command =>
  commandOf("sync-server/main.ts", place, liveDocuments);

export const relayWithoutRights = (place: Place): Command =>
  commandOf("tests/bench/relay/relay-without-rights.ts", place, 0);

export const livePath = (room: string): string => `live/${docIdOf(room, FACET)}`;
