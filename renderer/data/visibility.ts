// Whether a member of the team is seen by outsiders while only looking on. The relay keeps to it (rule V8); here is where the
// choice is kept and said, in every presence and document that is open.

import type { Awareness } from "y-protocols/awareness";
import type { Database } from "./database.ts";

const KEY = "presenceVisible";

export type Visibility = {
  /** Says it in this awareness from now on. */
  attach(awareness: Awareness): () => void;
  readonly get: () => Promise<boolean>;
  readonly set: (visible: boolean) => Promise<void>;
};

export function createVisibility(database: () => Database): Visibility {
  const attached = new Set<Awareness>();
  const get = async (): Promise<boolean> => (await database().settings.get(KEY))?.value === true;
  return {
    attach(awareness) {
      attached.add(awareness);
      // Silent until it is known: the relay shows nobody who has not chosen so. A failing read is a closed database.
      get().then(
        (visible) => {
          if (visible && attached.has(awareness)) awareness.setLocalStateField("visible", true);
        },
        () => undefined,
      );
      return () => attached.delete(awareness);
    },
    get,
    async set(visible) {
      await database().settings.put({ key: KEY, value: visible });
      for (const awareness of attached) awareness.setLocalStateField("visible", visible);
    },
  };
}
