// What checking rights costs: the relay beside itself with every right granted, at the same rate, by turns, in processor time;
// and the time in which a client that has nothing has everything, from either.

import { median } from "../client/figures.ts";
import { openColdCatchUp } from "./catch-up.ts";
import { relayWithoutRights } from "./drawbridge-targets.ts";
import { openFanOut } from "./fan-out.ts";
import type { Target } from "./targets.ts";

/** Medians of the turns. */
type Beside = { readonly checked: number; readonly unchecked: number };

/** CPU seconds per 10,000 deliveries, and ms of a cold catch-up by number of documents. */
export type Rights = Beside & { readonly catchUps: readonly (Beside & { readonly documents: number })[] };

const SHAPE = { documents: 20, clients: 5 };
const RATE = 3_000;
const TURNS = 5;
const DOCUMENTS = [1_000, 10_000];

/** By turns; the first of each compiles code and does not count. */
async function besideEachOther(checked: () => Promise<number>, unchecked: () => Promise<number>): Promise<Beside> {
  await checked();
  await unchecked();
  const costs: Record<keyof Beside, number[]> = { checked: [], unchecked: [] };
  for (let turn = 0; turn < TURNS; turn++) {
    costs.checked.push(await checked());
    costs.unchecked.push(await unchecked());
  }
  return { checked: median(costs.checked), unchecked: median(costs.unchecked) };
}

type Closing = { close(): Promise<void> };

/** The same against the relay as it is, and against it with every right granted. */
async function measureBoth<Open extends Closing>(
  target: Target,
  open: (target: Target) => Promise<Open>,
  measure: (opened: Open) => Promise<number>,
): Promise<Beside> {
  const checked = await open(target);
  const unchecked = await open({ ...target, command: (place) => relayWithoutRights(place) });
  try {
    return await besideEachOther(
      () => measure(checked),
      () => measure(unchecked),
    );
  } finally {
    await checked.close();
    await unchecked.close();
  }
}

export async function measureRights(target: Target): Promise<Rights> {
  const delivering = await measureBoth(
    target,
    (one) => openFanOut(one, SHAPE),
    async (opened) => (await opened.step(RATE)).cpuPer10k,
  );
  const catchUps: Rights["catchUps"][number][] = [];
  for (const documents of DOCUMENTS) {
    const beside = await measureBoth(
      target,
      (one) => openColdCatchUp(one, documents),
      (opened) => opened.join(),
    );
    catchUps.push({ documents, ...beside });
  }
  return { ...delivering, catchUps };
}
