// Is this an update at all? Bytes from outside are only walked here, never applied: what passes may still say nonsense to
// a Y.Doc, so whoever applies it must stand that too.

import { clockRanges, missingFrom } from "#shared/doc/update-bytes.ts";

/** Far beyond honest use. Beyond 2^53 sums of clocks lose precision, and walking them might never end. */
const MAX_CLOCK = 2 ** 40;
const MAX_RANGE = 10_000_000;

const emptyStateVector = new Uint8Array([0]);

/** True for bytes that decode wholly (structs and deletions) and whose clocks an honest author could have reached. */
export function isReadableUpdate(bytes: Uint8Array): boolean {
  try {
    const { from, to } = clockRanges(bytes);
    for (const [client, end] of to) if (end > MAX_CLOCK || end - (from.get(client) ?? 0) > MAX_RANGE) return false;
    // clockRanges stops before the deletions; this reads them too.
    missingFrom(bytes, emptyStateVector);
    return true;
  } catch {
    return false;
  }
}
