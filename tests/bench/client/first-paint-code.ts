// How much JavaScript stands between a start and the first paint, compressed as a server would send it.

import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { assert } from "#shared/model/result.ts";
import { createDevice, fillSignIn, pressSignIn, whenPainted } from "./device.ts";
import type { Measure } from "./figures.ts";
import type { Condition } from "./probe.ts";
import type { BenchRelay } from "./relay.ts";

type Script = { readonly file: string; readonly kB: number };

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
    .map((file) => ({ file, kB: gzipSync(readFileSync(path.join(app, file))).length / 1_000 }))
    .toSorted((left, right) => right.kB - left.kB);
}

function measure(id: string, metric: string, goalKb: number, scripts: readonly Script[]): Measure {
  const total = scripts.reduce((sum, script) => sum + script.kB, 0);
  return {
    id,
    metric,
    goal: `<= ${goalKb} kB gzip`,
    measured: `${Math.round(total)} kB in ${scripts.length} files`,
    met: total <= goalKb,
    details: Object.fromEntries(scripts.map(({ file, kB }) => [path.basename(file), Math.round(kB * 10) / 10])),
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
    measure("code-app", "JavaScript for the first paint of the app (list)", 250, list),
    measure("code-portal", "JavaScript for the first paint of the client portal (project page)", 150, portal),
  ];
}
