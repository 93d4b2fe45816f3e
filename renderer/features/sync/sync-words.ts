// The sync states in words: one table for the chip, the panel and the pending page.

import type { SyncStatus } from "#renderer/data/types.ts";

const changes = (count: number): string => (count === 1 ? "1 change" : `${count} changes`);

/** `short` is what fits on a phone; the chip shows `short` followed by `rest`. */
export function chipWords(status: SyncStatus): { readonly short: string; readonly rest: string } {
  const { state, waiting, refused, storageFull } = status;
  switch (state) {
    case "synced":
      return { short: "Synced", rest: "" };
    case "saving":
      return { short: "Saving...", rest: "" };
    case "offline":
      return { short: "Offline", rest: waiting === 0 ? "" : `, ${changes(waiting)} on this device` };
    case "unreachable":
      return {
        short: titleOf(status),
        rest: waiting === 0 ? "" : `, ${waiting} waiting`,
      };
    case "needsYou":
      if (refused === 0 && storageFull === true) return { short: "This device is full", rest: "" };
      return { short: refused === 1 ? "1 change needs you" : `${refused} changes need you`, rest: "" };
  }
}

/** The relay was reached, and said why it does not go on. */
const troubleWords: Readonly<
  Record<NonNullable<SyncStatus["trouble"]>, { readonly title: string; readonly advice: string }>
> = {
  appTooOld: {
    title: "Update the app",
    advice:
      "This app is too old for the server. Your changes are kept on this device: reload or update the app, then they go.",
  },
  notUnderstood: {
    title: "Server does not understand",
    advice:
      "This app and the server do not understand each other. Your changes are kept on this device. Reload the app; if that does not help, tell whoever runs the server.",
  },
  tooFast: {
    title: "Server asks to wait",
    advice: "More came from here than the server takes at once. Keep working: it goes on by itself in a minute or two.",
  },
};

export const titleOf = ({ state, trouble }: SyncStatus): string =>
  trouble === undefined ? stateTitles[state] : troubleWords[trouble].title;

export const adviceOf = ({ state, trouble }: SyncStatus): string =>
  trouble === undefined ? stateAdvice[state] : troubleWords[trouble].advice;

const stateTitles: Readonly<Record<SyncStatus["state"], string>> = {
  synced: "Synced",
  saving: "Saving",
  offline: "Offline",
  unreachable: "Server not reachable",
  needsYou: "A change needs you",
};

const stateAdvice: Readonly<Record<SyncStatus["state"], string>> = {
  synced: "Everything on this device is on the server too.",
  saving: "Your changes are on their way.",
  offline: "Keep working. Changes go by themselves when there is a network.",
  unreachable: "Keep working. The server is tried again by itself.",
  needsYou: "Something was not accepted. Your values are kept here.",
};
