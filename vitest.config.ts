import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const common = {
  environment: "node",
  // As in playwright.config.ts: one more try where the machine is not ours, and the report says that it took one.
  retry: process.env["CI"] === undefined ? 0 : 1,
} as const;

export default defineConfig({
  test: {
    globalSetup: "tests/temp-folder.ts",
    // Many tests wait for disks, sockets and clocks: two at a time, also where Vitest would keep a core of two for itself.
    maxWorkers: Math.max(2, availableParallelism() - 1),
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
