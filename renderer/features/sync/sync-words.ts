// The sync states in words: one table for the chip, the panel and the pending page.

import type { SyncStatus } from "#renderer/data/types.ts";

const changes = (count: number): string => (count === 1 ? "1 change" : `${count} changes`);

/** `short` is what fits on a phone; the chip shows `short` followed by `rest`. */
export function chipWords({ state, waiting, refused, storageFull }: SyncStatus): {
  readonly short: string;
  readonly rest: string;
} {
  switch (state) {
    case "synced":
      return { short: "Synced", rest: "" };
    case "saving":
      return { short: "Saving...", rest: "" };
    case "offline":
      return { short: "Offline", rest: waiting === 0 ? "" : `, ${changes(waiting)} on this device` };
    case "unreachable":
      return { short: "Server not reachable", rest: waiting === 0 ? "" : `, ${waiting} waiting` };
    case "needsYou":
      if (refused === 0 && storageFull === true) return { short: "This device is full", rest: "" };
      return { short: refused === 1 ? "1 change needs you" : `${refused} changes need you`, rest: "" };
  }
}

export const stateTitles: Readonly<Record<SyncStatus["state"], string>> = {
  synced: "Synced",
  saving: "Saving",
  offline: "Offline",
  unreachable: "Server not reachable",
  needsYou: "A change needs you",
};

export const stateAdvice: Readonly<Record<SyncStatus["state"], string>> = {
  synced: "Everything on this device is on the server too.",
  saving: "Your changes are on their way.",
  offline: "Keep working. Changes go by themselves when there is a network.",
  unreachable: "Keep working. The server is tried again by itself.",
  needsYou: "Something was not accepted. Your values are kept here.",
};
