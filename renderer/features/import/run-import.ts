// Writes what was planned, in chunks, through the one door in. The batch is kept before each group of chunks, so that
// even a closed window leaves an import that can be undone.

import { newId } from "#shared/model/ids.ts";
import { ok, type Result } from "#shared/model/result.ts";
import type { Data, EditError, ImportBatch } from "#renderer/data/types.ts";
import type { ImportDesk } from "./import-desk.ts";
import type { FillRow, ImportType, NewRow, Values } from "./import-types.ts";

export type RunOutcome = {
  readonly state: "done" | "stopped" | "failed";
  readonly batch: ImportBatch;
  readonly message?: string;
};

type RunInput = {
  readonly data: Data;
  readonly desk: Pick<ImportDesk, "takeCompanies" | "takeCreates" | "takeFills">;
  readonly fileName: string;
  readonly type: ImportType;
  readonly signal: AbortSignal;
  readonly report: (done: number) => void;
};

const CHUNK = 1_000;
/** The list of a batch is written anew each time, so not with every chunk. */
const CHUNKS_PER_SAVE = 2;

export function sentenceOf(error: EditError): string {
  switch (error.type) {
    case "InvalidFields":
      return Object.values(error.fields)[0]?.message ?? "A value could not be kept.";
    case "NotFound":
    case "NotAllowed":
    case "QuotaExceeded":
      return error.message;
  }
}

/** Fields of the file that are still empty on this device. */
function stillEmpty(present: Values, values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([field]) => present[field] === undefined));
}

export async function runImport({ data, desk, fileName, type, signal, report }: RunInput): Promise<RunOutcome> {
  const id = newId();
  const created: string[] = [];
  const filled: { id: string; fields: readonly string[] }[] = [];
  let done = 0;
  let sinceSave = 0;
  /** Rows handed over whose outcome is not known yet. */
  let inFlight: readonly string[] = [];
  const batchNow = (ahead: readonly string[] = []): ImportBatch => ({
    id,
    at: new Date().toISOString(),
    fileName,
    type,
    created: [...created, ...ahead],
    filled: [...filled],
  });

  const createChunk = async (rows: readonly NewRow[], ahead: readonly string[]): Promise<Result<void, EditError>> => {
    if (sinceSave % CHUNKS_PER_SAVE === 0) await data.device.saveImport(batchNow(ahead));
    sinceSave += 1;
    // The same row may have arrived from another device since the preview.
    const present = await data.query.byIds(rows.map((row) => row.id));
    const fresh = rows.filter((_, index) => present[index] === undefined);
    inFlight = fresh.map((row) => row.id);
    const result = await data.edit.createMany(fresh, { signal, onProgress: (count) => report(done + count) });
    if (!result.ok) return result;
    created.push(...inFlight.slice(0, result.value.created));
    inFlight = [];
    done += rows.length;
    return ok(undefined);
  };

  const createAll = async (
    take: (offset: number, limit: number) => Promise<readonly NewRow[]>,
  ): Promise<Result<void, EditError>> => {
    for (let offset = 0; !signal.aborted;) {
      const group = await take(offset, CHUNK * CHUNKS_PER_SAVE);
      if (group.length === 0) break;
      sinceSave = 0;
      for (let start = 0; start < group.length && !signal.aborted; start += CHUNK) {
        const ahead = group.slice(start).map((row) => row.id);
        const result = await createChunk(group.slice(start, start + CHUNK), ahead);
        if (!result.ok) return result;
      }
      offset += group.length;
    }
    return ok(undefined);
  };

  const fillOne = async (row: FillRow, present: Values): Promise<Result<void, EditError>> => {
    const values = stillEmpty(present, row.values);
    const fields = Object.keys(values);
    if (fields.length === 0) return ok(undefined);
    const result = await data.edit.set(row.id, values);
    if (!result.ok) return result;
    filled.push({ id: row.id, fields });
    return ok(undefined);
  };

  const fillAll = async (): Promise<Result<void, EditError>> => {
    for (let offset = 0; !signal.aborted; offset += CHUNK) {
      const rows = await desk.takeFills(offset, CHUNK);
      if (rows.length === 0) break;
      const present = await data.query.byIds(rows.map((row) => row.id));
      for (const [index, row] of rows.entries()) {
        if (signal.aborted) break;
        const record = present[index];
        // Deleted since the preview: nothing to fill.
        const result =
          record === undefined || record.state === "deleted" ? ok(undefined) : await fillOne(row, record.fields);
        if (!result.ok) return result;
        done += 1;
        report(done);
      }
      await data.device.saveImport(batchNow());
    }
    return ok(undefined);
  };

  const steps = [() => createAll(desk.takeCompanies), () => createAll(desk.takeCreates), fillAll];
  let failure: string | undefined;
  try {
    for (const step of steps) {
      if (signal.aborted || failure !== undefined) break;
      const result = await step();
      if (!result.ok) failure = sentenceOf(result.error);
    }
  } catch {
    // The database gave up (closed, or no room left): what is in stays in, and is listed.
    failure =
      "This device could not keep more rows. Free some space, then import the same file again: rows that are in are not made twice.";
  }
  const batch = await closeBatch(data, batchNow, inFlight);
  if (failure !== undefined) return { state: "failed", batch, message: failure };
  return { state: signal.aborted ? "stopped" : "done", batch };
}

/** After a failure some of the last chunk may be in: those are listed, or all of it when even that cannot be asked. */
async function closeBatch(
  data: Data,
  batchNow: (more: readonly string[]) => ImportBatch,
  unsure: readonly string[],
): Promise<ImportBatch> {
  try {
    const rows = await data.query.byIds(unsure);
    const batch = batchNow(unsure.filter((_, index) => rows[index] !== undefined));
    await data.device.saveImport(batch);
    return batch;
  } catch {
    // The database is gone; the list that was kept ahead of the rows stays.
    return batchNow(unsure);
  }
}

const UNDO_CHUNK = 200;

/** Takes a batch back: what it created goes to the trash, what it filled is emptied where nobody changed it since. */
export async function undoImport(
  data: Data,
  batch: ImportBatch,
  report: (done: number) => void,
): Promise<Result<ImportBatch, { readonly message: string }>> {
  let done = 0;
  for (let offset = 0; offset < batch.created.length; offset += UNDO_CHUNK) {
    const ids = batch.created.slice(offset, offset + UNDO_CHUNK);
    const rows = await data.query.byIds(ids);
    const present = rows.flatMap((row) => (row === undefined || row.state === "deleted" ? [] : [row.id]));
    const result = present.length === 0 ? ok(undefined) : await data.edit.remove(present);
    if (!result.ok) return { ok: false, error: { message: sentenceOf(result.error) } };
    done += ids.length;
    report(done);
  }
  for (const { id, fields } of batch.filled) {
    const changes = await data.changes(id);
    const untouched = fields.filter(
      (field) => !changes.some((change) => change.field === field && change.at > batch.at),
    );
    const row = await data.query.record(id);
    if (row !== undefined && row.state !== "deleted" && untouched.length > 0) {
      const result = await data.edit.set(id, Object.fromEntries(untouched.map((field) => [field, null])));
      if (!result.ok) return { ok: false, error: { message: sentenceOf(result.error) } };
    }
    done += 1;
    report(done);
  }
  const undone: ImportBatch = { ...batch, undone: new Date().toISOString() };
  await data.device.saveImport(undone);
  return ok(undone);
}
