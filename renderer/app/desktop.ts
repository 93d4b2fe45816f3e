// What the desktop shell offers, when the app runs inside it. In a browser there is no bridge and nothing here matters.

type DesktopBridge = {
  /** Address of the relay this desktop app belongs to; undefined until somebody has chosen one. */
  relayUrl(): Promise<string | undefined>;
};

declare global {
  interface Window {
    readonly desktop?: DesktopBridge;
  }
}

/** The relay's origin: this page's own, or the one the desktop app knows. */
export const findRelayUrl = async (): Promise<string> => (await window.desktop?.relayUrl()) ?? window.location.origin;
