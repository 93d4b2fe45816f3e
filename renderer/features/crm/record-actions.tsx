// What can be done with a record as a whole.

import { ActionIcon, Menu } from "@mantine/core";
import { IconCopy, IconDots, IconTrash } from "@tabler/icons-react";
import { useData } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { ViewAsItems } from "#renderer/fields/view-as-items.tsx";
import { saveProblem } from "#renderer/fields/save-problem.ts";
import { useCommands } from "#renderer/ui/commands.ts";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { Owner } from "./record-header.tsx";
import { titleOrWords } from "./record-words.ts";
import classes from "./record.module.css";

export function RecordActions({
  row,
  definition,
}: {
  readonly row: RecordRow;
  readonly definition: RecordTypeDefinition;
}) {
  const { edit } = useData();
  const { persona } = useRequiredFieldContext();
  const { canWrite } = useRights();
  const mayDelete = row.state !== "deleted" && Object.keys(row.docs).some((facet) => canWrite(facet, persona));
  const one = definition.label.one.toLowerCase();

  const remove = async () => {
    const result = await edit.remove([row.id]);
    if (!result.ok) return showProblem(saveProblem(result.error));
    showDone(`${titleOrWords(row)} deleted. Saved on this device.`, () => void result.value.undo());
  };
  const copy = async () => {
    await navigator.clipboard.writeText(window.location.href);
    showDone("Link copied.");
  };
  useCommands([
    { id: "record-copy-link", title: "Copy link", section: titleOrWords(row), run: () => void copy() },
    ...(mayDelete
      ? [{ id: "record-delete", title: `Delete this ${one}`, section: titleOrWords(row), run: () => void remove() }]
      : []),
  ]);

  return (
    <>
      <Owner row={row} definition={definition} />
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="default" size={30} className={classes.dots} aria-label="More actions">
            <IconDots size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={16} aria-hidden />} onClick={() => void copy()}>
            Copy link
          </Menu.Item>
          <Menu.Divider />
          <ViewAsItems space={row.space} persona={persona} />
          {mayDelete ? (
            <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} color="red" onClick={() => void remove()}>
              Delete this {one}
            </Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
