// The relay as a process of its own, on a folder and a port that stay the same when it is stopped and started again.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { assert } from "#shared/model/result.ts";
import type { Account } from "./data-folder.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const START_MS = 60_000;

/** Ended with this process, whatever happens to it. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export type RelayOptions = { readonly folder: string; readonly app: string; readonly demo?: boolean };
export type DemoAccount = Account & { readonly persona: string; readonly spaces: readonly { readonly id: string }[] };

export type BenchRelay = {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  demoAccounts(): readonly DemoAccount[];
};

async function startOn(port: number, { folder, app, demo }: RelayOptions): Promise<[ChildProcess, string]> {
  const flags = ["--port", String(port), "--data", folder, "--app", app, "--no-open", ...(demo ? ["--demo"] : [])];
  const child = spawn(process.execPath, ["sync-server/main.ts", ...flags], { cwd: root, stdio: "pipe" });
  running.add(child);
  let output = "";
  const address = new Promise<string>((resolve, reject) => {
    const take = (data: Buffer): void => {
      output += data.toString();
      const found = /running at (http:\S+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("exit", (code) => reject(new Error(`The relay ended with ${code}: ${output}`)));
    AbortSignal.timeout(START_MS).addEventListener("abort", () => reject(new Error(`No relay: ${output}`)));
  });
  try {
    return [child, await address];
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

export async function startRelay(options: RelayOptions): Promise<BenchRelay> {
  const [first, url] = await startOn(0, options);
  let child: ChildProcess | undefined = first;
  return {
    url,
    start: async () => {
      assert(child === undefined, "the relay was stopped");
      [child] = await startOn(Number(new URL(url).port), options);
    },
    stop: async () => {
      const stopping = child;
      child = undefined;
      if (stopping === undefined || stopping.exitCode !== null) return;
      const ended = once(stopping, "exit");
      stopping.kill("SIGTERM");
      const hard = setTimeout(() => stopping.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(hard);
      running.delete(stopping);
    },
    // The relay wrote this file itself.
    demoAccounts: () =>
      JSON.parse(readFileSync(path.join(options.folder, "demo-accounts.json"), "utf8")) as DemoAccount[],
  };
}
