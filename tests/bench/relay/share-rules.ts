// One changed record held against a thousand share rules.

import { createRuleIndex } from "#sync-server/access/share-rules.ts";
import type { ShareFilter } from "#shared/model/share-filter.ts";

export const RULES = 1_000;
export const RECORDS = 10_000;
const LOOKED_EVERY = 10;
const TIMES = 3;

/** ms per changed record: processor time in the mean, and time at the 99th percentile. `matched`: links that follow, in all. */
export type ShareRules = { readonly cpu: number; readonly p99: number; readonly matched: number };

export const ruleOf = (number: number): ShareFilter => {
  const company: ShareFilter = { field: "company", op: "is", value: `company-${number % 400}` };
  if (number % 4 === 0) return company;
  if (number % 4 === 1) return { all: [company, { field: "nextStep", op: "isNotEmpty" }] };
  // Without a comparison to look up: these are held against every changed record.
  if (number % 4 === 2)
    return {
      any: [
        { field: "name", op: "contains", value: `roof ${number}` },
        { field: "name", op: "is", value: `Pier ${number}` },
      ],
    };
  return { not: { field: "amount", op: "atMost", value: { amount: number * 1_000_000, currency: "EUR" } } };
};

export function measureShareRules(): ShareRules {
  const index = createRuleIndex();
  for (let number = 0; number < RULES; number += 1)
    index.add({
      id: `rule-${number}`,
      spaceId: `space-${number}`,
      type: "deal",
      filter: ruleOf(number),
      by: "m",
      at: 0,
    });
  const records = Array.from({ length: RECORDS }, (_, number) => ({
    type: "deal",
    fields: {
      name: `Clinic roof ${number}`,
      company: `company-${number % 700}`,
      nextStep: "Call",
      amount: { amount: number * 100_000, currency: "EUR" },
    },
  }));
  const looked = records.filter((_, number) => number % LOOKED_EVERY === 0);
  let matched = 0;
  /** The clock of processor time ticks every few ms: of one record alone it says nothing. */
  const measure = (): { readonly cpu: number; readonly p99: number } => {
    const started = process.threadCpuUsage();
    const times = looked.map((record) => {
      const before = performance.now();
      matched += index.matching(record).length;
      return performance.now() - before;
    });
    const { user, system } = process.threadCpuUsage(started);
    const p99 = times.toSorted((left, right) => left - right)[Math.floor(times.length * 0.99)] ?? Infinity;
    return { cpu: (user + system) / 1_000 / looked.length, p99 };
  };
  // The best of some: what a first call costs, and the collector, are no figures of the rules.
  const rounds = Array.from({ length: TIMES }, measure);
  return {
    cpu: Math.min(...rounds.map(({ cpu }) => cpu)),
    p99: Math.min(...rounds.map(({ p99 }) => p99)),
    matched,
  };
}
