// React's view of the pipe: one provider, live hooks. Results are undefined only until the first read has come back.

import {
  createContext,
  useContext,
  useEffect,
  useEffectEvent,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import type { ApprovalView } from "./approval-types.ts";
import type { PolicyView } from "#shared/model/policy.ts";
import type {
  ChangeRow,
  Data,
  MemberRow,
  RecordPage,
  RecordQuery,
  RecordRow,
  SessionState,
  SpaceRow,
  SyncStatus,
} from "./types.ts";

const DataContext = createContext<Data | undefined>(undefined);

export const DataProvider = ({ data, children }: { data: Data; children: ReactNode }) => (
  <DataContext value={data}>{children}</DataContext>
);

export function useData(): Data {
  const data = useContext(DataContext);
  if (data === undefined) throw new Error("DataProvider is missing above this component");
  return data;
}

/**
 * Runs a read now and again whenever what it read changes. `key` says when it is another question; an answer to another
 * question of the same `group` stays on screen until the new one is there.
 */
export function useObserved<T>(key: string, read: (data: Data) => Promise<T>, group: string = key): T | undefined {
  const data = useData();
  const [held, setHeld] = useState<{ group: string; value: T } | undefined>(undefined);
  const [failure, setFailure] = useState<unknown>(undefined);
  const readNow = useEffectEvent(() => read(data));
  useEffect(() => {
    // Another key is another question: the effect runs anew and the old subscription ends.
    const question = { key, group };
    const onResult = (value: T): void => setHeld({ group: question.group, value });
    return data.query.observe(() => readNow(), onResult, setFailure);
  }, [data, key, group]);
  if (failure !== undefined) throw failure;
  return held?.group === group ? held.value : undefined;
}

export const useRecord = (id: string): RecordRow | "missing" | undefined =>
  useObserved(`record ${id}`, async (data) => (await data.query.record(id)) ?? "missing");

/** Keeps showing the previous page of the same list while the next one loads. */
export const useRecords = (query: RecordQuery): RecordPage | undefined =>
  useObserved(`records ${JSON.stringify(query)}`, (data) => data.query.records(query), `records of ${query.type}`);

export const useCount = (query: Pick<RecordQuery, "type" | "space" | "filters">): number | undefined =>
  useObserved(`count ${JSON.stringify(query)}`, (data) => data.query.count(query));

export const useReferring = (id: string, type?: string): readonly RecordRow[] | undefined =>
  useObserved(`referring ${id} ${type ?? ""}`, (data) => data.query.referring(id, type));

export const useTitles = (ids: readonly string[]): ReadonlyMap<string, string> | undefined =>
  useObserved(`titles ${ids.join(" ")}`, async (data) => {
    const rows = await data.query.byIds(ids);
    return new Map(rows.flatMap((row) => (row === undefined ? [] : [[row.id, row.title] as const])));
  });

export const useChanges = (recordId: string): readonly ChangeRow[] | undefined =>
  useObserved(`changes ${recordId}`, (data) => data.changes(recordId));

/** Where every approval of a space (or of all) stands; what needs this member first. */
export const useApprovals = (space?: string): readonly ApprovalView[] | undefined =>
  useObserved(`approvals ${space ?? ""}`, (data) => data.approvals.overview(space));

export const useSpaces = (): readonly SpaceRow[] | undefined => useObserved("spaces", (data) => data.spaces());

export const useMembers = (spaceId?: string): readonly MemberRow[] | undefined =>
  useObserved(`members ${spaceId ?? ""}`, (data) => data.members(spaceId));

export function useSession(): SessionState {
  const { session } = useData();
  return useSyncExternalStore(session.subscribe, session.state);
}

/** Where fields lie and what personas are called. Changes while the page is open. */
export function usePolicy(): PolicyView {
  const { policy } = useData();
  return useSyncExternalStore(policy.subscribe, policy.now);
}

export function useSyncStatus(): SyncStatus {
  const { sync } = useData();
  return useSyncExternalStore(sync.subscribe, sync.status);
}
