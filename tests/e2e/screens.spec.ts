// Every screen, wide, middle and narrow, light and dark: axe finds nothing, nothing scrolls sideways, the console is quiet.
// A screen is opened once and then shown in every look, as when a window is made smaller. Pictures go to test-results/screens.

import { expect, test, type Page } from "@playwright/test";
import { lookOver } from "./look-over.ts";
import { Device, recordId } from "./people.ts";
import type { RelayProcess } from "./relay-process.ts";
import { World } from "./world.ts";

// Both workers take part.
test.describe.configure({ mode: "parallel", timeout: 300_000 });

let world: World;
let relay: RelayProcess;
test.beforeEach(async () => {
  world = await World.start(["Ana", "Carla", "Olga"]);
  relay = world.relay;
});
test.afterEach(async () => world.dispose());

const looks = [
  { name: "1440-light", width: 1440, height: 900, scheme: "light" },
  { name: "1024-dark", width: 1024, height: 800, scheme: "dark" },
  { name: "390-light", width: 390, height: 844, scheme: "light" },
  { name: "360-dark", width: 360, height: 780, scheme: "dark" },
] as const;

type Looks = readonly (typeof looks)[number][];

async function inEveryLook(page: Page, picture: string, inLooks: Looks = looks): Promise<void> {
  for (const look of inLooks) {
    // Without motion: styles would change over a moment, and axe read the colours in between.
    await page.emulateMedia({ colorScheme: look.scheme, reducedMotion: "reduce" });
    await page.setViewportSize(look);
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", look.scheme);
    const name = `${look.name}-${picture}`;
    expect.soft(await lookOver(page, name), name).toEqual([]);
  }
  await page.setViewportSize(looks[0]);
}

type Screens = Readonly<Record<string, string>>;

async function everyScreen(who: "Ana" | "Carla" | "Olga", screens: Screens, inLooks: Looks = looks): Promise<void> {
  const { device, page } = await world.enter(who);
  for (const [name, address] of Object.entries(screens)) {
    await page.goto(relay.url + address);
    // The page's own code comes after the frame: what is looked over is the page, not the gap before it.
    await page.waitForLoadState("networkidle");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await inEveryLook(page, `${who.toLowerCase()}-${name}`, inLooks);
  }
  expect(device.problems).toEqual([]);
}

async function projectScreens(who: "Ana" | "Carla"): Promise<Screens> {
  const account = relay.account(who);
  const project = account.spaces.find((space) => space.name === "Clinic roof")?.id ?? "";
  return {
    "project-overview": `/projects/${project}`,
    "project-milestones": `/projects/${project}/milestones`,
    "project-tasks": `/projects/${project}/tasks`,
    "project-documents": `/projects/${project}/documents`,
    "project-people": `/projects/${project}/people`,
    "project-activity": `/projects/${project}/activity`,
    document: `/projects/${project}/documents/${await recordId(relay.url, account, "document", "Scope")}`,
  };
}

test("lists of Ana", async () =>
  everyScreen("Ana", {
    home: "/",
    companies: "/companies",
    contacts: "/contacts",
    deals: "/deals",
    board: "/deals?view=board",
    tasks: "/tasks",
    activities: "/activities",
  }));

test("records of Ana, import, what waits, search", async () => {
  const id = (type: string, title: string) => recordId(relay.url, relay.account("Ana"), type, title);
  await everyScreen("Ana", {
    deal: `/record/${await id("deal", "Clinic roof")}`,
    contact: `/record/${await id("contact", "Carla Meyer")}`,
    company: `/record/${await id("company", "Harbor Clinic")}`,
    import: "/import",
    pending: "/pending",
    search: "/search?q=roof",
  });
});

for (const who of ["Ana", "Carla"] as const) {
  test(`a project as ${who} sees it`, async () => everyScreen(who, await projectScreens(who)));

  test(`what is ${who}'s own`, async () =>
    everyScreen(who, { projects: "/projects", "my-tasks": "/my-tasks", inbox: "/inbox", settings: "/settings" }));
}

test("who sees what: the policy, late edits, the lens, what people ask about their data", async () => {
  const olga = relay.account("Olga");
  const project = olga.spaces.find((space) => space.name === "Clinic roof")?.id ?? "";
  const deal = await recordId(relay.url, olga, "deal", "Clinic roof");
  // The widest in the light and the narrowest in the dark: the others lie between.
  await everyScreen(
    "Olga",
    {
      policy: "/settings/policy",
      "late-edits": "/late-edits",
      lens: `/record/${deal}?as=client`,
      "lens-project": `/projects/${project}?as=client`,
      "data-requests": "/settings/data-requests",
      spaces: "/spaces",
    },
    looks.filter(({ name }) => name === "1440-light" || name === "360-dark"),
  );
  await everyScreen("Carla", { "my-data": "/my-data" }, looks.slice(0, 1));
});

test("sign-in, and the palette", async () => {
  const newcomer = new Device();
  world.devices.push(newcomer);
  const signIn = await newcomer.open(relay.url);
  await expect(signIn.getByRole("button", { name: "Sign in" })).toBeVisible();
  await inEveryLook(signIn, "sign-in");
  expect(newcomer.problems).toEqual([]);

  const { device, page } = await world.enter("Ana");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Search or run a command" }).fill("roof");
  await expect(page.getByRole("option", { name: /Clinic roof/ }).first()).toBeVisible();
  await inEveryLook(page, "palette");
  expect(device.problems).toEqual([]);
});
