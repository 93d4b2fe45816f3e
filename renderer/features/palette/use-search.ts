// Searches this device while somebody types. Keeps the hits before until the next ones are in, and says how long it took.

import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { SearchHit } from "#renderer/data/types.ts";

export type Found = { readonly text: string; readonly hits: readonly SearchHit[]; readonly milliseconds: number };

const nothing: Found = { text: "", hits: [], milliseconds: 0 };

export function useSearch(
  text: string,
  options: { readonly type?: string | undefined; readonly limit: number },
): Found {
  const { search } = useData();
  const [found, setFound] = useState(nothing);
  const wanted = text.trim();
  const { type, limit } = options;
  useEffect(() => {
    if (wanted === "") return undefined;
    let current = true;
    const started = performance.now();
    const run = async (): Promise<void> => {
      const hits = await search.search(wanted, { limit, ...(type === undefined ? {} : { type }) });
      if (current) setFound({ text: wanted, hits, milliseconds: Math.max(1, Math.round(performance.now() - started)) });
    };
    void run();
    return () => {
      current = false;
    };
  }, [search, wanted, type, limit]);
  return wanted === "" ? nothing : found;
}
