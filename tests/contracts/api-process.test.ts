// The relay as people start it: one line when it runs, one sentence when it cannot, a clean end.

import { spawn, type ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import { chmodSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { FEED_SUBPROTOCOL } from "#shared/protocol/version.ts";
import { DATABASE_FILE, SCHEMA_VERSION } from "#sync-server/storage/schema.ts";
import { temporaryFolder } from "./api-harness.ts";

const main = join(import.meta.dirname, "../../sync-server/main.ts");
const running = new Set<ChildProcess>();
const folders: string[] = [];

type Run = {
  readonly child: ChildProcess;
  readonly address: Promise<string>;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
};

const start = (...flags: readonly string[]): Run => startUnder([], flags);

/** `nodeFlags` are for Node. */
function startUnder(nodeFlags: readonly string[], flags: readonly string[]): Run {
  const child = spawn(process.execPath, [...nodeFlags, main, "--no-open", ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const output = { stdout: "", stderr: "" };
  let tell: (address: string) => void = () => undefined;
  const address = new Promise<string>((resolve) => (tell = resolve));
  child.stdout.on("data", (data: Buffer) => {
    output.stdout += data.toString();
    const found = /running at (\S+)/.exec(output.stdout)?.[1];
    if (found !== undefined) tell(found);
  });
  child.stderr.on("data", (data: Buffer) => (output.stderr += data.toString()));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on("close", (code) => {
      running.delete(child);
      resolve({ code, ...output });
    });
  });
  return { child, address, ended };
}

function newFolder(): string {
  const folder = temporaryFolder();
  folders.push(folder);
  return folder;
}

/** Exit code 1, nothing but one sentence on stderr, and it says what to do. */
async function expectSentence(run: Run, words: RegExp): Promise<void> {
  const { code, stdout, stderr } = await run.ended;
  expect(stderr).toMatch(words);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+|^Error/m);
  expect(stdout).toBe("");
  expect(code).toBe(1);
}

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe("a good start", { timeout: 60_000 }, () => {
  it("prints its address, fills the demo once, closes sockets with 1012 on SIGTERM, ends with 0 and starts again", async () => {
    const data = newFolder();
    const first = start("--demo", "--port", "0", "--data", data);
    const address = await first.address;
    expect(address).toMatch(/^http:\/\/localhost:\d+$/);
    const sign = async (base: string): Promise<string> => {
      const body = JSON.stringify({ email: "carla@harborclinic.example", password: "drawbridge" });
      const response = await fetch(`${base}/api/v1/auth/sign-in`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      return ((await response.json()) as { token: string }).token;
    };
    const headers = { authorization: `Bearer ${await sign(address)}` };
    const { ticket } = (await (await fetch(`${address}/api/v1/tickets`, { method: "POST", headers })).json()) as {
      ticket: string;
    };
    const socket = new WebSocket(`${address.replace("http", "ws")}/feed?ticket=${ticket}`, [FEED_SUBPROTOCOL]);
    await new Promise((resolve) => socket.on("open", resolve));
    const closed = new Promise((resolve) => socket.on("close", resolve));
    const accounts = readFileSync(join(data, "demo-accounts.json"), "utf8");
    expect(JSON.parse(accounts)).toContainEqual({
      name: "Carla Meyer",
      email: "carla@harborclinic.example",
      password: "drawbridge",
      persona: "client",
      spaces: [{ id: expect.any(String), kind: "project", name: "Clinic roof" }],
    });

    first.child.kill("SIGTERM");
    expect(await closed).toBe(1012);
    const end = await first.ended;
    expect([end.code, end.stderr]).toEqual([0, ""]);
    for (const words of ["Ana Ruiz", "carla@harborclinic.example", "drawbridge"]) expect(end.stdout).toContain(words);

    const second = start("--demo", "--port", "0", "--data", data);
    const again = await second.address;
    const spaces = (await (await fetch(`${again}/api/v1/spaces`, { headers })).json()) as unknown[];
    expect(spaces, "the session and the spaces are still there, once").toHaveLength(1);
    expect(readFileSync(join(data, "demo-accounts.json"), "utf8")).toBe(accounts);
    second.child.kill("SIGINT");
    expect(await second.ended).toMatchObject({ code: 0, stdout: end.stdout.replace(address, again) });
  });

  it("keeps stdout for the operator's JSON log when asked, without personal data", async () => {
    const run = start("--demo", "--port", "0", "--data", newFolder(), "--log-level", "info");
    const address = await run.address;
    await fetch(`${address}/api/v1/auth/sign-in?secret=ticket`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: "ana@northwind.example", password: "wrong" }),
    });
    run.child.kill("SIGTERM");
    const { stdout } = await run.ended;
    const lines = stdout.split("\n").filter((line) => line.includes('"reqId"'));
    expect(lines.length).toBeGreaterThan(1);
    for (const secret of ["ana@northwind", "wrong", "secret=", "127.0.0.1", "::1"])
      expect(lines.join("\n")).not.toContain(secret);
  });

  it("loads nothing that only some requests need: no HTTP client, no other validator, no writer of API documents or mail", async () => {
    // The main thread's, when it ends: modules of Node, and files of packages.
    const listLoaded = `
      const { isMainThread } = process.getBuiltinModule("worker_threads");
      const { _cache } = process.getBuiltinModule("module");
      const list = () => [...process.moduleLoadList, ...Object.keys(_cache)].join("\\n");
      if (isMainThread) process.on("exit", () => process.stderr.write(list()));`;
    const nodeFlags = ["--import", `data:text/javascript,${encodeURIComponent(listLoaded)}`];
    const data = newFolder();
    let loaded = "";
    // The first start of a version compiles its code, the next ones find it.
    for (let round = 0; round < 2; round += 1) {
      const run = startUnder(nodeFlags, ["--port", "0", "--data", data]);
      await run.address;
      run.child.kill("SIGTERM");
      loaded = (await run.ended).stderr;
    }
    expect(loaded).toMatch(/node_modules\/fastify\//);
    expect(loaded).toMatch(/NativeModule http$/m);
    const unwanted =
      /deps\/undici|node_modules\/(ajv|@fastify\/fast-json-stringify-compiler|yaml|@fastify\/swagger|nodemailer)\//;
    expect(loaded.split("\n").filter((line) => unwanted.test(line))).toEqual([]);
  });

  it("prints every setting for --help", async () => {
    const { code, stdout } = await start("--help").ended;
    expect(code).toBe(0);
    expect(stdout).toContain("--allow-origin");
  });
});

describe("a bad start is one sentence and exit code 1", { timeout: 60_000 }, () => {
  it("unknown flag", () => expectSentence(start("--prot", "1"), /--help/));

  it("port in use", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "localhost", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    const folder = join(newFolder(), "data");
    await expectSentence(start("--port", String(port), "--data", folder), /Port \d+ is already in use.*--port/);
    server.close();
    expect(existsSync(folder), "nothing was touched").toBe(false);
  });

  it("host that is not this machine's", () =>
    expectSentence(start("--port", "0", "--host", "203.0.113.7", "--data", newFolder()), /--host/));

  it("second relay on the same folder", async () => {
    const data = newFolder();
    const first = start("--port", "0", "--data", data);
    await first.address;
    await expectSentence(start("--port", "0", "--data", data), /another relay|--data/i);
  });

  it("folder of a newer version", async () => {
    const data = newFolder();
    const first = start("--port", "0", "--data", data);
    await first.address;
    first.child.kill("SIGTERM");
    await first.ended;
    const database = new DatabaseSync(join(data, DATABASE_FILE));
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 5}`);
    database.close();
    await expectSentence(start("--port", "0", "--data", data), /newer|update/i);
  });

  it("demo that was cut short while it was filled in", async () => {
    const folder = newFolder();
    const first = start("--port", "0", "--data", folder, "--demo");
    const isSetUp = (): boolean => {
      if (!existsSync(join(folder, "demo-unfinished"))) return false;
      const database = new DatabaseSync(join(folder, DATABASE_FILE), { readOnly: true });
      try {
        return database.prepare("SELECT 1 FROM organization").get() !== undefined;
      } finally {
        database.close();
      }
    };
    const end = Date.now() + 20_000;
    while (!isSetUp() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 2));
    first.child.kill("SIGKILL");
    await first.ended;
    await expectSentence(start("--port", "0", "--data", folder, "--demo"), /Delete that folder/);
    await expectSentence(start("--port", "0", "--data", folder), /Delete that folder/);
  });

  it("folder that cannot be written", async () => {
    const data = join(newFolder(), "closed");
    // Works for root too, whom file modes do not stop: a file where the folder should be.
    const { writeFileSync } = await import("node:fs");
    writeFileSync(data, "");
    chmodSync(data, 0o400);
    await expectSentence(start("--port", "0", "--data", join(data, "inside")), /data folder.*--data/);
  });
});
