// A manager invites a client by a link; the client accepts it on a phone and stands in the space within a minute.

import { expect, test } from "@playwright/test";
import { axeFindings } from "./look-over.ts";
import { Device, expectChip } from "./people.ts";
import { World } from "./world.ts";

test("an invitation takes a client from a link into the project on a phone, once", async () => {
  const world = await World.start(["Olga"]);
  const relay = world.relay;
  const cora = new Device({ width: 390, height: 844, scheme: "dark" });
  const thief = new Device();
  try {
    const project = relay.account("Olga").spaces.find(({ kind }) => kind === "project");
    const { page } = await world.enter("Olga", `/projects/${project?.id ?? ""}/people`);
    await page.getByRole("button", { name: "Add a person" }).click();
    await page.getByText("Invite by link").click();
    await page.getByLabel("E-mail").fill("cora@harbor.example");
    await expect(page.getByRole("dialog")).toContainText(/Never .*Internal notes.*Labour cost/);
    await page.getByRole("button", { name: "Make the invitation" }).click();
    const link = await page.getByLabel("Invitation link").inputValue();
    expect(link).toMatch(/\/invite#[\w-]{40,}$/);
    expect(await axeFindings(page, { severeOnly: true })).toEqual([]);
    await page.getByRole("button", { name: "Done" }).click();
    await expect(page.getByRole("list", { name: "Invitations" })).toContainText("cora@harbor.example");

    const stolen = await thief.open(link);
    await stolen.getByLabel("Your e-mail").fill("mallory@evil.example");
    await stolen.getByLabel("Your name").fill("Mallory");
    await stolen.getByLabel("Password", { exact: true }).fill("a long enough one");
    await stolen.getByRole("button", { name: "Join" }).click();
    await expect(stolen.getByRole("alert")).toContainText("another e-mail address");

    const begun = Date.now();
    const phone = await cora.open(link);
    await expect(phone.getByRole("heading", { level: 1 })).toContainText("Join");
    expect(await axeFindings(phone, { severeOnly: true })).toEqual([]);
    await phone.getByLabel("Your e-mail").fill("cora@harbor.example");
    await phone.getByLabel("Your name").fill("Cora Lind");
    await phone.getByLabel("Password", { exact: true }).fill("a long enough one");
    await phone.getByRole("button", { name: "Join" }).click();
    await expect(phone).toHaveURL(new RegExp(`/projects/${project?.id}$`));
    await expect(phone.getByRole("heading", { level: 1, name: project?.name ?? "" })).toBeVisible();
    await expectChip(phone, "Synced");
    expect(Date.now() - begun).toBeLessThan(60_000);
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);

    await expect(page.getByText("Cora Lind").first()).toBeVisible();
    await page.reload();
    await expect(page.getByText("cora@harbor.example")).toHaveCount(0);
    await stolen.goto(`${relay.url}/invite#${link.split("#")[1] ?? ""}`);
    await stolen.reload();
    await expect(stolen.getByRole("alert")).toContainText("used already");
    expect(cora.problems).toEqual([]);
  } finally {
    await Promise.all([cora.dispose(), thief.dispose(), world.dispose()]);
  }
});
