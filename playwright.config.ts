import { defineConfig } from "@playwright/test";
import { launchOptions } from "./tests/find-browser.ts";

export default defineConfig({
  testDir: "tests/e2e",
  testMatch: "*.spec.ts",
  outputDir: "test-results",
  globalSetup: "./tests/temp-folder.ts",
  timeout: 120_000,
  expect: { timeout: 15_000 },
  fullyParallel: false,
  workers: 2,
  // A machine that also builds can be slow for a moment: a second try in CI, reported as flaky, never hidden locally.
  retries: process.env["CI"] === undefined ? 0 : 1,
  reporter: [["list"]],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    // Recording takes pictures of every page all the time and half of the processor: for a second try, or with --trace on.
    trace: "on-first-retry",
    launchOptions: launchOptions(),
  },
});
