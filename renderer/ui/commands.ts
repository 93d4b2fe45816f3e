// One registry of commands: the palette lists them, the shortcut sheet explains them, the keyboard runs them. A screen
// registers what can be done on it while it is shown.
// Shortcuts are written as pressed: "n", "?", "g c" (one after the other), "mod+z" (Ctrl, or Cmd on a Mac).

import { useEffect, useRef, useSyncExternalStore } from "react";

export type Command = {
  readonly id: string;
  readonly title: string;
  readonly section: string;
  readonly shortcut?: string;
  readonly run: () => void;
};

type Entry = { commands: readonly Command[] };

const entries = new Set<Entry>();
const listeners = new Set<() => void>();
let all: readonly Command[] = [];

function publish(): void {
  // Later screens win: the newest command of an id is the one that runs, and context stands before navigation.
  const byId = new Map<string, Command>();
  for (const entry of [...entries].reverse()) {
    for (const command of entry.commands) if (!byId.has(command.id)) byId.set(command.id, command);
  }
  all = [...byId.values()];
  for (const listener of listeners) listener();
}

const signature = (commands: readonly Command[]): string =>
  commands
    .map((command) => `${command.id}\n${command.title}\n${command.section}\n${command.shortcut ?? ""}`)
    .join("\n\n");

/** Offers these commands while the calling component is shown. */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  const written = signature(commands);
  useEffect(() => {
    const runs = (id: string) => (): void => latest.current.find((command) => command.id === id)?.run();
    const entry: Entry = { commands: latest.current.map((command) => ({ ...command, run: runs(command.id) })) };
    entries.add(entry);
    publish();
    return () => {
      entries.delete(entry);
      publish();
    };
  }, [written]);
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const allCommands = (): readonly Command[] => all;

export const useAllCommands = (): readonly Command[] => useSyncExternalStore(subscribe, allCommands);
