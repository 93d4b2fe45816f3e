// The first visit of a new relay: set up the organization, add somebody, and refuse to throw unsent work away.

import { expect, test } from "@playwright/test";
import { lookOverNarrow, lookOverTwice } from "./look-over.ts";
import { Device, expectChip, installed } from "./people.ts";
import { RelayProcess } from "./relay-process.ts";

test("set up, create, and sign out only when nothing waits", async () => {
  const relay = await RelayProcess.start({ demo: false });
  const owner = new Device();
  try {
    const page = await owner.open(relay.url);
    await expect(page.getByLabel(/Organization/)).toBeVisible();
    expect(await lookOverTwice(page, "set-up")).toEqual([]);
    // What is wrong with it is said, and looked over as well.
    await page.getByRole("button", { name: /Set up|Create|Lower/ }).click();
    await expect(page.locator("[aria-invalid=true]").first()).toBeVisible();
    expect(await lookOverNarrow(page, "set-up-empty")).toEqual([]);
    await page.getByLabel(/Organization/).fill("Quay & Sons");
    await page.getByLabel(/Your name/).fill("Nora Quay");
    await page.getByLabel("E-mail").fill("nora@quay.example");
    await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await page.getByRole("button", { name: /Set up|Create|Lower/ }).click();
    await expectChip(page, "Synced");
    await installed(page);

    await page.goto(`${relay.url}/companies`);
    await owner.context.setOffline(true);
    await expectChip(page, "Offline");
    await page.getByRole("button", { name: "New company" }).first().click();
    await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("Brightwater Housing");
    await page.getByRole("button", { name: "Create company" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Brightwater Housing" })).toBeVisible();
    await expectChip(page, "1 change on this device");

    await page.goto(`${relay.url}/settings`);
    await page
      .getByRole("main")
      .getByRole("button", { name: /Sign out/ })
      .click();
    await expect(page.getByRole("dialog")).toContainText(/1 change/);
    await page.keyboard.press("Escape");

    await owner.context.setOffline(false);
    await expectChip(page, "Synced");
    expect(owner.problems).toEqual([]);
  } finally {
    await Promise.all([owner.dispose(), relay.dispose()]);
  }
});

test("a wrong password gets one sentence, and a clear one", async () => {
  const relay = await RelayProcess.start();
  const device = new Device();
  try {
    const page = await device.open(relay.url);
    for (const email of ["ana@northwind.example", "nobody@northwind.example"]) {
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password", { exact: true }).fill("wrong");
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page.getByRole("alert")).toContainText(/do not match|not right|does not/);
    }
  } finally {
    await Promise.all([device.dispose(), relay.dispose()]);
  }
});
