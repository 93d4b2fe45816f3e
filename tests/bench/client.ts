// The client bench: the goals for the app, measured in a real Chromium on the production path (the built app, a real
// relay process). `node tests/bench/client.ts [--records=1000,50000] [--only=start,lists] [--starts=7] [--decisions=10000] [--app=FOLDER] [--out=FILE]`

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { build } from "vite";
import { assert } from "#shared/model/result.ts";
import { launchOptions } from "../find-browser.ts";
import { ana, fillDataFolder, igor } from "./client/data-folder.ts";
import { measureDecisions } from "./client/decisions.ts";
import { createDevice, removeFolder, whenPainted, type Device } from "./client/device.ts";
import { measureElsewhere, measurePainted, openFirstRecord, openRecord } from "./client/edits.ts";
import { many, type Measure } from "./client/figures.ts";
import { downloadMeasure, downloadOn, type Download } from "./client/first-download.ts";
import { measureFirstPaintCode } from "./client/first-paint-code.ts";
import { measureImport } from "./client/import.ts";
import { measureLists } from "./client/lists.ts";
import { measureStarts, type Start } from "./client/offline-start.ts";
import { buildPipePage, measureSaved, measureSearch, openPipePage } from "./client/pipe.ts";
import { startRelay, type BenchRelay } from "./client/relay.ts";
import { tableOf, writeTable, type Report } from "./client/report.ts";
import { writeJson } from "./markdown-table.ts";

const parts = ["download", "start", "lists", "edits", "devices", "search", "import", "decisions", "code"] as const;
type Part = (typeof parts)[number];

const { values: options } = parseArgs({
  options: {
    records: { type: "string", default: "1000,50000" },
    decisions: { type: "string", default: "10000" },
    only: { type: "string", default: parts.join(",") },
    starts: { type: "string", default: "7" },
    app: { type: "string", default: "" },
    out: { type: "string", default: "" },
  },
});
const sizes = options.records
  .split(",")
  .map(Number)
  .toSorted((left, right) => left - right);
const wanted = new Set(options.only.split(","));
assert(sizes.length > 0 && sizes.every((size) => size >= 100), "--records names sizes of 100 and more");
assert(
  [...wanted].every((part) => parts.some((known) => known === part)),
  `--only takes ${parts.join(", ")}`,
);
const wants = (...some: readonly Part[]): boolean => some.some((part) => wanted.has(part));

const root = path.resolve(import.meta.dirname, "../..");
const LONGEST_RUN_MS = 20 * 60_000;
const DOWNLOAD_MS = 20_000;
const SETTLE_MS = 3_000;

const scratch = mkdtempSync(path.join(tmpdir(), "drawbridge-bench-"));
process.on("exit", () => removeFolder(scratch));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
setTimeout(() => {
  console.error(`Stopped: the bench took longer than ${LONGEST_RUN_MS / 60_000} minutes.`);
  process.exit(1);
}, LONGEST_RUN_MS).unref();

const measures: Measure[] = [];
const failures: string[] = [];
const take = (...more: readonly Measure[]): void => {
  for (const one of more) {
    measures.push(one);
    console.log(`${one.metric}: ${one.measured}${one.goal === "" ? "" : ` (goal ${one.goal})`}`);
  }
};

function fail(what: string, error: unknown): void {
  failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  console.error(`Not measured: ${failures.at(-1)}`);
}

/** A part that fails is told and left out; the others go on. */
async function attempt(part: Part, work: () => Promise<readonly Measure[]>): Promise<void> {
  if (!wants(part)) return;
  try {
    take(...(await work()));
  } catch (error) {
    fail(part, error);
  }
}

type Side = { readonly companies: number; readonly relay: BenchRelay; readonly device: Device };

/** A copy of the build, so that nobody who builds meanwhile changes what is measured. */
async function copyApp(): Promise<string> {
  const built = options.app === "" ? path.join(root, "dist/renderer") : path.resolve(options.app);
  if (!existsSync(path.join(built, "index.html"))) await build({ configFile: path.join(root, "vite.config.ts") });
  const app = path.join(scratch, "app");
  cpSync(built, app, { recursive: true });
  return app;
}

async function prepare(companies: number, app: string): Promise<Side> {
  const folder = path.join(scratch, `data-${companies}`);
  const began = performance.now();
  await fillDataFolder(folder, companies);
  console.log(`${many(companies)} companies in a data folder, ${Math.round((performance.now() - began) / 1000)} s`);
  return { companies, relay: await startRelay({ folder, app }), device: createDevice(scratch) };
}

type Place = { readonly isSmallest: boolean; readonly isLargest: boolean };

/** Everything that is measured with the relay up, on the device of this size. */
async function measureSide(side: Side, { isSmallest, isLargest }: Place): Promise<void> {
  const { companies, relay, device } = side;
  const { page, download } = await downloadOn(device, relay.url, ana, companies);
  const downloads: Download[] = [download];
  if (isLargest) {
    await attempt("lists", async () => {
      await page.goto(`${relay.url}/companies`);
      await whenPainted(page, { kind: "rows" });
      await page.waitForTimeout(SETTLE_MS);
      return measureLists(page, companies);
    });
    await attempt("edits", async () => {
      await openFirstRecord(page, relay.url);
      const painted = await measurePainted(page);
      await openPipePage(page, relay.url);
      return [painted, await measureSaved(page, companies)];
    });
    await attempt("search", async () => {
      await openPipePage(page, relay.url);
      return measureSearch(page, companies);
    });
  }
  if (isSmallest) {
    await attempt("devices", async () => {
      const other = createDevice(scratch);
      const second = await downloadOn(other, relay.url, igor, companies);
      downloads.push(second.download);
      const address = await openFirstRecord(page, relay.url);
      await openRecord(second.page, `${relay.url}${address}`);
      await page.waitForTimeout(SETTLE_MS);
      const measure = await measureElsewhere(page, second.page);
      await other.close();
      return [measure];
    });
  }
  await attempt("download", async () => [downloadMeasure(companies, downloads, isLargest ? DOWNLOAD_MS : undefined)]);
  await device.close();
}

async function measureAll(app: string): Promise<void> {
  await attempt("code", async () => {
    const relay = await startRelay({ folder: path.join(scratch, "demo"), app, demo: true });
    const found = await measureFirstPaintCode(relay, app, scratch);
    await relay.stop();
    return found;
  });
  await attempt("decisions", () => measureDecisions(app, scratch, Number(options.decisions)));
  if ([...wanted].every((part) => part === "code" || part === "decisions")) return;
  const sides: Side[] = [];
  for (const companies of sizes) {
    const side = await prepare(companies, app);
    sides.push(side);
    try {
      await measureSide(side, { isSmallest: companies === sizes[0], isLargest: companies === sizes.at(-1) });
    } catch (error) {
      fail(`${many(companies)} records`, error);
      await side.device.close();
    }
    await side.relay.stop();
  }
  await attempt("start", () =>
    measureStarts(
      sides.map(({ companies, relay, device }): Start => ({ companies, url: relay.url, device })),
      Number(options.starts),
    ),
  );
  const [smallest] = sides;
  await attempt("import", async () => {
    assert(smallest !== undefined, "there is a smallest size");
    await smallest.relay.start();
    const page = await smallest.device.open(`${smallest.relay.url}/companies`);
    await whenPainted(page, { kind: "chip", text: "Synced" });
    const found = await measureImport(page, smallest.relay.url, scratch);
    await smallest.device.close();
    await smallest.relay.stop();
    return found;
  });
}

async function chromiumVersion(): Promise<string> {
  const browser = await chromium.launch({ ...launchOptions(), headless: true });
  const version = browser.version();
  await browser.close();
  return version;
}

const load = (): string => (loadavg()[0] ?? 0).toFixed(1);

const loadBefore = load();
const app = await copyApp();
if (wants("edits", "search")) await buildPipePage(app);
await measureAll(app);
const report: Report = {
  at: new Date().toISOString(),
  machine: {
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    node: process.versions.node,
    chromium: await chromiumVersion(),
    commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root }).toString().trim(),
    "load before": loadBefore,
    "load after": load(),
  },
  measures,
  failures,
};
const isWhole = wanted.size === parts.length;
const out = options.out === "" ? path.join(root, "tests/bench/results/client.json") : path.resolve(options.out);
// Part of a run does not replace the whole one's figures, unless a file is named for it.
if (isWhole || options.out !== "") writeJson(out, report);
if (isWhole && options.out === "") writeTable(path.join(root, "docs/benchmarks.md"), report);
console.log(`\n${tableOf(report)}`);
process.exit(failures.length === 0 ? 0 : 1);
