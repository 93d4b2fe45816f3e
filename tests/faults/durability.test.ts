// R1, R2, R4, R5: the relay is killed, loses its power, its disk, or the room on it, while many devices write. Their journal
// lies outside; afterwards everything acknowledged, and everything anybody saw, must be in the log. Most of it is waiting for a
// disk or a start, so the scenarios run side by side, each over a relay of its own.

import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { until } from "../sync/network.ts";
import { buildShim, openDisk, type ShimmedDisk } from "./disk.ts";
import { judge, openJournal, replayJournal, type Journal } from "./journal.ts";
import { createLoad, readHeld, type Target } from "./load.ts";
import { prepareRelay, setUpRelay, type ProcessOptions, type RelayProcess } from "./relay-process.ts";
import { openSigner, type Signer } from "./signer.ts";
import { chance, sizes, timeFor } from "./sizes.ts";

const run = promisify(execFile);
const main = join(import.meta.dirname, "../../sync-server/main.ts");
const workFolder = mkdtempSync(join(tmpdir(), "drawbridge-faults-"));
const shim = buildShim(workFolder);
if ("missing" in shim) process.stdout.write(`Skipped: power loss, I/O errors and full disks (${shim.missing})\n`);

const sideBySide = { concurrent: true };

/** Runs when this test is over, the last one first. */
type AtEnd = (close: () => void | Promise<void>) => void;

type World = {
  readonly relay: RelayProcess;
  readonly target: Target;
  readonly journal: Journal;
  readonly folder: string;
};

async function openWorld(
  atEnd: AtEnd,
  options: ProcessOptions = {},
  folder = join(mkdtempSync(join(workFolder, "run-")), "data"),
): Promise<World> {
  const relay = await prepareRelay(folder, options);
  atEnd(() => relay.stop("SIGKILL"));
  await relay.start();
  const target = { address: relay.address, ...(await setUpRelay(relay.address)) };
  const journal = openJournal(join(mkdtempSync(join(workFolder, "journal-")), "journal"));
  atEnd(() => journal.close());
  return { relay, target, journal, folder };
}

async function openShimmedWorld(atEnd: AtEnd, library: string): Promise<World & { readonly disk: ShimmedDisk }> {
  const folder = join(mkdtempSync(join(workFolder, "run-")), "data");
  const disk = openDisk(library, folder, mkdtempSync(join(workFolder, "disk-")));
  // What lies there before the first start is not what is tried here.
  disk.remember();
  return { ...(await openWorld(atEnd, { env: disk.env }, folder)), disk };
}

const pause = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function check({ target, journal }: World, where: string): Promise<void> {
  // What happened in the last turn is on its way into the file.
  await pause(5);
  const replayed = replayJournal(journal.file);
  const verdict = judge(replayed, await readHeld(target));
  expect(verdict, `${where}, of ${replayed.acked.size} acknowledged`).toEqual({ lost: [], invented: [] });
}

/** Stopped, the folder holds everything, and each acknowledged decision stands in its chain once. */
async function examine({ relay, folder }: World, signer: Signer): Promise<void> {
  await relay.stop("SIGTERM");
  // Rejects when it finds something: it ends with 1 then.
  const { stdout } = await run(process.execPath, [main, "doctor", "--data", folder]);
  expect(stdout).toContain(`The chains of ${signer.acked()} decisions hold.`);
  expect(stdout).not.toContain("not chained yet");
  expect(stdout).toContain("Nothing wrong was found");
}

/** From here on only what is synced is on the disk for sure. */
async function restOnDisk(relay: RelayProcess, disk: ShimmedDisk): Promise<void> {
  await relay.stop("SIGTERM");
  disk.remember();
  await relay.start();
}

async function status(address: string): Promise<string> {
  const answer = await fetch(`${address}/readyz`);
  return ((await answer.json()) as { status: string }).status;
}

test(
  `R1 P1 ${sizes.kills} kills under ${sizes.clients} writing devices: nothing acknowledged is lost, it serves again at once`,
  { ...sideBySide, timeout: timeFor(sizes.kills, 10) },
  async ({ onTestFinished: atEnd }) => {
    const random = chance("R1");
    const world = await openWorld(atEnd);
    const load = createLoad(world.target, {
      clients: sizes.clients,
      opsPerSecond: 500,
      random,
      journal: world.journal,
    });
    atEnd(() => load.stop());
    const starts: number[] = [];
    for (let round = 0; round < sizes.kills; round += 1) {
      await load.start();
      await pause(50 + random.below(400));
      await world.relay.stop("SIGKILL");
      load.stop();
      starts.push(await world.relay.start());
      await check(world, `seed ${random.seed}, round ${round}`);
    }
    expect(load.acked()).toBeGreaterThan(sizes.kills * 20);
    // The median: a busy machine holds one or the other start up.
    expect(starts.toSorted((left, right) => left - right)[starts.length >>> 1], "ready again").toBeLessThan(5_000);
  },
);

describe.skipIf("missing" in shim)("on a disk that fails", () => {
  const library = "library" in shim ? shim.library : "";

  async function losePowerOften(
    atEnd: AtEnd,
    rounds: number,
    control: boolean,
  ): Promise<{ readonly lost: number; readonly dropped: number }> {
    const random = chance(control ? "R2 control" : "R2");
    const world = await openShimmedWorld(atEnd, library);
    const { disk, relay, journal, target } = world;
    const load = createLoad(target, { clients: 6, opsPerSecond: 300, random, journal, padding: 24_000 });
    atEnd(() => load.stop());
    let dropped = 0;
    let lost = 0;
    await restOnDisk(relay, disk);
    for (let round = 0; round < rounds; round += 1) {
      if (control) disk.order("nosync");
      // A sync is nearly always under way then, whenever the power goes.
      else if (round > 0) disk.order("slow 20");
      const before = load.acked();
      await load.start();
      await until(() => load.acked() >= before + 30, "the load is on its way");
      // Long enough for a checkpoint every now and then.
      await pause(random.below(random.chance(0.4) ? 2_500 : 600));
      await relay.stop("SIGKILL");
      load.stop();
      dropped += disk.losePower(random).dropped;
      disk.remember();
      disk.order("");
      try {
        await relay.start();
      } catch (error) {
        // Without syncs even the tables may be gone.
        if (!control) throw error;
        return { lost: lost + 1, dropped };
      }
      await pause(5);
      if (control) lost += judge(replayJournal(journal.file), await readHeld(target)).lost.length;
      else await check(world, `seed ${random.seed}, round ${round}`);
    }
    expect(load.acked()).toBeGreaterThan(rounds * 20);
    return { lost, dropped };
  }

  test(
    `R2 P1 ${sizes.powerLosses} power losses: what was acknowledged had been synced`,
    { ...sideBySide, timeout: timeFor(sizes.powerLosses, 20) },
    async ({ onTestFinished }) => {
      const { dropped } = await losePowerOften(onTestFinished, sizes.powerLosses, false);
      expect(dropped, "writes that never reached the disk").toBeGreaterThan(0);
    },
  );

  test(
    "R2 control: without syncs (synchronous=OFF) the same run loses acknowledged updates",
    { ...sideBySide, timeout: 120_000 },
    async ({ onTestFinished }) => {
      const { lost } = await losePowerOften(onTestFinished, 2, true);
      expect(lost, "a harness that sees no loss here would see none anywhere").toBeGreaterThan(0);
    },
  );

  test(
    `R4 P5 ${sizes.fullDisks} times no room: nothing is acknowledged, reading works, it goes on when there is room, chains are whole`,
    { ...sideBySide, timeout: timeFor(sizes.fullDisks, 15) },
    async ({ onTestFinished: atEnd }) => {
      const random = chance("R4");
      const world = await openShimmedWorld(atEnd, library);
      const { disk, relay, target, journal } = world;
      const load = createLoad(target, { clients: 4, opsPerSecond: 200, random, journal, padding: 2_000 });
      atEnd(() => load.stop());
      const signer = await openSigner(target);
      atEnd(() => signer.stop());
      for (let round = 0; round < sizes.fullDisks; round += 1) {
        await load.start();
        // Some on the disk before it is full, one perhaps without its link, the others not acknowledged until there is room.
        const deciding = signer.decide(8);
        await pause(50 + random.below(300));
        disk.order("enospc");
        await until(async () => (await status(relay.address)) === "disk full", "/readyz says so");
        // Of what was stored before, a device that is still catching up may hear late.
        const isQuiet = async (): Promise<boolean> => {
          const sofar = load.acked();
          await pause(100);
          return load.acked() === sofar;
        };
        await until(isQuiet, "no more acknowledgements");
        const before = load.acked();
        await readHeld(target);
        await pause(100);
        expect(load.acked(), "acknowledged without room").toBe(before);
        expect(relay.ended()).toBeUndefined();
        load.stop();
        disk.order("");
        await until(async () => (await status(relay.address)) === "ready", "ready again");
        await load.start();
        await until(() => load.acked() > before, "acknowledges again");
        await deciding;
        load.stop();
        await check(world, `seed ${random.seed}, round ${round}`);
      }
      await examine(world, signer);
    },
  );

  test(
    `R5 P5 ${sizes.ioErrors} failing syncs: no false ack, the process ends itself and its next start has everything, chains too`,
    { ...sideBySide, timeout: timeFor(sizes.ioErrors, 15) },
    async ({ onTestFinished: atEnd }) => {
      const random = chance("R5");
      const world = await openShimmedWorld(atEnd, library);
      const { disk, relay, target, journal } = world;
      const load = createLoad(target, { clients: 4, opsPerSecond: 200, random, journal, padding: 2_000 });
      atEnd(() => load.stop());
      const signer = await openSigner(target);
      atEnd(() => signer.stop());
      await restOnDisk(relay, disk);
      for (let round = 0; round < sizes.ioErrors; round += 1) {
        await load.start();
        const deciding = signer.decide(8);
        await pause(50 + random.below(300));
        disk.order("slow 400");
        await pause(random.below(500));
        disk.order("eio");
        const end = await relay.untilEnded();
        load.stop();
        expect(end.code, relay.output().slice(-400)).not.toBe(0);
        disk.order("");
        // What a failed sync left behind is anybody's guess.
        disk.losePower(random);
        disk.remember();
        await relay.start();
        await deciding;
        await check(world, `seed ${random.seed}, round ${round}`);
      }
      await examine(world, signer);
      expect(relay.output()).toMatch(/The disk of the data folder failed/);
    },
  );

  test(
    "R5 a sync of some seconds: devices wait, nothing is lost, nobody is thrown out",
    { ...sideBySide, timeout: 60_000 },
    async ({ onTestFinished: atEnd }) => {
      const random = chance("R5 slow");
      const world = await openShimmedWorld(atEnd, library);
      const load = createLoad(world.target, { clients: 4, opsPerSecond: 50, random, journal: world.journal });
      atEnd(() => load.stop());
      await load.start();
      world.disk.order("slow 2000");
      // The first stalled commit holds the process up, with both of its syncs; from then on the thread does the waiting.
      await pause(5_000);
      const startedAt = performance.now();
      expect((await fetch(`${world.relay.address}/healthz`)).status).toBe(200);
      expect(performance.now() - startedAt, "the process itself does not wait for the disk").toBeLessThan(1_500);
      world.disk.order("");
      await load.settle(10_000);
      load.stop();
      expect(load.acked()).toBe(replayJournal(world.journal.file).sent.size);
      await check(world, `seed ${random.seed}`);
    },
  );
});

const tmpfs = join(workFolder, "small-disk");
mkdirSync(tmpfs);
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=36m", "tmpfs", tmpfs], { encoding: "utf8" });
if (mounted.status !== 0) process.stdout.write("Skipped: a really full disk (mounting a tmpfs needs root)\n");

// Also when none of the tests here is run: a mounted folder cannot be taken away.
afterAll(() => {
  if (mounted.status === 0) spawnSync("umount", ["-l", tmpfs]);
});

test.skipIf(mounted.status !== 0)(
  "R4 a disk that is really full: no false ack, reads go on, and it recovers",
  { ...sideBySide, timeout: 90_000 },
  async ({ onTestFinished: atEnd }) => {
    const random = chance("R4 tmpfs");
    // A second try begins on an empty disk.
    for (const left of readdirSync(tmpfs)) rmSync(join(tmpfs, left), { recursive: true });
    const world = await openWorld(atEnd, {}, join(tmpfs, "data"));
    // Without it there is room for what folding still writes, and the 8 MiB that a relay wants free.
    const ballast = join(tmpfs, "ballast");
    writeFileSync(ballast, Buffer.alloc(24 * 1024 * 1024, 1));
    const load = createLoad(world.target, {
      clients: 4,
      opsPerSecond: 300,
      random,
      journal: world.journal,
      padding: 12_000,
    });
    atEnd(() => load.stop());
    await load.start();
    const full = async (): Promise<boolean> => {
      const text = await (await fetch(`${world.relay.address}/metrics`)).text();
      return /drawbridge_append_failures_total [1-9]/.test(text);
    };
    await until(full, "commits fail", 40_000);
    expect(await status(world.relay.address)).toBe("disk full");
    load.stop();
    await check(world, `full, seed ${random.seed}`);
    const before = load.acked();
    rmSync(ballast);
    await until(async () => (await status(world.relay.address)) === "ready", "ready again");
    const after = createLoad(world.target, { clients: 2, opsPerSecond: 50, random, journal: world.journal });
    await after.start();
    await until(() => after.acked() > 5, "writes are acknowledged again");
    await after.settle(20_000);
    after.stop();
    expect(before).toBeGreaterThan(0);
    await check(world, `with room again, seed ${random.seed}`);
  },
);
