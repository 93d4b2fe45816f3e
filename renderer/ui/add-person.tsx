// Adds somebody to a space: one the organization knows already, or a new person by an invitation.

import { Button, Modal, SegmentedControl, Select, Stack } from "@mantine/core";
import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { MemberRow } from "#renderer/data/types.ts";
import { usePersonaChoices, usePersonaLabel } from "#renderer/data/use-personas.ts";
import { isInternal, isPersona, type Persona } from "#shared/model/personas.ts";
import { Problem } from "./problem.tsx";
import classes from "./invitations.module.css";
import { InviteForm } from "./invite-form.tsx";
import type { PeopleOfSpace } from "./space-people.tsx";
import { showDone } from "./toast.ts";

type Props = {
  readonly space: PeopleOfSpace;
  readonly opened: boolean;
  readonly onInvited: () => void;
  readonly onClose: () => void;
};

const sources = [
  { value: "new", label: "Invite by link" },
  { value: "known", label: "Already a member" },
];

/** Whoever is invited to a space mostly comes from outside. */
const invitable = (personas: readonly Persona[], usual: Persona): readonly Persona[] => [
  usual,
  ...personas.filter((persona) => !isInternal(persona) && persona !== usual),
  ...personas.filter((persona) => isInternal(persona) && persona !== "owner"),
];

export function AddPerson({ space, opened, onInvited, onClose }: Props) {
  const personas = usePersonaChoices().map(({ value }) => value);
  const [source, setSource] = useState("new");
  return (
    <Modal opened={opened} onClose={onClose} title={`Add a person to ${space.spaceName}`}>
      <Stack gap={14}>
        <SegmentedControl aria-label="Who" data={sources} value={source} onChange={setSource} />
        {source === "known" ? (
          <AddKnown space={space} onClose={onClose} />
        ) : (
          <InviteForm
            space={space.spaceId}
            personas={invitable(personas, space.usual)}
            explain={space.explain}
            onMade={onInvited}
            onClose={onClose}
          />
        )}
      </Stack>
    </Modal>
  );
}

function AddKnown({ space, onClose }: Pick<Props, "space" | "onClose">) {
  const { people } = useData();
  const choices = usePersonaChoices();
  const labelOf = usePersonaLabel();
  const [known, setKnown] = useState<readonly MemberRow[] | undefined>(undefined);
  const [member, setMember] = useState<MemberRow | undefined>(undefined);
  const [persona, setPersona] = useState(space.usual);
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

  const candidates = (known ?? []).filter((one) => !space.members.some(({ id }) => id === one.id));
  const choose = (id: string | null): void => {
    const chosen = candidates.find((one) => one.id === id);
    setMember(chosen);
    if (chosen !== undefined) setPersona(chosen.persona);
  };
  const add = async (): Promise<void> => {
    if (member === undefined) {
      setProblem("Choose a person from the list.");
      return;
    }
    setBusy(true);
    setProblem(undefined);
    const added = await people.addToSpace(space.spaceId, member.id, persona);
    setBusy(false);
    if (!added.ok) {
      setProblem(added.error.message);
      return;
    }
    showDone(`${member.name} is in ${space.spaceName} now`);
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
          nothingFoundMessage={known === undefined ? "Asking the server" : "Everybody is in it already"}
          data={candidates.map(({ id, name, persona: own }) => ({
            value: id,
            label: `${name}, ${labelOf(own).toLowerCase()}`,
          }))}
          value={member?.id ?? null}
          onChange={choose}
        />
        <Select
          label="Here as"
          data={choices.filter(({ value }) => member === undefined || isInternal(value) === isInternal(member.persona))}
          allowDeselect={false}
          value={persona}
          onChange={(value) => {
            if (value !== null && isPersona(value)) setPersona(value);
          }}
        />
        <p className={classes.note}>{space.explain(persona)}</p>
        <Problem message={problem} />
        <div className={classes.buttons}>
          <Button type="submit" color="amber" loading={busy}>
            Add
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </Stack>
    </form>
  );
}
