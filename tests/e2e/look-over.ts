// What every screen is looked over for: axe finds nothing, and nothing scrolls sideways. A picture is kept of each.

import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

const pictures = path.resolve(import.meta.dirname, "../../test-results/screens");

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What axe finds on the page, by default by every rule it has. */
export async function axeFindings(
  page: Page,
  { severeOnly = false, tags }: { readonly severeOnly?: boolean; readonly tags?: readonly string[] } = {},
): Promise<readonly string[]> {
  // Without frames of other origins one page is enough; otherwise axe opens a second one to put its results together.
  const builder = new AxeBuilder({ page }).setLegacyMode(true);
  if (tags !== undefined) builder.withTags([...tags]);
  const { violations } = await builder.analyze();
  return violations
    .filter(({ impact }) => !severeOnly || impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id} at ${nodes.map(({ target, html }) => `${target.join(" ")} ${html}`).join("; ")}`);
}

/** Takes a picture and returns what is wrong with the page as it stands. */
export async function lookOver(
  page: Page,
  picture: string,
  rules: "all" | "wcag" = "wcag",
): Promise<readonly string[]> {
  await page.screenshot({ path: path.join(pictures, `${picture}.png`) });
  const found = await axeFindings(page, rules === "wcag" ? { tags: WCAG } : {});
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  return [...found, ...(overflow > 0 ? [`scrolls sideways by ${overflow} px`] : [])].map((one) => `${picture}: ${one}`);
}

type Look = { readonly scheme: "light" | "dark"; readonly width: number; readonly height: number };

async function lookOverIn(page: Page, picture: string, { scheme, width, height }: Look): Promise<readonly string[]> {
  const before = page.viewportSize();
  // Without motion: styles would change over a moment, and axe read the colours in between.
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
  await page.setViewportSize({ width, height });
  const found = await lookOver(page, `${picture}-${width}-${scheme}`);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  if (before !== null) await page.setViewportSize(before);
  return found;
}

/** On a phone in the dark, where most goes wrong; then as it was. */
export const lookOverNarrow = (page: Page, picture: string): Promise<readonly string[]> =>
  lookOverIn(page, picture, { scheme: "dark", width: 390, height: 844 });

/** Wide and light as well. */
export const lookOverTwice = async (page: Page, picture: string): Promise<readonly string[]> => [
  ...(await lookOverIn(page, picture, { scheme: "light", width: 1440, height: 900 })),
  ...(await lookOverNarrow(page, picture)),
];
