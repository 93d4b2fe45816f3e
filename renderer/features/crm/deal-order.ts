// The order of cards in a column: fractional keys, ties broken by id, so that two people who drop at the same place agree.

import { generateKeyBetween } from "fractional-indexing";
import type { EditApi, Edited, RecordRow } from "#renderer/data/types.ts";

export type Place = { readonly id: string; readonly position: string };

const positionOf = (row: RecordRow): string | undefined => {
  const position = row.fields["position"];
  return typeof position === "string" && position !== "" ? position : undefined;
};

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Cards that were never placed follow those that were, newest first. */
export function inOrder(rows: readonly RecordRow[]): readonly RecordRow[] {
  return rows.toSorted((left, right) => {
    const [a, b] = [positionOf(left), positionOf(right)];
    if (a !== undefined && b !== undefined) return compare(a, b) || compare(left.id, right.id);
    if (a !== undefined || b !== undefined) return a === undefined ? 1 : -1;
    return compare(right.createdAt, left.createdAt) || compare(left.id, right.id);
  });
}

const keyBetween = (before: string | null, after: string | null): string => {
  try {
    return generateKeyBetween(before, after);
  } catch {
    // A key from an import or another version that is no order key: start a new order after it is ignored.
    return generateKeyBetween(null, null);
  }
};

/**
 * Positions to write so that `id` stands at `index` of `column` (which does not contain it): its own, and those of cards
 * above it that have none yet.
 */
export function placesFor(column: readonly RecordRow[], id: string, index: number): readonly Place[] {
  const places: Place[] = [];
  let before: string | null = null;
  for (const row of column.slice(0, index)) {
    let position = positionOf(row);
    if (position === undefined) {
      position = keyBetween(before, null);
      places.push({ id: row.id, position });
    }
    before = position;
  }
  const lower = before;
  const after = column
    .slice(index)
    .map(positionOf)
    .find((position) => position !== undefined && (lower === null || position > lower));
  return [...places, { id, position: keyBetween(before, after ?? null) }];
}

export async function writePositions(edit: EditApi, places: readonly Place[]): Promise<readonly Edited[]> {
  const done: Edited[] = [];
  for (const { id, position } of places) {
    const result = await edit.set(id, { position });
    if (result.ok) done.push(result.value);
  }
  return done;
}
