// The inbox as it stands now, live: every table it reads is watched.

import { useEffect, useMemo, useState } from "react";
import { useData, useObserved, useSession, useSyncStatus } from "#renderer/data/hooks.tsx";
import type { StoredInboxState } from "#renderer/data/inbox-types.ts";
import type { Data, RecordRow } from "#renderer/data/types.ts";
import { isoDate } from "#renderer/fields/times.ts";
import { isInternal } from "#shared/model/personas.ts";
import { toInbox, type InboxItem, type InboxSource } from "./inbox-items.ts";
import {
  ARRIVALS_KEY,
  FORMER_KEY,
  NOTICES_KEY,
  formerState,
  fromStored,
  joinStates,
  noteArrivals,
  readArrivals,
  readNotices,
  sortInbox,
  tidied,
  toStored,
  type InboxState,
  type SortedInbox,
} from "./inbox-state.ts";

const MINUTE = 60_000;
const NOTICES_EVERY_MS = 5 * MINUTE;
const ALL = 5_000;

type Read = Omit<InboxSource, "me" | "today" | "nameOf" | "titleOf" | "isOutside" | "away" | "arrivals" | "notices"> & {
  readonly projects: readonly RecordRow[];
  readonly members: ReadonlyMap<string, readonly string[]>;
  readonly names: ReadonlyMap<string, string>;
  readonly state: StoredInboxState;
  readonly former: unknown;
  readonly arrivals: unknown;
  readonly notices: unknown;
  readonly titles: ReadonlyMap<string, string>;
};

async function readAll(data: Data, me: string): Promise<Read> {
  const [spaces, everyone, projects] = await Promise.all([
    data.spaces(),
    data.members(),
    data.query.records({ type: "project", limit: ALL }),
  ]);
  const projectSpaces = spaces.filter((space) => space.kind === "project");
  const members = await Promise.all(
    projectSpaces.map(async (space) => [space.id, await data.members(space.id)] as const),
  );
  const tasks = (await data.query.referring(me, "task")).filter((row) => row.fields["assignee"] === me);
  const comments = await data.query.referring(me, "comment");
  const abouts = comments.map((row) => row.fields["about"]);
  const targets = await data.query.byIds(abouts.map((id) => (typeof id === "string" ? id : "")));
  const [approvals, refused, state, former, arrivals, notices] = await Promise.all([
    data.approvals.overview(),
    data.sync.refused(),
    data.inbox.get(),
    data.device.getSetting<unknown>(FORMER_KEY),
    data.device.getSetting<unknown>(ARRIVALS_KEY),
    data.device.getSetting<unknown>(NOTICES_KEY),
  ]);
  const viewed = await data.query.byIds(
    readNotices(notices).flatMap((one) => (one.kind === "viewed" ? one.record : [])),
  );
  const names = [...everyone, ...members.flatMap(([, list]) => list)];
  return {
    tasks: await Promise.all(tasks.map(async (row) => ({ row, changes: await data.changes(row.id) }))),
    comments: comments.map((row, index) => ({ row, about: targets[index] })),
    approvals,
    refused,
    projects: projects.rows,
    spaceNames: new Map(projectSpaces.map((space) => [space.id, space.name])),
    members: new Map(members.map(([space, list]) => [space, list.map((member) => member.id)])),
    names: new Map(names.map((member) => [member.id, member.name])),
    state,
    former,
    arrivals,
    notices,
    titles: new Map(viewed.flatMap((row) => (row === undefined ? [] : [[row.id, row.title]]))),
  };
}

/** Now, to the minute: what is put off comes back by itself. */
function useMinute(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), MINUTE);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export type Inbox = SortedInbox & {
  readonly state: InboxState;
  /** Changes what is stored at that moment: another device may have been here meanwhile. */
  readonly change: (next: (now: InboxState) => InboxState) => void;
  readonly nameOf: (memberId: string) => string;
};

export function useInbox(): Inbox | undefined {
  const data = useData();
  const session = useSession();
  const me = session.kind === "signedIn" ? session.me.id : "";
  const isOutside = session.kind === "signedIn" && !isInternal(session.me.persona);
  const isSynced = useSyncStatus().state === "synced";
  const now = useMinute();
  const read = useObserved(`inbox ${me}`, (from) => readAll(from, me));
  const today = isoDate(now);
  const items = useMemo((): readonly InboxItem[] => {
    if (read === undefined) return [];
    const away = new Set(
      read.projects
        .filter((row) => row.fields["archivedAt"] !== undefined || row.fields["template"] === true)
        .map((row) => row.id),
    );
    const nameOf = (id: string): string => read.names.get(id) ?? "Someone";
    return toInbox({
      ...read,
      me,
      today,
      away,
      nameOf,
      isOutside,
      titleOf: (id) => read.titles.get(id),
      arrivals: readArrivals(read.arrivals),
      notices: readNotices(read.notices),
    });
  }, [read, me, today, isOutside]);
  // What only the relay can tell is asked of it whenever there is contact, and kept for when there is none.
  const asking = me === "" || !isSynced ? undefined : Math.floor(now.getTime() / NOTICES_EVERY_MS);
  useEffect(() => {
    if (asking === undefined) return;
    void data.trust.notices().then(async (answer) => {
      if (!answer.ok) return;
      const before = await data.device.getSetting<unknown>(NOTICES_KEY);
      if (JSON.stringify(before) !== JSON.stringify(answer.value))
        await data.device.setSetting(NOTICES_KEY, answer.value);
    });
  }, [data, asking]);
  useEffect(() => {
    if (read === undefined) return;
    const known = readArrivals(read.arrivals);
    const next = noteArrivals(known, read.members, new Date().toISOString());
    if (next !== known) void data.device.setSetting(ARRIVALS_KEY, next);
  }, [data, read]);
  // Once: what this device had kept for itself goes into the record of all of them.
  const former = read?.former;
  useEffect(() => {
    const mine = formerState(former);
    if (mine === undefined) return;
    void data.inbox
      .change((stored) => toStored(joinStates(fromStored(stored), mine)))
      .then(() => data.device.setSetting(FORMER_KEY, null));
  }, [data, former]);
  return useMemo(() => {
    if (read === undefined) return undefined;
    const state = fromStored(read.state);
    return {
      ...sortInbox(items, state, now.toISOString()),
      state,
      change: (next: (at: InboxState) => InboxState) =>
        void data.inbox.change((stored) => toStored(tidied(next(fromStored(stored)), items))),
      nameOf: (id: string) => read.names.get(id) ?? "Someone",
    };
  }, [read, items, now, data]);
}
