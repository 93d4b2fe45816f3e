// How much JavaScript stands between a start and the first paint, compressed as a server would send it.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { assert } from "#shared/model/result.ts";
import { createDevice, fillSignIn, pressSignIn, whenPainted } from "./device.ts";
import type { Measure } from "./figures.ts";
import type { Condition } from "./probe.ts";
import type { BenchRelay } from "./relay.ts";

type Script = { readonly file: string; readonly kB: number };

const compressed = (app: string, file: string): Script => ({
  file,
  kB: gzipSync(readFileSync(path.join(app, file))).length / 1_000,
});

/** The entry, the page's own code and what these import: without it there is nothing to paint. */
function neededFor(app: string, page: string): readonly Script[] {
  const entry = /src="(\/assets\/[^"]+\.js)"/.exec(readFileSync(path.join(app, "index.html"), "utf8"))?.[1];
  const chunk = readdirSync(path.join(app, "assets")).find(
    (file) => file.startsWith(`${page}-`) && file.endsWith(".js"),
  );
  assert(entry !== undefined && chunk !== undefined, `the build has an entry and ${page}`);
  const found = new Set<string>();
  const follow = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    const code = readFileSync(path.join(app, file), "utf8");
    for (const [, name] of code.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) follow(`/assets/${name}`);
  };
  follow(entry);
  follow(`/assets/${chunk}`);
  return [...found].map((file) => compressed(app, file));
}

const sum = (scripts: readonly Script[]): number => scripts.reduce((total, script) => total + script.kB, 0);

/** Scripts that had arrived when the condition was painted, after a reload of the page. */
async function scriptsUntil(
  page: Page,
  address: string,
  condition: Condition,
  app: string,
): Promise<readonly Script[]> {
  await page.goto(address);
  const files = await page.evaluate(async (wanted) => {
    const at = await probe.painted(wanted);
    return performance
      .getEntriesByType("resource")
      .filter(
        (entry) =>
          entry instanceof PerformanceResourceTiming &&
          entry.responseEnd <= at &&
          new URL(entry.name).pathname.endsWith(".js"),
      )
      .map((entry) => new URL(entry.name).pathname);
  }, condition);
  return [...new Set(files)]
    .filter((file) => file !== "/sw.js")
    .map((file) => compressed(app, file))
    .toSorted((left, right) => right.kB - left.kB);
}

function measure(
  metric: string,
  id: string,
  goalKb: number,
  loaded: readonly Script[],
  needed: readonly Script[],
): Measure {
  const total = sum(loaded);
  return {
    id,
    metric,
    goal: `<= ${goalKb} kB gzip`,
    measured: `${Math.round(total)} kB in ${loaded.length} files, ${Math.round(sum(needed))} kB of them needed`,
    met: total <= goalKb,
    details: Object.fromEntries(loaded.map(({ file, kB }) => [path.basename(file), Math.round(kB * 10) / 10])),
  };
}

/** On demo data: a sales rep's list, and the project page of a client. */
export async function measureFirstPaintCode(
  relay: BenchRelay,
  app: string,
  scratch: string,
): Promise<readonly Measure[]> {
  const accounts = relay.demoAccounts();
  const signedIn = async (persona: string) => {
    const account = accounts.find((one) => one.persona === persona);
    assert(account !== undefined, `the demo has a ${persona}`);
    const device = createDevice(scratch);
    const page = await device.open(relay.url);
    await fillSignIn(page, account);
    await pressSignIn(page);
    await whenPainted(page, { kind: "chip", text: "Synced" });
    return { account, device, page };
  };
  const rep = await signedIn("sales");
  const list = await scriptsUntil(rep.page, `${relay.url}/companies`, { kind: "rows" }, app);
  await rep.device.close();
  const client = await signedIn("client");
  const space = client.account.spaces[0]?.id ?? "";
  await client.page.goto(`${relay.url}/projects/${space}`);
  await whenPainted(client.page, { kind: "words", text: "Milestones" });
  await client.page.waitForTimeout(1_000);
  const heading = (await client.page.locator("h1").textContent()) ?? "";
  const portal = await scriptsUntil(
    client.page,
    `${relay.url}/projects/${space}`,
    { kind: "heading", text: heading },
    app,
  );
  await client.device.close();
  return [
    measure("JavaScript for the first paint of the app (list)", "code-app", 250, list, neededFor(app, "list-page")),
    measure(
      "JavaScript for the first paint of the client portal (project page)",
      "code-portal",
      150,
      portal,
      neededFor(app, "first-glance"),
    ),
  ];
}
