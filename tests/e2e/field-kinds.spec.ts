// One fact of every field kind, changed in its own editor on a record page, and read again after a reload.

import { expect, test, type Locator, type Page } from "@playwright/test";
import { onDisk, recordId, type Device } from "./people.ts";
import type { RelayProcess } from "./relay-process.ts";
import { World } from "./world.ts";

let world: World;
let relay: RelayProcess;
let igor: Device;
let page: Page;

// Each test has records of its own.
test.beforeAll(async () => {
  world = await World.start(["Igor"]);
  relay = world.relay;
  ({ device: igor, page } = await world.enter("Igor"));
});

test.afterAll(async () => world.dispose());

const fact = (label: string): Locator => page.getByRole("button", { name: `Edit ${label}`, exact: true }).locator("..");

/** By keyboard: in the middle of an e-mail or a web address lies its link. */
const edit = (label: string): Promise<void> =>
  page.getByRole("button", { name: `Edit ${label}`, exact: true }).press("Enter");

const input = (label: string): Locator => page.locator(`input[aria-label="${label}"]`);

async function type(label: string, value: string): Promise<void> {
  await edit(label);
  await input(label).fill(value);
  await input(label).press("Enter");
}

const pick = (name: string | RegExp): Promise<void> =>
  page.getByRole("option", typeof name === "string" ? { name, exact: true } : { name }).click();

async function openRecord(type: string, title: string): Promise<void> {
  const id = await recordId(relay.url, relay.account("Igor"), type, title);
  await page.goto(`${relay.url}/record/${id}`);
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
}

/** What each fact must say: at once, and from the device after a reload. */
async function expectFacts(words: Readonly<Record<string, string | RegExp>>): Promise<void> {
  const check = async (): Promise<void> => {
    for (const [label, value] of Object.entries(words)) await expect(fact(label), label).toHaveText(value);
  };
  await check();
  // A value is painted before it is on the disk.
  await onDisk(page);
  await page.reload();
  await check();
}

test("a company: text, number, money, choice, several choices, phone, e-mail, link, address, person, long text", async () => {
  await openRecord("company", "Harbor Clinic");
  const typed = {
    Industry: "Private health",
    Employees: "1250",
    "Annual revenue": "12,500.50 SEK",
    Phone: "+46 8 5250 1180",
    "E-mail": "desk@harborclinic.example",
    Website: "https://harborclinic.example/visit",
  };
  for (const [label, value] of Object.entries(typed)) await type(label, value);

  await edit("Type");
  await pick("Reseller");
  // The demo may have given it a tag already, and picking that again would take it away.
  const before = await fact("Tags").innerText();
  const tags = ["Key account", "Referral", "Dormant"].filter((tag) => !before.includes(tag)).slice(0, 2);
  await edit("Tags");
  for (const tag of tags) await pick(tag);
  await input("Tags").press("Tab");
  await edit("Owner");
  await pick(/^Ana /);
  await edit("Billing address");
  await input("Billing address, Street").fill("Quay 4");
  await input("Billing address, Postal code").fill("116 45");
  await input("Billing address, City").fill("Stockholm");
  await input("Billing address, City").press("Enter");
  await edit("Description");
  await page.getByLabel("Description", { exact: true }).fill("Two wings.\nOne roof.");
  await page.keyboard.press("Control+Enter");

  await expectFacts({
    Industry: "Private health",
    Employees: "1,250",
    "Annual revenue": /SEK.12,500\.50/,
    Phone: "+46 8 5250 1180",
    "E-mail": "desk@harborclinic.example",
    Website: /harborclinic\.example\/visit/,
    Type: "Reseller",
    Tags: new RegExp(`${tags.join(".*")}|${tags.toReversed().join(".*")}`),
    Owner: relay.account("Ana").name,
    "Billing address": /Quay 4, 116 45 Stockholm/,
    Description: /Two wings\.\s+One roof\./,
  });
  expect(igor.problems).toEqual([]);
});

test("a contact: a date, yes or no, and a relation; typed and picked", async () => {
  await openRecord("contact", "Carla Meyer");
  await type("Birthday", "1984-03-09");
  await edit("No e-mail, please");
  await pick("Yes");
  await edit("Company");
  await input("Company").fill("Delta Supply");
  await pick(/^Delta Supply/);
  await expectFacts({ Birthday: "9 Mar 1984", "No e-mail, please": "Yes", Company: "Delta Supply" });

  // Emptied again: a relation and a date go like any other value.
  await edit("Company");
  await input("Company").fill("");
  await input("Company").press("Tab");
  await type("Birthday", "");
  await expectFacts({ Birthday: "add", Company: "add" });
  expect(igor.problems).toEqual([]);
});

test("an activity and a milestone: a date with its time, and several relations", async () => {
  await page.goto(`${relay.url}/activities`);
  await page.getByRole("button", { name: "New activity", exact: true }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Subject", { exact: true }).fill("Roof walk");
  await dialog.getByRole("button", { name: "Create activity" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Roof walk" })).toBeVisible();
  await type("Start", "2027-03-04T15:30");
  await expectFacts({ Start: /4 Mar 2027, 15:30/ });

  await openRecord("milestone", "M3 Handover");
  await edit("Depends on");
  await input("Depends on").fill("M1 Survey");
  await pick(/^M1 Survey/);
  await expect(page.getByRole("button", { name: "Remove M1 Survey" })).toBeVisible();
  await input("Depends on").press("Tab");
  await expectFacts({ "Depends on": /M2 Structure.*M1 Survey|M1 Survey.*M2 Structure/ });
  expect(igor.problems).toEqual([]);
});

test("a wrong value keeps the words, says how to put it right, and saves nothing", async () => {
  await openRecord("deal", "Clinic roof");
  const before = await fact("Amount").innerText();
  await type("Amount", "12 parsecs maybe");
  const sentence = page.getByText("Enter an amount, for example 48,000.00 EUR.");
  await expect(sentence).toBeVisible();
  await expect(input("Amount")).toHaveValue("12 parsecs maybe");
  await expect(input("Amount")).toHaveAttribute("aria-invalid", "true");
  await input("Amount").press("Tab");
  await expect(input("Amount")).toHaveValue("12 parsecs maybe");
  await input("Amount").press("Escape");
  await expectFacts({ Amount: before });

  await type("Amount", "12 parsecs maybe");
  await input("Amount").fill("12k");
  await expect(sentence).toHaveCount(0);
  await input("Amount").fill("12,000 EUR");
  await input("Amount").press("Enter");
  await expectFacts({ Amount: /€12,000/ });
  expect(igor.problems).toEqual([]);
});
