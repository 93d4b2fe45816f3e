// One's own password: the one there is, and another one. Other devices are signed out by it and keep what they hold.

import { Button, PasswordInput, Stack } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { Problem } from "#renderer/ui/problem.tsx";
import { showDone } from "#renderer/ui/toast.ts";
import classes from "./settings.module.css";

const visibility = { "aria-label": "Show the password", tabIndex: 0 };

export function PasswordPanel() {
  const { people } = useData();
  const [isOpen, setOpen] = useState(false);
  const [before, setBefore] = useState("");
  const [after, setAfter] = useState("");
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);

  const close = (): void => {
    setOpen(false);
    setBefore("");
    setAfter("");
    setProblem(undefined);
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (before === "" || after === "") {
      setProblem("Enter the password you have now, and a new one.");
      return;
    }
    setBusy(true);
    setProblem(undefined);
    const changed = await people.changePassword({ before, after });
    setBusy(false);
    if (!changed.ok) {
      setProblem(changed.error.message);
      return;
    }
    close();
    showDone("Your password is changed. Your other devices are signed out.");
  };

  return (
    <Panel title="Password">
      <p className={classes.text}>
        With another password your other devices are signed out. What they hold stays on them until you sign in there
        again.
      </p>
      {!isOpen && (
        <Button variant="default" onClick={() => setOpen(true)}>
          Change password
        </Button>
      )}
      {isOpen && (
        <form onSubmit={(event) => void submit(event)} noValidate>
          <Stack gap={14} maw={420}>
            <PasswordInput
              label="Password you have now"
              name="current-password"
              autoComplete="current-password"
              data-autofocus
              autoFocus
              value={before}
              onChange={(event) => setBefore(event.currentTarget.value)}
              visibilityToggleButtonProps={visibility}
            />
            <PasswordInput
              label="New password"
              description="8 characters or more. A short sentence is easy to remember."
              name="new-password"
              autoComplete="new-password"
              value={after}
              onChange={(event) => setAfter(event.currentTarget.value)}
              visibilityToggleButtonProps={visibility}
            />
            <Problem message={problem} />
            <div className={classes.buttons}>
              <Button type="submit" color="amber" loading={busy}>
                Save the new password
              </Button>
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
            </div>
          </Stack>
        </form>
      )}
    </Panel>
  );
}
