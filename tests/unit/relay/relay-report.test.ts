// The table of the relay's bench: medians, but of what is lost the worst run.

import { expect, test } from "vitest";
import { tableOf, type Run } from "#tests/bench/relay/relay-report.ts";

const table = (runs: readonly Run[]): string =>
  tableOf({ at: "2026-11-28T04:00:00.000Z", machine: { cores: 2 }, runs, failures: ["one: it did not start"] });

test("an update lost in one run of three stands in the table", () => {
  const runs = [0, 7, 0].map((lost, run): Run => ({
    part: "durability",
    target: "relay",
    run,
    result: [{ window: "5 ms after", of: 40, lost }],
  }));
  expect(table(runs)).toContain("| lost of 40, killed 5 ms after, in the worst run | 7.00 |");
});

test("other figures are medians, and what was not measured is said", () => {
  const runs = [500, 900, 600].map((servesAfterMs, run): Run => ({
    part: "restart",
    target: "relay",
    run,
    result: { gigabytes: 1, listensAfterMs: 0, servesAfterMs },
  }));
  expect(table(runs)).toContain("| first client served after a restart, log of 1 GB (ms) | 600 |");
  expect(table(runs)).toContain("Not measured, one: it did not start.");
});
