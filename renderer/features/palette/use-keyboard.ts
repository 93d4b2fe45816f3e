// The keyboard of the whole app: runs whatever the registry says a shortcut means. Keys without Ctrl or Cmd are quiet
// while somebody types, while a dialog is open, and when they are switched off.

import { useEffect } from "react";
import { allCommands, type Command } from "#renderer/ui/commands.ts";
import { isTyping, singleKeysEnabled } from "#renderer/ui/single-keys.ts";

const SEQUENCE_MS = 1_200;

const dialogIsOpen = (): boolean =>
  document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;

/** The step a key press stands for, as written in a command's shortcut: "k", "?", "mod+k". */
function stepOf(event: KeyboardEvent): string | undefined {
  if (event.altKey || event.isComposing || event.key.length === 0) return undefined;
  const key = event.key.toLowerCase();
  const modified = event.ctrlKey || event.metaKey;
  if (modified) return event.shiftKey ? `mod+shift+${key}` : `mod+${key}`;
  // With Shift only signs count ("?"): Shift+N is not N.
  return event.shiftKey && /^[a-z]$/.test(key) ? undefined : key;
}

export function useKeyboard(): void {
  useEffect(() => {
    let before: { step: string; at: number } | undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      const step = stepOf(event);
      if (step === undefined || event.defaultPrevented) return;
      const single = !step.startsWith("mod+");
      // The palette opens from anywhere; everything else leaves inputs and dialogs alone.
      const busy = isTyping(event.target) || dialogIsOpen();
      if (busy && step !== "mod+k") return;
      if (single && !singleKeysEnabled()) return;
      const commands = allCommands();
      const sequence =
        before !== undefined && event.timeStamp - before.at < SEQUENCE_MS ? `${before.step} ${step}` : undefined;
      const commandOf = (keys: string): Command | undefined => commands.find(({ shortcut }) => shortcut === keys);
      const command = (sequence === undefined ? undefined : commandOf(sequence)) ?? commandOf(step);
      before = single && command === undefined ? { step, at: event.timeStamp } : undefined;
      if (command === undefined) return;
      event.preventDefault();
      command.run();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
