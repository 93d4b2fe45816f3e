// Opening a project with thousands of decisions: the whole chain is checked anew at every start, and the page has to stay
// alive meanwhile. Watched in the real page, on its approvals: how long until everything is checked, and what blocked it.

import path from "node:path";
import type { Page } from "@playwright/test";
import { CHECK_MEASURE } from "#renderer/data/check-seals.ts";
import { ana } from "./data-folder.ts";
import { fillDecisions } from "./decisions-folder.ts";
import { createDevice, fillSignIn, pressSignIn, whenPainted, withPatience } from "./device.ts";
import { many, ms, round, seconds, type Measure } from "./figures.ts";
import { startRelay } from "./relay.ts";

const CHECKED_MS = 5_000;
const TASK_MS = 100;
const POLL_MS = 250;
const SETTLE_MS = 3_000;

type Check = Readonly<Record<string, { readonly verdicts: object; readonly alarms: readonly object[] }>>;

/** What the checks of a space came to, from the device's own database; `forget` removes it, as if it was never checked. */
async function installChecks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const work = async <T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>) => {
      const names = (await indexedDB.databases()).flatMap(({ name }) => name ?? []);
      for (const name of names) {
        const database = await new Promise<IDBDatabase>((resolve, reject) => {
          const opening = indexedDB.open(name);
          opening.addEventListener("success", () => resolve(opening.result));
          opening.addEventListener("error", () => reject(new Error(`${name} cannot be opened`)));
        });
        try {
          if (!database.objectStoreNames.contains("settings") || !database.objectStoreNames.contains("records"))
            continue;
          return await new Promise<T>((resolve, reject) => {
            const asked = ask(database.transaction("settings", mode).objectStore("settings"));
            asked.addEventListener("success", () => resolve(asked.result));
            asked.addEventListener("error", () => reject(new Error("settings cannot be read")));
          });
        } finally {
          database.close();
        }
      }
      return undefined;
    };
    globalThis.checks = {
      has: async (space) => (await work("readonly", (store) => store.getKey(`seals/${space}`))) !== undefined,
      read: async (space) =>
        ((await work("readonly", (store) => store.get(`seals/${space}`))) as { value?: Check })?.value,
      forget: async (space) => {
        await work("readwrite", (store) => store.delete(`seals/${space}`));
      },
    };
  });
}

declare global {
  var checks: {
    has(space: string): Promise<boolean>;
    read(space: string): Promise<Check | undefined>;
    forget(space: string): Promise<void>;
  };
}

/** Waits until so many sealed records were found to count. */
async function whenChecked(page: Page, space: string, sealed: number): Promise<void> {
  const counted = (): Promise<number> =>
    page.evaluate(async (id) => {
      const verdicts = Object.values((await checks.read(id)) ?? {}).flatMap((one) => Object.values(one.verdicts));
      return verdicts.filter((verdict: { counts?: boolean }) => verdict.counts === true).length;
    }, space);
  await withPatience(
    "the first check",
    (async () => {
      while ((await counted()) < sealed) await page.waitForTimeout(1_000);
    })(),
  );
}

/** The worker's own measure of its last check; `startedAt` in the time of the page. */
async function lastCheck(page: Page): Promise<{ startedAt: number; took: number; rows: number }> {
  for (const worker of page.workers()) {
    const found = await worker.evaluate((name) => {
      const measure = performance.getEntriesByName(name).at(-1) as PerformanceMeasure | undefined;
      return measure === undefined
        ? undefined
        : {
            startedAt: performance.timeOrigin + measure.startTime,
            took: measure.duration,
            rows: (measure.detail as { rows: number }).rows,
          };
    }, CHECK_MEASURE);
    if (found !== undefined)
      return { ...found, startedAt: found.startedAt - (await page.evaluate(() => performance.timeOrigin)) };
  }
  throw new Error("no worker of this page has checked a chain");
}

export async function measureDecisions(app: string, scratch: string, decisions: number): Promise<readonly Measure[]> {
  const folder = path.join(scratch, "decisions");
  const { id: space, sealed } = await fillDecisions(folder, decisions);
  const relay = await startRelay({ folder, app });
  const device = createDevice(scratch);
  try {
    const page = await device.open(`${relay.url}/`);
    await installChecks(page);
    await page.reload();
    await fillSignIn(page, ana);
    await pressSignIn(page);
    await whenPainted(page, { kind: "chip", text: "Synced" });
    await whenChecked(page, space, sealed);
    await page.waitForTimeout(SETTLE_MS);
    await page.goto(`${relay.url}/readyz`);
    await page.evaluate((id) => checks.forget(id), space);
    await page.goto(`${relay.url}/projects/${space}/approvals`);
    const watched = await withPatience(
      "the check",
      page.evaluate(
        async ({ id, poll, settle }) => {
          const frames = probe.watchFrames();
          while (!(await checks.has(id))) await new Promise((resolve) => setTimeout(resolve, poll));
          const checked = performance.now();
          // What the outcome itself costs the page belongs to it.
          await new Promise((resolve) => setTimeout(resolve, settle));
          return { ...frames(), checked, tasks: probe.longTasks.map(({ start, duration }) => ({ start, duration })) };
        },
        { id: space, poll: POLL_MS, settle: SETTLE_MS },
      ),
    );
    await whenChecked(page, space, sealed);
    const check = await lastCheck(page);
    const blocking = watched.tasks.filter(({ start, duration }) => start + duration > check.startedAt);
    const tasks = blocking.toSorted((left, right) => right.duration - left.duration);
    const longest = tasks[0]?.duration ?? 0;
    const size = `${many(decisions)} decisions`;
    return [
      {
        id: "decisions-checked",
        metric: `chain of ${size} read and checked anew, in the worker`,
        goal: `<= ${CHECKED_MS / 1000} s`,
        measured: seconds(check.took),
        met: check.took <= CHECKED_MS,
        details: { rows: check.rows, frames: watched.frames, fromStartOfPage: round(watched.checked) },
      },
      {
        id: "decisions-longest-task",
        metric: `longest task of the main thread meanwhile and while the outcome is drawn, ${size}`,
        goal: `<= ${TASK_MS} ms`,
        measured: ms(longest),
        met: longest <= TASK_MS,
        details: {
          tasks: tasks.slice(0, 10).map(({ start, duration }) => `${round(duration)} at ${round(start)}`),
          longestGap: round(watched.longestGap),
        },
      },
    ];
  } finally {
    await device.close();
    await relay.stop();
  }
}
