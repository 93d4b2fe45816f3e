// Where the bytes of files are, and which of them wait. Reads only.

import type { Database, FileRow, StoredRecord } from "./database.ts";
import type { FileState } from "./file-types.ts";

const stateOf = (row: FileRow | undefined): FileState => {
  if (row === undefined) return { kind: "elsewhere" };
  if (row.problem !== undefined) return { kind: "refused", reason: row.problem };
  return { kind: row.waits === 1 ? "waits" : "here" };
};

export async function readFileStates(
  database: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, FileState>> {
  const rows = await database.files.bulkGet([...ids]);
  return new Map(ids.map((id, index) => [id, stateOf(rows[index])]));
}

/** Files whose record the relay has, and whose bytes it does not. */
export async function filesToSend(database: Database): Promise<readonly StoredRecord[]> {
  const ids = await database.files.where("waits").equals(1).primaryKeys();
  const records = ids.length === 0 ? [] : await database.records.bulkGet([...ids]);
  return records.filter((row) => row !== undefined && row.pending === 0 && row.state !== "deleted") as StoredRecord[];
}
