// What the feed knows about its connection, as one value: shared between the tabs and turned into words by sync-status.ts.

import { closeCodes } from "#shared/protocol/close-codes.ts";

/** Why the relay ended a connection, where trying again at once would end it again. */
export type FeedTrouble = "appTooOld" | "notUnderstood" | "tooFast";

export function troubleOf(closeCode: number): FeedTrouble | undefined {
  switch (closeCode) {
    case closeCodes.clientTooOld:
      return "appTooOld";
    // The relay says so as well to an app that is newer than itself.
    case closeCodes.badFrame:
    case closeCodes.tooLarge:
      return "notUnderstood";
    case closeCodes.tooFast:
      return "tooFast";
    default:
      return undefined;
  }
}

export type FeedState = {
  /** `live`: connected and caught up with every space. `down`: no connection, and the last try failed. */
  readonly connection: "connecting" | "catchingUp" | "live" | "down";
  /** With `down`: what the relay said when it closed. Holds until a connection is in step again. */
  readonly trouble?: FeedTrouble;
  readonly progress?: { readonly done: number; readonly total: number };
  /** ISO time at which everything was last in step. */
  readonly caughtUpAt?: string;
};
