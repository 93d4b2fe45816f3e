// The organization's policy on the relay: its versions, the one that counts, one that may still be taken back, and the moves
// of field values that follow from it. In memory over two small tables, written through. Knows no rights of its own.

import {
  diffPlacements,
  facetOfField,
  isNarrowing,
  policyTypes,
  shippedPolicy,
  type Policy,
  type PolicyView,
} from "#shared/model/policy.ts";
import { canReadFacet, facetNames } from "#shared/model/facets.ts";
import type { Persona } from "#shared/model/personas.ts";
import type { DirectoryStorage, FieldMoveRow, PolicyRow } from "#sync-server/storage/storage.ts";

export type PolicyKeeper = {
  /** What counts now. */
  view(): PolicyView;
  /** Oldest first, without the shipped one; the last may still wait. */
  versions(): readonly PolicyRow[];
  /** Decided, not live yet: it can be taken back. */
  waiting(): PolicyRow | undefined;
  /** Fields that lay in this facet at some time and lie elsewhere now: nothing of them is written here (rule W10). */
  departed(type: string, facet: string): readonly string[];
  /** Every facet fields lie in, or have lain in. */
  facets(): readonly string[];
  /** Moves that are not finished. */
  moves(): readonly FieldMoveRow[];
  /** A new version, live after `holdMs`. */
  decide(author: string, policy: Pick<Policy, "personas" | "placements">, holdMs: number): Promise<PolicyRow>;
  /** Takes the waiting version back; undefined when there is none any more. */
  takeBack(): Promise<PolicyRow | undefined>;
  finish(moves: readonly FieldMoveRow[]): Promise<void>;
  /** Resolves when nothing is under way that a reader with these personas loses: before, bytes of it may still lie about. */
  settledFor(personas: readonly Persona[]): Promise<void>;
  isSettledFor(personas: readonly Persona[]): boolean;
  /** Told when another version counts, and when its moves are done. Returns the unsubscribe function. */
  onChanged(listener: () => void): () => void;
  close(): void;
};

type Options = { readonly now: () => number; readonly onProblem: (error: unknown) => void };

const LONGEST_TIMER_MS = 2 ** 31 - 1;

const emptyRow = { personas: [], placements: {} };

export function openPolicyKeeper(storage: DirectoryStorage, { now, onProblem }: Options): PolicyKeeper {
  const rows: PolicyRow[] = [...storage.policies()];
  let moves: readonly FieldMoveRow[] = storage.fieldMoves();
  const listeners = new Set<() => void>();
  let waiters: { readonly personas: readonly Persona[]; readonly resolve: () => void }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let state = derive(rows, moves);
  const waiting = (): PolicyRow | undefined => rows.find((row) => !row.isLive);

  function changed(): void {
    state = derive(rows, moves);
    const ready = waiters.filter(({ personas }) => isSettledFor(personas));
    waiters = waiters.filter((waiter) => !ready.includes(waiter));
    for (const { resolve } of ready) resolve();
    for (const listener of listeners) listener();
  }

  /** Whoever read the old place and does not read the new one has to wait until the old place is clean. */
  function isSettledFor(personas: readonly Persona[]): boolean {
    return moves.every(
      ({ from, to }) => !personas.some((persona) => canReadFacet(from, persona) && !canReadFacet(to, persona)),
    );
  }

  function put(row: PolicyRow): void {
    const index = rows.findIndex((one) => one.version === row.version);
    if (index === -1) rows.push(row);
    else rows[index] = row;
  }

  async function goLive(row: PolicyRow): Promise<PolicyRow> {
    const live = { ...row, isLive: true };
    const lain = [emptyRow, ...rows.filter((one) => one.isLive)];
    const next = nextMoves(state.view, { ...live, ...emptyViewParts }, moves, lain, Math.max(now(), row.at));
    await storage.savePolicy(live, next);
    moves = next;
    put(live);
    changed();
    return live;
  }

  function schedule(): void {
    clearTimeout(timer);
    const row = waiting();
    if (row === undefined || isClosed) return;
    timer = setTimeout(
      () => {
        const due = waiting();
        if (due === undefined || due.liveAt > now()) schedule();
        else goLive(due).catch(onProblem);
      },
      Math.min(Math.max(0, row.liveAt - now()), LONGEST_TIMER_MS),
    );
  }

  schedule();
  return {
    view: () => state.view,
    versions: () => rows,
    waiting,
    departed: (type, facet) => state.departed.get(`${type} ${facet}`) ?? [],
    facets: () => state.facets,
    moves: () => moves,
    async decide(author, { personas, placements }, holdMs) {
      const at = now();
      const version = (rows.at(-1)?.version ?? 0) + 1;
      const row: PolicyRow = { version, at, author, liveAt: at + holdMs, isLive: false, personas, placements };
      if (holdMs === 0) return goLive(row);
      await storage.savePolicy(row);
      put(row);
      schedule();
      return row;
    },
    async takeBack() {
      const row = waiting();
      if (row === undefined) return undefined;
      clearTimeout(timer);
      await storage.removePolicy(row.version);
      rows.splice(rows.indexOf(row), 1);
      return row;
    },
    async finish(done) {
      await storage.removeFieldMoves(done);
      moves = moves.filter((move) => !done.some((one) => isSameMove(one, move)));
      changed();
    },
    settledFor(personas) {
      if (isSettledFor(personas) || isClosed) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiters.push({ personas, resolve });
      return promise;
    },
    isSettledFor,
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      for (const { resolve } of waiters) resolve();
    },
  };
}

const emptyViewParts = { moving: {}, retired: {} };

const isSameMove = (left: FieldMoveRow, right: FieldMoveRow): boolean =>
  left.type === right.type && left.field === right.field && left.from === right.from && left.to === right.to;

/**
 * What is still to be moved once `after` counts: its own moves, and those under way, now towards where the field lies. Where a
 * field lay before that, some of its history may have stayed: it goes from where somebody reads who does not read it any more.
 */
function nextMoves(
  before: Policy,
  after: Policy,
  underWay: readonly FieldMoveRow[],
  lain: readonly Pick<Policy, "placements">[],
  since: number,
): readonly FieldMoveRow[] {
  const own = diffPlacements(before, after);
  const isAgain = (move: FieldMoveRow): boolean => own.some((one) => isSameField(one, move));
  const redirected = own.flatMap(({ type, field, from, to }): FieldMoveRow[] => {
    const definition = policyTypes.find((one) => one.type === type);
    const former = definition?.fields[field]?.formerFacet;
    const earlier = definition === undefined ? [] : lain.map((row) => facetOfField(definition, field, "", row));
    const places = [
      from,
      ...(former === undefined ? [] : [former]),
      ...earlier.filter((place) => isNarrowing(after, { from: place, to })),
      ...underWay.filter((move) => move.type === type && move.field === field).map((move) => move.from),
    ];
    return [...new Set(places)]
      .filter((place) => place !== to)
      .map((place) => ({ type, field, from: place, to, since }));
  });
  return [...underWay.filter((move) => !isAgain(move)), ...redirected];
}

const isSameField = (left: { type: string; field: string }, right: { type: string; field: string }): boolean =>
  left.type === right.type && left.field === right.field;

type Derived = {
  readonly view: PolicyView;
  readonly departed: ReadonlyMap<string, readonly string[]>;
  readonly facets: readonly string[];
};

function derive(rows: readonly PolicyRow[], moves: readonly FieldMoveRow[]): Derived {
  const live = rows.filter((row) => row.isLive);
  const last = live.at(-1);
  const facets = new Set<string>(facetNames);
  const departed = new Map<string, string[]>();
  if (last === undefined) return { view: shippedPolicy, departed, facets: [...facets] };
  const { version, personas, placements } = last;
  const retired: Record<string, string[]> = {};
  for (const definition of policyTypes) {
    const { type } = definition;
    const homes = new Set<string>();
    const former = new Set<string>();
    for (const field of Object.keys(definition.fields)) {
      const home = facetOfField(definition, field, "", last);
      homes.add(home);
      const places = new Set([emptyRow, ...live].map((row) => facetOfField(definition, field, "", row)));
      for (const place of places) {
        facets.add(place);
        if (place === home) continue;
        former.add(place);
        const key = `${type} ${place}`;
        departed.set(key, [...(departed.get(key) ?? []), field]);
      }
    }
    const isBusy = (facet: string): boolean => moves.some((move) => move.type === type && move.from === facet);
    const gone = [...former].filter((facet) => !homes.has(facet) && !isBusy(facet));
    if (gone.length > 0) retired[type] = gone;
  }
  const moving: Record<string, Record<string, readonly string[]>> = {};
  for (const { type, field, from } of moves)
    moving[type] = { ...moving[type], [field]: [...(moving[type]?.[field] ?? []), from] };
  return { view: { version, personas, placements, moving, retired }, departed, facets: [...facets] };
}
