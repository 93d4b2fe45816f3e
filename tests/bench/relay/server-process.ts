// A server under measurement: a process of its own on a free port and a folder, with what Linux says about it.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "./session.ts";
import type { Target } from "./targets.ts";

const START_MS = 60_000;
const SETTLE_MS = 150;
const TICKS_PER_SECOND = 100;

/** Ended with this process, whatever happens to it. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export type Usage = { readonly cpuSeconds: number; readonly rssMB: number };

export type Server = {
  readonly target: Target;
  readonly url: string;
  /** From the start of the process until it listened. */
  readonly startMs: number;
  usage(): Usage;
  open(rooms?: readonly string[]): Session;
  stop(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
};

export const newFolder = (): string => mkdtempSync(path.join(tmpdir(), "drawbridge-bench-relay-"));
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    rssMB: Number(rss) / 1024,
  };
}

export async function startServer(target: Target, dir: string, documents = 1): Promise<Server> {
  const port = await freePort();
  const { cwd, args, env } = target.command({ port, dir }, documents);
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env["PATH"], HOME: dir, NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const exited = once(child, "exit").then(() => running.delete(child));
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${target.name} did not start: ${output}`)), START_MS);
    const take = (data: Buffer): void => {
      output = (output + data.toString()).slice(-10_000);
      if (!/running|listen/i.test(output)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    void exited.then(() => reject(new Error(`${target.name} ended: ${output}`)));
  });
  const startMs = performance.now() - startedAt;
  await sleep(SETTLE_MS);
  const { pid = 0 } = child;
  const url = `ws://127.0.0.1:${port}`;
  return {
    target,
    url,
    startMs,
    usage: () => usageOf(pid),
    open: (rooms) => target.open(url, rooms),
    async stop(signal) {
      child.kill(signal);
      const hard = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await exited;
      clearTimeout(hard);
    },
  };
}
