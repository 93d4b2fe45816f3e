// What happens to the rows of a device whose tables are older. Runs inside the upgrade's own transaction: whole or not at all.

import type { Transaction } from "dexie";
import type { DocumentState, RecordDocuments } from "./database.ts";
import type { ChangeRow } from "./types.ts";

const CHUNK = 1_000;

type DocumentOfVersion1 = DocumentState & {
  readonly docId: string;
  readonly recordId: string;
  readonly facet: string;
};

/** Version 2: the documents and the history of a record, until then a row each, become one row. */
export async function gatherDocuments(transaction: Transaction): Promise<void> {
  await inChunks<DocumentOfVersion1>(
    transaction,
    "docs",
    (row) => row.docId,
    (held, { docId: _docId, recordId: _recordId, facet, ...state }) => ({
      ...held,
      facets: { ...held.facets, [facet]: state },
    }),
  );
  await inChunks<ChangeRow>(
    transaction,
    "changes",
    (row) => row.id,
    (held, change) => ({
      ...held,
      history: [...held.history, change],
    }),
  );
}

type FileOfVersion4 = { readonly id: string; waits?: 1; problem?: string };

/** Version 5: until then a file that the relay had once answered with an error was never sent again. */
export async function sendFilesAgain(transaction: Transaction): Promise<void> {
  await transaction
    .table<FileOfVersion4, string>("files")
    .toCollection()
    .modify((row) => {
      if (row.problem === undefined) return;
      delete row.problem;
      row.waits = 1;
    });
}

/** Walks an old table and works every row of it into the row of its record. */
async function inChunks<Row extends { readonly recordId: string }>(
  transaction: Transaction,
  tableName: string,
  keyOf: (row: Row) => string,
  add: (held: RecordDocuments, row: Row) => RecordDocuments,
): Promise<void> {
  const old = transaction.table<Row, string>(tableName);
  const documents = transaction.table<RecordDocuments, string>("documents");
  for (let after = ""; ;) {
    const rows = await old.where(":id").above(after).limit(CHUNK).toArray();
    const last = rows.at(-1);
    if (last === undefined) return;
    after = keyOf(last);
    const ids = [...new Set(rows.map((row) => row.recordId))];
    const known = await documents.bulkGet(ids);
    const held = new Map(ids.map((id, index) => [id, known[index] ?? { id, facets: {}, history: [] }]));
    for (const row of rows) {
      const own = held.get(row.recordId);
      if (own !== undefined) held.set(row.recordId, add(own, row));
    }
    await documents.bulkPut([...held.values()]);
  }
}
