// Adds somebody to the project: one the organization knows already, or a new person with an account of his own.

import { Alert, Button, Modal, PasswordInput, SegmentedControl, Select, Stack, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { MemberRow } from "#renderer/data/types.ts";
import { showDone } from "#renderer/ui/toast.ts";
import { isInternal, isPersona, personaLabels, personas, type Persona } from "#shared/model/personas.ts";
import { err, type Result } from "#shared/model/result.ts";
import type { ProjectContext } from "./use-project.ts";

type Props = { readonly context: ProjectContext; readonly opened: boolean; readonly onClose: () => void };

export function AddPerson(props: Props) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Add a person">
      <AddPersonForm {...props} />
    </Modal>
  );
}

const sources = [
  { value: "known", label: "Already a member" },
  { value: "new", label: "New person" },
];

const personaChoices = personas.map((persona) => ({ value: persona, label: personaLabels[persona] }));

function AddPersonForm({ context, onClose }: Props) {
  const { people } = useData();
  const [source, setSource] = useState("known");
  const [known, setKnown] = useState<readonly MemberRow[] | undefined>(undefined);
  const [memberId, setMemberId] = useState<string | null>(null);
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
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
  const findOrMake = async (): Promise<Result<MemberRow, { readonly message: string }>> => {
    if (source === "new") return people.add({ name, email, password, persona });
    const member = candidates.find((one) => one.id === memberId);
    return member === undefined ? err({ message: "Choose a person from the list." }) : { ok: true, value: member };
  };
  const add = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    const member = await findOrMake();
    const added = member.ok ? await people.addToSpace(context.spaceId, member.value.id, persona) : member;
    setBusy(false);
    if (!member.ok || !added.ok) {
      setProblem(member.ok ? (added.ok ? undefined : added.error.message) : member.error.message);
      return;
    }
    showDone(`${member.value.name} is in this project now`);
    onClose();
  };
  const outside = !isInternal(persona);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <Stack gap={14}>
        <SegmentedControl aria-label="Who" data={sources} value={source} onChange={setSource} />
        {source === "known" ? (
          <Select
            label="Person"
            searchable
            nothingFoundMessage={known === undefined ? "Asking the server" : "Everybody is in this project already"}
            data={candidates.map((member) => ({
              value: member.id,
              label: `${member.name}, ${personaLabels[member.persona].toLowerCase()}`,
            }))}
            value={memberId}
            onChange={choose}
          />
        ) : (
          <>
            <TextInput
              label="Name"
              required
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <TextInput
              label="E-mail"
              type="email"
              required
              autoComplete="off"
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <PasswordInput
              label="First password"
              description="Give it to them yourself. At least 10 characters."
              required
              minLength={10}
              autoComplete="new-password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
          </>
        )}
        <Select
          label="In this project as"
          data={personaChoices}
          allowDeselect={false}
          value={persona}
          onChange={(value) => {
            if (value !== null && isPersona(value)) setPersona(value);
          }}
        />
        <p style={{ margin: 0, color: "var(--text-2)", fontSize: 12.5, lineHeight: "18px" }}>
          {outside
            ? "They will see milestones, tasks, people, and what is marked for them. Never money, hours, internal notes, or what is team only."
            : "They will see everything in this project, money and internal notes included."}
        </p>
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
