// Figures and goals: what a measurement is, and whether it was met.

export type Measure = {
  readonly id: string;
  /** As docs/benchmarks.md shows it. */
  readonly metric: string;
  readonly goal: string;
  readonly measured: string;
  /** Undefined where there is no goal to meet. */
  readonly met?: boolean;
  readonly details: Readonly<Record<string, unknown>>;
};

const sorted = (values: readonly number[]): number[] => values.toSorted((left, right) => left - right);

/** Nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const ordered = sorted(values);
  return ordered[Math.min(ordered.length - 1, Math.max(0, Math.ceil(share * ordered.length) - 1))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);
export const p95 = (values: readonly number[]): number => percentile(values, 0.95);

export const round = (value: number): number => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
export const ms = (value: number): string => `${round(value)} ms`;
export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
export const many = (count: number): string => count.toLocaleString("en-GB");

export const spread = (values: readonly number[]): Readonly<Record<string, unknown>> => ({
  p50: round(median(values)),
  p95: round(p95(values)),
  all: values.map(round),
});
