// A client may complete a repeating task of his own but not plan the next one: the team's devices do that for him. All of
// them make the same one, so it does not matter which comes first.

import { useEffect, useRef } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { nextOfSeries } from "#shared/record-types/task-series.ts";
import type { ProjectContext } from "./use-project.ts";

export function useSeries(context: ProjectContext | undefined): void {
  const { edit } = useData();
  const asked = useRef(new Set<string>());
  useEffect(() => {
    if (context?.plans !== true) return;
    const here = new Set(context.tasks.map((task) => task.id));
    for (const task of context.tasks) {
      const next = nextOfSeries(task.id, task.row.fields);
      if (next === undefined || here.has(next.id) || asked.current.has(next.id)) continue;
      asked.current.add(next.id);
      void edit.makeNext(task.id);
    }
  }, [edit, context]);
}
