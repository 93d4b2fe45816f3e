// A manager makes a portal, invites a partner, fills it by a rule and by hand; the partner sees exactly that, until it is taken back.

import { expect, test } from "@playwright/test";
import { axeFindings } from "./look-over.ts";
import { Device, expectChip, recordId } from "./people.ts";
import { World } from "./world.ts";

test("a portal: made, filled by a rule and by hand, seen by a partner on a phone, taken back", async () => {
  const world = await World.start(["Olga"]);
  const relay = world.relay;
  const dora = new Device({ width: 360, height: 780, scheme: "dark" });
  try {
    const owner = relay.account("Olga");
    const { device: olga, page } = await world.enter("Olga", "/settings/policy");
    await page.getByLabel("New persona").fill("Inspector");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByRole("button", { name: "Rename Inspector" })).toBeVisible();
    await page.goto(`${relay.url}/spaces`);
    await page.getByRole("button", { name: "New space" }).click();
    await page.getByLabel("Name").fill("Delta Supply");
    await page.getByRole("button", { name: "Make the space" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Delta Supply" })).toBeVisible();

    await page.getByRole("button", { name: "Add a person" }).click();
    await page.getByRole("combobox", { name: "As" }).click();
    await page.getByRole("option", { name: "Inspector" }).click();
    await expect(page.getByRole("dialog")).toContainText("as inspector, and who is in it");
    await page.getByRole("combobox", { name: "As" }).click();
    await page.getByRole("option", { name: "Partner" }).click();
    await page.getByLabel("E-mail").fill("dora@delta.example");
    await page.getByRole("button", { name: "Make the invitation" }).click();
    const link = await page.getByLabel("Invitation link").inputValue();
    await page.getByRole("button", { name: "Done" }).click();
    const phone = await dora.open(link);
    await phone.getByLabel("Your e-mail").fill("dora@delta.example");
    await phone.getByLabel("Your name").fill("Dora Delta");
    await phone.getByLabel("Password", { exact: true }).fill("a long enough one");
    await phone.getByRole("button", { name: "Join" }).click();
    await expect(phone.getByRole("heading", { level: 1, name: "Delta Supply" })).toBeVisible();
    await page.getByRole("combobox", { name: "Persona of Dora Delta" }).click();
    await page.getByRole("option", { name: "Inspector" }).click();
    await expect(phone.getByText("Inspector", { exact: true })).toBeVisible();
    await page.getByRole("combobox", { name: "Persona of Dora Delta" }).click();
    await page.getByRole("option", { name: "Partner" }).click();
    await expect(phone.getByText("Partner", { exact: true })).toBeVisible();
    await expect(phone.getByText("Nothing yet.")).toBeVisible();

    await page.getByRole("button", { name: "New rule" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByPlaceholder("Field").click();
    await page.getByRole("option", { name: "Name", exact: true }).click();
    await dialog.getByLabel("Value of Name").fill("Clinic roof");
    await dialog.getByRole("button", { name: "Show what it would share" }).click();
    await expect(dialog.getByRole("status")).toContainText("1 from outside will see them: Dora Delta");
    expect(await axeFindings(page, { severeOnly: true })).toEqual([]);
    await dialog.getByRole("button", { name: /^Share \d+ now/ }).click();
    await expect(phone.getByRole("link", { name: "Clinic roof" }).first()).toBeVisible();

    const company = await recordId(relay.url, owner, "company", "Harbor Clinic");
    await page.goto(`${relay.url}/record/${company}`);
    await page.getByRole("button", { name: "Share into..." }).click();
    await page.getByRole("combobox", { name: "Space" }).click();
    await page.getByRole("option", { name: "Delta Supply", exact: true }).click();
    await expect(page.getByRole("dialog").getByRole("status")).toContainText("Dora Delta, partner:");
    await page.getByRole("dialog").getByRole("button", { name: "Share", exact: true }).click();
    await expect(phone.getByRole("link", { name: "Harbor Clinic" })).toBeVisible();
    await expectChip(phone, "Synced");
    expect(await axeFindings(phone, { severeOnly: true })).toEqual([]);
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await page.screenshot({ path: "test-results/shared-into.png" });
    await phone.screenshot({ path: "test-results/portal-phone.png" });

    await page.getByRole("button", { name: "Stop sharing into Delta Supply" }).click();
    await expect(phone.getByRole("link", { name: "Harbor Clinic" })).toHaveCount(0);
    await page.goto(`${relay.url}/spaces`);
    await page
      .getByRole("main")
      .getByRole("link", { name: /^Delta Supply/ })
      .click();
    await expect(page.getByText(/where Name contains/)).toBeVisible();
    const shared = page.getByRole("list", { name: "Shared into this space" });
    await expect(shared.getByRole("listitem").filter({ hasText: "Clinic roof" })).toContainText("Dora Delta");
    await expect(shared).not.toContainText("Harbor Clinic");
    await page.getByRole("button", { name: "Rename" }).click();
    await page.getByRole("textbox", { name: "New name" }).fill("Delta Supply North");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(phone.getByRole("heading", { level: 1, name: "Delta Supply North" })).toBeVisible();
    await page.getByRole("button", { name: "Archive", exact: true }).click();
    await expect(phone.getByText(/^Archived: everybody still reads it/)).toBeVisible();
    await page.getByRole("button", { name: "Bring it back" }).click();
    await expect(phone.getByText(/^Archived: everybody still reads it/)).toHaveCount(0);
    await page.screenshot({ path: "test-results/portal.png" });
    await page.getByRole("button", { name: "Remove Dora Delta" }).click();
    await page.getByRole("button", { name: "Remove Dora", exact: true }).click();
    await expect(phone.getByText("This space is not on this device")).toBeVisible();
    await expect(phone.getByText(/Your access to Delta Supply North has ended/)).toBeVisible();
    expect([...olga.problems, ...dora.problems]).toEqual([]);
  } finally {
    await Promise.all([dora.dispose(), world.dispose()]);
  }
});
