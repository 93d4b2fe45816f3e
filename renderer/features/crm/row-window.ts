// The part of a list that is on screen, and a bit around it: a list of 50,000 records reads 150 of them.

import { useState } from "react";
import { useObserved } from "#renderer/data/hooks.tsx";
import type { RecordQuery, RecordRow } from "#renderer/data/types.ts";

const STEP = 50;
const SIZE = 150;

type Held = {
  readonly list: string;
  readonly offset: number;
  readonly rows: readonly RecordRow[];
  readonly total: number;
};

export type RowWindow = {
  readonly total: number | undefined;
  readonly at: (index: number) => RecordRow | undefined;
  readonly rows: readonly RecordRow[];
};

/** `first`: index of the first visible row. The rows of the last window stay until the next one has come. */
export function useRowWindow(query: RecordQuery, first: number): RowWindow {
  const list = JSON.stringify(query);
  const offset = Math.max(0, (Math.floor(first / STEP) - 1) * STEP);
  const fresh = useObserved<Held>(`window ${offset} ${list}`, async (data) => {
    const page = await data.query.records({ ...query, offset, limit: SIZE });
    return { list, offset, rows: page.rows, total: page.total };
  });
  const [last, setLast] = useState<Held | undefined>(undefined);
  if (fresh !== undefined && fresh !== last) setLast(fresh);
  const held = fresh ?? last;
  // Another sort or filter of the same list: the old rows stay for the blink until the new ones are read.
  if (held === undefined) return { total: undefined, at: () => undefined, rows: [] };
  return { total: held.total, rows: held.rows, at: (index) => held.rows[index - held.offset] };
}
