// Every screen, wide, middle and narrow, light and dark: axe finds nothing, nothing scrolls sideways, the console is quiet.
// Pictures go to test-results/screens.

import { mkdirSync } from "node:fs";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { Device, recordId, signIn } from "./people.ts";
import { RelayProcess } from "./relay-process.ts";

const pictures = path.resolve(import.meta.dirname, "../../test-results/screens");

let relay: RelayProcess;
test.beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  relay = await RelayProcess.start();
});
test.afterAll(async () => relay.dispose());

async function addressesOf(who: "Ana" | "Carla"): Promise<Readonly<Record<string, string>>> {
  const account = relay.account(who);
  const id = (type: string, title: string) => recordId(relay.url, account, type, title);
  const project = account.spaces.find((space) => space.name === "Clinic roof")?.id ?? "";
  const projectScreens = {
    projects: "/projects",
    "project-overview": `/projects/${project}`,
    "project-milestones": `/projects/${project}/milestones`,
    "project-tasks": `/projects/${project}/tasks`,
    "project-documents": `/projects/${project}/documents`,
    "project-people": `/projects/${project}/people`,
    "project-activity": `/projects/${project}/activity`,
    document: `/projects/${project}/documents/${await id("document", "Scope")}`,
    "my-tasks": "/my-tasks",
    inbox: "/inbox",
    settings: "/settings",
  };
  if (who === "Carla") return projectScreens;
  return {
    home: "/",
    companies: "/companies",
    contacts: "/contacts",
    deals: "/deals",
    board: "/deals?view=board",
    tasks: "/tasks",
    activities: "/activities",
    deal: `/record/${await id("deal", "Clinic roof")}`,
    contact: `/record/${await id("contact", "Carla Meyer")}`,
    company: `/record/${await id("company", "Harbor Clinic")}`,
    ...projectScreens,
    import: "/import",
    pending: "/pending",
    search: "/search?q=roof",
  };
}

async function check(page: Page, picture: string): Promise<void> {
  await page.screenshot({ path: path.join(pictures, `${picture}.png`) });
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  const found = violations.map(
    ({ id, nodes }) => `${picture}: ${id} at ${nodes.map((node) => node.target.join(" ")).join("; ")}`,
  );
  expect.soft(found, picture).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect.soft(overflow, `${picture} scrolls sideways`).toBeLessThanOrEqual(0);
}

const looks = [
  { name: "1440-light", width: 1440, height: 900, scheme: "light" },
  { name: "1024-dark", width: 1024, height: 800, scheme: "dark" },
  { name: "390-light", width: 390, height: 844, scheme: "light" },
  { name: "360-dark", width: 360, height: 780, scheme: "dark" },
] as const;

for (const look of looks) {
  for (const who of ["Ana", "Carla"] as const) {
    test(`screens of ${who} at ${look.name}`, async () => {
      test.setTimeout(240_000);
      const device = new Device(look);
      try {
        const page = await device.open(relay.url);
        await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
        if (who === "Ana") await check(page, `${look.name}-sign-in`);
        await signIn(page, relay.account(who));
        for (const [name, address] of Object.entries(await addressesOf(who))) {
          await page.goto(relay.url + address);
          await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
          await page.waitForTimeout(400);
          await check(page, `${look.name}-${who.toLowerCase()}-${name}`);
        }
        if (who === "Ana") {
          await page.goto(relay.url);
          await page.keyboard.press("Control+k");
          await page.keyboard.type("roof");
          await page.waitForTimeout(600);
          await check(page, `${look.name}-palette`);
        }
        expect(device.problems).toEqual([]);
      } finally {
        await device.dispose();
      }
    });
  }
}
