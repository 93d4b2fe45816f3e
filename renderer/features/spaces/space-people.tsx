// Who is in a space and as what; managers invite, change the persona, and take people out.

import { Button, Modal, Select } from "@mantine/core";
import { IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import { externalPersonas, isInternal, isPersona, personaLabel, type Persona } from "#shared/model/personas.ts";
import { useData, useMembers } from "#renderer/data/hooks.tsx";
import type { Me, MemberRow, SpaceRow } from "#renderer/data/types.ts";
import { InvitationList } from "#renderer/ui/invitation-list.tsx";
import { InviteForm } from "#renderer/ui/invite-form.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import classes from "./spaces.module.css";

type Props = { readonly space: SpaceRow; readonly manages: boolean; readonly me: Me };

export function SpacePeople({ space, manages, me }: Props) {
  const members = useMembers(space.id) ?? [];
  const [inviting, setInviting] = useState(false);
  const [round, setRound] = useState(0);
  const outside = members.filter(({ persona }) => !isInternal(persona));
  const team = members.filter(({ persona }) => isInternal(persona));
  return (
    <Panel
      title="People"
      flush
      aside={
        manages && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconUserPlus size={16} aria-hidden />}
            onClick={() => setInviting(true)}
          >
            Invite a person
          </Button>
        )
      }
    >
      <ul className={classes.rows}>
        {[...outside, ...team].map((member) => (
          <Person
            key={member.id}
            member={member}
            space={space}
            changeable={manages && !isInternal(member.persona)}
            me={me}
          />
        ))}
      </ul>
      {manages && <InvitationList space={space.id} round={round} />}
      <Modal opened={inviting} onClose={() => setInviting(false)} title={`Invite to ${space.name}`}>
        <InviteForm
          space={space.id}
          personas={[...externalPersonas].toSorted((left) => (left === "partner" ? -1 : 1))}
          explain={(persona) =>
            `They will see what is shared into ${space.name}, as a ${personaLabel(persona).toLowerCase()} may see it, and who is in it. Nothing else.`
          }
          onMade={() => setRound((before) => before + 1)}
          onClose={() => setInviting(false)}
        />
      </Modal>
    </Panel>
  );
}

type PersonProps = {
  readonly member: MemberRow;
  readonly space: SpaceRow;
  readonly changeable: boolean;
  readonly me: Me;
};

function Person({ member, space, changeable, me }: PersonProps) {
  const { people } = useData();
  const [asking, setAsking] = useState(false);
  const become = async (persona: Persona): Promise<void> => {
    const result = await people.addToSpace(space.id, member.id, persona);
    if (result.ok) showDone(`${member.name} is a ${personaLabel(persona).toLowerCase()} here now.`);
    else showProblem(result.error.message);
  };
  const remove = async (): Promise<void> => {
    const result = await people.removeFromSpace(space.id, member.id);
    setAsking(false);
    if (result.ok) showDone(`${member.name} is no longer in ${space.name}. Copies go at the next contact.`);
    else showProblem(result.error.message);
  };
  return (
    <li className={classes.row}>
      <PersonAvatar name={member.name} persona={member.persona} size={32} decorative />
      <span className={classes.names}>
        <span className={classes.name}>
          {member.name}
          {member.id === me.id ? " (you)" : ""}
        </span>
        {!changeable && <span className={classes.note}>{personaLabel(member.persona)}</span>}
      </span>
      {changeable && (
        <Select
          aria-label={`Persona of ${member.name}`}
          size="xs"
          w={130}
          allowDeselect={false}
          data={externalPersonas.map((one) => ({ value: one, label: personaLabel(one) }))}
          value={member.persona}
          onChange={(value) => {
            if (value !== null && isPersona(value) && value !== member.persona) void become(value);
          }}
        />
      )}
      {changeable && !asking && (
        <Button size="compact-sm" variant="subtle" aria-label={`Remove ${member.name}`} onClick={() => setAsking(true)}>
          Remove
        </Button>
      )}
      {asking && (
        <span className={classes.ask} role="group" aria-label={`Remove ${member.name}?`}>
          <span>Their devices lose what is shared here.</span>
          <Button size="compact-sm" variant="default" color="brick" onClick={() => void remove()}>
            Remove {member.name.split(" ")[0]}
          </Button>
          <Button size="compact-sm" variant="subtle" onClick={() => setAsking(false)}>
            Keep
          </Button>
        </span>
      )}
    </li>
  );
}
