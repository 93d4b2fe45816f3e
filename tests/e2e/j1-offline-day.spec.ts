// J1: a sales rep works a day without a network, in a browser that is closed and opened again.

import { expect, test, type Page } from "@playwright/test";
import { expectChip, recordId } from "./people.ts";
import { World } from "./world.ts";

const countWords = async (page: Page): Promise<string> => {
  const status = page.getByRole("status").filter({ hasText: "all on this device" });
  await expect(status).toBeVisible();
  return (await status.textContent()) ?? "";
};

test("J1 a day offline: restart without a network, create, log, move; then everything arrives", async () => {
  const world = await World.start(["Ana", "Igor"]);
  const relay = world.relay;
  try {
    const dealId = await recordId(relay.url, relay.account("Ana"), "deal", "Clinic roof");
    const { device: ana, page: first } = await world.enter("Ana", "/contacts");
    let page = first;
    const before = await countWords(page);

    const { device: igor, page: igorPage } = await world.enter("Igor", "/contacts?s=-createdAt");
    await countWords(igorPage);

    // No network on any address, and the app was closed: it opens from the device.
    await relay.stop();
    await ana.close();
    page = await ana.open(`${relay.url}/contacts`);
    expect(await countWords(page)).toBe(before);
    await expectChip(page, "Server not reachable");
    await ana.context.setOffline(true);
    await expectChip(page, "Offline");

    // It is 20 minutes earlier in the cellar: the history must keep both times.
    await page.clock.setSystemTime(new Date(Date.now() - 20 * 60_000));
    await page.getByRole("button", { name: "New contact" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("First name").fill("Rosa");
    await dialog.getByLabel("Last name").fill("Lind");
    await dialog.getByRole("button", { name: "Create contact" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Rosa Lind" })).toBeVisible();

    await page.goto(`${relay.url}/record/${dealId}`);
    await expect(page.getByText("€9,600", { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Meeting" }).click();
    await page.getByLabel("What was agreed?").fill("Roof walk with Carla. Snow load per sheet 4 is open.");
    await page.getByRole("button", { name: "Log meeting" }).click();
    await page
      .getByRole("button", { name: /Proposal/ })
      .first()
      .click();
    await expect(page.getByText("€24,000", { exact: true })).toBeVisible();

    await page.goto(`${relay.url}/pending`);
    const waiting = page.getByRole("main").getByRole("listitem");
    await expect(waiting).toHaveCount(3);
    await page.reload();
    await expect(waiting).toHaveCount(3);
    await expectChip(page, /Offline, 3 changes on this device/);

    await relay.start();
    await ana.context.setOffline(false);
    await expectChip(page, "Synced");
    await expect(page.getByText("All your changes are in")).toBeVisible();

    // Igor's window was open all the time and is not reloaded.
    await expect(igorPage.getByRole("link", { name: "Rosa Lind" })).toBeVisible({ timeout: 30_000 });
    await igorPage.goto(`${relay.url}/record/${dealId}`);
    const moved = igorPage.getByRole("listitem").filter({ hasText: "from Qualification to" });
    await expect(moved).toHaveCount(1);
    await expect(moved).toContainText(/offline .*\d\d:\d\d, synced .*\d\d:\d\d/);
    await expect(igorPage.getByText("€24,000", { exact: true })).toBeVisible();
    expect([...ana.problems, ...igor.problems]).toEqual([]);
  } finally {
    await world.dispose();
  }
});
