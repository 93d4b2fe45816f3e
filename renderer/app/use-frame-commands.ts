// Commands that exist everywhere: go to a place (G, then a letter), undo, theme, sign out.

import { useMantineColorScheme } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useCommands, type Command } from "#renderer/ui/commands.ts";
import { showDialog } from "#renderer/ui/dialogs.ts";
import { showDone, undoLast } from "#renderer/ui/toast.ts";
import { listPlaces } from "./places.ts";
import { useMemberSpaces } from "./use-member-spaces.ts";

type Place = { readonly path: string; readonly label: string };

/** Gives each place the first letter of its name that no place before it has taken. */
function withLetters(places: readonly Place[]): readonly (Place & { readonly letter: string | undefined })[] {
  const taken = new Set<string>();
  return places.map((place) => {
    const letter = place.label
      .toLowerCase()
      .match(/[a-z]/g)
      ?.find((candidate) => !taken.has(candidate));
    if (letter !== undefined) taken.add(letter);
    return { ...place, letter };
  });
}

export function useFrameCommands(): void {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const spaces = useMemberSpaces();
  const crm: readonly Place[] =
    spaces?.hasCrm === true ? [{ path: "/", label: "Home" }, ...listPlaces, { path: "/import", label: "Import" }] : [];
  const places = withLetters([
    ...crm,
    { path: "/projects", label: "Projects" },
    { path: "/my-tasks", label: "My tasks" },
    { path: "/inbox", label: "Inbox" },
    { path: "/settings", label: "Settings" },
    { path: "/pending", label: "Waiting changes" },
  ]);
  const goTo = places.map(({ path, label, letter }): Command => ({
    id: `go ${path}`,
    title: `Go to ${label}`,
    section: "Go to",
    ...(letter === undefined ? {} : { shortcut: `g ${letter}` }),
    run: () => void navigate({ to: path }),
  }));
  useCommands([
    ...goTo,
    { id: "search", title: "Search everything", section: "Everywhere", run: () => void navigate({ to: "/search" }) },
    {
      id: "palette",
      title: "Search or run a command",
      section: "Everywhere",
      shortcut: "mod+k",
      run: () => showDialog("palette"),
    },
    {
      id: "shortcuts",
      title: "Keyboard shortcuts",
      section: "Everywhere",
      shortcut: "?",
      run: () => showDialog("shortcuts"),
    },
    {
      id: "undo",
      title: "Undo the last change",
      section: "Everywhere",
      shortcut: "mod+z",
      run: () => {
        if (!undoLast()) showDone("There is nothing to undo.");
      },
    },
    { id: "theme light", title: "Theme: light", section: "Everywhere", run: () => setColorScheme("light") },
    { id: "theme dark", title: "Theme: dark", section: "Everywhere", run: () => setColorScheme("dark") },
    { id: "theme system", title: "Theme: as the system", section: "Everywhere", run: () => setColorScheme("auto") },
    { id: "sign out", title: "Sign out", section: "Everywhere", run: () => showDialog("signOut") },
  ]);
}
