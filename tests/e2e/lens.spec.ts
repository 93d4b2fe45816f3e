// A manager looks at a deal through the lens: what a client's device would hold, and not a control more.

import { expect, test } from "@playwright/test";
import { World } from "./world.ts";

let world: World;

test.beforeEach(async () => {
  world = await World.start(["Olga"], ["--policy-hold", "1"]);
});

test.afterEach(async () => world.dispose());

test("the lens shows a record as a client holds it, and nothing can be changed through it", async () => {
  test.setTimeout(120_000);
  const { page: olga } = await world.enter("Olga", "/deals");
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
