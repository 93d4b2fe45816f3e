// The people of the organization, from the server. Owners and managers invite new ones; who sees which project is decided there.

import { usePersonaChoices, usePersonaLabel } from "#renderer/data/use-personas.ts";
import { Alert, Button } from "@mantine/core";
import { Asking } from "#renderer/ui/asking.tsx";
import { IconUserPlus } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { isInternal } from "#shared/model/personas.ts";
import { useData } from "#renderer/data/hooks.tsx";
import type { Me, MemberRow } from "#renderer/data/types.ts";
import { InvitationList } from "#renderer/ui/invitation-list.tsx";
import { InviteForm } from "#renderer/ui/invite-form.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { EndedPeople } from "./ended-people.tsx";
import { PersonActions } from "./person-actions.tsx";
import classes from "./settings.module.css";

type Listed = MemberRow & { readonly email: string };
type People =
  | { readonly kind: "loading" }
  | { readonly kind: "problem"; readonly message: string }
  | { readonly kind: "shown"; readonly people: readonly Listed[] };

export function PeoplePanel({ me }: { readonly me: Me }) {
  const data = useData();
  const labelOf = usePersonaLabel();
  const choices = usePersonaChoices();
  const [state, setState] = useState<People>({ kind: "loading" });
  const [round, setRound] = useState(0);
  const [adding, setAdding] = useState(false);
  const [invited, setInvited] = useState(0);
  const mayAdd = me.persona === "owner" || me.persona === "manager";

  const again = (): void => setRound((before) => before + 1);

  useEffect(() => {
    let shown = true;
    const read = async (): Promise<void> => {
      const result = await data.people.all();
      if (!shown) return;
      setState(
        result.ok ? { kind: "shown", people: result.value } : { kind: "problem", message: result.error.message },
      );
    };
    void read();
    return () => {
      shown = false;
    };
  }, [data, round]);

  return (
    <Panel
      flush
      title="People"
      aside={
        mayAdd &&
        !adding &&
        state.kind === "shown" && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconUserPlus size={15} stroke={1.7} aria-hidden />}
            onClick={() => setAdding(true)}
          >
            Invite a person
          </Button>
        )
      }
    >
      {adding && (
        <div className={classes.padded}>
          <InviteForm
            space=""
            personas={choices
              .map((choice) => choice.value)
              .filter((persona) => isInternal(persona) && (persona !== "owner" || me.persona === "owner"))
              .toReversed()}
            explain={(persona) =>
              `${labelOf(persona)}: part of the team, sees the CRM and every project. Invite clients and partners in the space they belong to.`
            }
            onMade={() => setInvited((before) => before + 1)}
            onClose={() => setAdding(false)}
          />
        </div>
      )}
      {state.kind === "loading" && (
        <div className={classes.padded}>
          <Asking />
        </div>
      )}
      {state.kind === "problem" && (
        <div className={classes.padded}>
          <Alert color="amber" variant="light">
            {state.message} The list of people lives on the server.
          </Alert>
          <Button mt="md" variant="default" onClick={again}>
            Try again
          </Button>
        </div>
      )}
      {state.kind === "shown" && (
        <ul className={classes.rows}>
          {state.people.map((person) => (
            <li key={person.id} className={classes.row}>
              <PersonAvatar name={person.name} persona={person.persona} decorative />
              <span className={classes.name}>
                {person.name}
                {person.id === me.id && ", you"}
              </span>
              <span className={classes.second}>{person.email}</span>
              <span>{labelOf(person.persona)}</span>
              {mayAdd && person.id !== me.id && (person.persona !== "owner" || me.persona === "owner") && (
                <PersonActions person={person} isOwner={me.persona === "owner"} onChanged={again} />
              )}
            </li>
          ))}
        </ul>
      )}
      {mayAdd && state.kind === "shown" && <EndedPeople round={round} onChanged={again} />}
      {mayAdd && state.kind === "shown" && <InvitationList round={invited + round} />}
    </Panel>
  );
}
