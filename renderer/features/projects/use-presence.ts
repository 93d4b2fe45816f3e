// Who else has this project open, for the avatars in the header and "here now" in the people list.

import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { PersonPresent } from "#renderer/data/types.ts";

export function usePresence(spaceId: string, page: string): readonly PersonPresent[] {
  const { live } = useData();
  const [people, setPeople] = useState<readonly PersonPresent[]>([]);
  // Holds the presence over changes of the page, so that turning a tab does not look like leaving.
  useEffect(() => {
    const presence = live.joinSpace(spaceId, "project");
    const refresh = (): void => setPeople(presence.people());
    const unsubscribe = presence.subscribe(refresh);
    refresh();
    return () => {
      unsubscribe();
      presence.leave();
    };
  }, [live, spaceId]);
  useEffect(() => {
    const presence = live.joinSpace(spaceId, page);
    return () => presence.leave();
  }, [live, spaceId, page]);
  return people;
}
