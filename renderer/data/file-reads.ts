// Where the bytes of files are, and which of them wait. Reads only.

import type { Database, StoredRecord } from "./database.ts";
import type { FileState } from "./file-types.ts";

export async function readFileStates(
  database: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, FileState>> {
  const here = await bytesHere(database, ids);
  const waiting = new Set(await database.files.where("waits").equals(1).primaryKeys());
  const refused = await database.refused.where("recordId").anyOf(ids).toArray();
  const reasons = new Map(refused.flatMap(({ recordId, reason, file }) => (file === 1 ? [[recordId, reason]] : [])));
  return new Map(
    ids.map((id): [string, FileState] => {
      const reason = reasons.get(id);
      if (!here.has(id)) return [id, { kind: "elsewhere" }];
      if (reason !== undefined) return [id, { kind: "refused", reason }];
      return [id, { kind: waiting.has(id) ? "waits" : "here" }];
    }),
  );
}

/** Of which of these records this device has the bytes. Keys only: the bytes themselves are not for a list to load. */
export async function bytesHere({ files }: Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set(await files.where("id").anyOf(ids).primaryKeys());
}

/** Files whose record the relay has, and whose bytes it does not. */
export async function filesToSend(database: Database): Promise<readonly StoredRecord[]> {
  const ids = await database.files.where("waits").equals(1).primaryKeys();
  const records = ids.length === 0 ? [] : await database.records.bulkGet([...ids]);
  return records.filter((row) => row !== undefined && row.pending === 0 && row.state !== "deleted") as StoredRecord[];
}
