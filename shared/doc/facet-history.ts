// A facet's history entries with their places in the document: which client wrote each, at which clock. The relay knows
// from its own log when it received that clock, and from whom.

import * as Y from "yjs";
import type { Change } from "./facet-content.ts";
import { keys } from "./keys.ts";
import { toChange } from "./plain-values.ts";

export type PlacedChange = { readonly change: Change; readonly client: number; readonly clock: number };

/** Places in a document that one update filled: `client:from-until`, with spaces between. */
export function placesFilled(doc: Y.Doc, update: Uint8Array): string {
  const ends = new Map<number, number>();
  for (const { id, length } of Y.decodeUpdate(update).structs)
    ends.set(id.client, Math.max(ends.get(id.client) ?? 0, id.clock + length));
  return [...ends]
    .map(([client, until]) => ({ client, from: Y.getState(doc.store, client), until }))
    .filter(({ from, until }) => from < until)
    .map(({ client, from, until }) => `${client}:${from}-${until}`)
    .join(" ");
}

export const liesIn = (places: string, { client, clock }: Pick<PlacedChange, "client" | "clock">): boolean =>
  places.split(" ").some((place) => {
    const [own, from, until] = place.split(/[:-]/).map(Number);
    return own === client && clock >= (from ?? 0) && clock < (until ?? 0);
  });

export function placedChanges(doc: Y.Doc): readonly PlacedChange[] {
  const placed: PlacedChange[] = [];
  for (let item = doc.getArray(keys.changes)._start; item !== null; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentAny)) continue;
    for (const [index, value] of (item.content.arr as readonly unknown[]).entries()) {
      const change = toChange(value);
      if (change !== undefined) placed.push({ change, client: item.id.client, clock: item.id.clock + index });
    }
  }
  return placed;
}
