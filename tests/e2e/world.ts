// The demo with people signed in at their devices, made once per test worker and copied by every test that starts from
// there: signing in, the first download and the installation of the service worker are what a test then does not repeat.
// A browser keeps an app's data by the app's address, so the relays of one worker take turns on one port.

import { constants, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test, type Page } from "@playwright/test";
import { openLink, type Link } from "../link.ts";
import { Device, expectChip, installed, signIn, type DeviceOptions } from "./people.ts";
import { freePort, RelayProcess } from "./relay-process.ts";

/** The demo's people who can be signed in beforehand. */
type FirstName = "Olga" | "Ana" | "Igor" | "Carla" | "Cem";

// Below the ports that systems hand out to outgoing connections: nobody takes one between two relays.
const FIRST_PORT = 21_000;
const PORTS_PER_WORKER = 1_000;
const PREPARING_MS = 60_000;

/** Worker processes come and go with failures; the folder of their place in the run stays. */
const place = Number(process.env["TEST_PARALLEL_INDEX"] ?? 0);
const inWorld = (name: string): string => path.join(tmpdir(), `world-${place}`, name);
const copy = (from: string, to: string): void =>
  cpSync(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE });

async function worldPort(): Promise<number> {
  const file = inWorld("port");
  if (existsSync(file)) return Number(readFileSync(file, "utf8"));
  const first = FIRST_PORT + place * PORTS_PER_WORKER;
  const port = await freePort(first, first + PORTS_PER_WORKER);
  mkdirSync(inWorld("data"), { recursive: true });
  writeFileSync(file, String(port));
  return port;
}

async function prepare(port: number, people: readonly FirstName[]): Promise<void> {
  const missing = people.filter((name) => !existsSync(inWorld(name)));
  if (missing.length === 0 && existsSync(inWorld("data/demo-accounts.json"))) return;
  // What is made for the whole run is no part of the test that happens to come first.
  const info = test.info();
  info.setTimeout(info.timeout + (1 + missing.length) * PREPARING_MS);
  const relay = await RelayProcess.start({ port, folder: inWorld("data") });
  try {
    for (const name of missing) {
      const device = new Device();
      const page = await device.open(relay.url);
      await signIn(page, relay.account(name));
      await installed(page);
      await device.leaveProfile(inWorld(name));
    }
  } finally {
    await relay.stop();
  }
}

/** Somebody whose network can be cut for real, or go dead: see link.ts. */
export type Person = { readonly device: Device; readonly link: Link; page: Page };

export async function cut({ link, page }: Person): Promise<void> {
  link.setOn(false);
  await expectChip(page, /Offline|not reachable/);
}

export async function reconnect({ link, page }: Person): Promise<void> {
  link.setOn(true);
  await page.evaluate(() => globalThis.dispatchEvent(new Event("online")));
  await expectChip(page, "Synced");
}

/** A relay with the demo on which people are signed in already, and everybody's devices. */
export class World {
  readonly relay: RelayProcess;
  readonly devices: Device[] = [];
  readonly #links: Link[] = [];
  readonly #prepared: Set<string>;

  private constructor(relay: RelayProcess, people: readonly FirstName[]) {
    this.relay = relay;
    this.#prepared = new Set(people);
  }

  /** With these people's devices prepared. */
  static async start(people: readonly FirstName[], flags: readonly string[] = []): Promise<World> {
    const port = await worldPort();
    await prepare(port, people);
    const relay = await RelayProcess.start({ port, flags, fill: (folder) => copy(inWorld("data"), folder) });
    return new World(relay, people);
  }

  /**
   * Somebody opens the app at an address. A prepared device exists once: whoever comes again, or was not prepared, signs in
   * on a new one.
   */
  async enter(name: string, address = "/", options: DeviceOptions = {}): Promise<{ device: Device; page: Page }> {
    const isPrepared = this.#prepared.delete(name);
    const fill = (folder: string): void => copy(inWorld(name), folder);
    const device = new Device(isPrepared ? { ...options, fill } : options);
    this.devices.push(device);
    const page = await device.open(this.relay.url + (isPrepared ? address : "/"));
    if (isPrepared) {
      await expectChip(page, "Synced");
    } else {
      await signIn(page, this.relay.account(name));
      await installed(page);
      if (address !== "/") await page.goto(this.relay.url + address);
    }
    return { device, page };
  }

  /** The same, on a device that reaches the relay over a link of its own. */
  async enterLinked(name: string, address = "/", options: DeviceOptions = {}): Promise<Person> {
    const link = await openLink(() => this.relay.port);
    this.#links.push(link);
    const route = { from: `localhost:${this.relay.port}`, through: Number(new URL(link.address).port) };
    return { link, ...(await this.enter(name, address, { ...options, route })) };
  }

  async dispose(): Promise<void> {
    await Promise.all(this.devices.map((device) => device.dispose()));
    await Promise.all(this.#links.map((link) => link.close()));
    await this.relay.dispose();
  }
}
