// The desktop app's window against the shell's real handlers: first start, session, restart, links, badge, another server.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test, type Page } from "@playwright/test";
import { DesktopShell } from "./desktop-shell.ts";
import { chip, Device, expectChip, recordId, signIn } from "./people.ts";
import { RelayProcess } from "./relay-process.ts";

/** Everything this origin keeps in the browser, as one text in which a token would be found. */
const everythingKept = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener("success", () => resolve(request.result));
        request.addEventListener("error", () => reject(request.error ?? new Error("not readable")));
      });
    const textOf = (_key: string, value: unknown): unknown => {
      if (value instanceof ArrayBuffer) return new TextDecoder("latin1").decode(value);
      if (ArrayBuffer.isView(value)) return new TextDecoder("latin1").decode(value);
      return value;
    };
    const kept: unknown[] = [Object.entries(localStorage), Object.entries(sessionStorage), document.cookie];
    for (const { name } of await indexedDB.databases()) {
      if (name === undefined) continue;
      const database = await settled(indexedDB.open(name));
      for (const store of database.objectStoreNames)
        kept.push(name, store, await settled(database.transaction(store).objectStore(store).getAll()));
      database.close();
    }
    return JSON.stringify(kept, textOf);
  });

async function chooseServer(page: Page, address: string): Promise<void> {
  await page.getByLabel("Server address").fill(address);
  await page.getByRole("button", { name: "Continue" }).click();
}

const contactForm = async (page: Page, first: string): Promise<void> => {
  await page.getByRole("button", { name: "New contact" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("First name").fill(first);
  await dialog.getByLabel("Last name").fill("Lind");
  await dialog.getByRole("button", { name: "Create contact" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `${first} Lind` })).toBeVisible();
};

async function someOtherServer(): Promise<Server> {
  const server = createServer((_request, response) => void response.end("<!doctype html><p>Hello"));
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return server;
}

/** The browser reports the server that is not ours on the console; anything else there is a fault. */
const faults = (device: Device, otherUrl: string): readonly string[] =>
  device.problems.filter((problem) => !(problem.includes("CORS policy") && problem.includes(otherUrl)));

test("the desktop app: asks for its server, keeps the session with the system, follows links, counts on the icon", async () => {
  const relay = await RelayProcess.start();
  const other = await someOtherServer();
  const otherUrl = `http://localhost:${(other.address() as AddressInfo).port}`;
  const shell = new DesktopShell({ keyStore: "gnome_libsecret" });
  const device = new Device();
  try {
    const ana = relay.account("Ana");
    const dealId = await recordId(relay.url, ana, "deal", "Clinic roof");
    shell.startLink = "/deals";
    let page = await shell.start(device, relay.url);
    await expect(page.getByRole("heading", { level: 1, name: "Where is your Drawbridge?" })).toBeVisible();
    await chooseServer(page, "");
    await expect(page.getByText("Enter the server's address")).toBeVisible();
    await chooseServer(page, "http://localhost:9");
    await expect(page.getByText("Nothing answers at http://localhost:9.")).toBeVisible();
    await chooseServer(page, otherUrl);
    await expect(page.getByText("That is not a Drawbridge server")).toBeVisible();
    expect(shell.relayUrl()).toBeUndefined();
    await chooseServer(page, `${relay.url}/deals`);
    await expect(page.getByRole("heading", { level: 1, name: "Sign in to Drawbridge" })).toBeVisible();
    expect(shell.relayUrl()).toBe(relay.url);
    await expect(page.getByText(new URL(relay.url).host)).toBeVisible();

    // The wrong server can still be left, before anybody signed in.
    await page.getByRole("button", { name: "Use another server" }).click();
    await page.getByRole("button", { name: "Back to sign-in" }).click();

    await signIn(page, ana);
    await expect(page.getByRole("heading", { level: 1, name: "Deals" })).toBeVisible();
    const token = shell.token() ?? "";
    expect(token.length).toBeGreaterThan(20);
    const kept = await everythingKept(page);
    expect(kept).toContain(ana.email);
    expect(kept.includes(token), "the token is nowhere in the browser").toBe(false);
    expect(shell.settingsFile().includes(token), "the token is not readable in the settings file").toBe(false);
    expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);

    await shell.openLink(page, `/record/${dealId}`);
    await expect(page.getByRole("heading", { level: 1, name: /Clinic roof/ })).toBeVisible();
    await device.close();

    // The system starts the app with a link: signed in, at the record.
    shell.startLink = `/record/${dealId}`;
    page = await shell.start(device, relay.url);
    await expect(page.getByRole("heading", { level: 1, name: /Clinic roof/ })).toBeVisible();
    await expectChip(page, "Synced");

    // What is unread counts as well; the demo has left Ana something.
    await expect.poll(() => shell.badges.at(-1) ?? 0).toBeGreaterThan(0);
    const unread = shell.badges.at(-1) ?? 0;
    await relay.stop();
    await shell.openLink(page, "/contacts");
    await contactForm(page, "Rosa");
    await expect.poll(() => shell.badges.at(-1)).toBe(unread + 1);

    // Another server would cost Rosa: not while she waits.
    await shell.openLink(page, "/settings");
    const main = page.getByRole("main");
    await expect(main.getByText(relay.url)).toBeVisible();
    await main.getByRole("button", { name: "Use another server" }).click();
    await expect(main.getByText("1 change lives only on this device")).toBeVisible();
    await expect(main.getByLabel("Server address")).toHaveCount(0);

    await relay.start();
    await expectChip(page, "Synced");
    await expect.poll(() => shell.badges.at(-1)).toBe(unread);
    await main.getByLabel("Server address").fill(otherUrl);
    await main.getByRole("button", { name: "Change server" }).click();
    await expect(main.getByText("That is not a Drawbridge server")).toBeVisible();
    expect(shell.token()).toBe(token);
    await main.getByLabel("Server address").fill(relay.url);
    await main.getByRole("button", { name: "Change server" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Sign in to Drawbridge" })).toBeVisible();
    await expect.poll(() => shell.token()).toBeUndefined();
    expect(faults(device, otherUrl)).toEqual([]);
  } finally {
    other.close();
    await Promise.all([device.dispose(), relay.dispose()]);
    shell.dispose();
  }
});

test("without a key store the sign-in lasts for one run, says so, and the data stays", async () => {
  const relay = await RelayProcess.start();
  const shell = new DesktopShell({ keyStore: "basic_text" });
  const device = new Device();
  try {
    let page = await shell.start(device, `${relay.url}/contacts`);
    await chooseServer(page, relay.url);
    await signIn(page, relay.account("Ana"));
    await expect(page.getByText(/sign in again after each start/)).toBeVisible();
    expect(shell.token()).toBeUndefined();
    await page.goto(`${relay.url}/contacts`);
    await expect(page.getByRole("heading", { level: 1, name: "Sign in to Drawbridge" })).toBeVisible();
    await signIn(page, relay.account("Ana"));
    await relay.stop();
    await expect(chip(page)).toContainText("Server not reachable");
    await contactForm(page, "Rosa");
    const rosa = new URL(page.url()).pathname;
    await device.close();

    await relay.start();
    page = await shell.start(device, `${relay.url}/contacts`);
    await expect(page.getByRole("heading", { level: 1, name: "Sign in to Drawbridge" })).toBeVisible();
    await signIn(page, relay.account("Ana"));
    await shell.openLink(page, rosa);
    await expect(page.getByRole("heading", { level: 1, name: "Rosa Lind" })).toBeVisible();
    expect(device.problems).toEqual([]);
  } finally {
    await Promise.all([device.dispose(), relay.dispose()]);
    shell.dispose();
  }
});
