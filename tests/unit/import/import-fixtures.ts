// What the tests of the import share: a desk that was told what is there, a small store in memory behind the contract
// that Run uses, and the real files beside the checkout, when they are there.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FieldValue } from "#shared/model/field-value.ts";
import { ok } from "#shared/model/result.ts";
import type { Data, ImportBatch, RecordRow } from "#renderer/data/types.ts";
import { createImportDesk, type ImportDesk, type PlanInfo } from "#renderer/features/import/import-desk.ts";
import type { ImportType } from "#renderer/features/import/import-types.ts";
import { tellKnown } from "#renderer/features/import/known-records.ts";
import { runImport, type RunOutcome } from "#renderer/features/import/run-import.ts";

export const SPACE = "crm";

const realData = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));

/** Undefined, with a printed reason, when the folder of real files is not beside the checkout. */
export function realFile(name: string): Uint8Array | undefined {
  const path = realData + name;
  if (existsSync(path)) return readFileSync(path);
  console.info(`skipped: ${name} is not in ../shared/data beside the checkout`);
  return undefined;
}

export const toBlob = (bytes: Uint8Array): Blob => new Blob([Uint8Array.from(bytes)]);

type Store = {
  readonly data: Pick<Data, "edit" | "query" | "device" | "changes">;
  readonly rows: Map<string, RecordRow>;
  readonly batches: Map<string, ImportBatch>;
  /** Called before every chunk of createMany. */
  beforeChunk: () => void;
  active(type: string): readonly RecordRow[];
};

const textOf = (value: FieldValue | undefined): string => (typeof value === "string" ? value : "");

const titleOf = (type: string, fields: Readonly<Record<string, FieldValue>>): string =>
  type === "contact" ? `${textOf(fields["firstName"])} ${textOf(fields["lastName"])}`.trim() : textOf(fields["name"]);

/** The part of the pipe that imports use, on a Map. */
export function openMemoryStore(): Store {
  const rows = new Map<string, RecordRow>();
  const batches = new Map<string, ImportBatch>();
  const put = (
    id: string,
    type: string,
    fields: Readonly<Record<string, FieldValue>>,
    state: RecordRow["state"] = "active",
  ): void => {
    const at = "2026-05-14T09:00:00.000Z";
    const stamps = { createdAt: at, createdBy: "ana", updatedAt: at, updatedBy: "ana" };
    const title = titleOf(type, fields);
    rows.set(id, {
      id,
      type,
      space: SPACE,
      title,
      fields,
      docs: {},
      changedByBoth: {},
      state,
      ...stamps,
      pending: 1,
      refused: 0,
    });
  };
  const notUsed = (): never => {
    throw new Error("imports do not use this");
  };
  const store: Store = {
    rows,
    batches,
    beforeChunk: () => undefined,
    active: (type) => [...rows.values()].filter((row) => row.type === type && row.state !== "deleted"),
    data: {
      changes: async () => [],
      query: {
        record: async (id) => rows.get(id),
        byIds: async (ids) => ids.map((id) => rows.get(id)),
        records: async ({ type, states = ["active", "archived"], offset = 0, limit = 100 }) => {
          const all = [...rows.values()].filter((row) => row.type === type && states.includes(row.state));
          return { rows: all.slice(offset, offset + limit), total: all.length };
        },
        count: async ({ type }) => store.active(type).length,
        referring: notUsed,
        observe: notUsed,
      },
      device: {
        saveImport: async (batch) => void batches.set(batch.id, batch),
        imports: async () => [...batches.values()],
        storage: notUsed,
        requestPersistence: notUsed,
        exportAll: notUsed,
        getSetting: notUsed,
        setSetting: notUsed,
      },
      edit: {
        create: notUsed,
        createProject: notUsed,
        makeNext: notUsed,
        setMany: notUsed,
        restore: notUsed,
        chooseValue: notUsed,
        set: async (id, values) => {
          const row = rows.get(id);
          if (row === undefined) return { ok: false, error: { type: "NotFound", message: "gone" } };
          const fields = Object.entries({ ...row.fields, ...(values as Record<string, FieldValue | null>) });
          put(
            id,
            row.type,
            Object.fromEntries(fields.filter((entry): entry is [string, FieldValue] => entry[1] !== null)),
            row.state,
          );
          return ok({ id, undo: notUsed });
        },
        remove: async (ids) => {
          for (const id of ids) {
            const row = rows.get(id);
            if (row === undefined) return { ok: false, error: { type: "NotFound", message: "gone" } };
            put(id, row.type, row.fields, "deleted");
          }
          return ok({ id: ids[0] ?? "", undo: notUsed });
        },
        createMany: async (records, options = {}) => {
          let created = 0;
          while (created < records.length && options.signal?.aborted !== true) {
            store.beforeChunk();
            for (const record of records.slice(created, created + 50)) {
              if (rows.has(record.id)) throw new Error(`record ${record.id} is there already`);
              put(record.id, record.type, record.values);
            }
            created = Math.min(records.length, created + 50);
            options.onProgress?.(created);
          }
          return ok({ created });
        },
      },
    },
  };
  return store;
}

export type Planned = { readonly desk: ImportDesk; readonly plan: PlanInfo };

/** File to plan, the way the page does it. */
export async function planFile(store: Store, source: Uint8Array | string, type?: ImportType): Promise<Planned> {
  const desk = createImportDesk(() => undefined);
  const read = await desk.read(typeof source === "string" ? { text: source } : { file: toBlob(source) }, {});
  if (!read.ok) throw new Error(read.error.message);
  const wanted = type ?? read.value.type;
  const { choices } = await desk.inspect(wanted, await desk.suggest(wanted));
  await tellKnown(store.data as Data, desk, wanted, new AbortController().signal, () => undefined);
  const plan = await desk.plan({
    type: wanted,
    space: SPACE,
    choices,
    members: [{ id: "ana", name: "Ana Ruiz" }],
    locale: "en-GB",
  });
  if (plan === undefined) throw new Error("cancelled");
  return { desk, plan };
}

export const runToEnd = (
  store: Store,
  desk: ImportDesk,
  type: ImportType,
  signal = new AbortController().signal,
): Promise<RunOutcome> =>
  runImport({ data: store.data as Data, desk, fileName: "test.csv", type, signal, report: () => undefined });
