// Cold starts without a network: browser off, relay off, then the list from the device. Both sizes by turns, so that
// whatever else the machine does falls on both.

import { withPatience, type Device } from "./device.ts";
import { many, median, ms, spread, type Measure } from "./figures.ts";

export type Start = { readonly companies: number; readonly url: string; readonly device: Device };

const FIRST_LIST_MS = 1_000;
const MOST_RATIO = 1.1;

async function startOnce({ url, device }: Start): Promise<number> {
  const page = await device.open(`${url}/companies`);
  const took = await withPatience(
    "first rows",
    page.evaluate(() => probe.firstRows),
  );
  // A person looks at what came; the app finishes what it does after a start.
  await page.waitForTimeout(1_000);
  await device.close();
  return took;
}

export async function measureStarts(starts: readonly Start[], rounds: number): Promise<readonly Measure[]> {
  const times = new Map(starts.map((start) => [start, [] as number[]]));
  for (let round = 0; round < rounds; round += 1)
    for (const start of starts) times.get(start)?.push(await startOnce(start));
  const base = median(times.get(starts[0] as Start) ?? []);
  return starts.map((start, index): Measure => {
    const taken = times.get(start) ?? [];
    const half = median(taken);
    const ratio = half / base;
    return {
      id: `start-${start.companies}`,
      metric: `start to first list, offline, ${many(start.companies)} records`,
      goal: index === 0 ? `<= ${ms(FIRST_LIST_MS)}` : `<= ${MOST_RATIO}x of ${many(starts[0]?.companies ?? 0)}`,
      measured: index === 0 ? ms(half) : `${ms(half)}, ${ratio.toFixed(2)}x`,
      met: index === 0 ? half <= FIRST_LIST_MS : ratio <= MOST_RATIO,
      details: spread(taken),
    };
  });
}
