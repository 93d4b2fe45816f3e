// A manager looks at a deal through the lens: what a client's device would hold, and not a control more.

import { expect, test, type Page } from "@playwright/test";
import { lookOverTwice } from "./look-over.ts";
import { World } from "./world.ts";

let world: World;

test.beforeEach(async () => {
  world = await World.start(["Olga", "Carla"], ["--policy-hold", "1"]);
});

/** How a control that changes something begins. */
const changing =
  /^(Edit|Add|New|Move|Delete|Remove|Attach|Ask|Write|Comment|Share|Stop|Start|Save|Archive|Bring|Invite|Note|Log|Approve|Reject|Request|Withdraw|Decide|Rename|Settle|Open again|Bold)\b/;

/** What of the page could be typed into or pressed to change something. */
const offered = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("main button, main input, main textarea, main [contenteditable=true]")]
      .filter((one) => one.checkVisibility() && !one.matches(":disabled, [readonly]"))
      .map((one) => one.getAttribute("aria-label") ?? (one.textContent.trim() || one.outerHTML.slice(0, 80))),
  );

async function expectNothingToChange(page: Page, where: string): Promise<void> {
  const words = await offered(page);
  expect(
    words.filter((one) => changing.test(one)),
    `${where} offers nothing that changes something`,
  ).toEqual([]);
  await expect(page.locator("main textarea, main [contenteditable=true]"), `${where}: nothing to write in`).toHaveCount(
    0,
  );
}

const openClinicRoof = (page: Page): Promise<void> =>
  page
    .getByRole("link", { name: /Clinic roof/ })
    .first()
    .click();

test.afterEach(async () => world.dispose());

test("the lens shows a record as a client holds it, and nothing can be changed through it", async () => {
  test.setTimeout(120_000);
  const { page: olga } = await world.enter("Olga", "/deals");
  await openClinicRoof(olga);
  await expect(olga.getByText("Margin").first()).toBeVisible();
  await olga.getByRole("button", { name: "More actions" }).click();
  await olga.getByRole("menuitem", { name: "Client", exact: true }).click();
  await expect(olga.getByText(/You see what a client sees/)).toBeVisible();
  await expect(olga.getByText("Close date").first()).toBeVisible();
  await expect(olga.getByRole("button", { name: "Edit Margin" })).toHaveCount(0);
  await expectNothingToChange(olga, "a deal as a client");
  await expect(olga.getByText(/What a client does not hold/)).toBeVisible();
  await olga.keyboard.press("Escape");
  await expect(olga.getByText(/You see what a client sees/)).toHaveCount(0);
});

test("a project through the lens of a person and of a colleague: every page of it, nothing to change, and the person is told", async () => {
  test.setTimeout(120_000);
  const { page: olga } = await world.enter("Olga", "/projects");
  await openClinicRoof(olga);
  await olga.getByRole("button", { name: "More for this project" }).click();
  await olga.getByRole("menuitem", { name: "Carla Meyer" }).click();
  await expect(olga.getByText(/You see what Carla Meyer sees/)).toBeVisible();
  await expect(olga.getByRole("heading", { name: "What we need from you" })).toBeVisible();
  const pages = olga.getByRole("navigation", { name: "Project pages" });
  for (const who of ["Carla Meyer", "Consultant"]) {
    for (const tab of ["Overview", "Milestones", "Tasks", "Documents", "Approvals", "People", "Activity"]) {
      await pages.getByRole("link", { name: tab }).click();
      await expect(pages.getByRole("link", { name: tab })).toHaveAttribute("aria-current", "page");
      await expect(olga.getByRole("status").getByText(/You see what/)).toBeVisible();
      await expectNothingToChange(olga, `${tab} as ${who}`);
    }
    await olga.getByRole("combobox", { name: "View as" }).click();
    await olga.getByRole("option", { name: "Consultant" }).click();
    await expect(olga.getByText(/You see what a consultant sees/)).toBeVisible();
  }
  const { page: carla } = await world.enter("Carla", "/inbox");
  await carla.getByRole("link", { name: /looked at Clinic roof the way you see it/ }).click();
  await expect(carla.getByRole("heading", { name: "Who looked as you" })).toBeVisible();
});

test("documents, approvals and certificates through the lens: the frame stays behind every link, and nothing is written or signed", async () => {
  test.setTimeout(120_000);
  const { page: olga } = await world.enter("Olga", "/projects");
  await openClinicRoof(olga);
  const pages = olga.getByRole("navigation", { name: "Project pages" });
  const frame = olga.getByRole("status").getByText(/You see what/);
  await pages.getByRole("link", { name: "Documents" }).click();
  await olga.getByRole("main").getByRole("link", { name: /Scope/ }).first().click();
  const text = olga.locator("main [role=textbox]");
  await expect(text).toHaveAttribute("contenteditable", "true");
  const words = (await text.innerText()).trim();
  expect(words.length).toBeGreaterThan(20);

  // On the page itself, of a document.
  await olga.getByRole("button", { name: "View as" }).click();
  await olga.getByRole("menuitem", { name: "Carla Meyer" }).click();
  await expect(frame).toContainText("Carla Meyer");
  await expect(text).toHaveAttribute("contenteditable", "false");
  expect((await text.innerText()).trim()).toBe(words);
  await expectNothingToChange(olga, "a document as Carla");
  const found = [...(await lookOverTwice(olga, "lens-document"))];

  // The frame comes along to what she is asked to approve.
  await olga.getByRole("main").getByRole("link", { name: "Clinic roof" }).click();
  await pages.getByRole("link", { name: "Approvals" }).click();
  await olga.getByRole("main").getByRole("link", { name: /scope/i }).first().click();
  await expect(frame).toContainText("Carla Meyer");
  await expect(olga.getByText("This is where Carla Meyer decides.")).toBeVisible();
  await expectNothingToChange(olga, "a request as Carla");
  found.push(...(await lookOverTwice(olga, "lens-approval")));

  await olga.getByRole("main").getByRole("link", { name: "Approvals" }).click();
  await olga
    .getByRole("main")
    .getByRole("link", { name: /survey/i })
    .first()
    .click();
  await olga.getByRole("link", { name: "Certificate" }).click();
  await expect(frame).toContainText("Carla Meyer");
  await expectNothingToChange(olga, "a certificate as Carla");
  found.push(...(await lookOverTwice(olga, "lens-certificate")));

  await olga.getByRole("button", { name: "Leave" }).click();
  await expect(frame).toHaveCount(0);
  await expect(olga).toHaveURL(/\/certificate\/[^?]+$/);
  expect(found).toEqual([]);
});
