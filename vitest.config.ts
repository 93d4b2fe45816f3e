import { defineConfig } from "vitest/config";

const common = {
  environment: "node",
  // As in playwright.config.ts: one more try where the machine is not ours, and the report says that it took one.
  retry: process.env["CI"] === undefined ? 0 : 1,
} as const;

export default defineConfig({
  test: {
    globalSetup: "tests/temp-folder.ts",
    projects: [
      {
        test: {
          ...common,
          name: "unit",
          include: ["tests/unit/**/*.test.ts", "tests/contracts/**/*.test.ts"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          ...common,
          name: "faults",
          include: ["tests/faults/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...common,
          name: "sync",
          include: ["tests/sync/**/*.test.ts", "tests/security/**/*.test.ts"],
          setupFiles: ["tests/sync/set-up.ts"],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
