// What can be done with the chosen rows. It floats, Esc clears, and every deed can be taken back.

import { Button, Popover, UnstyledButton } from "@mantine/core";
import { IconTrash, IconUserCircle, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { Edited } from "#renderer/data/types.ts";
import { FieldInput } from "#renderer/fields/field-input.tsx";
import { saveProblem } from "#renderer/fields/save-problem.ts";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import classes from "./list.module.css";
import type { Selection } from "./use-selection.ts";

type Props = { readonly definition: RecordTypeDefinition; readonly selection: Selection };

export function BulkBar({ definition, selection }: Props) {
  const { edit } = useData();
  const [choosing, setChoosing] = useState(false);
  const [draft, setDraft] = useState<unknown>("");
  const [busy, setBusy] = useState(false);
  const ids = [...selection.ids];
  if (ids.length === 0) return null;
  const count = `${ids.length.toLocaleString("en-GB")} ${(ids.length === 1 ? definition.label.one : definition.label.many).toLowerCase()}`;
  const person = ["owner", "assignee"].find((name) => definition.fields[name]?.kind === "person");
  const spec = person === undefined ? undefined : definition.fields[person];

  const remove = async () => {
    setBusy(true);
    const result = await edit.remove(ids);
    setBusy(false);
    if (!result.ok) return showProblem(saveProblem(result.error));
    selection.clear();
    showDone(`${count} deleted. Saved on this device.`, () => void result.value.undo());
  };
  const setPerson = async (value: unknown) => {
    if (person === undefined || spec === undefined || value === "") return;
    setChoosing(false);
    setBusy(true);
    const done: Edited[] = [];
    let problem: string | undefined;
    for (const id of ids) {
      const result = await edit.set(id, { [person]: value });
      if (result.ok) done.push(result.value);
      else problem = saveProblem(result.error, person);
    }
    setBusy(false);
    setDraft("");
    if (problem !== undefined) showProblem(`${done.length} of ${ids.length} changed. ${problem}`);
    else {
      showDone(`${spec.label} of ${count} changed. Saved on this device.`, () => {
        void Promise.all(done.map((edited) => edited.undo()));
      });
    }
  };

  return (
    <div className={classes.bulk} role="region" aria-label="Selected rows">
      <strong className={classes.bulkCount}>{ids.length.toLocaleString("en-GB")} selected</strong>
      {spec === undefined ? null : (
        <Popover opened={choosing} onChange={setChoosing} position="top" withinPortal trapFocus returnFocus>
          <Popover.Target>
            <UnstyledButton className={classes.bulkButton} disabled={busy} onClick={() => setChoosing(!choosing)}>
              <IconUserCircle size={17} aria-hidden /> {spec.label}
            </UnstyledButton>
          </Popover.Target>
          <Popover.Dropdown miw={240}>
            <FieldInput
              spec={spec}
              label={`New ${spec.label.toLowerCase()}`}
              draft={draft}
              onDraft={setDraft}
              onCommit={() => undefined}
              onCancel={() => setChoosing(false)}
              autoFocus
              invalid={false}
              inline={false}
              floating
            />
            <Button mt={8} fullWidth disabled={draft === ""} onClick={() => void setPerson(draft)}>
              Set {spec.label.toLowerCase()} of {count}
            </Button>
          </Popover.Dropdown>
        </Popover>
      )}
      <UnstyledButton className={classes.bulkButton} disabled={busy} onClick={() => void remove()}>
        <IconTrash size={17} aria-hidden /> Delete
      </UnstyledButton>
      <UnstyledButton className={classes.bulkButton} aria-label="Clear selection" onClick={selection.clear}>
        <IconX size={16} aria-hidden /> <kbd className={classes.bulkKey}>Esc</kbd>
      </UnstyledButton>
    </div>
  );
}
