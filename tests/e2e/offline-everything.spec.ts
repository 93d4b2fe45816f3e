// Everything a person can make is made and edited without a network: a project with what is in it, and sales records.
// Then the network comes back, and a colleague's open window gets all of it.

import { expect, test, type Locator, type Page } from "@playwright/test";
import { expectChip, onDisk, setFact } from "./people.ts";
import { World } from "./world.ts";

/** The words of one fact of an open record. */
const fact = (page: Page, label: string): Locator =>
  page.getByRole("button", { name: `Edit ${label}`, exact: true }).locator("..");

const h1 = (page: Page, name: string): Locator => page.getByRole("heading", { level: 1, name, exact: true });

/** Where a record can be read, and what it must say there. */
type Made = { readonly address: string; readonly check: (page: Page) => Promise<void> };

async function makeInProject(page: Page): Promise<Made[]> {
  await page.getByRole("button", { name: "New project" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill("Night ferry terminal");
  await dialog.getByRole("button", { name: "Make the project" }).click();
  await expect(h1(page, "Night ferry terminal")).toBeVisible();
  await setFact(page, "Client", "Weir & Sons");
  await expect(fact(page, "Client")).toContainText("Weir & Sons");
  const project = page.url();
  const tab = (name: string): Promise<void> =>
    page.getByRole("navigation", { name: "Project pages" }).getByRole("link", { name, exact: true }).click();

  await tab("Milestones");
  await page.getByRole("button", { name: "New milestone" }).click();
  await page.getByLabel("Title of the new milestone").fill("M1 Quay wall");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const openMilestone = (where: Page): Promise<void> =>
    where.getByRole("button", { name: "Details of M1 Quay wall" }).click();
  await openMilestone(page);
  await setFact(page, "Target", "2027-02-01");
  await expect(fact(page, "Target")).toContainText("1 Feb 2027");
  const milestones = page.url();

  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await tab("Tasks");
  await page.getByLabel("New task", { exact: true }).fill("Measure the tide");
  await page.keyboard.press("Enter");
  const openTask = (where: Page): Promise<void> =>
    where.getByRole("button", { name: "Measure the tide", exact: true }).click();
  await openTask(page);
  await setFact(page, "Due", "2027-01-15");
  await expect(fact(page, "Due")).toContainText("15 Jan 2027");
  const tasks = page.url();

  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await tab("Documents");
  await page.getByRole("button", { name: "New document" }).first().click();
  await dialog.getByRole("textbox", { name: "Title" }).fill("Tide notes");
  await dialog.getByRole("button", { name: "Make the document" }).click();
  await expect(h1(page, "Tide notes")).toBeVisible();
  const text = (where: Page): Locator => where.getByRole("textbox", { name: /^Text of / });
  await text(page).click();
  await page.keyboard.type("High water at 04:12, written on the ferry.");
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByLabel("Title", { exact: true }).fill("Tide notes, first night");
  await page.keyboard.press("Enter");
  await expect(h1(page, "Tide notes, first night")).toBeVisible();
  const document = page.url();

  return [
    {
      address: project,
      check: async (where) => {
        await expect(h1(where, "Night ferry terminal")).toBeVisible();
        await expect(fact(where, "Client")).toContainText("Weir & Sons");
      },
    },
    {
      address: milestones,
      check: async (where) => {
        await openMilestone(where);
        await expect(fact(where, "Target")).toContainText("1 Feb 2027");
      },
    },
    {
      address: tasks,
      check: async (where) => {
        await openTask(where);
        await expect(fact(where, "Due")).toContainText("15 Jan 2027");
      },
    },
    {
      address: document,
      check: async (where) => {
        await expect(h1(where, "Tide notes, first night")).toBeVisible();
        await expect(text(where)).toContainText("High water at 04:12, written on the ferry.");
      },
    },
  ];
}

const salesRecords = [
  { list: "companies", one: "company", named: "Name", title: "Skerry Ferries", fact: "Industry", value: "Shipping" },
  { list: "deals", one: "deal", named: "Name", title: "Terminal roof", fact: "Next step", value: "Call the harbour" },
  { list: "tasks", one: "task", named: "Title", title: "Send the tide table", fact: "Description", value: "By post" },
  {
    list: "activities",
    one: "activity",
    named: "Subject",
    title: "Met the pilot",
    fact: "What was said",
    value: "Fog",
  },
] as const;

async function makeForSales(page: Page, relayUrl: string): Promise<Made[]> {
  const made: Made[] = [];
  for (const { list, one, named, title, fact: label, value } of salesRecords) {
    await page.goto(`${relayUrl}/${list}`);
    await page
      .getByRole("button", { name: `New ${one}`, exact: true })
      .first()
      .click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(named, { exact: true }).fill(title);
    await dialog.getByRole("button", { name: `Create ${one}`, exact: true }).click();
    await expect(h1(page, title)).toBeVisible();
    await setFact(page, label, value);
    // Long text is saved by leaving it: Enter is a new line there.
    await page.keyboard.press("Tab");
    await expect(fact(page, label)).toContainText(value);
    await onDisk(page);
    const check = async (where: Page): Promise<void> => {
      await expect(h1(where, title)).toBeVisible();
      await expect(fact(where, label)).toContainText(value);
    };
    made.push({ address: page.url(), check });
  }
  return made;
}

test("create and edit everything offline; a restart keeps it, and an open window of a colleague gets it", async () => {
  test.setTimeout(180_000);
  const world = await World.start(["Igor", "Ana"]);
  const relay = world.relay;
  try {
    const { device: igor, page } = await world.enter("Igor", "/projects");
    const { device: ana, page: anaPage } = await world.enter("Ana", "/projects");
    await expect(anaPage.getByRole("link", { name: "Clinic roof" }).first()).toBeVisible();

    await igor.context.setOffline(true);
    await expectChip(page, "Offline");
    const made = [...(await makeInProject(page)), ...(await makeForSales(page, relay.url))];

    // Read again from the device alone.
    for (const { address, check } of made) {
      await page.goto(address);
      await check(page);
    }
    await expectChip(page, /Offline, \d+ changes on this device/);
    const inList = anaPage.getByRole("main").getByRole("link", { name: "Night ferry terminal" });
    await expect(inList).toHaveCount(0);

    await igor.context.setOffline(false);
    await expectChip(page, "Synced");
    // Not reloaded: the new project comes to an open window.
    await expect(inList).toBeVisible({ timeout: 30_000 });
    for (const { address, check } of made) {
      await anaPage.goto(address);
      await check(anaPage);
    }
    expect([...igor.problems, ...ana.problems]).toEqual([]);
  } finally {
    await world.dispose();
  }
});
