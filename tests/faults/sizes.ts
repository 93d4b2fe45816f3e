// How much of each scenario is run: what a merge needs in every `npm test`, more of what takes longer with FAULTS=pr (which
// is what `npm run test:faults` does), the long run with FAULTS=night. A failing seed: FAULT_SEED=123.

import { createRandom, type Random } from "../sync/random.ts";
import { seedFor } from "#tests/seed.ts";

const merge = {
  kills: 20,
  powerLosses: 10,
  tornPoints: 50,
  flippedPoints: 50,
  fullDisks: 20,
  ioErrors: 20,
  clients: 50,
  storm: 200,
  networkSeeds: 200,
  fuzzFrames: 50_000,
  // R30, R31, R32: a part of what FAULTS=pr runs, which takes minutes.
  revocations: 100,
  permissionSteps: 150,
  approvalSchedules: 5,
};

const tables = {
  merge,
  pr: { ...merge, flippedPoints: 200, storm: 1_000, revocations: 500, permissionSteps: 300, approvalSchedules: 500 },
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
};

const asked = process.env["FAULTS"];

export const sizes = tables[asked === "pr" || asked === "night" ? asked : "merge"];

/** Time for `count` rounds of about so many seconds each. */
export const timeFor = (count: number, seconds: number): number => 60_000 + count * seconds * 1_000;

/** Chance of a scenario, announced: a run that fails can be run again. */
export function chance(scenario: string): Random {
  const seed = seedFor("FAULT_SEED", scenario);
  process.stdout.write(`${scenario}: FAULT_SEED=${seed}\n`);
  return createRandom(seed);
}
