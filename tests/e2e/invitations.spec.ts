// A manager invites a client by a link; the client accepts it on a phone and stands in the space within a minute.

import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { Device, expectChip, signIn } from "./people.ts";
import { RelayProcess } from "./relay-process.ts";

const severe = async (page: Parameters<typeof signIn>[0]): Promise<readonly string[]> => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
};

test("an invitation takes a client from a link into the project on a phone, once", async () => {
  const relay = await RelayProcess.start();
  const olga = new Device();
  const cora = new Device({ width: 390, height: 844, scheme: "dark" });
  const thief = new Device();
  try {
    const page = await olga.open(relay.url);
    const owner = relay.account("Olga");
    await signIn(page, owner);
    const project = owner.spaces.find(({ kind }) => kind === "project");
    await page.goto(`${relay.url}/projects/${project?.id}/people`);
    await page.getByRole("button", { name: "Add a person" }).click();
    await page.getByText("Invite by link").click();
    await page.getByLabel("E-mail").fill("cora@harbor.example");
    await expect(page.getByRole("dialog")).toContainText("Never money, hours, internal notes");
    await page.getByRole("button", { name: "Make the invitation" }).click();
    const link = await page.getByLabel("Invitation link").inputValue();
    expect(link).toMatch(/\/invite#[\w-]{40,}$/);
    expect(await severe(page)).toEqual([]);
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
    expect(await severe(phone)).toEqual([]);
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
    await Promise.all([olga.dispose(), cora.dispose(), thief.dispose(), relay.dispose()]);
  }
});
