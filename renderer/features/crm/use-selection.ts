// Which rows are chosen, by id, so that a selection survives sorting and what others change meanwhile.

import { useRef, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { RecordQuery } from "#renderer/data/types.ts";

export type Selection = {
  readonly ids: ReadonlySet<string>;
  readonly toggle: (id: string, index: number) => void;
  /** From the row chosen last to this one. */
  readonly extendTo: (index: number) => void;
  /** All that match, not only those on screen. */
  readonly selectAll: () => void;
  readonly clear: () => void;
};

export function useSelection(query: RecordQuery): Selection {
  const data = useData();
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef(0);
  const list = JSON.stringify(query);
  const clear = () => setIds(new Set());
  const [seen, setSeen] = useState(list);
  if (seen !== list) {
    setSeen(list);
    clear();
  }

  const add = async (offset: number, limit?: number) => {
    const page = await data.query.records({ ...query, offset, ...(limit === undefined ? {} : { limit }) });
    setIds((before) => new Set([...before, ...page.rows.map((row) => row.id)]));
  };
  return {
    ids,
    clear,
    toggle: (id, index) => {
      anchor.current = index;
      setIds((before) => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      });
    },
    extendTo: (index) => {
      const from = Math.min(anchor.current, index);
      void add(from, Math.abs(index - anchor.current) + 1);
    },
    selectAll: () => void add(0),
  };
}
