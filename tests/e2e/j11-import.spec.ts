// J11: a file of companies imported offline, again, and undone; then the real files, where they are at hand.

import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { lookOverNarrow } from "./look-over.ts";
import { expectChip, type Device } from "./people.ts";
import type { RelayProcess } from "./relay-process.ts";
import { World } from "./world.ts";

const realData = path.resolve(import.meta.dirname, "../../../shared/data");
if (!existsSync(realData)) console.log(`Imports of real files are skipped: ${realData} is not on this machine.`);

let world: World;
let relay: RelayProcess;
let ana: Device;
let page: Page;

test.describe.configure({ timeout: 180_000 });

test.beforeEach(async () => {
  world = await World.start(["Ana"]);
  relay = world.relay;
  ({ device: ana, page } = await world.enter("Ana", "/companies"));
  await ana.context.setOffline(true);
  await expectChip(page, "Offline");
});

test.afterEach(async () => world.dispose());

async function companies(): Promise<number> {
  await page.goto(`${relay.url}/companies`);
  const words = await page.getByRole("status").filter({ hasText: "all on this device" }).textContent();
  return Number(/of ([\d,]+)/.exec(words ?? "")?.[1]?.replaceAll(",", ""));
}

/** Chooses the file and goes to the preview; returns the three numbers, which must add up. */
async function preview(
  file: string | { name: string; mimeType: string; buffer: Buffer },
): Promise<{ create: number; duplicate: number; error: number; rows: number }> {
  await page.goto(`${relay.url}/import`);
  const again = page.getByRole("button", { name: /Import another file|Another file/ });
  if (await again.isVisible()) await again.click();
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.getByRole("button", { name: "Check values" }).click();
  await page.getByRole("button", { name: "Preview", exact: true }).click();
  const sum = page.getByText(/ rows\. Nothing is written/);
  await expect(sum).toBeVisible();
  const [create = 0, duplicate = 0, error = 0, rows = 0] = [
    ...((await sum.textContent()) ?? "").matchAll(/[\d,]+/g),
  ].map((match) => Number(match[0].replaceAll(",", "")));
  expect(create + duplicate + error).toBe(rows);
  return { create, duplicate, error, rows };
}

async function runImport(): Promise<void> {
  await page.getByRole("button", { name: /^(Create|Merge) / }).click();
  await expect(page.getByRole("heading", { name: "Imported, saved on this device" })).toBeVisible({ timeout: 60_000 });
}

test("J11 made-up file: counts add up, again is nothing new, undo takes it back, all of it offline", async () => {
  const before = await companies();
  const rows = Array.from(
    { length: 60 },
    (_, index) => `${index};"Weir ""${index}""\n& Sons";weir${index}.example;1.2${index % 10}0,5`,
  );
  const csv = `\ufeffId;Account Name;Website;Number of Employees\n${rows.join("\n")}\n`;
  const file = { name: "weirs.csv", mimeType: "text/csv", buffer: Buffer.from(csv) };
  expect(await preview(file)).toMatchObject({ create: 60, duplicate: 0, rows: 60 });
  expect(await companies()).toBe(before);
  await preview(file);
  await runImport();
  expect(await companies()).toBe(before + 60);
  expect(await preview(file)).toMatchObject({ create: 0, duplicate: 60 });
  await page.goto(`${relay.url}/import`);
  const startOver = page.getByRole("button", { name: /Another file/ });
  if (await startOver.isVisible()) await startOver.click();
  await page.getByRole("button", { name: "Undo the import of weirs.csv" }).click();
  await expect(page.getByText(/^undone /).first()).toBeVisible({ timeout: 60_000 });
  expect(await companies()).toBe(before);
  await ana.context.setOffline(false);
  await expectChip(page, "Synced");
});

test("J11 real files: 423 accounts and the four cards", async () => {
  test.skip(!existsSync(realData), `skipped: ${realData} is not on this machine`);
  const before = await companies();
  const first = await preview(path.join(realData, "salesforce-accounts.csv"));
  expect(first.rows).toBe(423);
  expect(first.duplicate).toBeGreaterThanOrEqual(1);
  await runImport();
  expect(await companies()).toBe(before + first.create);
  expect((await preview(path.join(realData, "salesforce-accounts.csv"))).create).toBe(0);
  for (const card of readdirSync(path.join(realData, "vcard"))) {
    const cards = await preview(path.join(realData, "vcard", card));
    expect(cards.error).toBe(0);
    expect(cards.rows).toBeGreaterThanOrEqual(1);
  }
});

test("J11 real cards: the same person out of another phone is offered as a duplicate", async () => {
  test.skip(!existsSync(realData), `skipped: ${realData} is not on this machine`);
  const card = (phone: string): string => path.join(realData, "vcard", `john-doe-${phone}.vcf`);
  expect(await preview(card("gmail"))).toMatchObject({ create: 1, duplicate: 0, rows: 1 });
  await runImport();
  expect(await preview(card("iphone"))).toMatchObject({ create: 0, duplicate: 1, error: 0, rows: 1 });
  await expect(page.getByRole("cell", { name: "e-mail", exact: true })).toBeVisible();
});

test("every step of an import, looked over: file, columns, values with one that is wrong, preview, running, done", async () => {
  const csv = "Name;Website;Number of Employees\nWeir & Sons;weir.example;12\nLock & Key;lock.example;a dozen\n";
  const found: string[] = [];
  const look = async (step: string): Promise<void> =>
    void found.push(...(await lookOverNarrow(page, `import-${step}`)));
  await page.goto(`${relay.url}/import`);
  await expect(page.locator('input[type="file"]')).toBeAttached();
  await look("file");
  await page
    .locator('input[type="file"]')
    .setInputFiles({ name: "two.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await expect(page.getByRole("button", { name: "Check values" })).toBeVisible();
  await look("columns");
  await page.getByRole("button", { name: "Check values" }).click();
  await expect(page.getByText("a dozen").first()).toBeVisible();
  await look("values");
  await page.getByRole("button", { name: "Preview", exact: true }).click();
  await expect(page.getByText(/ rows\. Nothing is written/)).toBeVisible();
  await look("preview");
  await runImport();
  await look("done");
  expect(found).toEqual([]);
});
