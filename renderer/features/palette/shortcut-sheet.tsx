// Every key there is, from the same registry that runs them, plus the keys of lists.

import { Modal, Switch } from "@mantine/core";
import { useAllCommands, type Command } from "#renderer/ui/commands.ts";
import { useDialogs } from "#renderer/ui/dialogs.ts";
import { shortcutKeys } from "#renderer/ui/shortcut-words.ts";
import { useSingleKeys } from "#renderer/ui/single-keys.ts";
import { useReturnFocus } from "#renderer/ui/use-return-focus.ts";
import classes from "./shortcut-sheet.module.css";

type Line = Pick<Command, "title" | "shortcut">;

const listKeys: readonly Line[] = [
  { title: "Next row", shortcut: "j" },
  { title: "Previous row", shortcut: "k" },
  { title: "Select the row", shortcut: "x" },
  { title: "Edit the cell, or open the record", shortcut: "enter" },
  { title: "Open the record", shortcut: "o" },
  { title: "Select all", shortcut: "mod+a" },
  { title: "Clear the selection", shortcut: "escape" },
];

export function ShortcutSheet() {
  useReturnFocus();
  const close = useDialogs((state) => state.close);
  const keys = useSingleKeys();
  const withKeys = useAllCommands().filter((command) => command.shortcut !== undefined);
  const sections: readonly (readonly [string, readonly Line[]])[] = [
    ...Map.groupBy(withKeys, (command) => command.section),
    ["In lists", listKeys],
  ];
  return (
    <Modal opened onClose={close} title="Help and keyboard shortcuts" size={720}>
      <Switch
        label="Keys without Ctrl or Cmd"
        description="Switch them off if you use speech input or press keys by accident."
        checked={keys.enabled}
        onChange={(event) => keys.setEnabled(event.currentTarget.checked)}
      />
      <div className={classes.columns}>
        {sections.map(([section, lines]) => (
          <section key={section} className={classes.section}>
            <h3>{section}</h3>
            <dl>
              {lines.map(({ title, shortcut = "" }) => (
                <div key={title} className={classes.line}>
                  <dt>{title}</dt>
                  <dd>
                    {shortcutKeys(shortcut).map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
