// Milestones moved by pointer and by keys, dependents moved along when asked, circles shown, a thousand of them quick.

import { expect, test, type Page } from "@playwright/test";
import { expectChip, type Device } from "./people.ts";
import type { RelayProcess } from "./relay-process.ts";
import { World } from "./world.ts";

let world: World;
let relay: RelayProcess;
test.beforeEach(async () => {
  world = await World.start(["Igor", "Ana"]);
  relay = world.relay;
});
test.afterEach(async () => world.dispose());

const roof = (): string => relay.account("Carla").spaces[0]?.id ?? "";

async function openMilestones(who: string): Promise<{ device: Device; page: Page }> {
  const entered = await world.enter(who, `/projects/${roof()}/milestones`);
  await expect(bar(entered.page, "M2 Structure")).toBeVisible();
  return entered;
}

const bar = (page: Page, title: string) => page.getByRole("button", { name: new RegExp(`^${title}, `) });
const daysOf = async (page: Page, title: string): Promise<string> =>
  ((await bar(page, title).getAttribute("aria-label")) ?? "").replace(/, on the critical path|, \d+ days behind/g, "");

test("dragged, its dependents are moved when asked, never unasked; keys do the same", async () => {
  const { device: igor, page } = await openMilestones("Igor");
  const [m2, m3] = [await daysOf(page, "M2 Structure"), await daysOf(page, "M3 Handover")];
  const box = await bar(page, "M2 Structure").boundingBox();
  if (box === null) throw new Error("the bar is drawn");
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x + 25, middle.y, { steps: 5 });
  await page.mouse.up();
  await expect(page.getByText("1 milestone depends on M2 Structure: move it by 5 days?")).toBeVisible();
  expect(await daysOf(page, "M2 Structure")).not.toBe(m2);
  expect(await daysOf(page, "M3 Handover")).toBe(m3);
  await page.getByRole("button", { name: "Leave it" }).click();
  await expect(page.getByText(/depends on M2 Structure/)).toHaveCount(0);
  expect(await daysOf(page, "M3 Handover")).toBe(m3);

  // Two days back by keys, and this time the other comes along; one undo takes that back.
  await bar(page, "M2 Structure").focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByText(/Enter saves, Escape restores/)).toBeAttached();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Move it" }).click();
  await expect.poll(() => daysOf(page, "M3 Handover")).not.toBe(m3);
  await page.keyboard.press("Control+z");
  await expect.poll(() => daysOf(page, "M3 Handover")).toBe(m3);

  // Escape restores what was not saved.
  const before = await daysOf(page, "M3 Handover");
  await bar(page, "M3 Handover").focus();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  expect(await daysOf(page, "M3 Handover")).toBe(before);
  await expectChip(page, "Synced");
  expect(igor.problems).toEqual([]);
});

test("two people close a circle offline: both are shown it, and a way out ends it for both", async () => {
  const { device: igor, page: first } = await openMilestones("Igor");
  const { device: ana, page: second } = await openMilestones("Ana");
  const waitFor = async (page: Page, title: string, before: string): Promise<void> => {
    await page.getByRole("button", { name: `Details of ${title}` }).click();
    const drawer = page.getByRole("dialog");
    await drawer.getByRole("combobox", { name: /^Depends on/ }).click();
    await page.getByRole("option", { name: before }).click();
    await page.keyboard.press("Escape");
    await drawer.getByRole("button", { name: /close/i }).or(drawer.locator("header button")).first().click();
    await expect(drawer).toHaveCount(0);
  };
  // Nobody waits at first.
  await first.getByRole("button", { name: "New milestone" }).click();
  for (const title of ["North wing", "South wing"]) {
    await first.getByLabel("Title of the new milestone").fill(title);
    await first.getByRole("button", { name: "Add", exact: true }).click();
    if (title === "North wing") await first.getByRole("button", { name: "New milestone" }).click();
  }
  await expectChip(first, "Synced");
  await expect(second.getByText("South wing").first()).toBeVisible();
  await Promise.all([igor.context.setOffline(true), ana.context.setOffline(true)]);
  await waitFor(first, "North wing", "South wing");
  await waitFor(second, "South wing", "North wing");
  // What one device knows already it does not offer.
  await first.getByRole("button", { name: "Details of South wing" }).click();
  await first
    .getByRole("dialog")
    .getByRole("combobox", { name: /^Depends on/ })
    .click();
  await expect(first.getByRole("option", { name: "North wing (waits for this one)" })).toHaveAttribute(
    "data-combobox-disabled",
    "true",
  );
  await first.keyboard.press("Escape");
  await first.keyboard.press("Escape");
  await Promise.all([igor.context.setOffline(false), ana.context.setOffline(false)]);
  for (const page of [first, second])
    await expect(page.getByText("North wing and South wing wait for one another")).toBeVisible({ timeout: 30_000 });
  await second.getByRole("button", { name: "North wing no longer waits for South wing" }).click();
  for (const page of [first, second])
    await expect(page.getByText(/wait for one another/)).toHaveCount(0, { timeout: 30_000 });
  expect([...igor.problems, ...ana.problems]).toEqual([]);
});

/** Milestones made through the HTTP API, as another program would. */
async function makeMilestones(space: string, count: number): Promise<void> {
  const api = `${relay.url}/api/v1`;
  const account = relay.account("Igor");
  const json = { "content-type": "application/json" };
  const signedIn = await fetch(`${api}/auth/sign-in`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ email: account.email, password: account.password }),
  });
  const { token } = (await signedIn.json()) as { token: string };
  const headers = { ...json, authorization: `Bearer ${token}` };
  const day = (from: number): string => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);
  let before: string | undefined;
  for (let at = 0; at < count; at += 1) {
    const fields = {
      title: `Step ${String(at).padStart(4, "0")}`,
      status: "planned",
      startDate: day(at % 200),
      targetDate: day((at % 200) + 9),
      ...(before !== undefined && at % 4 !== 0 ? { dependsOn: [before] } : {}),
    };
    const made = await fetch(`${api}/records`, {
      method: "POST",
      headers,
      body: JSON.stringify({ space, type: "milestone", fields }),
    });
    if (!made.ok) throw new Error(`${made.status} ${await made.text()}`);
    before = ((await made.json()) as { id: string }).id;
  }
}

test("a thousand milestones: the timeline opens in under 300 ms and drags at 60 frames a second", async () => {
  test.setTimeout(240_000);
  await makeMilestones(roof(), 1_000);
  const { device: igor, page } = await openMilestones("Igor");
  await expectChip(page, "Synced");
  await expect(page.locator("table")).toHaveAttribute("aria-rowcount", /^10\d\d$/);
  expect(await page.locator("tbody tr[aria-rowindex]").count()).toBeLessThan(60);
  const opened: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    await page.getByRole("link", { name: "People" }).first().click();
    await expect(page.getByText(/in this project$/)).toBeVisible();
    opened.push(
      await page.evaluate(async () => {
        const link = [...document.querySelectorAll("a")].find((one) => one.textContent === "Milestones");
        const began = performance.now();
        link?.click();
        while (document.querySelector('[aria-label="Timeline of the milestones"] [role="button"]') === null)
          await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        return performance.now() - began;
      }),
    );
  }
  // The machine has other work: that can only add to what the page itself needs.
  const best = Math.min(...opened);

  // A bar that can be grabbed where it is: none that lies under the table, and once the timeline has come to rest.
  const point = await page.evaluate(async () => {
    const grabbable = (): { x: number; y: number } | undefined => {
      for (const element of document.querySelectorAll('[aria-label="Timeline of the milestones"] [role="button"]')) {
        const { x, y, width, height } = element.getBoundingClientRect();
        const middle = { x: x + width / 2, y: y + height / 2 };
        if (document.elementFromPoint(middle.x, middle.y) === element) return middle;
      }
      return undefined;
    };
    let place = grabbable();
    for (let still = 0, frame = 0; still < 20 && frame < 600; frame += 1) {
      await new Promise(requestAnimationFrame);
      const now = grabbable();
      still = now?.x === place?.x && now?.y === place?.y ? still + 1 : 0;
      place = now;
    }
    return place;
  });
  if (point === undefined) throw new Error("a bar is in view");
  await page.mouse.move(point.x, point.y);
  await page.mouse.down();
  // Moves as a hand would make them, from within the page, so that only the page's own work is measured.
  const { frames, moved } = await page.evaluate(async ({ x, y }) => {
    const element = document.elementFromPoint(x, y)?.closest<HTMLElement>('[role="button"]');
    const before = element?.style.left;
    const work: number[] = [];
    for (let step = 1; step <= 120; step += 1) {
      await new Promise(requestAnimationFrame);
      const began = performance.now();
      element?.dispatchEvent(
        new PointerEvent("pointermove", { pointerId: 1, clientX: x + step * 5, clientY: y, bubbles: true }),
      );
      // Style and layout of the frame are part of its price.
      element?.getBoundingClientRect();
      work.push(performance.now() - began);
    }
    return { frames: work, moved: Number.parseFloat(element?.style.left ?? "") - Number.parseFloat(before ?? "") };
  }, point);
  await page.mouse.up();
  const sorted = frames.toSorted((left, right) => left - right);
  const share = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? Infinity;
  const rounds = opened.map((one) => one.toFixed(0)).join(", ");
  console.log(
    `1,000 milestones: timeline opens in ${best.toFixed(0)} ms (best of ${rounds}), a frame of dragging costs ${share(0.5).toFixed(1)} ms (median; p95 ${share(0.95).toFixed(1)} ms)`,
  );
  expect(moved).toBe(600);
  expect(share(0.5)).toBeLessThan(1_000 / 60);
  expect(best).toBeLessThan(300);
  expect(igor.problems).toEqual([]);
});
