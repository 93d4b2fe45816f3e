// J2 and J3: two people change one record while one of them is offline. Each test has a record of its own.

import { expect, test, type Page } from "@playwright/test";
import { expectChip, recordId, setFact, type Device } from "./people.ts";
import type { RelayProcess } from "./relay-process.ts";
import { World } from "./world.ts";

let world: World;
let relay: RelayProcess;
let ana: Device;
let anaPage: Page;
let igorPage: Page;

test.beforeAll(async () => {
  world = await World.start(["Ana", "Igor"]);
  relay = world.relay;
  ({ device: ana, page: anaPage } = await world.enter("Ana"));
  ({ page: igorPage } = await world.enter("Igor"));
});

test.afterAll(async () => world.dispose());

/** Both look at the record; then Ana's network goes. */
async function bothOpen(id: string): Promise<void> {
  await Promise.all([anaPage, igorPage].map((page) => page.goto(`${relay.url}/record/${id}`)));
  await Promise.all([anaPage, igorPage].map((page) => expect(page.getByRole("heading", { level: 1 })).toBeVisible()));
  await ana.context.setOffline(true);
  await expectChip(anaPage, "Offline");
}

async function anaReturns(): Promise<void> {
  await ana.context.setOffline(false);
  await expectChip(anaPage, "Synced");
}

test("J2 different fields: both values on both devices, and no question asked", async () => {
  const id = await recordId(relay.url, relay.account("Ana"), "contact", "Carla Meyer");
  await bothOpen(id);
  await setFact(anaPage, "Mobile", "+46 8 5250 1180");
  await setFact(igorPage, "Job title", "Head of Facilities");
  await expectChip(igorPage, "Synced");
  await anaReturns();
  for (const page of [anaPage, igorPage]) {
    await expect(page.getByRole("main").getByText("Head of Facilities").first()).toBeVisible();
    await expect(page.getByRole("main").getByText("+46 8 5250 1180").first()).toBeVisible();
    await expect(page.getByText("was changed by both")).toHaveCount(0);
  }
});

test("J3a the same field: one value on both devices, the other kept, and taken back with one press", async () => {
  const id = await recordId(relay.url, relay.account("Ana"), "deal", "Clinic roof");
  await bothOpen(id);
  await setFact(anaPage, "Close date", "2027-06-30");
  await setFact(igorPage, "Close date", "2027-07-15");
  await expectChip(igorPage, "Synced");
  await anaReturns();
  const block = (page: Page) => page.getByRole("region", { name: "Close date was changed by both" });
  const shown: (string | null)[] = [];
  for (const page of [anaPage, igorPage]) {
    await expect(block(page)).toBeVisible();
    await expect(block(page)).toContainText("30 Jun 2027");
    await expect(block(page)).toContainText("15 Jul 2027");
    shown.push(await block(page).locator("div", { hasText: "shown now" }).last().locator("..").textContent());
  }
  expect(shown[0]?.slice(0, 6)).toBe(shown[1]?.slice(0, 6));
  await block(anaPage).getByRole("button", { name: "use this" }).click();
  for (const page of [anaPage, igorPage]) await expect(block(page)).toHaveCount(0);
});

test("J3b deleted by one, edited by the other: kept as archived, with the words", async () => {
  const id = await recordId(relay.url, relay.account("Ana"), "company", "Harbor Clinic");
  await bothOpen(id);
  await setFact(anaPage, "Industry", "Hospital, ward 4");
  await igorPage.getByRole("button", { name: "More actions" }).click();
  await igorPage.getByRole("menuitem", { name: /Delete/ }).click();
  await expectChip(igorPage, "Synced");
  await anaReturns();
  for (const page of [anaPage, igorPage]) {
    await page.goto(`${relay.url}/record/${id}`);
    await expect(page.getByText("Archived, edited after delete")).toBeVisible();
    await expect(page.getByRole("main").getByText("Hospital, ward 4").first()).toBeVisible();
  }
  await igorPage.getByRole("button", { name: "Restore" }).click();
  await expect(anaPage.getByText("Archived, edited after delete")).toHaveCount(0);
});
