// The feed as one tab sees it: the leading tab runs it, the others hear how it stands and may ask it to hurry.

import type { FeedState } from "./feed-state.ts";
import { electLeader, type Locks } from "./leader.ts";
import { openTabChannel } from "./tab-channel.ts";

type TabMessage =
  | { readonly kind: "state"; readonly state: FeedState }
  | { readonly kind: "ask" }
  | { readonly kind: "syncNow" };

export type FeedTab = { syncNow(): void; close(): Promise<void> };

type Running = { syncNow(): void; close(): Promise<void> };

type Deps = {
  readonly name: string;
  readonly locks: Locks | undefined;
  readonly run: (onState: (state: FeedState) => void) => Running;
  readonly onState: (state: FeedState) => void;
};

export function openFeedTab({ name, locks, run, onState }: Deps): FeedTab {
  let running: Running | undefined;
  let state: FeedState | undefined;
  const { tell, close } = openTabChannel<TabMessage>(`${name}-feed`, (message) => {
    if (message.kind === "syncNow") running?.syncNow();
    else if (message.kind === "ask" && running !== undefined && state !== undefined) tell({ kind: "state", state });
    else if (message.kind === "state" && running === undefined) onState(message.state);
  });

  const resign = electLeader(locks, `${name}-feed`, () => {
    const led = run((next) => {
      state = next;
      onState(next);
      tell({ kind: "state", state: next });
    });
    running = led;
    return async () => {
      running = undefined;
      await led.close();
    };
  });
  tell({ kind: "ask" });

  return {
    syncNow: () => (running === undefined ? tell({ kind: "syncNow" }) : running.syncNow()),
    close: async () => {
      await resign();
      close();
    },
  };
}
