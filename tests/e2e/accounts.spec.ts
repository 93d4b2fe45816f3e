// Accounts (decision 24): one's own password, a link for somebody who has forgotten theirs, another role, the end of access
// and access given again; each on the screens that people have for it, and each felt on the devices it is about.

import { expect, test, type Page } from "@playwright/test";
import { lookOverNarrow, lookOverTwice } from "./look-over.ts";
import { Device, expectChip } from "./people.ts";
import { World } from "./world.ts";

let world: World;
test.beforeEach(async () => {
  world = await World.start(["Olga", "Ana"]);
});
test.afterEach(async () => world.dispose());

const check = async (page: Page, picture: string): Promise<void> =>
  expect.soft(await lookOverNarrow(page, picture), picture).toEqual([]);

async function trySignIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The menu of somebody's account. */
async function ask(page: Page, name: string, what: string): Promise<void> {
  await page.getByRole("button", { name: `Change the account of ${name}` }).click();
  await page.getByRole("menuitem", { name: what }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
}

test("one's own password: the wrong one is said, the new one signs the other devices out and in", async () => {
  test.setTimeout(120_000);
  const { email, password } = world.relay.account("Ana");
  const { page: ana } = await world.enter("Ana", "/settings");
  const { page: other } = await world.enter("Ana");
  await expectChip(other, "Synced");
  const panel = ana.getByRole("region", { name: "Password" });
  await panel.getByRole("button", { name: "Change password" }).click();
  await panel.getByLabel("Password you have now").fill("not it");
  await panel.getByLabel("New password", { exact: true }).fill("a lantern at low tide");
  await panel.getByRole("button", { name: "Save the new password" }).click();
  await expect(panel.getByRole("alert")).toBeVisible();
  await check(ana, "account-own-password");
  await panel.getByLabel("Password you have now").fill(password);
  await panel.getByRole("button", { name: "Save the new password" }).click();
  await expect(ana.getByText("Your password is changed.")).toBeVisible();
  await expect(other.getByRole("button", { name: "Sign in" })).toBeVisible();
  await trySignIn(other, email, password);
  await expect(other.getByRole("alert")).toBeVisible();
  await trySignIn(other, email, "a lantern at low tide");
  await expectChip(other, "Synced");
  await expectChip(ana, "Synced");
});

test("a link for a forgotten password works once; another role holds at once; access ends and is given again", async () => {
  test.setTimeout(180_000);
  const { email, password } = world.relay.account("Ana");
  const { page: olga } = await world.enter("Olga", "/settings");
  const { page: ana } = await world.enter("Ana", "/contacts");
  expect(await lookOverTwice(olga, "account-people")).toEqual([]);

  await ask(olga, "Ana Ruiz", "Link for a new password");
  await check(olga, "account-reset-asked");
  await olga.getByRole("dialog").getByRole("button", { name: "Make the link" }).click();
  const link = await olga.getByRole("dialog").getByLabel("Link").inputValue();
  await check(olga, "account-reset-link");
  await olga.getByRole("dialog").getByRole("button", { name: "Done" }).click();
  const borrowed = new Device();
  world.devices.push(borrowed);
  const reset = await borrowed.open(link);
  await expect(reset.getByRole("heading", { name: "Set a new password" })).toBeVisible();
  await expect(reset.getByText(/Ana Ruiz/)).toBeVisible();
  await check(reset, "account-set-password");
  await reset.getByLabel("Password", { exact: true }).fill("a second lantern");
  await reset.getByRole("button", { name: "Set the password and sign in" }).click();
  await expectChip(reset, "Synced");
  await expect(ana.getByRole("button", { name: "Sign in" })).toBeVisible();
  await trySignIn(ana, email, password);
  await expect(ana.getByRole("alert")).toBeVisible();
  await trySignIn(ana, email, "a second lantern");
  await expectChip(ana, "Synced");
  const twice = new Device();
  world.devices.push(twice);
  const again = await twice.open(link);
  await expect(again.getByRole("heading", { name: "This link cannot be used" })).toBeVisible();
  await check(again, "account-link-used");

  await ask(olga, "Ana Ruiz", "Change role");
  await check(olga, "account-role");
  await olga.getByRole("dialog").getByRole("combobox", { name: "Role" }).click();
  await olga.getByRole("option", { name: "Manager" }).click();
  await olga.getByRole("dialog").getByRole("button", { name: "Change the role" }).click();
  await expect(olga.getByText("Ana Ruiz is now manager, in every space.")).toBeVisible();
  // What only managers have is there on her device, without signing in again.
  await ana.goto(`${world.relay.url}/settings/audit`);
  await expect(ana.getByRole("list", { name: /Audit entries/ })).toBeVisible();

  await ask(olga, "Ana Ruiz", "End access");
  await check(olga, "account-end");
  await olga.getByRole("dialog").getByRole("button", { name: "End access" }).click();
  const ended = olga.getByRole("list", { name: "Access ended" });
  await expect(ended).toContainText(email);
  await check(olga, "account-ended");
  await expect(
    ana
      .getByRole("heading", { name: "Sign in" })
      .or(ana.getByRole("button", { name: "Sign in" }))
      .first(),
  ).toBeVisible();
  await check(ana, "account-access-ended");
  await trySignIn(ana, email, "a second lantern");
  await expect(ana.getByRole("alert").nth(1)).toBeVisible();
  expect(await kept(ana)).toEqual([]);

  await ended.getByRole("button", { name: "Give access again to Ana Ruiz" }).click();
  await expect(olga.getByText("Ana Ruiz has access again")).toBeVisible();
  await expect(ended).toHaveCount(0);
  await trySignIn(ana, email, "a second lantern");
  await expectChip(ana, "Synced");
  await ana.goto(`${world.relay.url}/contacts`);
  await expect(ana.getByText("Carla Meyer").first()).toBeVisible();
});

/** Databases of the device with records in them. */
const kept = (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () => {
    const names: string[] = [];
    for (const { name = "" } of await indexedDB.databases()) {
      const opening = indexedDB.open(name);
      await new Promise((resolve) => opening.addEventListener("success", resolve));
      const database = opening.result;
      if (database.objectStoreNames.contains("records")) {
        const counting = database.transaction("records").objectStore("records").count();
        await new Promise((resolve) => counting.addEventListener("success", resolve));
        if (counting.result > 0) names.push(`${name}: ${counting.result}`);
      }
      database.close();
    }
    return names;
  });
