// A client opens the link to her project: it is painted from the rows of the device before the app's code is there, works
// as far as links go, and remembers what was pressed.

import { expect, test } from "@playwright/test";
import { lookOver } from "./look-over.ts";
import { World } from "./world.ts";

test("a client reads her project before the app's code has come, and what she presses opens when it has", async () => {
  const world = await World.start(["Carla"]);
  try {
    const { device, page } = await world.enter("Carla");
    const space = world.relay.account("Carla").spaces[0]?.id ?? "";
    // What the service worker answers cannot be held back.
    await page.evaluate(async () => {
      for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    });
    const code = Promise.withResolvers<void>();
    await page.context().route(/whole-app-.*\.js$/, async (route) => {
      await code.promise;
      await route.continue();
    });
    await page.goto(`${world.relay.url}/projects/${space}`);
    await expect(page.getByRole("heading", { level: 1, name: "Clinic roof" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "What we need from you" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Approve Scope" })).toHaveAttribute("href", /\/approvals\//);
    await expect(page.getByRole("link", { name: "Overview" })).toHaveAttribute("aria-current", "page");
    await expect(page.getByRole("button", { name: /show details$/ })).toHaveCount(0);
    expect(await lookOver(page, "first-glance")).toEqual([]);
    await page.getByRole("button", { name: /^M2 Structure/ }).click();
    code.resolve();
    await expect(page.getByRole("dialog").getByText("M2 Structure").first()).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("heading", { level: 1, name: "Clinic roof" })).toBeVisible();
    await expect(page.getByRole("button", { name: /show details$/ })).toBeVisible();
    await page.getByRole("link", { name: "Tasks", exact: true }).click();
    await expect(page).toHaveURL(/\/tasks$/);
    expect(device.problems).toEqual([]);
  } finally {
    await world.dispose();
  }
});
