// What was read, what is put off until when, and which kinds come in: the same on all devices of a member, in a record that
// only they hold (docs/decisions/0014). Whom this device has seen in which space is kept on the device.

import type { Notice } from "#shared/model/notice.ts";
import type { StoredInboxState } from "#renderer/data/inbox-types.ts";
import { inboxKinds, type Arrival, type InboxItem, type InboxKind } from "./inbox-items.ts";

export type InboxState = {
  /** Item ids. */
  readonly read: readonly string[];
  /** Item id -> ISO time at which it comes back, unread. */
  readonly snoozed: Readonly<Record<string, string>>;
  readonly muted: readonly InboxKind[];
};

export const emptyState: InboxState = { read: [], snoozed: {}, muted: [] };

/** Where a device kept its own state before devices shared one. */
export const FORMER_KEY = "inbox";
/** What the relay told this device last. */
export const NOTICES_KEY = "notices";
export const ARRIVALS_KEY = "inboxArrivals";

/** More than ever stand in an inbox: from here on, what is in it no more is forgotten. */
const MAX_READ = 3_000;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isKind = (value: unknown): value is InboxKind => typeof value === "string" && Object.hasOwn(inboxKinds, value);

/** As the record says it. Put off on two devices: until the later time. Kinds of another version are left out. */
export function fromStored({ read, snoozed, muted }: StoredInboxState): InboxState {
  const until: Record<string, string> = {};
  for (const entry of snoozed.toSorted()) {
    const space = entry.indexOf(" ");
    if (space > 0) until[entry.slice(space + 1)] = entry.slice(0, space);
  }
  return { read, snoozed: until, muted: muted.filter(isKind) };
}

export const toStored = ({ read, snoozed, muted }: InboxState): StoredInboxState => ({
  read,
  snoozed: Object.entries(snoozed).map(([id, until]) => `${until} ${id}`),
  muted,
});

/** What one device had kept for itself; what is not understood is left out. Undefined when there is nothing. */
export function formerState(value: unknown): InboxState | undefined {
  if (!isObject(value)) return undefined;
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

/** Both: what either has read is read. */
export const joinStates = (one: InboxState, other: InboxState): InboxState => ({
  read: [...new Set([...one.read, ...other.read])],
  snoozed: { ...other.snoozed, ...one.snoozed },
  muted: [...new Set([...one.muted, ...other.muted])],
});

/** Forgets what was read long ago; `items`: what stands in the inbox now. */
export function tidied(state: InboxState, items: readonly InboxItem[]): InboxState {
  const here = new Set(items.map((item) => item.id));
  const snoozed = Object.fromEntries(Object.entries(state.snoozed).filter(([id]) => here.has(id)));
  const read = state.read.length > MAX_READ ? state.read.filter((id) => here.has(id)) : state.read;
  return { ...state, read, snoozed };
}

export function markRead(state: InboxState, ids: readonly string[], read: boolean): InboxState {
  const changed = new Set(ids);
  const rest = state.read.filter((id) => !changed.has(id));
  return { ...state, read: read ? [...rest, ...ids] : rest };
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

/** What is not understood is left out. */
export function readNotices(value: unknown): readonly Notice[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (one: unknown): one is Notice =>
      isObject(one) &&
      ["at", "by", "byName"].every((key) => typeof one[key] === "string") &&
      (one["kind"] === "viewed"
        ? typeof one["record"] === "string"
        : (one["kind"] === "asked" || one["kind"] === "answered") && typeof one["request"] === "string"),
  );
}
