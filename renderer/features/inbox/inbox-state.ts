// What was read, what is put off until when, which kinds come in, and whom this device has seen in which space. Small and
// bounded; it lives in this device's settings (docs/decisions/0014).

import { inboxKinds, type Arrival, type InboxItem, type InboxKind } from "./inbox-items.ts";

export type InboxState = {
  /** Item ids, the latest read last. */
  readonly read: readonly string[];
  /** Item id -> ISO time at which it comes back, unread. */
  readonly snoozed: Readonly<Record<string, string>>;
  readonly muted: readonly InboxKind[];
};

export const emptyState: InboxState = { read: [], snoozed: {}, muted: [] };

export const INBOX_KEY = "inbox";
export const ARRIVALS_KEY = "inboxArrivals";

/** Older ones have long left the inbox. */
const MAX_READ = 3_000;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isKind = (value: unknown): value is InboxKind => typeof value === "string" && Object.hasOwn(inboxKinds, value);

/** Settings may come from another version: what is not understood is left out. */
export function readState(value: unknown): InboxState {
  if (!isObject(value)) return emptyState;
  const { read, snoozed, muted } = value;
  return {
    read: Array.isArray(read) ? read.filter((id) => typeof id === "string") : [],
    snoozed: isObject(snoozed)
      ? Object.fromEntries(
          Object.entries(snoozed).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
        )
      : {},
    muted: Array.isArray(muted) ? muted.filter(isKind) : [],
  };
}

export function markRead(state: InboxState, ids: readonly string[], read: boolean): InboxState {
  const changed = new Set(ids);
  const rest = state.read.filter((id) => !changed.has(id));
  return { ...state, read: read ? [...rest, ...ids].slice(-MAX_READ) : rest };
}

/** Put off: gone until then, and unread when it comes back. */
export function snooze(state: InboxState, id: string, until: string): InboxState {
  const awake = markRead(state, [id], false);
  return { ...awake, snoozed: { ...state.snoozed, [id]: until } };
}

export function wake(state: InboxState, id: string): InboxState {
  const snoozed = Object.fromEntries(Object.entries(state.snoozed).filter(([key]) => key !== id));
  return { ...state, snoozed };
}

export const mute = (state: InboxState, kind: InboxKind, muted: boolean): InboxState => ({
  ...state,
  muted: muted ? [...new Set([...state.muted, kind])] : state.muted.filter((one) => one !== kind),
});

export type SortedInbox = {
  readonly unread: readonly InboxItem[];
  readonly read: readonly InboxItem[];
  readonly snoozed: readonly InboxItem[];
};

export function sortInbox(items: readonly InboxItem[], state: InboxState, now: string): SortedInbox {
  const read = new Set(state.read);
  const muted = new Set<InboxKind>(state.muted);
  const shown = items.filter((item) => !muted.has(item.kind));
  const sleeps = (item: InboxItem): boolean => (state.snoozed[item.id] ?? "") > now;
  return {
    unread: shown.filter((item) => !sleeps(item) && !read.has(item.id)),
    read: shown.filter((item) => !sleeps(item) && read.has(item.id)),
    snoozed: shown.filter(sleeps),
  };
}

type Members = ReadonlyMap<string, readonly string[]>;

/** The first look at a space says nothing about who joined it: only those seen later are arrivals. */
export function noteArrivals(known: readonly Arrival[], members: Members, now: string): readonly Arrival[] {
  const seen = new Set(known.map(({ space, memberId }) => `${space} ${memberId}`));
  const spaces = new Set(known.map(({ space }) => space));
  const fresh = [...members].flatMap(([space, ids]) =>
    ids
      .filter((memberId) => !seen.has(`${space} ${memberId}`))
      .map((memberId): Arrival => ({ space, memberId, at: spaces.has(space) ? now : "" })),
  );
  return fresh.length === 0 ? known : [...known, ...fresh];
}

export function readArrivals(value: unknown): readonly Arrival[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    if (!isObject(one)) return [];
    const { space, memberId, at } = one;
    return typeof space === "string" && typeof memberId === "string" && typeof at === "string"
      ? [{ space, memberId, at }]
      : [];
  });
}
