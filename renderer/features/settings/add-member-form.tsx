// Adds a person with a first password, which they are told by the one who adds them.

import { Alert, Button, PasswordInput, Select, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { isPersona, personaLabels, personas, type Persona } from "#shared/model/personas.ts";
import { useData } from "#renderer/data/hooks.tsx";
import { showDone } from "#renderer/ui/toast.ts";
import classes from "./settings.module.css";

const choices = personas.map((persona) => ({ value: persona, label: personaLabels[persona] }));

export function AddMemberForm({ onAdded, onClose }: { readonly onAdded: () => void; readonly onClose: () => void }) {
  const { people } = useData();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [persona, setPersona] = useState<Persona>("sales");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (name.trim() === "" || email.trim() === "" || password === "") {
      setProblem("Enter a name, an e-mail address and a first password.");
      return;
    }
    setBusy(true);
    setProblem(undefined);
    const result = await people.add({ name: name.trim(), email: email.trim(), password, persona });
    setBusy(false);
    if (!result.ok) {
      setProblem(result.error.message);
      return;
    }
    showDone(`${result.value.name} can sign in now.`);
    onAdded();
  };

  return (
    <form className={classes.padded} onSubmit={(event) => void submit(event)} noValidate>
      <div className={classes.form}>
        <TextInput
          label="Name"
          autoComplete="off"
          autoFocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Select
          label="Persona"
          data={choices}
          value={persona}
          allowDeselect={false}
          onChange={(value) => {
            if (value !== null && isPersona(value)) setPersona(value);
          }}
        />
        <PasswordInput
          label="First password"
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": "Show the password", tabIndex: 0 }}
        />
        {problem !== undefined && (
          <Alert className={classes.wide ?? ""} color="brick" variant="light" role="alert" p="sm">
            {problem}
          </Alert>
        )}
        <div className={`${classes.buttons ?? ""} ${classes.wide ?? ""}`}>
          <Button type="submit" color="amber" loading={busy}>
            Add the person
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </div>
    </form>
  );
}
