// Order of milestones and cards; row-moves.ts makes their position keys.

export type Ordered = { readonly id: string; readonly position?: string | undefined; readonly createdAt: string };

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Rows with a position first; the rest in the order they were made. Equal positions fall to the id, the same everywhere. */
export function sortByPosition<Row extends Ordered>(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted(
    (left, right) =>
      Number(left.position === undefined) - Number(right.position === undefined) ||
      compare(left.position ?? left.createdAt, right.position ?? right.createdAt) ||
      compare(left.id, right.id),
  );
}
