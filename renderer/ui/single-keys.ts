// Whether keys without Ctrl or Cmd do something (WCAG 2.1.4: it must be possible to switch them off). Kept per browser.

import { create } from "zustand";

const KEY = "drawbridge-single-keys";

type SingleKeys = { readonly enabled: boolean; readonly setEnabled: (enabled: boolean) => void };

const useStore = create<SingleKeys>((set) => ({
  enabled: localStorage.getItem(KEY) !== "off",
  setEnabled: (enabled) => {
    localStorage.setItem(KEY, enabled ? "on" : "off");
    set({ enabled });
  },
}));

export const useSingleKeys = (): SingleKeys => useStore();

/** For key handlers outside React. Lists with J, K and X ask this first. */
export const singleKeysEnabled = (): boolean => useStore.getState().enabled;

/** True when the key belongs to whatever is being typed in. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest("input:not([type=checkbox]), textarea, select, [role=combobox], [role=menu], [role=listbox]") !==
      null
  );
}
