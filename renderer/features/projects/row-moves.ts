// Moving a milestone or card: a position key between two neighbours, so that a move writes one field of one record.

import { generateKeyBetween, generateNKeysBetween } from "fractional-indexing";
import { sortByPosition, type Ordered } from "./row-order.ts";

/** True for keys generateKeyBetween accepts; others may come from imports or other programs. */
function isOrderKey(key: string | undefined): key is string {
  if (key === undefined || !/^[A-Za-z][0-9A-Za-z]+$/.test(key)) return false;
  const head = key.charCodeAt(0);
  const whole = head >= 97 ? head - 97 + 2 : 90 - head + 2;
  return key.length >= whole && (key.length === whole ? head !== 65 : !key.endsWith("0"));
}

/** Positions to write so that `id` stands at `index` among the sorted rows; usually one, all of them when keys clash. */
export function moveTo(
  rows: readonly Ordered[],
  id: string,
  index: number,
): readonly { id: string; position: string }[] {
  const rest = rows.filter((row) => row.id !== id);
  const before = rest[index - 1]?.position;
  const after = rest[index]?.position;
  const beforeFits = index === 0 || isOrderKey(before);
  const afterFits = index >= rest.length || isOrderKey(after);
  if (beforeFits && afterFits && (before === undefined || after === undefined || before < after)) {
    return [{ id, position: generateKeyBetween(before ?? null, after ?? null) }];
  }
  const ids = rest.map((row) => row.id).toSpliced(index, 0, id);
  const keys = generateNKeysBetween(null, null, ids.length);
  return ids.map((one, at) => ({ id: one, position: keys[at] ?? "a0" }));
}

/** Position of a new row behind all others. */
export function positionAtEnd(rows: readonly Ordered[]): string {
  const last = sortByPosition(rows).findLast((row) => isOrderKey(row.position))?.position;
  return generateKeyBetween(last ?? null, null);
}
