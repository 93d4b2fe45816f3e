// Tasks on both sides, repeated ones offline, the inbox, mentions and the calendar file; the client on a phone.

import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { expectChip, type Device, type DeviceOptions } from "./people.ts";
import type { RelayProcess } from "./relay-process.ts";
import { World } from "./world.ts";

let world: World;
let relay: RelayProcess;
test.beforeEach(async () => {
  world = await World.start(["Igor", "Carla", "Ana"]);
  relay = world.relay;
});
test.afterEach(async () => {
  for (const device of world.devices) expect(device.problems).toEqual([]);
  await world.dispose();
});

const roof = (): string => relay.account("Carla").spaces[0]?.id ?? "";

const at = (who: string, path: string, options: DeviceOptions = {}): Promise<{ device: Device; page: Page }> =>
  world.enter(who, path, options);

test("a client on a phone lands on her project, sees what is asked of her, and says that it is done", async () => {
  const { page: igor } = await at("Igor", `/projects/${roof()}/tasks`);
  const { page: carla } = await at("Carla", "/", { width: 390, height: 844 });
  await expect(carla.getByRole("heading", { level: 1, name: "Clinic roof" })).toBeVisible();
  const sections = carla.getByRole("main").getByRole("heading", { level: 2 });
  await expect
    .poll(async () => (await sections.allTextContents()).slice(0, 4).map((title) => title.replace(/\s.*/, "")))
    .toEqual(["What", "Where", "What", "Done"]);
  await expect(carla.getByRole("heading", { name: "What we need from you" })).toBeVisible();
  await carla
    .getByRole("button", { name: /^Choose the crane Saturday/ })
    .first()
    .click();
  const dialog = carla.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Edit Title" })).toHaveCount(0);
  await dialog.getByRole("button", { name: "Edit Status" }).click();
  await carla.getByRole("option", { name: "Completed" }).click();
  await expectChip(carla, "Synced");
  await expect(
    igor
      .getByRole("region", { name: /^Completed/ })
      .getByRole("button", { name: "Choose the crane Saturday", exact: true }),
  ).toBeVisible();
  // A task of somebody else is read only for her.
  await carla.goto(`${relay.url}/projects/${roof()}/tasks`);
  await carla.getByRole("button", { name: "Maintenance plan", exact: true }).click();
  await expect(carla.getByRole("dialog").getByText("Status")).toBeVisible();
  await expect(carla.getByRole("dialog").getByRole("button", { name: "Edit Status" })).toHaveCount(0);
});

test("a mention comes in, also without a network, is read, put off and comes in no more when switched off", async () => {
  const { page: carla } = await at("Carla", `/projects/${roof()}/activity`);
  const { device, page: igor } = await at("Igor", "/inbox");
  await igor.getByRole("button", { name: "Mark all read" }).click();
  await expect(igor.getByText("Nothing unread")).toBeVisible();
  await carla.getByLabel("Write to this project").click();
  await carla.keyboard.type("When does the steel come, @Ig");
  await carla.keyboard.press("Enter");
  await carla.getByRole("button", { name: "Comment", exact: true }).click();
  const item = igor.getByRole("link", { name: /Carla Meyer mentioned you on Clinic roof/ });
  await expect(item).toBeVisible();
  await expect(igor.getByRole("link", { name: "Inbox, 1 unread" })).toBeVisible();

  await device.context.setOffline(true);
  await igor.reload();
  await expect(item).toBeVisible();
  await igor.getByRole("button", { name: /^Put off: Carla Meyer mentioned you/ }).click();
  await igor.getByRole("menuitem", { name: "Until tomorrow morning" }).click();
  await expect(igor.getByRole("region", { name: "Put off" }).getByText(/mentioned you/)).toBeVisible();
  await igor.getByRole("button", { name: "Bring back" }).click();
  await expect(igor.getByText("1 unread", { exact: true })).toBeVisible();
  await item.focus();
  await igor.keyboard.press("e");
  await expect(igor.getByText("Nothing unread")).toBeVisible();
  await igor.getByRole("button", { name: "What comes in" }).click();
  await igor.getByRole("switch", { name: "Mentions" }).click({ force: true });
  await igor.keyboard.press("Escape");
  await expect(item).toHaveCount(0);
  await device.context.setOffline(false);
});

test("two devices complete a repeating task offline: one next task; my tasks and the calendar file have it", async () => {
  const { device: one, page: igor } = await at("Igor", `/projects/${roof()}/tasks`);
  const { device: two, page: ana } = await at("Ana", `/projects/${roof()}/tasks`);
  await igor.getByLabel("New task", { exact: true }).fill("Clear the gutters");
  await igor.keyboard.press("Enter");
  await igor.getByRole("button", { name: "Clear the gutters", exact: true }).click();
  const dialog = igor.getByRole("dialog");
  const set = async (label: string, value: string): Promise<void> => {
    await dialog.getByRole("button", { name: `Edit ${label}`, exact: true }).click();
    await dialog.getByLabel(label, { exact: true }).fill(value);
    await dialog.getByLabel(label, { exact: true }).press("Enter");
  };
  await set("Due", "2027-03-01");
  for (const [label, option] of [
    ["Repeats", "Every week"],
    ["Assignee", "Igor Petrov (you)"],
  ] as const) {
    await dialog.getByRole("button", { name: `Edit ${label}`, exact: true }).click();
    await igor.getByRole("option", { name: option }).click();
  }
  await dialog.getByLabel("Add to Checklist").fill("North side");
  await dialog.getByLabel("Add to Checklist").press("Enter");
  // What it shows is what was saved, a moment after the click.
  await dialog.getByRole("checkbox", { name: "North side" }).click();
  await expect(dialog.getByRole("checkbox", { name: "North side" })).toBeChecked();
  await igor.keyboard.press("Escape");
  await expectChip(igor, "Synced");
  await expect(ana.getByText("Clear the gutters")).toBeVisible();
  await Promise.all([one.context.setOffline(true), two.context.setOffline(true)]);
  for (const page of [igor, ana]) {
    await page.getByRole("button", { name: "Move Clear the gutters to..." }).click();
    await page.getByRole("menuitem", { name: "Completed" }).click();
    await expect(page.getByRole("button", { name: "Clear the gutters", exact: true })).toHaveCount(2);
  }
  await Promise.all([one.context.setOffline(false), two.context.setOffline(false)]);
  for (const page of [igor, ana]) {
    await expectChip(page, "Synced");
    await expect(page.getByRole("button", { name: "Clear the gutters", exact: true })).toHaveCount(2);
    await expect(page.getByText("0/1")).toHaveCount(1);
  }
  await igor.goto(`${relay.url}/my-tasks`);
  await expect(igor.getByRole("link", { name: "Clear the gutters" })).toHaveCount(1);
  const [file] = await Promise.all([
    igor.waitForEvent("download"),
    igor.getByRole("button", { name: "Calendar file" }).click(),
  ]);
  const text = readFileSync(await file.path(), "utf8");
  expect(text).toContain("SUMMARY:Clear the gutters");
  expect(text).toContain("DTSTART;VALUE=DATE:20270308");
  await igor.getByRole("checkbox", { name: "Clear the gutters is done" }).click({ force: true });
  await expect(igor.getByText("Clear the gutters done")).toBeVisible();
});
