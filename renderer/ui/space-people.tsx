// Who is in a space and as what. Owners and managers add people, change the persona of those from outside, and take people
// out; all of that needs the relay.

import { Button, Select } from "@mantine/core";
import { IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import { isInternal, isPersona, type Persona } from "#shared/model/personas.ts";
import { useData, useSyncStatus } from "#renderer/data/hooks.tsx";
import type { MemberRow } from "#renderer/data/types.ts";
import { usePersonaChoices, usePersonaLabel } from "#renderer/data/use-personas.ts";
import { AddPerson } from "./add-person.tsx";
import { InvitationList } from "./invitation-list.tsx";
import { Panel } from "./panel.tsx";
import { PersonAvatar } from "./person-avatar.tsx";
import list from "./row-list.module.css";
import classes from "./space-people.module.css";
import { showDone, showProblem } from "./toast.ts";

export type PeopleOfSpace = {
  readonly spaceId: string;
  readonly spaceName: string;
  readonly members: readonly MemberRow[];
  /** Whom one mostly invites here. */
  readonly usual: Persona;
  /** What somebody with this persona will see here, in one or two sentences. */
  readonly explain: (persona: Persona) => string;
};

type Props = PeopleOfSpace & {
  readonly title: string;
  readonly meId: string;
  readonly manages: boolean;
  /** Said after the persona, such as ", leads". */
  readonly noteOf?: (member: MemberRow) => string;
  readonly foot?: string | undefined;
};

export function SpacePeople({ title, meId, manages, noteOf, foot, ...space }: Props) {
  const sync = useSyncStatus();
  const [adding, setAdding] = useState(false);
  const [invited, setInvited] = useState(0);
  const offline = sync.state === "offline" || sync.state === "unreachable";
  const outside = space.members.filter(({ persona }) => !isInternal(persona));
  const team = space.members.filter(({ persona }) => isInternal(persona));
  const add = manages && (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconUserPlus size={16} aria-hidden />}
      disabled={offline}
      onClick={() => setAdding(true)}
    >
      Add a person
    </Button>
  );
  return (
    <Panel title={title} aside={add} flush>
      {manages && offline && (
        <p className={classes.foot}>
          Adding and removing people needs the network. The list is the one this device had last.
        </p>
      )}
      <ul className={list.rows}>
        {[...outside, ...team].map((member) => (
          <Person
            key={member.id}
            member={member}
            space={space}
            isMe={member.id === meId}
            changeable={manages && !offline && member.id !== meId}
            note={noteOf?.(member) ?? ""}
          />
        ))}
      </ul>
      {foot !== undefined && <p className={classes.foot}>{foot}</p>}
      {manages && !offline && <InvitationList space={space.spaceId} round={invited + space.members.length} />}
      {manages && (
        <AddPerson
          space={space}
          opened={adding}
          onInvited={() => setInvited((before) => before + 1)}
          onClose={() => setAdding(false)}
        />
      )}
    </Panel>
  );
}

type PersonProps = {
  readonly member: MemberRow;
  readonly space: PeopleOfSpace;
  readonly isMe: boolean;
  readonly changeable: boolean;
  readonly note: string;
};

function Person({ member, space, isMe, changeable, note }: PersonProps) {
  const { people } = useData();
  const labelOf = usePersonaLabel();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const remove = async (): Promise<void> => {
    setBusy(true);
    const result = await people.removeFromSpace(space.spaceId, member.id);
    setBusy(false);
    setAsking(false);
    if (result.ok) showDone(`${member.name} is no longer in ${space.spaceName}. Copies go at the next contact.`);
    else showProblem(result.error.message);
  };
  return (
    <li className={list.row}>
      <PersonAvatar name={member.name} persona={member.persona} size={32} decorative />
      <span className={list.names}>
        <span className={list.name}>
          {member.name}
          {isMe ? " (you)" : ""}
        </span>
        <span className={list.note}>
          {labelOf(member.persona)}
          {note}
        </span>
      </span>
      {changeable && !isInternal(member.persona) && <PersonaSelect member={member} spaceId={space.spaceId} />}
      {changeable && !asking && (
        <Button size="compact-sm" variant="subtle" aria-label={`Remove ${member.name}`} onClick={() => setAsking(true)}>
          Remove
        </Button>
      )}
      {asking && (
        <span className={classes.ask} role="group" aria-label={`Remove ${member.name}?`}>
          <span>Their devices lose {space.spaceName}.</span>
          <Button size="compact-sm" variant="default" color="brick" loading={busy} onClick={() => void remove()}>
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

/** Somebody from outside becomes another kind of outsider here: the team's own roles are given for the organization. */
function PersonaSelect({ member, spaceId }: { readonly member: MemberRow; readonly spaceId: string }) {
  const { people } = useData();
  const labelOf = usePersonaLabel();
  const choices = usePersonaChoices().filter(({ value }) => !isInternal(value));
  const become = async (persona: Persona): Promise<void> => {
    const result = await people.addToSpace(spaceId, member.id, persona);
    if (result.ok) showDone(`${member.name} is a ${labelOf(persona).toLowerCase()} here now.`);
    else showProblem(result.error.message);
  };
  return (
    <Select
      aria-label={`Persona of ${member.name}`}
      size="xs"
      w={140}
      allowDeselect={false}
      data={choices}
      value={member.persona}
      onChange={(value) => {
        if (value !== null && isPersona(value) && value !== member.persona) void become(value);
      }}
    />
  );
}
