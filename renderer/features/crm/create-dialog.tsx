// "New ..." in a dialog: the form of the type, and where to go when it is made.

import { Modal } from "@mantine/core";
import { RecordForm } from "#renderer/fields/record-form.tsx";
import { useSession } from "#renderer/data/hooks.tsx";
import { showDone } from "#renderer/ui/toast.ts";
import { useReturnFocus } from "#renderer/ui/use-return-focus.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";

type Props = {
  readonly definition: RecordTypeDefinition;
  readonly space: string | undefined;
  readonly opened: boolean;
  readonly initial?: Readonly<Record<string, FieldValue>>;
  readonly onClose: () => void;
  readonly onCreated?: (id: string) => void;
};

/** What a new record starts with: mine, and at the beginning of its way. */
export function startValues(definition: RecordTypeDefinition, me: string): Readonly<Record<string, FieldValue>> {
  const values: Record<string, FieldValue> = {};
  if (me !== "" && definition.fields["owner"]?.kind === "person") values["owner"] = me;
  if (me !== "" && definition.fields["assignee"]?.kind === "person") values["assignee"] = me;
  if (definition.type === "deal") values["stage"] = "prospecting";
  if (definition.type === "task") values["status"] = "notStarted";
  if (definition.type === "activity") {
    values["channel"] = "meeting";
    values["status"] = "planned";
  }
  return values;
}

export function CreateDialog({ definition, space, opened, initial, onClose, onCreated }: Props) {
  const session = useSession();
  const me = session.kind === "signedIn" ? session.me.id : "";
  useReturnFocus();
  return (
    <Modal
      opened={opened && space !== undefined}
      onClose={onClose}
      title={`New ${definition.label.one.toLowerCase()}`}
      size="lg"
    >
      {space === undefined ? null : (
        <RecordForm
          type={definition.type}
          space={space}
          initial={{ ...startValues(definition, me), ...initial }}
          onCancel={onClose}
          onCreated={(id) => {
            onClose();
            showDone(`${definition.label.one} made. Saved on this device.`);
            onCreated?.(id);
          }}
        />
      )}
    </Modal>
  );
}
