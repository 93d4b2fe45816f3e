// Edits from the project pages: run, say in words what came of it, offer to undo.

import { useCallback } from "react";
import type { EditError, Edited } from "#renderer/data/types.ts";
import { saveProblem } from "#renderer/fields/save-problem.ts";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import type { Result } from "#shared/model/result.ts";

export type Save = (edit: Promise<Result<Edited, EditError>>, words?: string) => Promise<Edited | undefined>;

/** `words` given: a toast with Undo. Trouble is always said. */
export function useSave(): Save {
  return useCallback(async (edit, words) => {
    const result = await edit;
    if (!result.ok) {
      showProblem(saveProblem(result.error));
      return undefined;
    }
    if (words !== undefined) {
      showDone(words, () => {
        void result.value.undo().then((undone) => {
          if (!undone.ok) showProblem(saveProblem(undone.error));
        });
      });
    }
    return result.value;
  }, []);
}
