// A large CSV file through the import page. Only what the app does counts, not the robot's way from button to button.

import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "@playwright/test";
import { fromInput } from "./device.ts";
import { many, ms, round, seconds, type Measure } from "./figures.ts";

const ROWS = 20_000;
const TOTAL_MS = 20_000;
const TASK_MS = 100;

function writeCsv(folder: string): string {
  const industries = ["Food", "Energy", "Health", "Shipping", "Education"];
  const lines = Array.from({ length: ROWS }, (_, index) =>
    [
      `"Weir ${index} & Sons, Ltd"`,
      `weir${index}.example`,
      industries[index % industries.length],
      `+44 20 ${7000 + (index % 1000)} ${1000 + Math.floor(index / 1000)}`,
      `office@weir${index}.example`,
      String(1 + (index % 900)),
      `"${index} Harbour Road"`,
      "Bristol",
      "United Kingdom",
    ].join(","),
  );
  const head = "Account Name,Website,Industry,Phone,Email,Employees,Billing Street,Billing City,Billing Country";
  const file = path.join(folder, "weirs.csv");
  writeFileSync(file, `${head}\n${lines.join("\n")}\n`);
  return file;
}

export async function measureImport(page: Page, url: string, scratch: string): Promise<readonly Measure[]> {
  const file = writeCsv(scratch);
  await page.goto(`${url}/import`);
  await page.locator('input[type="file"]').waitFor({ state: "attached" });
  await page.waitForTimeout(1_000);
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const begun = await page.evaluate(() => performance.now());
  const read = await fromInput(page, { kind: "button", text: "Check values" }, () =>
    page.locator('input[type="file"]').setInputFiles(file),
  );
  const checked = await fromInput(page, { kind: "button", text: "Preview" }, () => button("Check values").click());
  const previewed = await fromInput(page, { kind: "words", text: `${many(ROWS)} rows. Nothing is written` }, () =>
    button("Preview").click(),
  );
  const run = await fromInput(page, { kind: "words", text: "Imported, saved on this device" }, () =>
    page.getByRole("button", { name: /^Create / }).click(),
  );
  const longTasks = await page.evaluate(
    (since) => probe.longTasks.filter((task) => task.start > since).map((task) => task.duration),
    begun,
  );
  const total = read.took + checked.took + previewed.took + run.took;
  const longest = Math.max(0, ...longTasks);
  const created = await page
    .getByText(/ created, /)
    .first()
    .textContent();
  return [
    {
      id: "import",
      metric: `import of ${many(ROWS)} CSV rows`,
      goal: `<= ${TOTAL_MS / 1000} s`,
      measured: seconds(total),
      met: total <= TOTAL_MS,
      details: {
        read: round(read.took),
        checked: round(checked.took),
        previewed: round(previewed.took),
        run: round(run.took),
        created,
      },
    },
    {
      id: "import-task",
      metric: "longest task of the main thread while importing",
      goal: `<= ${TASK_MS} ms`,
      measured: ms(longest),
      met: longest <= TASK_MS,
      details: {
        longTasks: longTasks
          .toSorted((left, right) => right - left)
          .slice(0, 20)
          .map(round),
      },
    },
  ];
}
