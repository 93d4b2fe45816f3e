// The real relay behind a bad network: one TCP proxy per device that can be cut, made deaf (open, but nothing arrives) or
// slowed down, and a relay that can be restarted or restored from a backup on the same data folder.

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";
import { openData, type DataConfig } from "#renderer/data/open-data.ts";
import type { Data } from "#renderer/data/types.ts";
import type { Persona } from "#shared/model/personas.ts";
import { newId } from "#shared/model/ids.ts";
import { assert, type Result } from "#shared/model/result.ts";
import { configWith, type Config } from "#sync-server/config.ts";
import { openLink, type Link } from "#tests/link.ts";
import { openRelay, type Relay } from "#sync-server/relay.ts";
import { DATABASE_FILE } from "#sync-server/storage/schema.ts";

export type Device = {
  readonly prefix: string;
  readonly data: Data;
  readonly link: Link;
  /** Every byte that reached this device over a WebSocket, as latin1 text, for canary searches. */
  received(): string;
  /** The same, message by message. */
  messages(): readonly Uint8Array[];
  /** Another tab of the same device. */
  openTab(): Promise<Data>;
  /** Closes every tab and starts again from what is stored. */
  reload(): Promise<void>;
};

export type Network = {
  readonly folder: string;
  /** Starts a device without anybody signed in. */
  addDevice(options?: Partial<DataConfig>): Promise<Device>;
  stopRelay(): Promise<void>;
  startRelay(): Promise<void>;
  /** Copies the relay's data folder, for `restore`. The relay must be stopped. */
  backUp(): string;
  /** Puts a backup in place; a restored log has another id (rule R4) unless it was only copied back. The relay must be stopped. */
  restore(backup: string, options?: { readonly keepsLogId?: boolean }): void;
  /** Ends every session, as an operator would. The relay must be stopped. */
  endSessions(): void;
  close(): Promise<void>;
};

/** A network that is closed when the test is over, however that ends. */
export async function networkOfTest(config: Partial<Config> = {}): Promise<Network> {
  const network = await openNetwork(config);
  onTestFinished(() => network.close());
  return network;
}

export async function openNetwork(config: Partial<Config> = {}): Promise<Network> {
  const folder = mkdtempSync(join(tmpdir(), "drawbridge-sync-"));
  const data = join(folder, "data");
  let relay: Relay | undefined;
  const devices: { close(): Promise<void> }[] = [];

  async function startRelay(): Promise<void> {
    const opened = await openRelay(
      configWith({
        port: 0,
        host: "127.0.0.1",
        data,
        noOpen: true,
        requestsPerMinute: 100_000,
        signInTries: 1_000,
        policyHold: 0,
        ...config,
      }),
    );
    if (!opened.ok) throw new Error(opened.error.message);
    relay = opened.value;
  }

  async function stopRelay(): Promise<void> {
    const stopping = relay;
    relay = undefined;
    await stopping?.close();
  }

  await startRelay();

  return {
    folder,
    addDevice: async (options = {}) => {
      const link = await openLink(() => relay?.port);
      const device = await openDevice(link, options);
      devices.push(device);
      return device;
    },
    stopRelay,
    startRelay,
    backUp: () => {
      const copy = join(folder, `backup-${newId()}`);
      cpSync(data, copy, { recursive: true });
      return copy;
    },
    restore: (backup, { keepsLogId = false } = {}) => {
      rmSync(data, { recursive: true });
      cpSync(backup, data, { recursive: true });
      if (!keepsLogId) runSql(data, `UPDATE settings SET value = '${newId()}' WHERE key = 'logId'`);
    },
    endSessions: () => runSql(data, "DELETE FROM sessions"),
    close: async () => {
      for (const device of devices) await device.close();
      await stopRelay();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function runSql(folder: string, sql: string): void {
  const database = new DatabaseSync(join(folder, DATABASE_FILE));
  database.exec(sql);
  database.close();
}

/** What was asked for; a refusal ends the test and says why. */
export function valueOf<T>(result: Result<T, unknown>): T {
  assert(result.ok, result.ok ? "" : JSON.stringify(result.error));
  return result.value;
}

export async function openDevice(
  link: Link,
  options: Partial<DataConfig>,
): Promise<Device & { close(): Promise<void> }> {
  const prefix = `device-${newId()}`;
  const frames: string[] = [];
  const config: DataConfig = {
    relayUrl: link.address,
    databasePrefix: prefix,
    WebSocket: listeningSocket(frames),
    ...options,
  };
  let tabs = [await openData(config)];
  const closeTabs = async (): Promise<void> => {
    for (const tab of tabs) await tab.close();
    tabs = [];
  };
  return {
    prefix,
    link,
    get data() {
      const [first] = tabs;
      if (first === undefined) throw new Error("the device is closed");
      return first;
    },
    received: () => frames.join("\n"),
    messages: () => frames.map((frame) => Buffer.from(frame, "latin1")),
    openTab: async () => {
      const tab = await openData(config);
      tabs.push(tab);
      return tab;
    },
    reload: async () => {
      await closeTabs();
      tabs = [await openData(config)];
    },
    close: async () => {
      await closeTabs();
      await link.close();
    },
  };
}

function listeningSocket(frames: string[]): typeof WebSocket {
  return class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener("message", (event: MessageEvent) => {
        const bytes = event.data instanceof ArrayBuffer ? Buffer.from(event.data) : Buffer.from(String(event.data));
        frames.push(bytes.toString("latin1"));
      });
    }
  };
}

export const PASSWORD = "harbour-lights-2026";

/** Sets up Northwind Build; the device then belongs to its owner, Olga. */
export async function setUpOwner(network: Network): Promise<Device> {
  const olga = await network.addDevice();
  await until(() => olga.data.session.state().kind === "needsSetUp", "the first visit asks to set up");
  const done = await olga.data.session.setUp({
    organization: "Northwind Build",
    name: "Olga",
    email: "olga@northwind.example",
    password: PASSWORD,
  });
  if (!done.ok) throw new Error(done.error.message);
  await synced(olga);
  return olga;
}

export async function addMember(
  network: Network,
  owner: Device,
  name: string,
  persona: Persona,
): Promise<{ device: Device; id: string }> {
  const email = `${name.toLowerCase()}@northwind.example`;
  const added = await owner.data.people.add({ name, email, password: PASSWORD, persona });
  if (!added.ok) throw new Error(added.error.message);
  return { device: await signIn(network, email), id: added.value.id };
}

export async function signIn(network: Network, email: string): Promise<Device> {
  const device = await network.addDevice();
  const signedIn = await device.data.session.signIn({ email, password: PASSWORD });
  if (!signedIn.ok) throw new Error(signedIn.error.message);
  await synced(device);
  return device;
}

export const crmOf = async (device: Device): Promise<string> => {
  const crm = (await device.data.spaces()).find((space) => space.kind === "crm");
  if (crm === undefined) throw new Error("not in the CRM space");
  return crm.id;
};

/** Olga, who owns the organization, and Igor, her colleague. */
export async function twoColleagues(network: Network): Promise<{ olga: Device; igor: Device; crm: string }> {
  const olga = await setUpOwner(network);
  const { device: igor } = await addMember(network, olga, "Igor", "consultant");
  return { olga, igor, crm: await crmOf(olga) };
}

export async function createCompany(device: Device, crm: string, name: string): Promise<string> {
  const made = await device.data.edit.create({ type: "company", space: crm, values: { name } });
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value.id;
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 15_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

export const synced = (device: Device, timeoutMs = 15_000): Promise<void> =>
  until(
    async () => {
      const { state } = device.data.sync.status();
      if (state === "unreachable") device.data.sync.syncNow();
      // The status follows the database by some milliseconds: an edit that was just saved counts here at once.
      return state === "synced" && (await device.data.sync.pending()).length === 0;
    },
    `${device.prefix} is in step`,
    timeoutMs,
  );
