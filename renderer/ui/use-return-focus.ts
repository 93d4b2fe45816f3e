// Gives the focus back to where it was when a dialog opened, once the dialog is gone.

import { useEffect, useState } from "react";

export function useReturnFocus(): void {
  // Read while the dialog is first rendered: a moment later the dialog itself has the focus.
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // After the dialog has left the page; whoever took the focus in the meantime keeps it.
      setTimeout(() => {
        const active = document.activeElement;
        const free = active === null || active === document.body || active.closest("[role=dialog]") !== null;
        if (free && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      }, 0);
    },
    [before],
  );
}
