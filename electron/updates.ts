// Updates come from where the operator publishes them (generic provider, app-update.yml). They are downloaded in the
// background, signature-checked by electron-updater, and installed at the next quit: never in the middle of work.

/** The part of electron-updater's autoUpdater that is used. */
export type AutoUpdater = {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  allowDowngrade: boolean;
  checkForUpdates(): Promise<unknown>;
  on(event: "update-downloaded" | "update-not-available" | "error", listener: () => void): unknown;
};

export type UpdateMessages = { info(message: string): void };

export function wireUpdates(
  updater: AutoUpdater,
  deps: { isPackaged: boolean; messages: UpdateMessages },
): { check(): Promise<void> } {
  updater.autoDownload = true;
  updater.autoInstallOnAppQuit = true;
  updater.allowDowngrade = false;
  let asked = false;
  const tell = (message: string): void => {
    if (asked) deps.messages.info(message);
    asked = false;
  };
  updater.on("update-downloaded", () =>
    deps.messages.info("A new version is ready. It is installed when you close Drawbridge."),
  );
  updater.on("update-not-available", () => tell("This is the newest version."));
  updater.on("error", () => tell("The update server could not be reached. Try again when you are online."));
  const run = async (): Promise<void> => {
    if (!deps.isPackaged) return tell("Updates come with the installed app; this one runs from its source.");
    try {
      await updater.checkForUpdates();
    } catch {
      // The "error" event above has already told whoever asked.
    }
  };
  void run();
  return {
    check: () => {
      asked = true;
      return run();
    },
  };
}
