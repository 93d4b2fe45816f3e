// R1: the relay killed at random moments under several pushing feeds. The journal is outside of it: what was acknowledged
// must be in the log after every restart. KILLS=20 for a merge, more for a release.

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import * as Y from "yjs";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { decodeBatchEntries } from "#shared/protocol/frames.ts";
import { PASSWORD, until } from "./network.ts";
import { createRandom } from "./random.ts";
import { openRawFeed, signInRaw, type RawFeed } from "./raw-feed.ts";

const KILLS = Number(process.env["KILLS"] ?? 3);
const FEEDS = 4;
const email = "olga@northwind.example";
const main = join(import.meta.dirname, "../../sync-server/main.ts");

const folder = mkdtempSync(join(tmpdir(), "drawbridge-kill-"));
let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves with the milliseconds it took. */
async function start(port: number): Promise<number> {
  const startedAt = performance.now();
  const flags = ["--port", String(port), "--host", "127.0.0.1", "--data", folder, "--no-open"];
  const limits = ["--requests-per-minute", "100000", "--sign-in-tries", "1000", "--updates-per-second", "100000"];
  const started = spawn(process.execPath, [main, ...flags, ...limits], { stdio: ["ignore", "pipe", "inherit"] });
  child = started;
  await new Promise<void>((resolve, reject) => {
    started.stdout?.on("data", (data: Buffer) => data.toString().includes("running at") && resolve());
    started.once("exit", (code) => reject(new Error(`the relay ended with ${code}`)));
  });
  return performance.now() - startedAt;
}

async function kill(): Promise<void> {
  const killed = child;
  child = undefined;
  killed?.removeAllListeners("exit");
  const gone = new Promise((resolve) => killed?.once("exit", resolve));
  killed?.kill("SIGKILL");
  await gone;
}

/** The values the log holds, read as any device reads them. */
async function readAll(feed: RawFeed): Promise<ReadonlySet<string>> {
  const docs = new Map<string, Y.Doc>();
  for (const frame of feed.frames) {
    const entries =
      frame.kind === "batch"
        ? frame.entries
        : frame.kind === "deflatedBatch"
          ? decodeBatchEntries(new Uint8Array(inflateRawSync(frame.payload)))
          : [];
    const list = "ok" in entries ? (entries.ok ? entries.value : []) : entries;
    for (const { docId, bytes } of list) {
      const doc = docs.get(docId) ?? new Y.Doc();
      docs.set(docId, doc);
      Y.applyUpdate(doc, bytes);
    }
  }
  return new Set([...docs.values()].flatMap((doc) => [...doc.getMap("fields").keys()]));
}

test(
  `R1 P1 ${KILLS} kills under ${FEEDS} pushing feeds: no acked update is lost, it serves again at once`,
  { timeout: 60_000 + KILLS * 8_000 },
  async () => {
    const seed = Number(process.env["KILL_SEED"] ?? 8_128);
    const random = createRandom(seed);
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    await start(port);
    const made = await fetch(`${address}/api/v1/set-up`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ organization: "Northwind", name: "Olga", email, password: PASSWORD }),
    });
    expect(made.status).toBe(200);
    const token = await signInRaw(address, email);
    const spaces = await fetch(`${address}/api/v1/spaces`, { headers: { authorization: `Bearer ${token}` } });
    const space = ((await spaces.json()) as { id: string }[])[0]?.id ?? "";
    const acked = new Set<string>();
    const sharedRecord = newId();
    let count = 0;

    /** Pushes without waiting for answers, so that the kill hits many in flight; the journal holds what was acked. */
    async function pushUntil(feed: RawFeed, isOver: () => boolean): Promise<void> {
      const keysByN = new Map<number, string>();
      const doc = new Y.Doc();
      let n = 0;
      while (!isOver() && feed.socket.readyState === feed.socket.OPEN) {
        for (let burst = 0; burst < 20; burst += 1) {
          n += 1;
          const key = `k${(count += 1)}`;
          keysByN.set(n, key);
          const isShared = random.chance(0.5);
          const recordId = isShared ? sharedRecord : newId();
          const target = isShared ? doc : new Y.Doc();
          const before = Y.encodeStateVector(target);
          target.getMap("fields").set(key, n);
          const meta = { space, type: "company", recordId, facet: "internal" };
          feed.send({
            kind: "push",
            n,
            docId: docIdOf(recordId, "internal"),
            meta,
            bytes: Y.encodeStateAsUpdate(target, before),
          });
        }
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      for (const frame of feed.frames)
        if (frame.kind === "ack") for (const ack of frame.acks) acked.add(keysByN.get(ack.n) ?? "");
    }

    for (let round = 0; round < KILLS; round += 1) {
      const feeds = await Promise.all(Array.from({ length: FEEDS }, () => openRawFeed(address, email)));
      let isOver = false;
      const pushing = feeds.map((feed) => pushUntil(feed, () => isOver));
      await new Promise((resolve) => setTimeout(resolve, 30 + random.below(400)));
      await kill();
      isOver = true;
      await Promise.all(pushing);
      expect(await start(port), "ready again").toBeLessThan(5_000);
      const reader = await openRawFeed(address, email);
      const held = await readAll(reader);
      const lost = [...acked].filter((key) => !held.has(key));
      expect(lost, `seed ${seed}, round ${round}, of ${acked.size} acked`).toEqual([]);
      reader.close();
    }
    expect(acked.size).toBeGreaterThan(100);
    await until(() => child !== undefined, "it still runs");
  },
);
