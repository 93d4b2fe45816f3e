// A restart on a large log: from the start of the process until the first client is up to date. The
// folder is made once and kept in the scratch folder.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startServer } from "./server-process.ts";
import type { Target } from "./targets.ts";

export type Restart = { readonly gigabytes: number; readonly listensAfterMs: number; readonly servesAfterMs: number };

function largeFolder(scratch: string, gigabytes: number): string {
  const dir = path.join(scratch, `log-of-${gigabytes}-gb`);
  if (existsSync(path.join(dir, "filled"))) return dir;
  console.log(`Making a log of ${gigabytes} GB in ${dir}`);
  mkdirSync(dir, { recursive: true });
  const script = path.join(import.meta.dirname, "fill-large-log.ts");
  execFileSync(process.execPath, [script, path.join(dir, "data"), String(gigabytes)], { stdio: "inherit" });
  writeFileSync(path.join(dir, "filled"), "");
  return dir;
}

export async function measureRestart(target: Target, scratch: string, gigabytes: number): Promise<Restart> {
  const dir = largeFolder(scratch, gigabytes);
  const server = await startServer(target, dir);
  try {
    const began = performance.now();
    const session = server.open();
    await new Promise<void>((resolve, reject) => {
      // In a small space of its own: what it waits for is the relay, not its download.
      session.join("doc0", { onStep2: () => resolve(), onError: reject });
    });
    const served = performance.now() - began;
    session.kill();
    return { gigabytes, listensAfterMs: server.startMs, servesAfterMs: server.startMs + served };
  } finally {
    await server.stop("SIGTERM");
  }
}
