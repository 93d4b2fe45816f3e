// The session token, encrypted by the operating system's key store. Linux without a key store offers `basic_text`, which
// is a fixed key and no protection: it is refused, and the person signs in again at the next start.

import type { Stored } from "#shared/desktop/bridge.ts";
import type { SettingsFile } from "./settings-file.ts";

/** The part of Electron's safeStorage that is used. */
export type SafeStorage = {
  isEncryptionAvailable(): boolean;
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(bytes: Buffer): string;
};

const REFUSED =
  "This system has no key store that protects the sign-in, so it is not kept. Set up a key ring (for example GNOME Keyring or KWallet), or sign in again after each start.";

export type SecureSession = { load(): string | undefined; save(token: string): Stored; clear(): Stored };

export function createSecureSession(deps: {
  safeStorage: SafeStorage;
  settings: SettingsFile;
  platform: string;
}): SecureSession {
  const protects = (): boolean => {
    if (!deps.safeStorage.isEncryptionAvailable()) return false;
    return (
      deps.platform !== "linux" ||
      !["basic_text", "unknown"].includes(deps.safeStorage.getSelectedStorageBackend?.() ?? "unknown")
    );
  };
  return {
    load() {
      const kept = deps.settings.read().session;
      if (kept === undefined || !protects()) return undefined;
      try {
        return deps.safeStorage.decryptString(Buffer.from(kept, "base64"));
      } catch {
        // Another user's or another machine's key: worthless here, so it goes.
        deps.settings.write({ session: undefined });
        return undefined;
      }
    },
    save(token) {
      if (!protects()) return { stored: false, reason: REFUSED };
      deps.settings.write({ session: deps.safeStorage.encryptString(token).toString("base64") });
      return { stored: true };
    },
    clear() {
      deps.settings.write({ session: undefined });
      return { stored: true };
    },
  };
}
