// The search engine over this device's records: built in chunks, kept current as it is told of changes, and its answers
// dressed with title and detail as they are now. Runs in the worker; where there is none (tests), in the page.

import { formatField } from "#shared/model/field-kinds.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { Database, StoredRecord } from "./database.ts";
import { readAllRecords, type ChangedIds } from "./query-changes.ts";
import { createSearchEngine } from "./search-engine.ts";
import type { RecordRow, SearchApi, SearchHit } from "./types.ts";

export type SearchIndex = SearchApi & {
  /** Told by the page, in order with its questions: a search right after an edit finds the edit. */
  readonly changed: (ids: ChangedIds) => void;
  readonly close: () => void;
};

const DETAIL_KINDS: ReadonlySet<string> = new Set(["relation", "choice", "text"]);
const DETAIL_PARTS = 2;
/** After a write too large to name its rows everything is compared again; not more often than this. */
const RESCAN_PAUSE_MS = 2_000;

const detailFields = (row: RecordRow): readonly string[] => {
  const definition = findRecordType(row.type);
  if (definition === undefined) return [];
  const title: readonly string[] = typeof definition.title === "string" ? [definition.title] : definition.title;
  return definition.list
    .filter(
      (field) =>
        !title.includes(field) &&
        DETAIL_KINDS.has(definition.fields[field]?.kind ?? "") &&
        row.fields[field] !== undefined,
    )
    .slice(0, DETAIL_PARTS);
};

export function openSearchIndex(database: Database): SearchIndex {
  const engine = createSearchEngine();
  let dirty = new Set<string>();
  let rescan = true;
  let built = false;
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let working: Promise<void> = Promise.resolve();

  async function readAll(): Promise<void> {
    const seen = new Set<string>();
    await readAllRecords(
      database,
      (rows) => {
        engine.put(rows);
        for (const row of rows) seen.add(row.id);
      },
      () => !closed,
    );
    if (closed) return;
    engine.remove([...engine.ids()].filter((id) => !seen.has(id)));
    built = true;
  }

  async function readDirty(): Promise<void> {
    const ids = [...dirty];
    dirty = new Set();
    const rows = await database.records.bulkGet(ids);
    engine.put(rows.filter((row) => row !== undefined));
    engine.remove(ids.filter((_id, place) => rows[place] === undefined));
  }

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const run = working.then(async () => {
      if (!closed) await work();
    });
    // A failed turn (the database was closed) is told to its caller and must not stop the next one.
    working = run.catch(() => undefined);
    return run;
  };

  function schedule(delay: number): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      void refresh().catch(() => {
        // Tried again with the next change or the next search.
        rescan = true;
      });
    }, delay);
  }

  async function refresh(): Promise<void> {
    await inTurn(async () => {
      if (rescan) {
        rescan = false;
        dirty = new Set();
        await readAll();
      } else if (dirty.size > 0) {
        await readDirty();
      }
    });
  }

  function changed(ids: ChangedIds): void {
    if (ids === "all") rescan = true;
    else for (const id of ids) dirty.add(id);
    if (built) schedule(ids === "all" ? RESCAN_PAUSE_MS : 200);
  }

  async function titlesOf(
    rows: readonly StoredRecord[],
  ): Promise<{ titles: ReadonlyMap<string, string>; spaces: ReadonlyMap<string, string> }> {
    const ids = new Set(
      rows.flatMap((row) =>
        detailFields(row).flatMap((field) => {
          const value = findRecordType(row.type)?.fields[field]?.kind === "relation" ? row.fields[field] : undefined;
          return typeof value === "string" ? [value] : [];
        }),
      ),
    );
    const [related, spaces] = await Promise.all([database.records.bulkGet([...ids]), database.spaces.toArray()]);
    return {
      titles: new Map(related.flatMap((row) => (row === undefined ? [] : [[row.id, row.title] as const]))),
      spaces: new Map(spaces.flatMap((space) => (space.kind === "project" ? [[space.id, space.name] as const] : []))),
    };
  }

  async function search(text: string, options: Parameters<SearchApi["search"]>[1] = {}): Promise<readonly SearchHit[]> {
    // The first search waits for the index; later ones only for rows that are known to have changed.
    if (!built || (dirty.size > 0 && !rescan)) await refresh();
    const ranked = engine.search(text, options);
    const rows = await database.records.bulkGet(ranked.map((one) => one.id));
    const found = rows.filter((row) => row !== undefined);
    const { titles, spaces } = await titlesOf(found);
    return ranked.flatMap(({ id, terms }, place): SearchHit[] => {
      const row = rows[place];
      if (row === undefined || row.state === "deleted") return [];
      const definition = findRecordType(row.type);
      const parts = detailFields(row).map((field) => {
        const spec = definition?.fields[field];
        return spec === undefined
          ? ""
          : formatField(row.fields[field], spec, { locale: "en", recordTitle: (one) => titles.get(one) });
      });
      const project = row.type === "project" ? undefined : spaces.get(row.space);
      return [{ id, type: row.type, title: row.title, detail: [...parts, project].filter(Boolean).join(" · "), terms }];
    });
  }

  return {
    search,
    changed,
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}
