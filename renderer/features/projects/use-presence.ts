// Who else has this project open, for the avatars in the header and "here now" in the people list.

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { LiveApi, PersonPresent } from "#renderer/data/types.ts";

type Joined = ReturnType<LiveApi["joinSpace"]>;

export type Presence = { readonly people: readonly PersonPresent[]; readonly announce: Joined["edit"] };

export function usePresence(spaceId: string, page: string): Presence {
  const { live } = useData();
  const joined = useRef<Joined | undefined>(undefined);
  const [people, setPeople] = useState<readonly PersonPresent[]>([]);
  // Holds the presence over changes of the page, so that turning a tab does not look like leaving.
  useEffect(() => {
    const presence = live.joinSpace(spaceId, "project");
    joined.current = presence;
    const refresh = (): void => setPeople(presence.people());
    const unsubscribe = presence.subscribe(refresh);
    refresh();
    return () => {
      unsubscribe();
      joined.current = undefined;
      presence.leave();
    };
  }, [live, spaceId]);
  useEffect(() => {
    const presence = live.joinSpace(spaceId, page);
    return () => presence.leave();
  }, [live, spaceId, page]);
  // The same function throughout: saying what one edits changes the people, and must not be said again for that.
  const announce = useCallback<Joined["edit"]>((field) => joined.current?.edit(field), []);
  return useMemo(() => ({ people, announce }), [people, announce]);
}
