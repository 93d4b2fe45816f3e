// Who else has this project open, for the avatars in the header and "here now" in the people list.

import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { PersonPresent } from "#renderer/data/types.ts";

export function usePresence(spaceId: string, page: string): readonly PersonPresent[] {
  const { live } = useData();
  const [people, setPeople] = useState<readonly PersonPresent[]>([]);
  useEffect(() => {
    const presence = live.joinSpace(spaceId, page);
    const refresh = (): void => setPeople([...presence.people()]);
    const unsubscribe = presence.subscribe(refresh);
    refresh();
    return () => {
      unsubscribe();
      presence.leave();
    };
  }, [live, spaceId, page]);
  return people;
}

/** One entry per member: the same person on two devices is one avatar. */
export const onePerMember = (people: readonly PersonPresent[]): readonly PersonPresent[] => [
  ...new Map(people.map((person) => [person.memberId, person])).values(),
];
