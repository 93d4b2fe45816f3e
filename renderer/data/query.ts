// Reading projected rows: one door for lists, boards, counts and pages. Chooses the cheapest way that is right: a range of
// the sort index, a small space or a rare value in memory, else the column keys (query-columns.ts) and the page's rows.

import { liveQuery, type IndexableTypeArrayReadonly } from "dexie";
import { equalityDeep } from "lib0/function";
import {
  isIndexed,
  isKeyed,
  compareRows,
  EMPTY_KEY,
  matchesPlan,
  planQuery,
  type QueryPlan,
  type SortKey,
} from "./query-plan.ts";
import { createPace, pause } from "./query-pace.ts";
import { openColumns, QUICK_COUNT, TOTALS_KEY, type Columns } from "./query-columns.ts";
import type { Database, StoredRecord } from "./database.ts";
import type { QueryApi, RecordPage, RecordQuery, RecordRow } from "./types.ts";

/** Up to this many rows are read whole and sorted here: cheaper than any cleverness. */
const FEW_ROWS = 400;
const CHUNK = 200;
const MANY_ROWS = 1_000;
/** A long count is believed for a while: a first download changes it several times a second. */
const BELIEVED_MS = 500;
const BELIEVED_TIMES = 10;

type Counted = { readonly total: PromiseLike<number>; until: number };

const indexKey = (type: string, field: string, key?: SortKey): IndexableTypeArrayReadonly =>
  (key === undefined ? [type, field] : [type, field, key]) as IndexableTypeArrayReadonly;

/** Sorts after every key of a field: an array is greater than the empty one when it has a member. */
const afterAll = (type: string, field: string): IndexableTypeArrayReadonly => [type, field, [[]]];

export function createQueryApi(database: () => Database): QueryApi {
  let held: { database: Database; columns: Columns } | undefined;
  const countedTypes = new Map<string, Counted>();

  function columns(): Columns {
    const current = database();
    if (held?.database !== current) {
      held?.columns.close();
      countedTypes.clear();
      const opened = openColumns(current);
      held = { database: current, columns: opened };
      // Signed out: what was read must not outlive the database.
      current.on("close", () => {
        opened.close();
        if (held?.columns === opened) held = undefined;
      });
    }
    return held.columns;
  }

  const indexRange = (type: string, field: string) =>
    database().records.where("sort").between(indexKey(type, field), afterAll(type, field));

  /** The total for an index walk. Exact for types of a usual size; for large ones the last known until the columns are warm. */
  async function totalOf(type: string, field: string): Promise<number> {
    const stored = (await database().settings.get(TOTALS_KEY))?.value as Readonly<Record<string, number>> | undefined;
    const known = stored?.[type];
    if (known === undefined) {
      const some = await indexRange(type, field)
        .limit(QUICK_COUNT + 1)
        .primaryKeys();
      if (some.length <= QUICK_COUNT) return some.length;
    }
    columns().warm();
    return known ?? countAll(type, field);
  }

  async function countAll(type: string, field: string): Promise<number> {
    const believed = countedTypes.get(type);
    if (believed !== undefined && performance.now() < believed.until) return believed.total;
    const began = performance.now();
    const counted: Counted = { total: indexRange(type, field).count(), until: Number.POSITIVE_INFINITY };
    countedTypes.set(type, counted);
    try {
      return await counted.total;
    } finally {
      const now = performance.now();
      counted.until = now + Math.max(BELIEVED_MS, BELIEVED_TIMES * (now - began));
    }
  }

  async function walkIndex({ type, sort, offset, limit }: QueryPlan): Promise<RecordPage> {
    const { records } = database();
    const { field, descending } = sort;
    const total = await totalOf(type, field);
    if (limit === 0) return { rows: [], total };
    if (!descending) return { rows: await indexRange(type, field).offset(offset).limit(limit).toArray(), total };
    // Descending: the filled ones backwards, then the empty ones.
    const filled = () =>
      records.where("sort").between(indexKey(type, field), indexKey(type, field, EMPTY_KEY), true, false);
    const rows: StoredRecord[] = await filled().reverse().offset(offset).limit(limit).toArray();
    if (rows.length === limit) return { rows, total };
    const skipped = rows.length > 0 ? 0 : Math.max(0, offset - (await filled().count()));
    const empty = await records
      .where("sort")
      .equals(indexKey(type, field, EMPTY_KEY))
      .offset(skipped)
      .limit(limit - rows.length)
      .toArray();
    return { rows: [...rows, ...empty], total };
  }

  /** Rows that hold the whole answer, when some index names few of them. */
  async function fewRows(plan: QueryPlan): Promise<readonly StoredRecord[] | undefined> {
    const { records } = database();
    if (plan.space !== undefined) {
      const inSpace = () => records.where("[space+type]").equals([plan.space ?? "", plan.type]);
      const ids = await inSpace()
        .limit(FEW_ROWS + 1)
        .primaryKeys();
      if (ids.length <= FEW_ROWS) return inSpace().toArray();
    }
    if (plan.states.has("deleted")) return undefined;
    for (const { field, equals } of plan.conditions) {
      if (equals === undefined || !isIndexed(plan.type, field)) continue;
      const withValue = () => records.where("sort").equals(indexKey(plan.type, field, equals));
      const ids = await withValue()
        .limit(FEW_ROWS + 1)
        .primaryKeys();
      if (ids.length <= FEW_ROWS) return withValue().toArray();
    }
    return undefined;
  }

  function pageOf(plan: QueryPlan, rows: readonly StoredRecord[]): RecordPage {
    const matching = rows.filter((row) => matchesPlan(plan, row)).toSorted(compareRows(plan.sort));
    return { rows: matching.slice(plan.offset, plan.offset + plan.limit), total: matching.length };
  }

  /** Says to a live query around this call which changes can alter the answer. */
  async function observePopulation(plan: QueryPlan): Promise<void> {
    if (plan.isPlain) await indexRange(plan.type, "updatedAt").limit(1).primaryKeys();
    else await database().records.limit(1).toArray();
  }

  async function readRows(ids: readonly string[]): Promise<readonly StoredRecord[]> {
    const rows = await database().records.bulkGet([...ids]);
    return rows.filter((row) => row !== undefined);
  }

  /** Conditions and an order that the keys answer: ids first, then the rows of the page. */
  async function pageFromColumns(plan: QueryPlan): Promise<RecordPage> {
    const ids = columns().find(plan);
    const isOrdered = isKeyed(plan.type, plan.sort.field);
    const isDecided = plan.conditions.every(
      ({ field, matchesKey }) => matchesKey !== undefined && isKeyed(plan.type, field),
    );
    if (isDecided && isOrdered)
      return { rows: await readRows(ids.slice(plan.offset, plan.offset + plan.limit)), total: ids.length };
    const matching: StoredRecord[] = [];
    for (let start = 0; start < ids.length; start += CHUNK) {
      const rows = await readRows(ids.slice(start, start + CHUNK));
      matching.push(...rows.filter((row) => matchesPlan(plan, row)));
    }
    if (!isOrdered) return pageOf(plan, matching);
    return { rows: matching.slice(plan.offset, plan.offset + plan.limit), total: matching.length };
  }

  const isIndexWalk = (plan: QueryPlan): boolean =>
    plan.isPlain && plan.space === undefined && plan.conditions.length === 0 && isIndexed(plan.type, plan.sort.field);

  async function records(query: RecordQuery): Promise<RecordPage> {
    const plan = planQuery(query);
    const isWarm = columns().isWarm();
    // Reading many rows at once is quicker by range than by their ids.
    if (isIndexWalk(plan) && (!isWarm || plan.limit > MANY_ROWS)) return walkIndex(plan);
    if (!isWarm) {
      const few = await fewRows(plan);
      if (few !== undefined) return pageOf(plan, few);
    }
    await observePopulation(plan);
    await Promise.resolve(columns().ready());
    return pageFromColumns(plan);
  }

  const count = async (query: Pick<RecordQuery, "type" | "space" | "filters">): Promise<number> =>
    (await records({ ...query, limit: 0 })).total;

  /** Somebody may be named by every record of a large workspace: then the rows of other types are not read. */
  async function rowsReferring(id: string, type: string | undefined): Promise<readonly StoredRecord[]> {
    const refers = () => database().records.where("refs").equals(id);
    if (type === undefined || !isIndexed(type, "updatedAt")) return refers().toArray();
    const some = await refers()
      .limit(FEW_ROWS + 1)
      .primaryKeys();
    if (some.length <= FEW_ROWS) return refers().toArray();
    const ofType = () => indexRange(type, "updatedAt");
    const few = await ofType()
      .limit(FEW_ROWS + 1)
      .primaryKeys();
    if (few.length <= FEW_ROWS) return (await readRows(few)).filter((row) => row.refs.includes(id));
    const [ids, referring] = await Promise.all([ofType().primaryKeys(), refers().primaryKeys()]);
    const wanted = new Set(referring);
    return readRows(ids.filter((one) => wanted.has(one)));
  }

  async function referring(id: string, type?: string): Promise<readonly RecordRow[]> {
    const rows = await rowsReferring(id, type);
    return rows
      .filter((row) => row.state !== "deleted" && (type === undefined || row.type === type))
      .toSorted((left, right) =>
        left.createdAt === right.createdAt ? (left.id < right.id ? 1 : -1) : left.createdAt < right.createdAt ? 1 : -1,
      );
  }

  function observe<T>(
    read: () => Promise<T>,
    onResult: (result: T) => void,
    onError?: (error: unknown) => void,
  ): () => void {
    type Read = { readonly run: number; readonly result: T };
    const pace = createPace();
    let newest = 0;
    let shown: Read | undefined;
    let isOver = false;

    function show(next: Read): void {
      if (isOver || (shown !== undefined && next.run < shown.run)) return;
      // Many writes touch a range without changing what stands in it.
      const isSame = shown !== undefined && equalityDeep(shown.result, next.result);
      shown = next;
      if (!isSame) onResult(next.result);
    }

    // Dexie follows native awaits only from an async function: given a plain one, everything read after the first await
    // would not count as read, and its changes would go unnoticed.
    const subscription = liveQuery(async (): Promise<Read | undefined> => {
      newest += 1;
      const run = newest;
      const rest = pace.rest();
      // By Dexie's own promise, which does not leave the live query.
      if (rest > 0) await Promise.resolve(pause(rest));
      // More has changed meanwhile: the run that began with it reads for this one too.
      if (run !== newest) return undefined;
      const began = performance.now();
      const next = { run, result: await read() };
      pace.took(performance.now() - began);
      // Dexie drops what was overtaken by a change: while they stream in, nothing would ever be shown.
      if (run !== newest) setTimeout(() => show(next));
      return next;
    }).subscribe({
      next: (read) => {
        if (read !== undefined) show(read);
      },
      error: (error: unknown) => onError?.(error),
    });
    return () => {
      isOver = true;
      subscription.unsubscribe();
    };
  }

  return {
    record: (id) => database().records.get(id),
    records,
    byIds: (ids) => database().records.bulkGet([...ids]),
    count,
    referring,
    observe,
  };
}
