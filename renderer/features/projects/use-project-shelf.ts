// The projects on this device by what they are: under way, put away, or a template for new ones.

import { useMemo } from "react";
import { useObserved, useRecords } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { copiedTypes } from "./project-copy.ts";

export type ProjectShelf = {
  readonly active: readonly RecordRow[];
  readonly archived: readonly RecordRow[];
  readonly templates: readonly RecordRow[];
};

const ALL = 5_000;

export const isTemplate = (row: RecordRow): boolean => row.fields["template"] === true;
export const isPutAway = (row: RecordRow): boolean => row.fields["archivedAt"] !== undefined;

export function toShelf(rows: readonly RecordRow[]): ProjectShelf {
  const templates = rows.filter((row) => isTemplate(row) && !isPutAway(row));
  const archived = rows.filter(isPutAway);
  return { active: rows.filter((row) => !isTemplate(row) && !isPutAway(row)), archived, templates };
}

export function useProjectShelf(): ProjectShelf | undefined {
  const rows = useRecords({ type: "project", limit: ALL })?.rows;
  return useMemo(() => (rows === undefined ? undefined : toShelf(rows)), [rows]);
}

/** Everything a copy of this project starts from. Empty for no project. */
export const useProjectContents = (spaceId: string): readonly RecordRow[] | undefined =>
  useObserved(`contents ${spaceId}`, async (data) => {
    if (spaceId === "") return [];
    const pages = await Promise.all(
      copiedTypes.map((type) => data.query.records({ type, space: spaceId, limit: ALL })),
    );
    return pages.flatMap((page) => page.rows);
  });
