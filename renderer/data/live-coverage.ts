// Does what the relay committed contain what this device saved? Compared by clock ranges and by deletions: the relay may
// echo an update as it came or joined with others, and a false yes would take words out of the outbox unsent.

import * as Y from "yjs";
import { bytesEqual } from "#shared/doc/update-bytes.ts";

type Range = readonly [from: number, to: number];
type RangesByClient = ReadonlyMap<number, readonly Range[]>;

export type Coverage = { readonly structs: RangesByClient; readonly deletions: RangesByClient };

function addRange(ranges: Map<number, Range[]>, client: number, from: number, to: number): void {
  const held = ranges.get(client) ?? [];
  const last = held.at(-1);
  if (last !== undefined && last[1] === from) held[held.length - 1] = [last[0], to];
  else held.push([from, to]);
  ranges.set(client, held);
}

/** Undefined for bytes that are no update. */
export function coverageOf(update: Uint8Array): Coverage | undefined {
  let decoded: ReturnType<typeof Y.decodeUpdate>;
  try {
    decoded = Y.decodeUpdate(update);
  } catch {
    return undefined;
  }
  const structs = new Map<number, Range[]>();
  // A Skip is a gap: whoever joined the updates did not have that part.
  for (const struct of decoded.structs) {
    if (!(struct instanceof Y.Skip))
      addRange(structs, struct.id.client, struct.id.clock, struct.id.clock + struct.length);
  }
  const deletions = new Map<number, Range[]>();
  for (const [client, items] of decoded.ds.clients) {
    for (const { clock, len } of items.toSorted((left, right) => left.clock - right.clock))
      addRange(deletions, client, clock, clock + len);
  }
  return { structs, deletions };
}

const containsAll = (outer: RangesByClient, inner: RangesByClient): boolean =>
  [...inner].every(([client, ranges]) =>
    ranges.every(([from, to]) => outer.get(client)?.some(([start, end]) => start <= from && to <= end) === true),
  );

export const covers = (outer: Coverage, inner: Coverage): boolean =>
  containsAll(outer.structs, inner.structs) && containsAll(outer.deletions, inner.deletions);

/** Equal bytes first: the common case, a plain echo. */
export function isCommittedBy(committed: Uint8Array, coverage: () => Coverage | undefined, saved: Uint8Array): boolean {
  if (bytesEqual(committed, saved)) return true;
  const outer = coverage();
  const inner = outer === undefined ? undefined : coverageOf(saved);
  return outer !== undefined && inner !== undefined && covers(outer, inner);
}
