// How much of each scenario is run. `short` is part of `npm test`; `npm run test:faults` runs the numbers of a merge
// (FAULTS=pr), and FAULTS=night the larger ones. A failing seed: FAULT_SEED=123.

import { createRandom, type Random } from "../sync/random.ts";
import { seedFor } from "#tests/seed.ts";

const tables = {
  short: {
    kills: 3,
    powerLosses: 3,
    tornPoints: 15,
    flippedPoints: 40,
    fullDisks: 2,
    ioErrors: 2,
    clients: 8,
    storm: 200,
    revocations: 100,
    permissionSteps: 150,
    networkSeeds: 2,
    fuzzFrames: 50_000,
    approvalSchedules: 5,
  },
  pr: {
    kills: 20,
    powerLosses: 10,
    tornPoints: 50,
    flippedPoints: 200,
    fullDisks: 20,
    ioErrors: 20,
    clients: 50,
    storm: 1_000,
    revocations: 500,
    permissionSteps: 300,
    networkSeeds: 200,
    fuzzFrames: 50_000,
    approvalSchedules: 500,
  },
  night: {
    kills: 1_000,
    powerLosses: 500,
    tornPoints: 1_000,
    flippedPoints: 3_000,
    fullDisks: 200,
    ioErrors: 200,
    clients: 50,
    storm: 5_000,
    revocations: 20_000,
    permissionSteps: 30_000,
    networkSeeds: 10_000,
    fuzzFrames: 1_000_000,
    approvalSchedules: 20_000,
  },
} as const;

type Size = keyof typeof tables;

const asked = process.env["FAULTS"] ?? "short";
const size: Size = asked === "pr" || asked === "night" ? asked : "short";

export const sizes = tables[size];

/** Time for `count` rounds of about so many seconds each. */
export const timeFor = (count: number, seconds: number): number => 60_000 + count * seconds * 1_000;

/** Chance of a scenario, announced: a run that fails can be run again. */
export function chance(scenario: string): Random {
  const seed = seedFor("FAULT_SEED", scenario);
  process.stdout.write(`${scenario}: FAULT_SEED=${seed}\n`);
  return createRandom(seed);
}
