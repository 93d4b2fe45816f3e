// A device: a Chromium with a profile of its own on disk, driven from outside and measured from inside (probe.ts).

import { mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { chromium, type BrowserContext, type Page } from "@playwright/test";
import { assert } from "#shared/model/result.ts";
import { launchOptions } from "#tests/find-browser.ts";
import type { Account } from "./data-folder.ts";
import { installProbe, type Condition } from "./probe.ts";

/** No single wait of the bench is longer than this. */
export const PATIENCE_MS = 240_000;

export type Device = {
  /** Starts the browser when it is off, and opens a page. */
  open(url: string): Promise<Page>;
  close(): Promise<void>;
};

export function createDevice(scratch: string): Device {
  const folder = mkdtempSync(path.join(scratch, "device-"));
  let context: BrowserContext | undefined;
  return {
    open: async (url) => {
      if (context === undefined) {
        context = await chromium.launchPersistentContext(folder, {
          ...launchOptions(),
          headless: true,
          viewport: { width: 1440, height: 900 },
          locale: "en-GB",
          timezoneId: "Europe/Berlin",
        });
        context.setDefaultTimeout(PATIENCE_MS);
        await context.addInitScript(installProbe);
      }
      const page = context.pages().find((one) => one.url() === "about:blank") ?? (await context.newPage());
      await page.goto(url);
      return page;
    },
    close: async () => {
      await context?.close();
      context = undefined;
    },
  };
}

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

export async function withPatience<T>(what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing after ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export type Timed = { readonly from: number; readonly to: number; readonly took: number };

/** From the input that `act` causes to the end of the frame in which the condition holds. */
export async function fromInput(page: Page, condition: Condition, act: () => Promise<unknown>): Promise<Timed> {
  assert(
    !(await page.evaluate((wanted) => probe.holds(wanted), condition)),
    `${JSON.stringify(condition)} already holds`,
  );
  const painted = page.evaluate(async (wanted) => {
    const to = await probe.painted(wanted);
    return { from: probe.input.at, to };
  }, condition);
  // Its failure is told below; until then it must not count as unhandled.
  painted.catch(() => undefined);
  await act();
  const { from, to } = await withPatience(JSON.stringify(condition), painted);
  return { from, to, took: to - from };
}

export const whenPainted = (page: Page, condition: Condition): Promise<number> =>
  withPatience(
    JSON.stringify(condition),
    page.evaluate((wanted) => probe.painted(wanted), condition),
  );

/** The service worker has the whole app on the device. */
export const installed = (page: Page): Promise<unknown> =>
  withPatience(
    "service worker",
    page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    }),
  );

export async function fillSignIn(page: Page, account: Account): Promise<void> {
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
}

export const pressSignIn = (page: Page): Promise<void> => page.getByRole("button", { name: "Sign in" }).click();
