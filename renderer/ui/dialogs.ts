// Which of the app's own dialogs is open. Any screen may ask for one; the frame shows it.

import { create } from "zustand";

type DialogName = "palette" | "shortcuts" | "signOut";

type Dialogs = {
  readonly open: DialogName | undefined;
  readonly show: (name: DialogName) => void;
  readonly close: () => void;
};

export const useDialogs = create<Dialogs>((set) => ({
  open: undefined,
  show: (name) => set({ open: name }),
  close: () => set({ open: undefined }),
}));

export const showDialog = (name: DialogName): void => useDialogs.getState().show(name);
