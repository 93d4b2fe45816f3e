// A facet's history entries with their places in the document: which client wrote each, at which clock. The relay knows
// from its own log when it received that clock, and from whom.

import * as Y from "yjs";
import type { Change } from "./facet-content.ts";
import { keys } from "./keys.ts";
import { toChange } from "./plain-values.ts";

export type PlacedChange = { readonly change: Change; readonly client: number; readonly clock: number };

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
