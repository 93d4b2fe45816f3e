// Signing out removes what this device holds. It refuses while changes live only here, and says how many; the person can
// keep them in a file, go back, or remove them all the same.

import { Button, Group, Modal } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { noteExport } from "#renderer/data/export-reports.ts";
import { useData, useSyncStatus } from "#renderer/data/hooks.tsx";
import { useDialogs } from "#renderer/ui/dialogs.ts";
import { datedName, download } from "#renderer/ui/download.ts";
import { showProblem } from "#renderer/ui/toast.ts";
import { useReturnFocus } from "#renderer/ui/use-return-focus.ts";
import classes from "./sign-out-dialog.module.css";

export function SignOutDialog() {
  useReturnFocus();
  const data = useData();
  const { session, sync } = data;
  const status = useSyncStatus();
  const navigate = useNavigate();
  const close = useDialogs((state) => state.close);
  const [unsynced, setUnsynced] = useState<number | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const waiting = Math.max(unsynced ?? 0, status.waiting + status.refused);

  const leave = async (evenUnsynced: boolean): Promise<void> => {
    setBusy(true);
    const result = await session.signOut({ evenUnsynced });
    setBusy(false);
    if (!result.ok) {
      setUnsynced(result.error.waiting);
      return;
    }
    close();
    // The next person may be somebody else, who has nothing at this address.
    void navigate({ to: "/", replace: true });
  };
  const save = async (): Promise<void> => {
    const file = await sync.exportPending();
    await noteExport(data, { what: "pending changes", changes: waiting });
    download(file, datedName("pending"));
  };

  return (
    <Modal opened onClose={close} title="Sign out of this device?">
      {waiting > 0 ? (
        <p className={classes.words}>
          <strong>
            {waiting === 1 ? "1 change lives only on this device." : `${waiting} changes live only on this device.`}
          </strong>{" "}
          Signing out removes them. Go back and let them sync, or keep them in a file first.
        </p>
      ) : (
        <p className={classes.words}>
          Everything is synced. What this device holds is removed, and comes back at the next sign-in.
        </p>
      )}
      <Group justify="flex-end" gap="sm">
        {waiting > 0 && (
          <Button
            variant="default"
            onClick={() => void save().catch(() => showProblem("The file could not be made. Reload and try again."))}
          >
            Keep them in a file
          </Button>
        )}
        {waiting > 0 && (
          <Button variant="default" color="brick" loading={busy} onClick={() => void leave(true)}>
            Remove them and sign out
          </Button>
        )}
        <Button variant={waiting > 0 ? "filled" : "default"} onClick={close} data-autofocus>
          Go back
        </Button>
        {waiting === 0 && (
          <Button color="amber" loading={busy} onClick={() => void leave(false)}>
            Sign out
          </Button>
        )}
      </Group>
    </Modal>
  );
}
