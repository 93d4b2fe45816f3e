// Working in a long list: opening a record, sorting by a column, filtering.

import type { Page } from "@playwright/test";
import { fromInput, whenPainted, withPatience } from "./device.ts";
import { many, median, ms, p95, spread, type Measure } from "./figures.ts";

const GOAL_MS = 50;
const OPENS = 20;
const PAUSE_MS = 150;

const links = (page: Page) => page.locator('[role="grid"] [role="row"] a[href^="/record/"]');

async function openRecords(page: Page): Promise<number[]> {
  const taken: number[] = [];
  for (let index = 0; index <= OPENS; index += 1) {
    const link = links(page).nth(index % 18);
    const title = (await link.textContent()) ?? "";
    const { took } = await fromInput(page, { kind: "heading", text: title }, () => link.click());
    taken.push(took);
    await page.waitForTimeout(PAUSE_MS);
    await page.goBack();
    await whenPainted(page, { kind: "rows" });
    await page.waitForTimeout(PAUSE_MS);
  }
  return taken;
}

/** Every press turns the order of a column, or takes another column: the rows on screen are others each time. */
const presses = ["Industry", "Industry", "Phone", "Phone", "Website", "Website", "Type", "Name", "Name"] as const;

async function sortRows(page: Page): Promise<number[]> {
  const taken: number[] = [];
  for (const column of [...presses, ...presses]) {
    const than = await page.evaluate(() => probe.rows());
    const head = page.locator('[role="columnheader"] button', { hasText: column });
    const { took } = await fromInput(page, { kind: "otherRows", than }, () => head.click());
    taken.push(took);
    await page.waitForTimeout(PAUSE_MS);
  }
  return taken;
}

const filters = [
  [{ field: "industry", op: "is", value: "Food" }],
  [{ field: "name", op: "contains", value: "hospital" }],
  [{ field: "companyType", op: "is", value: "customer" }],
  [{ field: "phone", op: "isEmpty" }],
  [{ field: "website", op: "contains", value: "aurora" }],
  [{ field: "industry", op: "is", value: "Health" }],
  [
    { field: "companyType", op: "is", value: "partner" },
    { field: "industry", op: "is", value: "Energy" },
  ],
  [{ field: "owner", op: "isEmpty" }],
  [{ field: "name", op: "contains", value: "fjordline" }],
  [{ field: "industry", op: "isEmpty" }],
] as const;

/** Through the address, as views and links do it: the router hears of it in the same turn. */
async function filterRows(page: Page): Promise<number[]> {
  const taken: number[] = [];
  for (const filter of [...filters, ...filters]) {
    const address = `/companies?f=${encodeURIComponent(JSON.stringify(filter))}`;
    const took = await withPatience(
      address,
      page.evaluate(async (to) => {
        const than = probe.rows();
        const from = performance.now();
        const done = probe.painted({ kind: "otherRows", than });
        history.pushState(undefined, "", to);
        return (await done) - from;
      }, address),
    );
    taken.push(took);
    await page.waitForTimeout(PAUSE_MS);
  }
  return taken;
}

const measure = (id: string, metric: string, [first, ...taken]: readonly number[]): Measure => ({
  id,
  metric,
  goal: `<= ${GOAL_MS} ms`,
  measured: `${ms(median(taken))}, p95 ${ms(p95(taken))}`,
  met: median(taken) <= GOAL_MS,
  details: { first, ...spread(taken) },
});

/** The first of each is told apart: it fetches code, or fills what later ones find. */
export async function measureLists(page: Page, companies: number): Promise<readonly Measure[]> {
  const size = `${many(companies)} records`;
  return [
    measure("open-record", `open a record, ${size}`, await openRecords(page)),
    measure("sorted-page", `page sorted by a column, ${size}`, await sortRows(page)),
    measure("filtered-page", `page filtered, ${size}`, await filterRows(page)),
  ];
}
