// A manager looks at a deal through the lens: what a client's device would hold, and not a control more.

import { expect, test, type Page } from "@playwright/test";
import { Device, signIn } from "./people.ts";
import { RelayProcess } from "./relay-process.ts";

let relay: RelayProcess;
const devices: Device[] = [];

test.beforeEach(async () => {
  relay = await RelayProcess.start({ flags: ["--policy-hold", "1"] });
});

test.afterEach(async () => {
  for (const device of devices.splice(0)) await device.dispose();
  await relay.dispose();
});

async function open(find: (persona: string) => boolean): Promise<Page> {
  const account = relay.accounts().find((one) => find(one.persona));
  if (account === undefined) throw new Error("no such demo account");
  const device = new Device();
  devices.push(device);
  const page = await device.open(relay.url);
  await signIn(page, account);
  return page;
}

test("the lens shows a record as a client holds it, and nothing can be changed through it", async () => {
  test.setTimeout(120_000);
  const olga = await open((persona) => persona === "owner" || persona === "manager");
  await olga.goto(`${relay.url}/deals`);
  await olga
    .getByRole("link", { name: /Clinic roof/ })
    .first()
    .click();
  await expect(olga.getByText("Margin").first()).toBeVisible();
  await olga.getByRole("button", { name: "More actions" }).click();
  await olga.getByRole("menuitem", { name: "Client", exact: true }).click();
  await expect(olga.getByText(/You see what a client sees/)).toBeVisible();
  await expect(olga.getByText("Close date").first()).toBeVisible();
  await expect(olga.getByRole("button", { name: "Edit Margin" })).toHaveCount(0);
  await expect(olga.getByText(/What a client does not hold/)).toBeVisible();
  await olga.keyboard.press("Escape");
  await expect(olga.getByText(/You see what a client sees/)).toHaveCount(0);
});
