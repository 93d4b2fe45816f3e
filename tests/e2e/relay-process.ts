// A real relay as a process of its own, with demo data in a folder of its own: tests stop it, kill it and start it again
// on the same port. Networks are cut for real this way; a browser's offline switch leaves open sockets alive.

import { spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

/** A test that ran out of time disposes of nothing, and the next one takes turns on the same port. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export type DemoAccount = {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly persona: string;
  readonly spaces: readonly { readonly id: string; readonly kind: string; readonly name: string }[];
};

/** A port nobody listens on: any, or one of a range. */
export async function freePort(first = 0, last = 0): Promise<number> {
  const wanted = first === 0 ? 0 : randomInt(first, last);
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      wanted !== 0 && error.code === "EADDRINUSE" ? resolve(freePort(first, last)) : reject(error),
    );
    server.listen(wanted, () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

type RelayOptions = {
  readonly demo?: boolean;
  readonly flags?: readonly string[];
  readonly port?: number;
  /** The data folder; a new one when left out. */
  readonly folder?: string;
  /** Puts into the data folder what the relay starts with. */
  readonly fill?: (folder: string) => void;
};

export class RelayProcess {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly output: string[] = [];
  #child: ChildProcess | undefined;
  readonly #flags: readonly string[];

  private constructor(port: number, folder: string, flags: readonly string[]) {
    this.port = port;
    this.url = `http://localhost:${port}`;
    this.folder = folder;
    this.#flags = flags;
  }

  static async start(options: RelayOptions = {}): Promise<RelayProcess> {
    const folder = options.folder ?? mkdtempSync(path.join(tmpdir(), "drawbridge-e2e-"));
    options.fill?.(folder);
    const relay = new RelayProcess(options.port ?? (await freePort()), folder, [
      ...((options.demo ?? true) ? ["--demo"] : []),
      ...(options.flags ?? []),
    ]);
    await relay.start();
    return relay;
  }

  async start(): Promise<void> {
    const flags = ["--port", String(this.port), "--data", this.folder, "--no-open", ...this.#flags];
    const child = spawn(process.execPath, ["sync-server/main.ts", ...flags], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    running.add(child);
    child.once("exit", () => running.delete(child));
    await new Promise<void>((resolve, reject) => {
      const onData = (data: Buffer): void => {
        this.output.push(data.toString());
        if (this.output.join("").includes("Drawbridge running at")) resolve();
      };
      child.stdout.on("data", onData);
      child.stderr.on("data", (data: Buffer) => this.output.push(data.toString()));
      child.once("exit", (code) => reject(new Error(`relay ended with ${code}: ${this.output.join("")}`)));
    });
    this.output.length = 0;
  }

  accounts(): readonly DemoAccount[] {
    return JSON.parse(readFileSync(path.join(this.folder, "demo-accounts.json"), "utf8")) as DemoAccount[];
  }

  account(firstName: string): DemoAccount {
    const found = this.accounts().find((account) => account.name.startsWith(firstName));
    if (found === undefined) throw new Error(`no demo account for ${firstName}`);
    return found;
  }

  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }

  async dispose(): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}
