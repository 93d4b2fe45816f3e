// Adds somebody to the project: one the organization knows already, or a new person by an invitation.

import { Alert, Button, Modal, SegmentedControl, Select, Stack } from "@mantine/core";
import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { MemberRow } from "#renderer/data/types.ts";
import { showDone } from "#renderer/ui/toast.ts";
import { isInternal, isPersona, type Persona } from "#shared/model/personas.ts";
import { usePersonaChoices, usePersonaLabel } from "#renderer/data/use-personas.ts";
import { InviteForm } from "#renderer/ui/invite-form.tsx";
import type { ProjectContext } from "./use-project.ts";

type Props = {
  readonly context: ProjectContext;
  readonly opened: boolean;
  readonly onInvited: () => void;
  readonly onClose: () => void;
};

const whatTheySee = (persona: Persona): string =>
  isInternal(persona)
    ? "They will see everything in this project, money and internal notes included."
    : "They will see milestones, tasks, people, and what is marked for them. Never money, hours, internal notes, or what is team only.";

export function AddPerson(props: Props) {
  const personaChoices = usePersonaChoices();
  const [source, setSource] = useState("known");
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Add a person">
      <Stack gap={14}>
        <SegmentedControl aria-label="Who" data={sources} value={source} onChange={setSource} />
        {source === "known" ? (
          <AddPersonForm {...props} />
        ) : (
          <InviteForm
            space={props.context.spaceId}
            personas={invitable(personaChoices.map((choice) => choice.value))}
            explain={whatTheySee}
            onMade={props.onInvited}
            onClose={props.onClose}
          />
        )}
      </Stack>
    </Modal>
  );
}

const sources = [
  { value: "known", label: "Already a member" },
  { value: "new", label: "Invite by link" },
];

/** Whoever is invited to a project mostly comes from outside. */
const invitable = (personas: readonly Persona[]): readonly Persona[] => [
  ...personas.filter((persona) => !isInternal(persona)),
  ...personas.filter((persona) => isInternal(persona) && persona !== "owner"),
];

function AddPersonForm({ context, onClose }: Props) {
  const { people } = useData();
  const personaChoices = usePersonaChoices();
  const labelOf = usePersonaLabel();
  const [known, setKnown] = useState<readonly MemberRow[] | undefined>(undefined);
  const [memberId, setMemberId] = useState<string | null>(null);
  const [persona, setPersona] = useState<Persona>("client");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    let current = true;
    void people.all().then((result) => {
      if (!current) return;
      if (result.ok) setKnown(result.value);
      else setProblem(result.error.message);
    });
    return () => {
      current = false;
    };
  }, [people]);

  const candidates = (known ?? []).filter((member) => !context.members.some((one) => one.id === member.id));
  const choose = (id: string | null): void => {
    setMemberId(id);
    const member = candidates.find((one) => one.id === id);
    if (member !== undefined) setPersona(member.persona);
  };
  const add = async (): Promise<void> => {
    const member = candidates.find((one) => one.id === memberId);
    if (member === undefined) {
      setProblem("Choose a person from the list.");
      return;
    }
    setBusy(true);
    setProblem(undefined);
    const added = await people.addToSpace(context.spaceId, member.id, persona);
    setBusy(false);
    if (!added.ok) {
      setProblem(added.error.message);
      return;
    }
    showDone(`${member.name} is in this project now`);
    onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <Stack gap={14}>
        <Select
          label="Person"
          searchable
          nothingFoundMessage={known === undefined ? "Asking the server" : "Everybody is in this project already"}
          data={candidates.map((member) => ({
            value: member.id,
            label: `${member.name}, ${labelOf(member.persona).toLowerCase()}`,
          }))}
          value={memberId}
          onChange={choose}
        />
        <Select
          label="In this project as"
          data={[...personaChoices]}
          allowDeselect={false}
          value={persona}
          onChange={(value) => {
            if (value !== null && isPersona(value)) setPersona(value);
          }}
        />
        <p style={{ margin: 0, color: "var(--text-2)", fontSize: 12.5, lineHeight: "18px" }}>{whatTheySee(persona)}</p>
        {problem !== undefined && (
          <Alert color="brick" variant="light" role="alert">
            {problem}
          </Alert>
        )}
        <Button type="submit" color="amber" loading={busy}>
          Add to project
        </Button>
      </Stack>
    </form>
  );
}
