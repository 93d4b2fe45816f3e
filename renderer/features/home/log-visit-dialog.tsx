// A visit that was made: the form, in a dialog. Its code is loaded when it is first asked for.

import { Modal } from "@mantine/core";
import { RecordForm } from "#renderer/fields/record-form.tsx";
import { showDone } from "#renderer/ui/toast.ts";
import { useReturnFocus } from "#renderer/ui/use-return-focus.ts";

type Props = { readonly me: string; readonly space: string; readonly startAt: string; readonly onClose: () => void };

export function LogVisitDialog({ me, space, startAt, onClose }: Props) {
  useReturnFocus();
  return (
    <Modal opened onClose={onClose} title="Log a visit" size="lg">
      <RecordForm
        type="activity"
        space={space}
        initial={{ channel: "visit", status: "held", startAt, owner: me }}
        onCancel={onClose}
        onCreated={() => {
          onClose();
          showDone("Visit logged. Saved on this device.");
        }}
      />
    </Modal>
  );
}
