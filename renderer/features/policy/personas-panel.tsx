// The personas of the organization: those that ship can be renamed, more can be added on both sides, and deleted while
// nobody has them.

import { Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { showProblem } from "#renderer/ui/toast.ts";
import type { PolicyState } from "#shared/model/policy-report.ts";
import { isInternal, isShippedPersona, personaLabel, type Persona } from "#shared/model/personas.ts";
import { personasOf } from "#shared/model/policy.ts";
import type { Result } from "#shared/model/result.ts";
import classes from "./policy-page.module.css";

type Props = { readonly state: PolicyState; readonly onChanged: (state: PolicyState) => void };

const sides = [
  { value: "team", label: "A role of the team" },
  { value: "guest", label: "Somebody from outside" },
];

export function PersonasPanel({ state, onChanged }: Props) {
  const { policy } = useData();
  const [label, setLabel] = useState("");
  const [side, setSide] = useState<"team" | "guest">("guest");
  const [renaming, setRenaming] = useState<{ readonly id: Persona; readonly label: string } | undefined>(undefined);
  const take = (answer: Result<PolicyState, { readonly message: string }>): boolean => {
    if (answer.ok) onChanged(answer.value);
    else showProblem(answer.error.message);
    return answer.ok;
  };
  const add = async (): Promise<void> => {
    if (take(await policy.addPersona({ label, side }))) setLabel("");
  };
  return (
    <Panel title="Personas" flush>
      {personasOf(state).map((persona) => {
        const name = personaLabel(persona, state.personas);
        const held = state.people[persona]?.members ?? 0;
        return (
          <div key={persona} className={classes.row}>
            {renaming?.id === persona ? (
              <TextInput
                aria-label={`New name of ${name}`}
                className={classes.name ?? ""}
                value={renaming.label}
                onChange={(event) => setRenaming({ id: persona, label: event.currentTarget.value })}
              />
            ) : (
              <span className={classes.name}>
                {name}
                <span className={classes.count}>{held}</span>
              </span>
            )}
            <span className={classes.quiet}>{isInternal(persona) ? "team" : "outside"}</span>
            {renaming?.id === persona ? (
              <Button
                size="xs"
                variant="default"
                onClick={async () => {
                  if (take(await policy.renamePersona(persona, renaming.label))) setRenaming(undefined);
                }}
              >
                Save
              </Button>
            ) : (
              <Button
                size="xs"
                variant="subtle"
                aria-label={`Rename ${name}`}
                onClick={() => setRenaming({ id: persona, label: name })}
              >
                Rename
              </Button>
            )}
            {!isShippedPersona(persona) && (
              <Button
                size="xs"
                variant="subtle"
                aria-label={`Delete ${name}`}
                onClick={async () => void take(await policy.removePersona(persona))}
              >
                Delete
              </Button>
            )}
          </div>
        );
      })}
      <form
        className={classes.add}
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <TextInput label="New persona" value={label} onChange={(event) => setLabel(event.currentTarget.value)} />
        <Select
          label="Side"
          data={sides}
          value={side}
          allowDeselect={false}
          onChange={(value) => setSide(value === "team" ? "team" : "guest")}
        />
        <Button type="submit" variant="default">
          Add
        </Button>
      </form>
      <p className={classes.add}>
        <span className={classes.quiet}>
          A new persona sees from the start what everyone in a space sees, a role of the team what the whole team sees.
          Take away in the matrix what it should not see before you give it to anybody.
        </span>
      </p>
    </Panel>
  );
}
