// The main-process side of the bridge: every request is checked for its sender and parsed before anything happens.

import { bridgeChannels, type BridgeAnswer, type BridgeChannel, type BridgeRequest } from "#shared/desktop/bridge.ts";
import type { SecureSession } from "./secure-session.ts";
import type { SettingsFile } from "./settings-file.ts";
import { mayNavigate } from "./navigation-rules.ts";

type Handlers = { [C in BridgeChannel]: (request: BridgeRequest<C>) => BridgeAnswer<C> };

export type BridgeDeps = {
  readonly settings: SettingsFile;
  readonly session: SecureSession;
  readonly version: string;
  readonly platform: string;
  setBadge(count: number): void;
  /** The deep link the app was started with, once. */
  takeDeepLink(): string | undefined;
};

export const createBridgeHandlers = (deps: BridgeDeps): Handlers => ({
  "desktop:relay-url": () => deps.settings.read().relayUrl,
  "desktop:set-relay-url": (url) => {
    deps.settings.write({ relayUrl: url.replace(/\/$/, "") });
    return { stored: true };
  },
  "desktop:load-session": () => deps.session.load(),
  "desktop:save-session": (token) => deps.session.save(token),
  "desktop:clear-session": () => deps.session.clear(),
  "desktop:set-badge": (count) => {
    deps.setBadge(count);
    return undefined;
  },
  "desktop:ready": () => {
    const openAt = deps.takeDeepLink();
    return { version: deps.version, platform: deps.platform, ...(openAt === undefined ? {} : { openAt }) };
  },
});

/** The part of Electron's ipcMain that is used. */
export type IpcMain = {
  handle(
    channel: string,
    listener: (event: { senderFrame: { url: string; parent: unknown } | null }, ...input: unknown[]) => unknown,
  ): void;
};

/** Registers every channel. A request from another frame, or one that does not parse, is refused without effect. */
export function registerBridge(ipcMain: IpcMain, handlers: Handlers): void {
  for (const channel of Object.keys(bridgeChannels) as BridgeChannel[]) {
    const schema = bridgeChannels[channel];
    // The schema of a channel parses what its handler gets: the pairing the loop cannot express.
    const handle = handlers[channel] as (request: unknown) => unknown;
    ipcMain.handle(channel, (event, ...input) => {
      const frame = event.senderFrame;
      if (frame === null || frame.parent !== null || !mayNavigate(frame.url))
        throw new Error("This page may not use the desktop bridge.");
      if (input.length > 1) throw new Error(`${channel} takes one value.`);
      const request = schema.request.safeParse(input[0]);
      if (!request.success) throw new Error(`${channel}: ${request.error.issues[0]?.message ?? "not understood"}`);
      return schema.answer.parse(handle(request.data));
    });
  }
}
