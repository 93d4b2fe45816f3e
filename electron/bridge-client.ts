// The window's side of the bridge, as the preload exposes it. Answers are parsed too: neither side trusts the other's types.

import {
  bridgeChannels,
  deepLinkChannel,
  deepLinkSchema,
  type BridgeAnswer,
  type BridgeChannel,
  type BridgeRequest,
  type DesktopBridge,
} from "#shared/desktop/bridge.ts";

/** The part of Electron's ipcRenderer that is used. */
export type IpcRenderer = {
  invoke(channel: string, ...input: unknown[]): Promise<unknown>;
  on(channel: string, listener: (event: unknown, ...input: unknown[]) => void): unknown;
  removeListener(channel: string, listener: (event: unknown, ...input: unknown[]) => void): unknown;
};

export function createBridgeClient(ipc: IpcRenderer): DesktopBridge {
  const call = async <C extends BridgeChannel>(channel: C, request: BridgeRequest<C>): Promise<BridgeAnswer<C>> => {
    const answer = bridgeChannels[channel].answer.parse(
      await ipc.invoke(channel, bridgeChannels[channel].request.parse(request)),
    );
    return answer as BridgeAnswer<C>;
  };
  return {
    ready: () => call("desktop:ready", undefined),
    relayUrl: () => call("desktop:relay-url", undefined),
    setRelayUrl: (url) => call("desktop:set-relay-url", url),
    loadSession: () => call("desktop:load-session", undefined),
    saveSession: (token) => call("desktop:save-session", token),
    clearSession: () => call("desktop:clear-session", undefined),
    setBadge: (count) => call("desktop:set-badge", count),
    onDeepLink(listener) {
      const onMessage = (_event: unknown, input: unknown): void => {
        const path = deepLinkSchema.safeParse(input);
        if (path.success) listener(path.data);
      };
      ipc.on(deepLinkChannel, onMessage);
      return () => void ipc.removeListener(deepLinkChannel, onMessage);
    },
  };
}
