// The page asks not to be left while something is on its way to the disk. A window has no dialog for that: it waits and
// leaves by itself as soon as the page lets it go, and asks only when that takes long (a full disk, say).

export type LeavableWindow = {
  readonly on: (event: "close", listener: () => void) => void;
  readonly close: () => void;
  readonly isDestroyed: () => boolean;
  readonly webContents: {
    readonly on: (event: "will-prevent-unload", listener: (event: { preventDefault(): void }) => void) => void;
    readonly reload: () => void;
  };
};

type Options = {
  /** Whether to leave although something is not saved. */
  readonly askToLose: () => boolean;
  readonly now?: () => number;
};

const AGAIN_MS = 50;
const ASK_AFTER_MS = 5_000;
/** After a longer pause it is another wish to leave. */
const SAME_WISH_MS = 1_000;

export function waitToLeave(window: LeavableWindow, { askToLose, now = Date.now }: Options): void {
  let closing = false;
  let since = 0;
  let last = 0;

  function again(): void {
    if (window.isDestroyed()) return;
    if (closing) window.close();
    else window.webContents.reload();
  }

  window.on("close", () => (closing = true));
  window.webContents.on("will-prevent-unload", (event) => {
    const at = now();
    if (at - last > SAME_WISH_MS) since = at;
    last = at;
    if (at - since < ASK_AFTER_MS) {
      setTimeout(again, AGAIN_MS);
      return;
    }
    last = 0;
    // In Electron this lets the page go.
    if (askToLose()) event.preventDefault();
    else closing = false;
  });
}
