import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    testTimeout: 20_000,
    // As in playwright.config.ts: one more try where the machine is not ours, and the report says that it took one.
    retry: process.env["CI"] === undefined ? 0 : 1,
    globalSetup: "tests/temp-folder.ts",
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.ts", "tests/contracts/**/*.test.ts"],
          environment: "node",
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "faults",
          include: ["tests/faults/**/*.test.ts"],
          environment: "node",
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "sync",
          include: ["tests/sync/**/*.test.ts", "tests/security/**/*.test.ts"],
          environment: "node",
          setupFiles: ["tests/sync/set-up.ts"],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
