// Is this an update at all? Bytes from outside are only walked here, never applied: what passes may still say nonsense to
// a Y.Doc, so whoever applies it must stand that too.

import * as decoding from "lib0/decoding";
import { structsOf, type Struct } from "#shared/doc/update-bytes.ts";
import { isTooDeep } from "#shared/doc/update-depth.ts";

/** Far beyond honest use. Beyond 2^53 sums of clocks lose precision, and walking them might never end. */
const MAX_CLOCK = 2 ** 40;
const MAX_RANGE = 10_000_000;

/** What one author wrote lies close together. */
function areRangesSane(structs: readonly Struct[]): boolean {
  const firstClocks = new Map<number, number>();
  return structs.every(({ id: { client, clock }, length }) => {
    const first = firstClocks.get(client);
    if (first === undefined) firstClocks.set(client, clock);
    const end = clock + length;
    return end <= MAX_CLOCK && end - (first ?? clock) <= MAX_RANGE;
  });
}

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

/**
 * How many structs an update has; undefined unless it decodes wholly (structs and deletions), with clocks and a depth that an
 * honest author could reach.
 */
export function structsIn(bytes: Uint8Array): number | undefined {
  try {
    // Structs and deletions, in one walk: this is asked of every update that anybody sends.
    const structs = structsOf(bytes);
    if (structs.length === 0) return isWholeDeletion(bytes) ? 0 : undefined;
    return areRangesSane(structs) && !isTooDeep(structs) ? structs.length : undefined;
  } catch {
    return undefined;
  }
}

export const isReadableUpdate = (bytes: Uint8Array): boolean => structsIn(bytes) !== undefined;
