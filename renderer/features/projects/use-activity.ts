// The records of a project and their histories, read together and kept current.

import { useMemo } from "react";
import { useApprovals, useObserved } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { toActivity, type ActivityEntry } from "./activity-entries.ts";

const TYPES = ["milestone", "task", "document", "comment", "activity"] as const;

/** `reach`: how many of the latest touched records of each type are looked into. */
export function useActivity(project: RecordRow, reach: number): readonly ActivityEntry[] | undefined {
  const found = useObserved(`project activity ${project.id} ${reach}`, async (data) => {
    const pages = await Promise.all(
      TYPES.map((type) =>
        data.query.records({ type, space: project.id, sort: { field: "updatedAt", descending: true }, limit: reach }),
      ),
    );
    const own = await data.query.record(project.id);
    const rows = [...(own === undefined ? [] : [own]), ...pages.flatMap((page) => page.rows)];
    const histories = await Promise.all(
      rows
        .filter((row) => row.type !== "comment" && row.type !== "activity")
        .map(async (row) => [row.id, await data.changes(row.id)] as const),
    );
    return { rows, changes: new Map(histories) };
  });
  const approvals = useApprovals(project.id);
  return useMemo(
    () =>
      found === undefined || approvals === undefined ? undefined : toActivity(found.rows, found.changes, approvals),
    [found, approvals],
  );
}
