// What checking rights costs: the relay beside itself with every right granted, at the same rate, by turns, in processor time.

import { median } from "../client/figures.ts";
import { relayWithoutRights } from "./drawbridge-targets.ts";
import { openFanOut } from "./fan-out.ts";
import type { Target } from "./targets.ts";

/** CPU seconds per 10,000 deliveries, median of the turns. */
export type Rights = { readonly checked: number; readonly unchecked: number };

const SHAPE = { documents: 20, clients: 5, startRate: 0 };
const RATE = 3_000;
const TURNS = 5;

export async function measureRights(target: Target): Promise<Rights> {
  const checked = await openFanOut(target, SHAPE);
  const unchecked = await openFanOut({ ...target, command: (place) => relayWithoutRights(place) }, SHAPE);
  try {
    const costs: Record<keyof Rights, number[]> = { checked: [], unchecked: [] };
    // The first turn of each compiles code.
    await checked.step(RATE);
    await unchecked.step(RATE);
    for (let turn = 0; turn < TURNS; turn++) {
      costs.checked.push((await checked.step(RATE)).cpuPer10k);
      costs.unchecked.push((await unchecked.step(RATE)).cpuPer10k);
    }
    return { checked: median(costs.checked), unchecked: median(costs.unchecked) };
  } finally {
    await checked.close();
    await unchecked.close();
  }
}
