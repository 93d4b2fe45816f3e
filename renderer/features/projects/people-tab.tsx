// Who is in this project, as what, and what those from outside cannot see. Adding and removing needs the relay.

import { usePersonaLabel } from "#renderer/data/use-personas.ts";
import { Button } from "@mantine/core";
import { IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useData, useSyncStatus } from "#renderer/data/hooks.tsx";
import type { MemberRow, PersonPresent } from "#renderer/data/types.ts";
import { InvitationList } from "#renderer/ui/invitation-list.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { PersonAvatar } from "#renderer/ui/person-avatar.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { AddPerson } from "./add-person.tsx";
import { unseenWords } from "./people-summary.tsx";
import classes from "./people-tab.module.css";
import type { ProjectContext } from "./use-project.ts";

type Props = { readonly context: ProjectContext; readonly present: readonly PersonPresent[] };

export function PeopleTab({ context, present }: Props) {
  const sync = useSyncStatus();
  const [adding, setAdding] = useState(false);
  const [invited, setInvited] = useState(0);
  const offline = sync.state === "offline" || sync.state === "unreachable";
  const manages = context.persona === "owner" || context.persona === "manager";
  const here = new Set([context.meId, ...present.map((person) => person.memberId)]);
  const unseen = context.team ? unseenWords(context) : undefined;
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
    <div className={classes.tab}>
      <Panel title={`${context.members.length} in this project`} aside={add} flush>
        {manages && offline && (
          <p className={classes.note}>
            Adding and removing people needs the network. The list is the one this device had last.
          </p>
        )}
        <ul className={classes.people}>
          {context.members.map((member) => (
            <Person
              key={member.id}
              member={member}
              context={context}
              here={here.has(member.id)}
              removable={manages && !offline && member.id !== context.meId}
            />
          ))}
        </ul>
        {unseen !== undefined && <p className={classes.note}>{unseen}</p>}
        {manages && !offline && <InvitationList space={context.spaceId} round={invited} />}
        {manages && (
          <AddPerson
            context={context}
            opened={adding}
            onInvited={() => setInvited((before) => before + 1)}
            onClose={() => setAdding(false)}
          />
        )}
      </Panel>
    </div>
  );
}

type PersonProps = {
  readonly member: MemberRow;
  readonly context: ProjectContext;
  readonly here: boolean;
  readonly removable: boolean;
};

function Person({ member, context, here, removable }: PersonProps) {
  const { people } = useData();
  const labelOf = usePersonaLabel();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const lead = context.project.fields["lead"] === member.id;
  const remove = async (): Promise<void> => {
    setBusy(true);
    const result = await people.removeFromSpace(context.spaceId, member.id);
    setBusy(false);
    setAsking(false);
    if (result.ok) showDone(`${member.name} is no longer in this project. Copies go at the next sync.`);
    else showProblem(result.error.message);
  };
  return (
    <li className={classes.person}>
      <PersonAvatar name={member.name} persona={member.persona} size={32} decorative />
      <span className={classes.names}>
        <span className={classes.name}>
          {member.name}
          {member.id === context.meId ? " (you)" : ""}
        </span>
        <span className={classes.role}>
          {labelOf(member.persona)}
          {lead ? ", leads" : ""}
          {here ? ", here now" : ""}
        </span>
      </span>
      {removable && !asking && (
        <Button size="compact-sm" variant="subtle" onClick={() => setAsking(true)} aria-label={`Remove ${member.name}`}>
          Remove
        </Button>
      )}
      {asking && (
        <span className={classes.ask} role="group" aria-label={`Remove ${member.name}?`}>
          <span>Their devices lose this project.</span>
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
