// Putting a project or a template away, and bringing it back.

import { useData } from "#renderer/data/hooks.tsx";
import { isPutAway, isTemplate } from "./use-project-shelf.ts";
import type { ProjectContext } from "./use-project.ts";
import { useSave } from "./use-save.ts";

export function useArchive(context: ProjectContext): () => void {
  const { edit } = useData();
  const save = useSave();
  const away = isPutAway(context.project);
  const kind = isTemplate(context.project) ? "Template" : "Project";
  return () =>
    void save(
      edit.set(context.spaceId, { archivedAt: away ? null : new Date().toISOString() }),
      away ? `${kind} brought back` : `${kind} put in the archive`,
    );
}
