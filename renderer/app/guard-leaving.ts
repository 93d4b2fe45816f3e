// A page is not left silently with something that is shown and not on the disk yet. The browser asks; the desktop shell
// waits and closes by itself (electron/wait-to-leave.ts).

import type { Unsaved } from "#renderer/data/unsaved.ts";

export function guardLeaving(unsaved: Unsaved): void {
  window.addEventListener("beforeunload", (event) => {
    saveWhatIsBeingTyped();
    if (unsaved.any()) event.preventDefault();
  });
}

/** Fields save when the focus leaves them. Another tab or window takes it by itself, the end of the page does not. */
function saveWhatIsBeingTyped(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}
