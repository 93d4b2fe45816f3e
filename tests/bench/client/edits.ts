// One edit: until it is painted here, and until it is painted on another device.

import type { Page } from "@playwright/test";
import { fromInput, whenPainted, withPatience } from "./device.ts";
import { median, ms, p95, spread, type Measure } from "./figures.ts";

const PAINTED_MS = 16.7;
const ELSEWHERE_MS = 100;
const EDITS = 30;
const PAUSE_MS = 150;
const FIELD = "Industry";

async function typeEdit(page: Page, value: string): Promise<void> {
  await page.getByRole("button", { name: `Edit ${FIELD}`, exact: true }).click();
  await page.getByLabel(FIELD, { exact: true }).fill(value);
}

const press = (page: Page): Promise<void> => page.keyboard.press("Enter");

const isOpen = (page: Page): Promise<void> =>
  page.getByRole("button", { name: `Edit ${FIELD}`, exact: true }).waitFor();

export async function openFirstRecord(page: Page, url: string): Promise<string> {
  await page.goto(`${url}/companies`);
  await whenPainted(page, { kind: "rows" });
  const link = page.locator('[role="grid"] [role="row"] a[href^="/record/"]').first();
  const address = (await link.getAttribute("href")) ?? "/";
  await link.click();
  await isOpen(page);
  return address;
}

export async function openRecord(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await isOpen(page);
}

export async function measurePainted(page: Page): Promise<Measure> {
  const taken: number[] = [];
  for (let index = 0; index < EDITS; index += 1) {
    const value = `Painted ${index} times`;
    await typeEdit(page, value);
    const { took } = await fromInput(page, { kind: "words", text: value }, () => press(page));
    taken.push(took);
    await page.waitForTimeout(PAUSE_MS);
  }
  return {
    id: "edit-painted",
    metric: "edit -> painted",
    goal: "<= 16 ms (the next frame)",
    measured: `${ms(median(taken))}, p95 ${ms(p95(taken))}`,
    met: median(taken) <= PAINTED_MS,
    details: spread(taken),
  };
}

/** Both pages show the same record. Their clocks are one: each knows when it began. */
export async function measureElsewhere(here: Page, there: Page): Promise<Measure> {
  const taken: number[] = [];
  for (let index = 0; index < EDITS; index += 1) {
    const value = `Carried over ${index} times`;
    await typeEdit(here, value);
    const seen = there.evaluate(async (text) => {
      const at = await probe.painted({ kind: "words", text });
      return performance.timeOrigin + at;
    }, value);
    seen.catch(() => undefined);
    // The watch stands before the key is pressed.
    await there.evaluate(() => undefined);
    await press(here);
    const seenAt = await withPatience("the edit on the other device", seen);
    const pressedAt = await here.evaluate(() => performance.timeOrigin + probe.input.at);
    taken.push(seenAt - pressedAt);
    await here.waitForTimeout(PAUSE_MS);
  }
  return {
    id: "edit-elsewhere",
    metric: "edit on one device -> painted on another, same machine",
    goal: `<= ${ELSEWHERE_MS} ms p95`,
    measured: `${ms(median(taken))}, p95 ${ms(p95(taken))}`,
    met: p95(taken) <= ELSEWHERE_MS,
    details: spread(taken),
  };
}
