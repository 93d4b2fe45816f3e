// Shortcuts as they stand on keys: "mod+k" is "Ctrl K" or, on a Mac, "⌘ K"; "g c" is G, then C.

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

export const modifierName = isMac ? "⌘" : "Ctrl";

const names: Readonly<Record<string, string>> = {
  mod: modifierName,
  shift: "Shift",
  alt: isMac ? "⌥" : "Alt",
  enter: "Enter",
  escape: "Esc",
  arrowup: "↑",
  arrowdown: "↓",
};

/** The keys of a shortcut in the order they are pressed. */
export const shortcutKeys = (shortcut: string): readonly string[] =>
  shortcut.split(" ").map((step) =>
    step
      .split("+")
      .map((key) => names[key.toLowerCase()] ?? key.toUpperCase())
      .join(" "),
  );
