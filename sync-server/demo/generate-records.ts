// Any number of plausible companies, equal for equal seeds: for tests and benches that need bulk.

import type { DemoRecord } from "./demo-record.ts";
import { makeCompany } from "./people-and-companies.ts";
import { createRandom } from "./random.ts";

export function generateRecords(
  count: number,
  seed: number,
  options: { readonly space?: string; readonly by?: string } = {},
): readonly DemoRecord[] {
  const random = createRandom(seed);
  const by = options.by ?? "member-1";
  const stamp = (): { at: string; by: string } => ({
    at: new Date(Date.UTC(2025, 0, 1) + random.int(0, 500 * 86_400) * 1_000).toISOString(),
    by,
  });
  const made = { random, space: options.space ?? "crm", stamp, owner: () => by };
  return Array.from({ length: count }, (_, index) => makeCompany(made, index).record);
}
