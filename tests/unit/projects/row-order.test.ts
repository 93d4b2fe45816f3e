// Positions: a move writes one key, and order is the same on every device whatever keys meet.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { moveTo, positionAtEnd } from "#renderer/features/projects/row-moves.ts";
import { sortByPosition, type Ordered } from "#renderer/features/projects/row-order.ts";

const SEED = 20_261_124;
const row = (id: string, position?: string): Ordered => ({ id, position, createdAt: `2026-05-0${id.length}` });

const apply = (rows: readonly Ordered[], moves: readonly { id: string; position: string }[]): readonly Ordered[] => {
  const byId = new Map(moves.map((move) => [move.id, move.position]));
  return sortByPosition(rows.map((one) => ({ ...one, position: byId.get(one.id) ?? one.position })));
};

describe("moving a row", () => {
  test("writes one position when the neighbours have keys", () => {
    const rows = [row("a", "a0"), row("b", "a1"), row("c", "a2")];
    const moves = moveTo(rows, "c", 0);
    expect(moves).toHaveLength(1);
    expect(apply(rows, moves).map((one) => one.id)).toEqual(["c", "a", "b"]);
  });

  test("renumbers when two devices made the same key", () => {
    const rows = [row("a", "a0"), row("b", "a0"), row("c", "a1")];
    const moves = moveTo(rows, "c", 1);
    expect(apply(rows, moves).map((one) => one.id)).toEqual(["a", "c", "b"]);
  });

  test("rows without a position, or with a key of another program, can be moved as well", () => {
    const rows = sortByPosition([row("a"), row("b", "!?"), row("c", "a1")]);
    for (const { id } of rows) {
      expect(apply(rows, moveTo(rows, id, 0))[0]?.id).toBe(id);
      expect(apply(rows, moveTo(rows, id, rows.length - 1)).at(-1)?.id).toBe(id);
    }
  });

  test(`any series of moves ends in the order asked for (seed ${SEED})`, () => {
    const ids = ["a", "b", "c", "d", "e"];
    const keys = fc.array(fc.option(fc.constantFrom("a0", "a1", "a1V", "Zz", "zz", "A0", "a00"), { nil: undefined }), {
      minLength: 5,
      maxLength: 5,
    });
    const moves = fc.array(fc.tuple(fc.constantFrom(...ids), fc.integer({ min: 0, max: 4 })), { maxLength: 30 });
    fc.assert(
      fc.property(keys, moves, (start, series) => {
        let rows = sortByPosition(ids.map((id, index) => row(id, start[index])));
        for (const [id, index] of series) {
          const wanted = rows
            .filter((one) => one.id !== id)
            .map((one) => one.id)
            .toSpliced(index, 0, id);
          rows = apply(rows, moveTo(rows, id, index));
          expect(rows.map((one) => one.id)).toEqual(wanted);
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});

describe("a new row", () => {
  test("stands behind all others", () => {
    const rows = [row("a", "a0"), row("b", "a5"), row("c", "a2")];
    expect(sortByPosition([...rows, row("new", positionAtEnd(rows))]).at(-1)?.id).toBe("new");
    expect(positionAtEnd([])).toBe("a0");
  });
});
