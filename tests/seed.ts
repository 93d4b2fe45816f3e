// Where random tests begin. Drawn once for each name: a second try in CI meets the case that failed again, not a luckier one.

const drawn = new Map<string, number>();

/**
 * The environment's `variable` if it is set, which repeats a run that failed; else a number from the clock. Whoever asks prints it.
 * `part` tells apart several draws that one variable sets.
 */
export function seedFor(variable: string, part = ""): number {
  const asked = process.env[variable];
  if (asked !== undefined) return Number(asked);
  const name = `${variable} ${part}`;
  const seed = drawn.get(name) ?? Date.now() % 1_000_000;
  drawn.set(name, seed);
  return seed;
}
