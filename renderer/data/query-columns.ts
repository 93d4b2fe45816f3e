// The list columns of all records, in memory: filters that no index range can answer run over these keys and read only the
// rows of the page. Built when first needed, kept current from the changes of every tab.

import type { Database, StoredRecord } from "./database.ts";
import { followRecords, readAllRecords } from "./query-changes.ts";
import { compareInList, fullText, isIndexed, keyOf, type QueryPlan, type SortKey } from "./query-plan.ts";
import { findRecordType } from "#shared/record-types/index.ts";

type ColumnRow = {
  readonly id: string;
  readonly type: string;
  readonly space: string;
  readonly state: string;
  readonly keys: Readonly<Record<string, SortKey>>;
  /** Folded words of columns whose key was cut. */
  readonly texts?: Readonly<Record<string, string>>;
};

type TypeColumns = {
  readonly rows: Map<string, ColumnRow>;
  readonly orders: Map<string, { list: ColumnRow[]; current: boolean }>;
};

export type Columns = {
  /** Resolves when the columns hold everything committed before the call. */
  readonly ready: () => Promise<void>;
  /** Ids of the records that pass what keys can tell, in order. `descending` and `field` as in the plan. */
  readonly find: (plan: QueryPlan) => readonly string[];
  readonly close: () => void;
};

function toColumnRow(row: StoredRecord): ColumnRow {
  const keys: Record<string, SortKey> = {};
  // Deleted records have no sort entries.
  if (row.sort.length > 0) for (const [, field, key] of row.sort) keys[field] = key;
  else
    for (const field of [...(findRecordType(row.type)?.list ?? []), "updatedAt", "createdAt"])
      keys[field] = keyOf(row, field);
  const texts: Record<string, string> = {};
  for (const [field, key] of Object.entries(keys)) {
    const text = fullText(row, field, key);
    if (text !== undefined) texts[field] = text;
  }
  const { id, type, space, state } = row;
  return { id, type, space, state, keys, ...(Object.keys(texts).length === 0 ? {} : { texts }) };
}

const NO_KEY: readonly never[] = [];

export function openColumns(database: Database): Columns {
  const types = new Map<string, TypeColumns>();
  const typeOfId = new Map<string, string>();
  let dirty: Set<string> | "all" = "all";
  let working: Promise<void> | undefined;
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
    columns.rows.delete(id);
    for (const order of columns.orders.values()) order.current = false;
  }

  function put(row: StoredRecord): void {
    drop(row.id);
    const columns = columnsOf(row.type);
    columns.rows.set(row.id, toColumnRow(row));
    typeOfId.set(row.id, row.type);
    for (const order of columns.orders.values()) order.current = false;
  }

  async function refresh(): Promise<void> {
    while (!closed && (dirty === "all" || dirty.size > 0)) {
      const changed = dirty;
      dirty = new Set();
      if (changed === "all") {
        const seen = new Set<string>();
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
        for (const id of typeOfId.keys()) if (!seen.has(id)) drop(id);
      } else {
        const ids = [...changed];
        const rows = await database.records.bulkGet(ids);
        for (const [index, row] of rows.entries()) {
          if (row === undefined) drop(ids[index] ?? "");
          else put(row);
        }
      }
    }
  }

  const unfollow = followRecords(database, (ids) => {
    if (ids === "all") dirty = "all";
    else if (dirty !== "all") for (const id of ids) dirty.add(id);
  });

  /** Sorting again what is nearly sorted is cheap: what has not changed keeps its place, what is new is appended first. */
  function ordered(type: string, field: string, descending: boolean): readonly ColumnRow[] {
    const columns = columnsOf(type);
    const name = `${field} ${descending}`;
    const held = columns.orders.get(name) ?? { list: [], current: false };
    if (held.current) return held.list;
    const kept = held.list.filter((row) => columns.rows.get(row.id) === row);
    const known = new Set(kept);
    for (const row of columns.rows.values()) if (!known.has(row)) kept.push(row);
    kept.sort((left, right) =>
      compareInList(left.keys[field] ?? NO_KEY, left.id, right.keys[field] ?? NO_KEY, right.id, descending),
    );
    columns.orders.set(name, { list: kept, current: true });
    return kept;
  }

  function ready(): Promise<void> {
    if (working === undefined) {
      if (dirty !== "all" && dirty.size === 0) return Promise.resolve();
      // A new task leaves the zone of a live query that may have asked: the columns are no part of what it read.
      working = new Promise((resolve, reject) => {
        setTimeout(() => {
          refresh()
            .finally(() => {
              working = undefined;
            })
            .then(resolve, reject);
        }, 0);
      });
    }
    return Promise.resolve(working);
  }

  function find(plan: QueryPlan): readonly string[] {
    const tests = plan.conditions.filter(
      (condition) => condition.matchesKey !== undefined && isIndexed(plan.type, condition.field),
    );
    const ids: string[] = [];
    for (const row of ordered(plan.type, plan.sort.field, plan.sort.descending)) {
      if (plan.space !== undefined && row.space !== plan.space) continue;
      if (!plan.states.has(row.state)) continue;
      const passes = tests.every(
        ({ field, matchesKey }) => matchesKey?.(row.keys[field] ?? NO_KEY, row.texts?.[field]) === true,
      );
      if (passes) ids.push(row.id);
    }
    return ids;
  }

  return {
    ready,
    find,
    close: () => {
      closed = true;
      unfollow();
    },
  };
}
