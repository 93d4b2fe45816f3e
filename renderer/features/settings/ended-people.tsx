// Whose access has ended, and the way to give it again. Nothing is shown while there is nobody.

import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { isInternal } from "#shared/model/personas.ts";
import { useData } from "#renderer/data/hooks.tsx";
import type { MemberRow } from "#renderer/data/types.ts";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import classes from "./settings.module.css";

type Listed = MemberRow & { readonly email: string };

/** Another `round` reads the list anew. */
export function EndedPeople({ round, onChanged }: { readonly round: number; readonly onChanged: () => void }) {
  const { people } = useData();
  const [ended, setEnded] = useState<readonly Listed[]>([]);
  useEffect(() => {
    let shown = true;
    void people.ended().then((answer) => {
      // Offline the list of people says so already.
      if (shown && answer.ok) setEnded(answer.value);
    });
    return () => {
      shown = false;
    };
  }, [people, round]);

  const restore = async (person: Listed): Promise<void> => {
    const restored = await people.restoreAccess(person.id);
    if (!restored.ok) {
      showProblem(restored.error.message);
      return;
    }
    onChanged();
    showDone(
      isInternal(person.persona)
        ? `${person.name} has access again, and is in every space.`
        : `${person.name} can sign in again. Add them to the spaces they belong to.`,
    );
  };

  if (ended.length === 0) return null;
  return (
    <ul className={classes.rows} aria-label="Access ended">
      {ended.map((person) => (
        <li key={person.id} className={classes.row}>
          <PersonAvatar name={person.name} persona={person.persona} decorative />
          <span className={classes.name}>{person.name}</span>
          <span className={classes.second}>{person.email}, access ended</span>
          <Button
            size="compact-sm"
            variant="subtle"
            aria-label={`Give access again to ${person.name}`}
            onClick={() => void restore(person)}
          >
            Give access again
          </Button>
        </li>
      ))}
    </ul>
  );
}
