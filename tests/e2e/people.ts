// People at their devices: each one a browser profile of its own, so that a restart is a real restart and nothing is shared.

import { execFileSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium, expect, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { launchOptions } from "../find-browser.ts";
import type { DemoAccount } from "./relay-process.ts";

export type DeviceOptions = {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  /** The device reaches the address `from` through the port `through`: a link that a test can cut. */
  readonly route?: { readonly from: string; readonly through: number };
  /** Puts into the new profile's folder what the device starts with. */
  readonly fill?: (folder: string) => void;
};

/** One browser profile on disk: closing and opening it again is what restarting the app is. */
export class Device {
  readonly #folder = mkdtempSync(path.join(tmpdir(), "drawbridge-device-"));
  readonly #options: DeviceOptions;
  readonly problems: string[] = [];
  #context: BrowserContext | undefined;

  constructor(options: DeviceOptions = {}) {
    this.#options = options;
    options.fill?.(this.#folder);
  }

  /** Starts the browser and opens a page of the app. */
  async open(url: string): Promise<Page> {
    const { route } = this.#options;
    const launch = launchOptions();
    this.#context ??= await chromium.launchPersistentContext(this.#folder, {
      ...launch,
      args: [
        ...launch.args,
        ...(route === undefined ? [] : [`--host-resolver-rules=MAP ${route.from} 127.0.0.1:${route.through}`]),
      ],
      headless: true,
      viewport: { width: this.#options.width ?? 1440, height: this.#options.height ?? 900 },
      locale: "en-GB",
      timezoneId: "Europe/Berlin",
      colorScheme: this.#options.scheme ?? "light",
    });
    const page = await this.#context.newPage();
    page.on("pageerror", (error) => this.problems.push(String(error)));
    page.on("console", (message) => {
      // A relay that is down is part of the journeys; the browser reports every refused connection on the console.
      if (message.type() === "error" && !/Failed to load resource|WebSocket connection|ERR_/.test(message.text()))
        this.problems.push(message.text());
    });
    await page.goto(url);
    return page;
  }

  get context(): BrowserContext {
    if (this.#context === undefined) throw new Error("the device is off");
    return this.#context;
  }

  /** kill -9 of the whole browser, as a crash or a dead battery would do it. */
  async kill(): Promise<void> {
    const closed = new Promise((resolve) => this.context.once("close", resolve));
    execFileSync("pkill", ["-9", "-f", "--", `--user-data-dir=${this.#folder}`]);
    await closed;
    this.#context = undefined;
  }

  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = undefined;
  }

  /** Ends the device and leaves its profile for others to start from. */
  async leaveProfile(folder: string): Promise<void> {
    await this.close();
    renameSync(this.#folder, folder);
  }

  async dispose(): Promise<void> {
    await this.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export async function signIn(page: Page, account: DemoAccount): Promise<void> {
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expectChip(page, "Synced");
}

/** The sync chip, by its words. */
export const chip = (page: Page): Locator => page.getByRole("button", { name: /, show details$/ });

export const expectChip = async (page: Page, words: string | RegExp): Promise<void> => {
  await expect(chip(page)).toContainText(words, { timeout: 30_000 });
};

/** The service worker holds the app: only then may the network go. */
export async function installed(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const timeout = new Promise((_resolve, reject) =>
      setTimeout(() => reject(new Error("no service worker after 20 s")), 20_000),
    );
    await Promise.race([navigator.serviceWorker.ready, timeout]);
  });
}

type Api = <T>(method: string, path: string, body?: object) => Promise<T>;

/** The relay's HTTP API as one person. */
export async function apiOf(relayUrl: string, account: Pick<DemoAccount, "email" | "password">): Promise<Api> {
  const api = `${relayUrl}/api/v1`;
  const json = { "content-type": "application/json" };
  const body = JSON.stringify({ email: account.email, password: account.password });
  const { token } = (await (await fetch(`${api}/auth/sign-in`, { method: "POST", headers: json, body })).json()) as {
    token: string;
  };
  return async <T>(method: string, path: string, sent?: object): Promise<T> => {
    const answer = await fetch(api + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(sent === undefined ? {} : json) },
      ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
}

/** Ids of a demo record, asked of the relay as that person. */
export async function recordId(relayUrl: string, account: DemoAccount, type: string, title: string): Promise<string> {
  const api = await apiOf(relayUrl, account);
  for (const space of account.spaces) {
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({
        space: space.id,
        type,
        limit: "100",
        ...(cursor === undefined ? {} : { cursor }),
      });
      const page = await api<{ records: { id: string; fields: Record<string, unknown> }[]; cursor?: string }>(
        "GET",
        `/records?${query.toString()}`,
      );
      const found = page.records.find(({ fields }) =>
        [fields["name"], fields["title"], `${String(fields["firstName"])} ${String(fields["lastName"])}`].includes(
          title,
        ),
      );
      if (found !== undefined) return found.id;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
  throw new Error(`no ${type} called ${title}`);
}

/** Nothing that was entered on this page is still on its way to the device's disk: it may be left, or killed. */
export const onDisk = (page: Page): Promise<void> => expect(page.locator('[aria-busy="true"]')).toHaveCount(0);

/** Changes one fact of an open record page: choose, type, Enter. */
export async function setFact(page: Page, label: string, value: string): Promise<void> {
  await page.getByRole("button", { name: `Edit ${label}`, exact: true }).click();
  const editor = page.getByLabel(label, { exact: true });
  await editor.fill(value);
  await editor.press("Enter");
  await onDisk(page);
}
