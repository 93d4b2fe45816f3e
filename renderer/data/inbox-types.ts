// What the inbox asks of the pipe: its state, the same on all devices of this member.

export type StoredInboxState = {
  /** Ids of items. */
  readonly read: readonly string[];
  /** `<ISO time> <id of an item>` */
  readonly snoozed: readonly string[];
  readonly muted: readonly string[];
};

export interface InboxStateApi {
  get(): Promise<StoredInboxState>;
  /** Changes what is stored at that moment, offline too. */
  change(change: (now: StoredInboxState) => StoredInboxState): Promise<void>;
}
