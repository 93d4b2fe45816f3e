// What the feed knows about its connection, as one value: shared between the tabs and turned into words by sync-status.ts.

export type FeedState = {
  /** `live`: connected and caught up with every space. `down`: no connection, and the last try failed. */
  readonly connection: "connecting" | "catchingUp" | "live" | "down";
  readonly progress?: { readonly done: number; readonly total: number };
  /** ISO time at which everything was last in step. */
  readonly caughtUpAt?: string;
};
