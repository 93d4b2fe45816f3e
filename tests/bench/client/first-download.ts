// The first sign-in on a fresh device: when there is a list to work with, and when everything has arrived.

import type { Page } from "@playwright/test";
import { assert } from "#shared/model/result.ts";
import type { Account } from "./data-folder.ts";
import { fillSignIn, installed, pressSignIn, whenPainted, withPatience, type Device } from "./device.ts";
import { many, median, round, seconds, type Measure } from "./figures.ts";

export type Download = {
  readonly firstList: number;
  readonly synced: number;
  /** Longest tasks of the main thread meanwhile, largest first. */
  readonly longTasks: readonly number[];
  /** When the words of progress were painted, if they were. */
  readonly progress: number | undefined;
};

const SETTLE_MS = 5_000;

export async function downloadOn(
  device: Device,
  url: string,
  account: Account,
  companies: number,
): Promise<{ page: Page; download: Download }> {
  const page = await device.open(`${url}/companies`);
  await fillSignIn(page, account);
  await installed(page);
  const times = page.evaluate(async () => {
    let progress: number | undefined;
    const seen = new MutationObserver(() => {
      if (progress === undefined && document.querySelector('[role="progressbar"]') !== null)
        progress = performance.now();
    });
    seen.observe(document, { subtree: true, childList: true });
    const [rows, synced] = await Promise.all([probe.firstRows, probe.painted({ kind: "chip", text: "Synced" })]);
    seen.disconnect();
    const pressed = probe.input.at;
    return {
      firstList: rows - pressed,
      synced: synced - pressed,
      progress: progress === undefined ? undefined : progress - pressed,
      longTasks: probe.longTasks
        .filter((task) => task.start > pressed && task.start < synced)
        .map((task) => task.duration),
    };
  });
  times.catch(() => undefined);
  await pressSignIn(page);
  const { longTasks, ...download } = await withPatience("first download", times);
  await whenPainted(page, { kind: "words", text: `of ${many(companies)}, all on this device` });
  // What a device does once in the quiet after a download (totals, persistence) belongs to no later figure.
  await page.waitForTimeout(SETTLE_MS);
  assert(await page.evaluate(() => probe.holds({ kind: "chip", text: "Synced" })), "the device stays in step");
  return {
    page,
    download: {
      ...download,
      longTasks: longTasks
        .toSorted((left, right) => right - left)
        .slice(0, 10)
        .map(round),
    },
  };
}

export function downloadMeasure(
  companies: number,
  downloads: readonly Download[],
  goalMs: number | undefined,
): Measure {
  const synced = median(downloads.map((one) => one.synced));
  const firstList = median(downloads.map((one) => one.firstList));
  return {
    id: `download-${companies}`,
    metric: `first download of ${many(companies)} records`,
    goal: goalMs === undefined ? "" : `<= ${goalMs / 1000} s, usable at once with what has arrived`,
    measured: `${seconds(synced)}; first list after ${seconds(firstList)}`,
    ...(goalMs === undefined ? {} : { met: synced <= goalMs }),
    details: { downloads },
  };
}
