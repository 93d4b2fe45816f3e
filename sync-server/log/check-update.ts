// Is this an update at all? Bytes from outside are only walked here, never applied: what passes may still say nonsense to
// a Y.Doc, so whoever applies it must stand that too.

import * as decoding from "lib0/decoding";
import { clockRanges, missingFrom } from "#shared/doc/update-bytes.ts";
import { isTooDeep } from "#shared/doc/update-depth.ts";

/** Far beyond honest use. Beyond 2^53 sums of clocks lose precision, and walking them might never end. */
const MAX_CLOCK = 2 ** 40;
const MAX_RANGE = 10_000_000;

const emptyStateVector = new Uint8Array([0]);

/**
 * An update without structs is its deletions and nothing behind them. Bytes of another encoding (V2 starts with 0 as well)
 * would otherwise pass for an empty update, and be acked although nothing of them is kept.
 */
function isWholeDeletion(bytes: Uint8Array): boolean {
  const input = decoding.createDecoder(bytes);
  decoding.readVarUint(input);
  for (let clients = decoding.readVarUint(input); clients > 0; clients--) {
    decoding.readVarUint(input);
    for (let ranges = decoding.readVarUint(input); ranges > 0; ranges--) {
      decoding.readVarUint(input);
      decoding.readVarUint(input);
    }
  }
  return !decoding.hasContent(input);
}

/** True for bytes that decode wholly (structs and deletions), with clocks and a depth that an honest author could reach. */
export function isReadableUpdate(bytes: Uint8Array): boolean {
  try {
    const { from, to } = clockRanges(bytes);
    for (const [client, end] of to) if (end > MAX_CLOCK || end - (from.get(client) ?? 0) > MAX_RANGE) return false;
    // clockRanges stops before the deletions; this reads them too.
    missingFrom(bytes, emptyStateVector);
    return to.size > 0 ? !isTooDeep(bytes) : isWholeDeletion(bytes);
  } catch {
    return false;
  }
}
