// Figures of the pipe without the screens: when an edit is saved on this device, and search.

import path from "node:path";
import type { Page } from "@playwright/test";
import { build } from "vite";
import { withPatience } from "./device.ts";
import { many, median, ms, p95, round, seconds, spread, type Measure } from "./figures.ts";

const FOLDER = "bench";
const SAVED_MS = 50;
const BUILT_MS = 3_000;
const ANSWER_MS = 50;
/** From here on a browser calls it a long task. */
const FRAME_GAP_MS = 50;
const EDITS = 40;

const queries = [
  "fjordline",
  "hospital",
  "aurora energy",
  "silverlake robotics gmbh",
  "hospitl",
  "brightwatr",
  "kestrel marine",
  "cold storage",
  "juniper",
  "polaris hotels",
  "meridian",
  "willow finch",
  "sankt gertrud schools",
  "tamarind",
  "copperfild",
  "office@aurora",
  "windrose timber",
  "pier 9",
  "health",
  "anchorage textiles",
] as const;

/** Beside the built app, so that it comes from the same origin under the same rules. */
export async function buildPipePage(app: string): Promise<void> {
  await build({
    configFile: false,
    root: path.resolve(import.meta.dirname, "../../.."),
    base: `/${FOLDER}/`,
    logLevel: "error",
    worker: { format: "es" },
    build: {
      outDir: path.join(app, FOLDER),
      emptyOutDir: true,
      target: "es2024",
      rolldownOptions: {
        input: path.join(import.meta.dirname, "pipe-page.ts"),
        preserveEntrySignatures: "strict",
        output: { entryFileNames: "pipe-page.js" },
      },
    },
  });
}

type PipePage = typeof import("./pipe-page.ts");

declare global {
  var pipePage: PipePage;
}

/** A page of the origin on which the app does not run. */
export async function openPipePage(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/readyz`);
  await page.evaluate(async (address) => {
    globalThis.pipePage = (await import(address)) as PipePage;
  }, `/${FOLDER}/pipe-page.js`);
}

export async function measureSaved(page: Page, companies: number): Promise<Measure> {
  const [first, ...taken] = await withPatience(
    "saving edits",
    page.evaluate((count) => pipePage.saveEdits(count), EDITS),
  );
  return {
    id: "edit-saved",
    metric: `edit -> saved on this device, ${many(companies)} records`,
    goal: `<= ${SAVED_MS} ms p95`,
    measured: `${ms(median(taken))}, p95 ${ms(p95(taken))}`,
    met: p95(taken) <= SAVED_MS,
    details: { first: round(first ?? 0), ...spread(taken) },
  };
}

export async function measureSearch(page: Page, companies: number): Promise<readonly Measure[]> {
  const searched = await withPatience(
    "search",
    page.evaluate((list) => pipePage.searchAll(list), [...queries]),
  );
  const size = `${many(companies)} records`;
  return [
    {
      id: "search-built",
      metric: `search index built in a worker, ${size}`,
      goal: `<= ${BUILT_MS / 1000} s`,
      measured: seconds(searched.built),
      met: searched.built <= BUILT_MS,
      details: {},
    },
    {
      id: "search-ready",
      metric: `search answered, ${size}`,
      goal: `<= ${ANSWER_MS} ms`,
      measured: `${ms(median(searched.queries))}, p95 ${ms(p95(searched.queries))}`,
      met: p95(searched.queries) <= ANSWER_MS,
      details: { ...spread(searched.queries), hits: searched.hits },
    },
    {
      id: "search-frames",
      metric: "longest gap between frames while searching and building",
      goal: `never blocking a frame (no task of ${FRAME_GAP_MS} ms)`,
      measured: ms(searched.longestGap),
      met: searched.longestGap < FRAME_GAP_MS,
      details: {},
    },
  ];
}
