// The real relay as a process of its own, for tests that kill it, starve it or listen to its log. The journal of such a
// test lies outside of it.

import { spawn, type ChildProcess } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { PASSWORD } from "../sync/network.ts";
import { signInRaw } from "../sync/raw-feed.ts";

const main = join(import.meta.dirname, "../../sync-server/main.ts");

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export type Ended = { readonly code: number | null; readonly signal: string | null };

export type RelayProcess = {
  readonly address: string;
  readonly folder: string;
  readonly port: number;
  readonly pid: number | undefined;
  /** Everything it printed since its first start. */
  output(): string;
  /** Resolves with the milliseconds it took to serve. Rejects when it ends instead. */
  start(): Promise<number>;
  /** Undefined while it runs. */
  ended(): Ended | undefined;
  untilEnded(): Promise<Ended>;
  stop(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
};

export type ProcessOptions = {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Put before the program, for example a shell that sets limits. */
  readonly launcher?: readonly string[];
};

/** Limits are what other tests are about. */
const generous =
  "--requests-per-minute 1000000 --sign-in-tries 100000 --updates-per-second 100000 --kilobytes-per-minute 1000000".split(
    " ",
  );

export async function prepareRelay(folder: string, options: ProcessOptions = {}): Promise<RelayProcess> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  let end: Promise<Ended> | undefined;
  let ended: Ended | undefined;
  const printed: string[] = [];

  async function start(): Promise<number> {
    const startedAt = performance.now();
    const own = ["--port", String(port), "--host", "127.0.0.1", "--data", folder, "--no-open"];
    const command = [
      ...(options.launcher ?? []),
      process.execPath,
      main,
      ...own,
      ...generous,
      ...(options.flags ?? []),
    ];
    const started = spawn(command[0] ?? "", command.slice(1), {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...options.env },
    });
    child = started;
    ended = undefined;
    end = new Promise((resolve) =>
      started.once("exit", (code, signal) => {
        ended = { code, signal };
        resolve(ended);
      }),
    );
    const ready = new Promise<boolean>((resolve) => {
      started.stdout?.on("data", (bytes: Buffer) => {
        printed.push(bytes.toString());
        if (bytes.toString().includes("running at")) resolve(true);
      });
      started.stderr?.on("data", (bytes: Buffer) => printed.push(bytes.toString()));
      void end?.then(() => resolve(false));
    });
    if (!(await ready)) throw new Error(`the relay ended at its start: ${printed.join("").slice(-2_000)}`);
    return performance.now() - startedAt;
  }

  return {
    address: `http://127.0.0.1:${port}`,
    folder,
    port,
    get pid() {
      return child?.pid;
    },
    output: () => printed.join(""),
    start,
    ended: () => ended,
    untilEnded: async () => (await end) ?? { code: null, signal: null },
    async stop(signal) {
      if (ended === undefined) child?.kill(signal);
      await end;
    },
  };
}

export const OWNER = "olga@northwind.example";

/** Makes the organization; answers a token of its owner and the id of the CRM space. */
export async function setUpRelay(address: string): Promise<{ readonly token: string; readonly space: string }> {
  const body = JSON.stringify({ organization: "Northwind", name: "Olga", email: OWNER, password: PASSWORD });
  const headers = { "content-type": "application/json" };
  const made = await fetch(`${address}/api/v1/set-up`, { method: "POST", headers, body });
  if (made.status !== 200) throw new Error(`set-up answered ${made.status}`);
  const token = await signInRaw(address, OWNER);
  const spaces = await fetch(`${address}/api/v1/spaces`, { headers: { authorization: `Bearer ${token}` } });
  return { token, space: ((await spaces.json()) as { id: string }[])[0]?.id ?? "" };
}
