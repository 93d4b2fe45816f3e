// Reads what is on this device in pages, for the desk: the records a row may be a duplicate of, and those it may name.

import type { Data, RecordQuery, RecordRow } from "#renderer/data/types.ts";
import type { ImportDesk } from "./import-desk.ts";
import type { ImportType, KnownRecord } from "./import-types.ts";
import type { Known } from "./match-rows.ts";

const PAGE = 250;

const toKnown = (row: RecordRow): KnownRecord => ({ id: row.id, title: row.title, fields: row.fields });

/** Companies and contacts that are only named need no more than that. */
const toNamed = (row: RecordRow): KnownRecord => {
  const email = row.fields["email"];
  return { id: row.id, title: row.title, fields: email === undefined ? {} : { email } };
};

type Part = { readonly query: RecordQuery; readonly part: (rows: readonly RecordRow[]) => Partial<Known> };

function partsFor(type: ImportType): readonly Part[] {
  const sort = { field: "createdAt" };
  const parts: Part[] = [
    { query: { type, sort }, part: (rows) => ({ records: rows.map(toKnown) }) },
    { query: { type, sort, states: ["deleted"] }, part: (rows) => ({ deletedIds: rows.map((row) => row.id) }) },
  ];
  if (type === "company") return parts;
  parts.push(
    { query: { type: "company", sort }, part: (rows) => ({ companies: rows.map(toNamed) }) },
    {
      query: { type: "company", sort, states: ["deleted"] },
      part: (rows) => ({ deletedIds: rows.map((row) => row.id) }),
    },
  );
  if (type === "deal")
    parts.push({ query: { type: "contact", sort }, part: (rows) => ({ contacts: rows.map(toNamed) }) });
  return parts;
}

/** False when it was stopped. */
export async function tellKnown(
  data: Data,
  desk: Pick<ImportDesk, "know">,
  type: ImportType,
  signal: AbortSignal,
  report: (done: number, total: number) => void,
): Promise<boolean> {
  await desk.know({}, true);
  let before = 0;
  for (const { query, part } of partsFor(type)) {
    let total = 1;
    for (let offset = 0; offset < total; offset += PAGE) {
      if (signal.aborted) return false;
      const page = await data.query.records({ ...query, offset, limit: PAGE });
      total = page.total;
      await desk.know(part(page.rows), false);
      report(before + Math.min(offset + PAGE, total), before + total);
    }
    before += total;
  }
  return true;
}
