// Asked only where something cannot come back by itself.

import { Button, Group, Modal } from "@mantine/core";
import { useState } from "react";
import { showProblem } from "#renderer/ui/toast.ts";
import { useReturnFocus } from "#renderer/ui/use-return-focus.ts";
import classes from "./confirm-dialog.module.css";

type ConfirmDialogProps = {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
};

export function ConfirmDialog({ title, text, confirm, onConfirm, onClose }: ConfirmDialogProps) {
  useReturnFocus();
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      await onConfirm();
    } catch {
      setBusy(false);
      showProblem("That did not work on this device. Reload the page and try again.");
    }
  };
  return (
    <Modal opened onClose={onClose} title={title}>
      <p className={classes.text}>{text}</p>
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep them
        </Button>
        <Button color="brick" loading={busy} onClick={() => void run()}>
          {confirm}
        </Button>
      </Group>
    </Modal>
  );
}
