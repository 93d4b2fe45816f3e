// Invites somebody by e-mail address: says with whom and as what before it happens, then shows the link once.

import { Button, Select, Stack, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { usePersonaLabel } from "#renderer/data/use-personas.ts";
import { isInternal, isPersona, type Persona } from "#shared/model/personas.ts";
import { useData } from "#renderer/data/hooks.tsx";
import type { MadeInvitation } from "#renderer/data/sharing-types.ts";
import { HandOverLink } from "./hand-over-link.tsx";
import { Problem } from "./problem.tsx";
import classes from "./invitations.module.css";

type Props = {
  /** For people from outside; the team is in every space. */
  readonly space: string;
  readonly personas: readonly Persona[];
  /** What somebody with this persona will see, in one sentence. */
  readonly explain: (persona: Persona) => string;
  readonly onMade?: () => void;
  readonly onClose: () => void;
};

export function InviteForm({ space, personas, explain, onMade, onClose }: Props) {
  const labelOf = usePersonaLabel();
  const { sharing } = useData();
  const [email, setEmail] = useState("");
  const [persona, setPersona] = useState<Persona>(personas[0] ?? "client");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<MadeInvitation | undefined>(undefined);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (email.trim() === "") {
      setProblem("Enter an e-mail address.");
      return;
    }
    setBusy(true);
    setProblem(undefined);
    const result = await sharing.invite({ email: email.trim(), persona, space: isInternal(persona) ? "" : space });
    setBusy(false);
    if (!result.ok) {
      setProblem(result.error.message);
      return;
    }
    setMade(result.value);
    onMade?.();
  };

  if (made !== undefined) return <MadeLink made={made} onClose={onClose} />;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap={14}>
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="off"
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Select
          label="As"
          data={personas.map((one) => ({ value: one, label: labelOf(one) }))}
          allowDeselect={false}
          value={persona}
          onChange={(value) => {
            if (value !== null && isPersona(value)) setPersona(value);
          }}
        />
        <p className={classes.note}>{explain(persona)}</p>
        <Problem message={problem} />
        <div className={classes.buttons}>
          <Button type="submit" color="amber" loading={busy}>
            Make the invitation
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </Stack>
    </form>
  );
}

function MadeLink({ made, onClose }: { readonly made: MadeInvitation; readonly onClose: () => void }) {
  const labelOf = usePersonaLabel();
  const { email, persona } = made.invitation;
  return (
    <HandOverLink
      label="Invitation link"
      description="Works once, for this address only, within 7 days. It is shown here and nowhere else."
      link={made.link}
      mail={made.mail}
      onClose={onClose}
    >
      <strong>{email}</strong> is invited as {labelOf(persona).toLowerCase()}.
    </HandOverLink>
  );
}
