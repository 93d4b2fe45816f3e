// My planned activities of today, and my open tasks that are due: late ones first, then today, then those without a date.

import { useState } from "react";
import { useObserved } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { isoDate } from "#renderer/fields/times.ts";

export type Today = {
  readonly activities: readonly RecordRow[];
  readonly tasks: readonly RecordRow[];
  readonly later: number;
};

const text = (row: RecordRow, field: string): string => {
  const value = row.fields[field];
  return typeof value === "string" ? value : "";
};

const isOpen = (task: RecordRow): boolean => !["completed", "canceled", "deferred"].includes(text(task, "status"));

export function useToday(me: string): Today | undefined {
  const [date] = useState(() => isoDate(new Date()));
  return useObserved(`today ${me} ${date}`, async (data) => {
    const start = new Date(`${date}T00:00:00`);
    const end = new Date(`${date}T23:59:59.999`);
    const planned = await data.query.records({
      type: "activity",
      filters: [
        { field: "startAt", op: "atLeast", value: start.toISOString() },
        { field: "startAt", op: "atMost", value: end.toISOString() },
        { field: "owner", op: "is", value: me },
        { field: "status", op: "is", value: "planned" },
      ],
      sort: { field: "startAt" },
    });
    const mine = await data.query.records({
      type: "task",
      filters: [{ field: "assignee", op: "is", value: me }],
      sort: { field: "dueDate" },
    });
    const open = mine.rows.filter(isOpen);
    const due = open.filter((task) => text(task, "dueDate") === "" || text(task, "dueDate") <= date);
    return { activities: planned.rows, tasks: due, later: open.length - due.length };
  });
}
