// A project from a won deal and from a template, put away and brought back.

import { expect, test } from "@playwright/test";
import { expectChip } from "./people.ts";
import type { RelayProcess } from "./relay-process.ts";
import { World } from "./world.ts";

let world: World;
let relay: RelayProcess;
test.beforeEach(async () => {
  world = await World.start(["Ana", "Igor"]);
  relay = world.relay;
});
test.afterEach(async () => world.dispose());

test("a won deal becomes a project with client, dates and budget, offline as well", async () => {
  const { device: ana, page } = await world.enter("Ana", "/deals");
  await page.getByRole("button", { name: "New deal" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name", { exact: true }).fill("Boathouse roof");
  await form.getByLabel("Amount").fill("31,500");
  await form.getByRole("button", { name: /^(Create|Save|Add)/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Boathouse roof" })).toBeVisible();
  const deal = page.url();
  await expect(page.getByRole("button", { name: "Start the project" })).toHaveCount(0);
  await page.getByRole("button", { name: "Edit Stage" }).click();
  await page.getByRole("option", { name: "Won", exact: true }).click();

  await ana.context.setOffline(true);
  await page.getByRole("button", { name: "Start the project" }).click();
  const dialog = page.getByRole("dialog", { name: "New project" });
  await expect(dialog.getByRole("textbox", { name: "Name" })).toHaveValue("Boathouse roof");
  await dialog.getByLabel("Target").fill("2027-03-31");
  await dialog.getByRole("button", { name: "Make the project" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Boathouse roof" })).toBeVisible();
  await expect(page.getByText("31,500").first()).toBeVisible();
  await ana.context.setOffline(false);
  await expectChip(page, "Synced");

  // The deal knows its project, and offers no second one.
  await page.goto(deal);
  await expect(page.getByRole("link", { name: "Project Boathouse roof" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Start the project" })).toHaveCount(0);
  expect(ana.problems).toEqual([]);
});

test("a project kept as a template starts another one, with a replacement for who is not of the team", async () => {
  const space = relay.account("Carla").spaces[0]?.id ?? "";
  const { device: igor, page } = await world.enter("Igor", `/projects/${space}`);
  await expect(page.getByRole("heading", { level: 1, name: "Clinic roof" })).toBeVisible();
  await page.getByRole("button", { name: "More for this project" }).click();
  await page.getByRole("menuitem", { name: "Save as a template" }).click();
  await expect(page.getByText("This is a template, only the team sees it.")).toBeVisible();
  await page.getByRole("link", { name: "Start a project from it" }).click();

  const dialog = page.getByRole("dialog", { name: "New project" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Harbour school roof");
  await dialog.getByLabel("Start", { exact: true }).fill("2027-01-04");
  await expect(dialog.getByText(/is not of the team. Choose who takes over./).first()).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Make the project" })).toBeDisabled();
  for (const [role, by] of [
    [/^Carla Meyer/, "Nobody yet"],
    [/^Cem Aydin/, "Ana Ruiz"],
  ] as const) {
    await dialog.getByRole("combobox", { name: role }).click();
    await page.getByRole("option", { name: by }).and(page.locator(":visible")).click();
  }
  await dialog.getByRole("button", { name: "Make the project" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Harbour school roof" })).toBeVisible();
  await page.getByRole("link", { name: "Milestones" }).first().click();
  await expect(page.getByText("M1 Survey").first()).toBeVisible();
  await page.getByRole("link", { name: "Documents" }).first().click();
  await page.getByRole("link", { name: "Scope" }).click();
  await expect(page.locator(".ProseMirror")).not.toBeEmpty();
  await expectChip(page, "Synced");

  // Put away, it leaves the lists; nothing of it is lost.
  await page.getByRole("link", { name: "Harbour school roof" }).first().click();
  await page.getByRole("button", { name: "More for this project" }).click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await expect(page.getByText(/In the archive since/)).toBeVisible();
  await page.goto(`${relay.url}/projects`);
  await expect(page.getByRole("navigation", { name: /Pages of/ }).getByText("Harbour school roof")).toHaveCount(0);
  await page.locator("summary", { hasText: "Archive" }).click();
  await page.getByRole("link", { name: "Harbour school roof" }).click();
  await page.getByRole("button", { name: "Bring it back" }).click();
  await expect(page.getByText(/In the archive since/)).toHaveCount(0);
  await expect(page.getByRole("navigation", { name: /Pages of/ }).getByText("Harbour school roof")).toBeVisible();
  expect(igor.problems).toEqual([]);
});
