// Records linked into spaces beyond their home, in memory over a small table. A link has sources (a hand, share rules) and
// lasts as long as one of them does, under the number it began with; the row of an ended link stays, so that devices that
// were away learn of it (rule R9). Knows no rights: who may link what is asked in sharing.ts.

import { isPersonalSpace } from "#shared/model/ids.ts";
import type { DirectoryStorage, LinkRow } from "#sync-server/storage/storage.ts";

export const BY_HAND = "hand";

export type LinkChange = Pick<LinkRow, "recordId" | "spaceId" | "home"> & {
  readonly source: string;
  readonly isLinked: boolean;
};

export type Links = {
  /** Spaces a record is linked into now, beyond its home, oldest link first. */
  spacesOf(recordId: string): readonly string[];
  find(recordId: string, spaceId: string): LinkRow | undefined;
  /** Every link, ended ones included. */
  all(): readonly LinkRow[];
  /** Links of a record, ended ones included. */
  ofRecord(recordId: string): Iterable<LinkRow>;
  /** Links into a space, ended ones included. */
  inSpace(spaceId: string): Iterable<LinkRow>;
  /** Records at home in a space that are or were linked elsewhere. */
  atHome(spaceId: string): Iterable<string>;
  /** When a record was last taken out of one of the spaces that `concerns` picks; 0 when never. */
  unlinkedSeq(recordId: string, concerns: (spaceId: string) => boolean): number;
  /**
   * Spaces whose readers the changes concern, once they are on disk; empty when they changed nothing. What ends grants
   * nothing from this call on, not only once it is written.
   */
  change(changes: readonly LinkChange[]): Promise<readonly string[]>;
};

type Storage = Pick<DirectoryStorage, "links" | "saveLinks">;

const none: readonly string[] = [];

export function openLinks(storage: Storage, stamped: (seq: number) => void): Links {
  const byRecord = new Map<string, Map<string, LinkRow>>();
  const bySpace = new Map<string, Map<string, LinkRow>>();
  const byHome = new Map<string, Set<string>>();
  const spacesByRecord = new Map<string, readonly string[]>();
  let last: Promise<unknown> = Promise.resolve();
  /** Sources on their way out, and how often. */
  const leaving = new Map<string, number>();
  const leavingKey = ({ recordId, spaceId }: Pick<LinkRow, "recordId" | "spaceId">, source: string): string =>
    JSON.stringify([recordId, spaceId, source]);

  const part = <Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> => {
    const found = map.get(key) ?? new Map<string, Value>();
    map.set(key, found);
    return found;
  };

  function put(row: LinkRow): void {
    const ofRecord = part(byRecord, row.recordId);
    ofRecord.set(row.spaceId, row);
    part(bySpace, row.spaceId).set(row.recordId, row);
    byHome.set(row.home, (byHome.get(row.home) ?? new Set()).add(row.recordId));
    refresh(row.recordId);
  }

  function refresh(recordId: string): void {
    const spaces = [...(byRecord.get(recordId)?.values() ?? [])]
      // Somebody's own space is nobody else's, whatever a link says (rule W14).
      .filter(
        (row) => !isPersonalSpace(row.home) && row.sources.some((source) => !leaving.has(leavingKey(row, source))),
      )
      .toSorted((left, right) => left.seq - right.seq)
      .map(({ spaceId }) => spaceId);
    if (spaces.length === 0) spacesByRecord.delete(recordId);
    else spacesByRecord.set(recordId, spaces);
  }

  function mark(changes: readonly LinkChange[], step: 1 | -1): void {
    for (const change of changes) {
      if (change.isLinked) continue;
      const key = leavingKey(change, change.source);
      const count = (leaving.get(key) ?? 0) + step;
      if (count === 0) leaving.delete(key);
      else leaving.set(key, count);
      refresh(change.recordId);
    }
  }

  for (const row of storage.links()) put(row);

  function plan(changes: readonly LinkChange[]): readonly Omit<LinkRow, "seq">[] {
    const planned = new Map<string, Omit<LinkRow, "seq">>();
    for (const { recordId, spaceId, home, source, isLinked } of changes) {
      const key = `${recordId} ${spaceId}`;
      const before = planned.get(key) ?? byRecord.get(recordId)?.get(spaceId);
      const sources = before?.sources ?? none;
      if (sources.includes(source) === isLinked) continue;
      const after = isLinked ? [...sources, source] : sources.filter((one) => one !== source);
      planned.set(key, { recordId, spaceId, home: before?.home ?? home, sources: after });
    }
    return [...planned.values()];
  }

  async function changeNow(changes: readonly LinkChange[]): Promise<readonly string[]> {
    const planned = plan(changes);
    let seq = 0;
    try {
      if (planned.length > 0) seq = await storage.saveLinks(planned);
    } finally {
      mark(changes, -1);
    }
    if (planned.length === 0) return none;
    const concerned = new Set<string>();
    for (const row of planned) {
      const before = byRecord.get(row.recordId)?.get(row.spaceId);
      const isStill = before !== undefined && before.sources.length > 0 === row.sources.length > 0;
      put({ ...row, seq: isStill ? before.seq : seq });
      // Why it is there is nothing that its readers are told.
      if (isStill) continue;
      concerned.add(row.spaceId);
      // Whoever got it through this space may get it through another one now.
      if (row.sources.length === 0)
        for (const space of [row.home, ...(spacesByRecord.get(row.recordId) ?? none)]) concerned.add(space);
    }
    stamped(seq);
    return [...concerned];
  }

  return {
    spacesOf: (recordId) => spacesByRecord.get(recordId) ?? none,
    find: (recordId, spaceId) => byRecord.get(recordId)?.get(spaceId),
    all: () => [...byRecord.values()].flatMap((ofRecord) => [...ofRecord.values()]),
    ofRecord: (recordId) => byRecord.get(recordId)?.values() ?? [],
    inSpace: (spaceId) => bySpace.get(spaceId)?.values() ?? [],
    atHome: (spaceId) => byHome.get(spaceId) ?? [],
    unlinkedSeq(recordId, concerns) {
      let latest = 0;
      for (const { sources, seq, spaceId } of byRecord.get(recordId)?.values() ?? [])
        if (sources.length === 0 && seq > latest && concerns(spaceId)) latest = seq;
      return latest;
    },
    change(changes) {
      mark(changes, 1);
      // One at a time: a change leans on the sources that the one before it left.
      const result = last.then(() => changeNow(changes));
      last = result.catch(() => undefined);
      return result;
    },
  };
}
