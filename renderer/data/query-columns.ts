// The list columns of all records, in memory: filters that no index range can answer run over these keys and read only the
// rows of the page. Built when first needed, kept current from the changes of every tab.

import type { Database, StoredRecord } from "./database.ts";
import { followRecords, readAllRecords } from "./query-changes.ts";
import {
  compareInList,
  fullText,
  isEmptyKey,
  isKeyed,
  keyedFields,
  keyOf,
  type QueryPlan,
  type SortKey,
} from "./query-plan.ts";

type ColumnRow = {
  readonly id: string;
  readonly type: string;
  readonly space: string;
  readonly state: string;
  readonly keys: Readonly<Record<string, SortKey>>;
  /** Folded words of columns whose key was cut. */
  readonly texts?: Readonly<Record<string, string>>;
};

type TypeColumns = { readonly rows: Map<string, ColumnRow>; readonly orders: Map<string, Order> };

export type Columns = {
  /** Resolves when the columns hold everything committed before the call. */
  readonly ready: () => Promise<void>;
  /** All rows are held, and what changed since is at most a few of them: `ready` takes no time to speak of. */
  readonly isWarm: () => boolean;
  /** Fills the columns soon, when nobody waits for them. */
  readonly warm: () => void;
  /** Ids of the records that pass what keys can tell, in the order of the plan. */
  readonly find: (plan: QueryPlan) => readonly string[];
  readonly close: () => void;
};

/** Totals of large types as last known, so that a start need not count: `settings` row, type -> number. */
export const TOTALS_KEY = "recordTotals";
/** Counting up to here is quick (7 us a row). */
export const QUICK_COUNT = 2_000;

const WARM_UP_MS = 1_500;
const STORE_TOTALS_MS = 1_000;
/** Large writes come in series (a first download, an import): what was read whole rests this many times as long as it took. */
const REST_TIMES = 3;

function toColumnRow(row: StoredRecord): ColumnRow {
  const keys = Object.fromEntries(keyedFields(row.type).map((field) => [field, keyOf(row, field)]));
  const texts: Record<string, string> = {};
  for (const [field, key] of Object.entries(keys)) {
    const text = fullText(row, field, key);
    if (text !== undefined) texts[field] = text;
  }
  const { id, type, space, state } = row;
  return { id, type, space, state, keys, ...(Object.keys(texts).length === 0 ? {} : { texts }) };
}

const NO_KEY: readonly never[] = [];

const keyIn = (row: ColumnRow, field: string): SortKey => row.keys[field] ?? NO_KEY;

/** Ascending rows of a field, and what has come and gone since they were put in order. */
type Order = { list: ColumnRow[]; filled: number; readonly came: Set<ColumnRow>; readonly went: Set<ColumnRow> };

/** Up to this many newcomers are put in their places one by one; more are sorted in. */
const FEW_NEWCOMERS = 100;

/** First place in an ordered list from which on the test holds. */
function placeOf(list: readonly ColumnRow[], holds: (row: ColumnRow) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = list[middle];
    if (row !== undefined && holds(row)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function openColumns(database: Database): Columns {
  const types = new Map<string, TypeColumns>();
  const typeOfId = new Map<string, string>();
  const dirty = new Set<string>();
  /** Everything has to be read: at first, and after a write too large to name its rows. */
  let isStale = true;
  let isLoading = false;
  let changes = 1;
  let refreshed = 0;
  let working: Promise<void> | undefined;
  let warming: ReturnType<typeof setTimeout> | undefined;
  let storing: ReturnType<typeof setTimeout> | undefined;
  let storedTotals = "";
  /** When everything may be read again. */
  let restedAt = 0;
  let closed = false;

  const columnsOf = (type: string): TypeColumns => {
    const held = types.get(type) ?? { rows: new Map(), orders: new Map() };
    types.set(type, held);
    return held;
  };

  function drop(id: string): void {
    const type = typeOfId.get(id);
    if (type === undefined) return;
    typeOfId.delete(id);
    const columns = columnsOf(type);
    const row = columns.rows.get(id);
    columns.rows.delete(id);
    if (row === undefined) return;
    for (const order of columns.orders.values()) if (!order.came.delete(row)) order.went.add(row);
  }

  function put(stored: StoredRecord): void {
    drop(stored.id);
    const columns = columnsOf(stored.type);
    const row = toColumnRow(stored);
    columns.rows.set(row.id, row);
    typeOfId.set(row.id, row.type);
    for (const order of columns.orders.values()) order.came.add(row);
  }

  /** One pass: everything, or the rows that are known to have changed. */
  async function refresh(): Promise<void> {
    const upTo = changes;
    const changed = [...dirty];
    dirty.clear();
    const whole = isStale;
    isStale = false;
    try {
      if (whole) await readWhole();
      else await readRows(changed);
    } catch (error) {
      isStale = true;
      throw error;
    }
    refreshed = upTo;
    storing ??= setTimeout(() => {
      storing = undefined;
      run(storeTotals());
    }, STORE_TOTALS_MS);
  }

  async function readWhole(): Promise<void> {
    isLoading = true;
    const began = performance.now();
    const seen = new Set<string>();
    try {
      await readAllRecords(
        database,
        (rows) => {
          for (const row of rows) {
            seen.add(row.id);
            put(row);
          }
        },
        () => !closed,
      );
    } finally {
      isLoading = false;
      restedAt = performance.now() + REST_TIMES * (performance.now() - began);
    }
    for (const id of typeOfId.keys()) if (!seen.has(id)) drop(id);
  }

  async function readRows(ids: readonly string[]): Promise<void> {
    const rows = await database.records.bulkGet([...ids]);
    for (const [place, row] of rows.entries()) {
      if (row === undefined) drop(ids[place] ?? "");
      else put(row);
    }
  }

  const unfollow = followRecords(database, (ids) => {
    changes += 1;
    if (ids === "all") {
      isStale = true;
      if (warming !== undefined) warmLater();
    }
    if (isStale) return;
    for (const id of ids) dirty.add(id);
    // Live queries run again in a moment: by then this is done.
    if (isWarm()) run(ready());
  });

  const isWarm = (): boolean => refreshed > 0 && !isStale && !isLoading;

  function ascending(type: string, field: string): Order {
    const columns = columnsOf(type);
    const order = columns.orders.get(field) ?? {
      list: [],
      filled: 0,
      came: new Set(columns.rows.values()),
      went: new Set(),
    };
    columns.orders.set(field, order);
    const { came, went } = order;
    if (came.size + went.size === 0) return order;
    const compare = (left: ColumnRow, right: ColumnRow): number =>
      compareInList(keyIn(left, field), left.id, keyIn(right, field), right.id, false);
    const list = went.size === 0 ? order.list : order.list.filter((row) => !went.has(row));
    if (came.size > FEW_NEWCOMERS) {
      for (const row of came) list.push(row);
      list.sort(compare);
    } else {
      for (const row of came)
        list.splice(
          placeOf(list, (held) => compare(held, row) > 0),
          0,
          row,
        );
    }
    order.list = list;
    order.filled = placeOf(list, (row) => isEmptyKey(keyIn(row, field)));
    came.clear();
    went.clear();
    return order;
  }

  /** Visits in the order of the plan. Descending is the filled ones backwards; empty ones stay last. */
  function visit({ type, sort }: QueryPlan, take: (row: ColumnRow) => void): void {
    const { list, filled } = ascending(type, sort.field);
    if (!sort.descending) {
      for (const row of list) take(row);
      return;
    }
    for (let place = filled - 1; place >= 0; place -= 1) {
      const row = list[place];
      if (row !== undefined) take(row);
    }
    for (const row of list.slice(filled)) take(row);
  }

  const countActive = (columns: TypeColumns): number => {
    let total = 0;
    for (const row of columns.rows.values()) if (row.state !== "deleted") total += 1;
    return total;
  };

  async function storeTotals(): Promise<void> {
    const totals = Object.fromEntries(
      [...types].flatMap(([type, columns]) =>
        columns.rows.size > QUICK_COUNT ? [[type, countActive(columns)] as const] : [],
      ),
    );
    const written = JSON.stringify(totals);
    if (written === storedTotals) return;
    storedTotals = written;
    const known = await database.settings.get(TOTALS_KEY);
    if (JSON.stringify(known?.value ?? {}) !== written) await database.settings.put({ key: TOTALS_KEY, value: totals });
  }

  /** Background work: when it fails (the database was closed, the device is full), the next query asks again and is told. */
  function run(work: Promise<void>): void {
    work.catch(() => undefined);
  }

  async function ready(): Promise<void> {
    const wanted = changes;
    const isBehind = (): boolean => refreshed < wanted && !closed;
    while (isBehind()) {
      // A new task leaves the zone of a live query that may have asked: the columns are no part of what it read.
      const pause = isStale ? Math.max(0, restedAt - performance.now()) : 0;
      working ??= new Promise((resolve, reject) => {
        setTimeout(() => {
          refresh()
            .finally(() => {
              working = undefined;
            })
            .then(resolve, reject);
        }, pause);
      });
      await Promise.resolve(working);
    }
  }

  function warm(): void {
    if (closed || isWarm() || working !== undefined || warming !== undefined) return;
    warmLater();
  }

  /** Put off by every large write: while they go on, what was read would be out of date at once. */
  function warmLater(): void {
    clearTimeout(warming);
    warming = setTimeout(() => {
      warming = undefined;
      if (!closed) run(ready());
    }, WARM_UP_MS);
  }

  function find(plan: QueryPlan): readonly string[] {
    const { space, states } = plan;
    const tests = plan.conditions.flatMap(({ field, matchesKey }) =>
      matchesKey !== undefined && isKeyed(plan.type, field) ? [{ field, matchesKey }] : [],
    );
    const ids: string[] = [];
    visit(plan, (row) => {
      if ((space !== undefined && row.space !== space) || !states.has(row.state)) return;
      for (const { field, matchesKey } of tests) if (!matchesKey(keyIn(row, field), row.texts?.[field])) return;
      ids.push(row.id);
    });
    return ids;
  }

  return {
    ready,
    isWarm,
    warm,
    find,
    close: () => {
      closed = true;
      clearTimeout(warming);
      clearTimeout(storing);
      unfollow();
    },
  };
}
