// Where a record is read: CRM records have a page of their own, a project's records live inside the project.

import { useObserved } from "#renderer/data/hooks.tsx";
import type { Data } from "#renderer/data/types.ts";

const projectTabs: Readonly<Record<string, string>> = {
  milestone: "milestones",
  task: "tasks",
  activity: "activity",
  comment: "activity",
};

export async function recordAddress(data: Data, id: string): Promise<string> {
  const row = await data.query.record(id);
  if (row === undefined) return `/record/${id}`;
  if (row.type === "project") return `/projects/${row.id}`;
  const space = (await data.spaces()).find((candidate) => candidate.id === row.space);
  if (space?.kind === "project") {
    if (row.type === "document") return `/projects/${row.space}/documents/${row.id}`;
    return `/projects/${row.space}/${projectTabs[row.type] ?? "activity"}`;
  }
  // A comment is read on the page of what it is about.
  const { about } = row.fields;
  return row.type === "comment" && typeof about === "string" ? `/record/${about}` : `/record/${row.id}`;
}

export const useRecordAddress = (id: string): string =>
  useObserved(`address ${id}`, (data) => recordAddress(data, id)) ?? `/record/${id}`;
