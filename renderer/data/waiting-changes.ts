// What waits and what was not accepted, in words. Reads only, and opens none of the device's documents.

import { file as fileType, findRecordType } from "#shared/record-types/index.ts";
import type { EditPatch, RefusedRow, UpdateRow } from "./database.ts";
import { bytesHere, filesToSend } from "./file-reads.ts";
import { docsOf } from "./record-rows.ts";
import type { Replica } from "./replica.ts";
import type { PendingChange, RefusedChange } from "./types.ts";

type Naming = { readonly type: string; readonly title: string };

type Edit = Pick<UpdateRow, "recordId" | "docId" | "at" | "by" | "patches"> & Pick<RefusedRow, "type">;

export async function readPending(replica: Replica): Promise<readonly PendingChange[]> {
  // Offers of confirmed state (after a restored relay) are not changes anybody made.
  const rows = await replica.database.updates.filter((row) => row.by !== undefined).toArray();
  const names = await nameRecords(replica, rows);
  const edits = [...Map.groupBy(rows, (row) => row.recordId)].map(([recordId, own]) =>
    toPending(own, names.get(recordId)),
  );
  const files = await filesToSend(replica.database);
  return [
    ...edits,
    ...files.map(({ id, type, title, createdAt }) => ({ recordId: id, type, title, since: createdAt, fields: [] })),
  ];
}

function toPending(edits: readonly Edit[], naming: Naming | undefined): PendingChange {
  const type = naming?.type ?? "";
  const labels = findRecordType(type)?.fields;
  return {
    recordId: edits[0]?.recordId ?? "",
    type,
    title: naming?.title ?? "",
    since: edits.map((edit) => edit.at ?? "").sort()[0] ?? "",
    fields: edits.flatMap((edit) =>
      (edit.patches ?? []).map((patch) => ({
        ...patch,
        label: labels?.[patch.field]?.label ?? patch.field,
        at: edit.at ?? "",
      })),
    ),
  };
}

/** A record that was refused at birth has no row: its name is among the values. */
async function nameRecords({ database }: Replica, edits: readonly Edit[]): Promise<ReadonlyMap<string, Naming>> {
  const byRecord = Map.groupBy(edits, (edit) => edit.recordId);
  const records = await database.records.bulkGet([...byRecord.keys()]);
  const nameless = [...byRecord.keys()].filter((_id, index) => records[index] === undefined);
  const typeByRecord = new Map((await docsOf(database, nameless)).map((doc) => [doc.recordId, doc.type]));
  return new Map(
    [...byRecord].map(([recordId, own], index): [string, Naming] => {
      const record = records[index];
      if (record !== undefined) return [recordId, record];
      const type = typeByRecord.get(recordId) ?? own.find((edit) => edit.type !== undefined)?.type ?? "";
      return [
        recordId,
        {
          type,
          title: titleFrom(
            type,
            own.flatMap((edit) => edit.patches ?? []),
          ),
        },
      ];
    }),
  );
}

function titleFrom(type: string, patches: readonly EditPatch[]): string {
  const title = findRecordType(type)?.title ?? [];
  const names = typeof title === "string" ? [title] : title;
  return names
    .map((name) => patches.find((patch) => patch.field === name)?.to)
    .filter((value) => typeof value === "string")
    .join(" ");
}

/** Typed text has no values of before and after: its words are in the update itself. */
async function wordsOf(row: RefusedRow): Promise<string> {
  if (row.patches.length > 0) return "";
  const { wordsOfUpdate } = await import("#shared/doc/update-words.ts");
  return wordsOfUpdate(row.bytes);
}

/** How long the tray keeps what was not accepted. */
export const REFUSED_KEPT_MS = 90 * 24 * 3_600_000;

const keptUntil = (refusedAt: string): string => new Date(Date.parse(refusedAt) + REFUSED_KEPT_MS).toISOString();

/** All reads come before the wait for code: a live query follows only those. */
export async function readRefused(replica: Replica): Promise<readonly RefusedChange[]> {
  const rows = await replica.database.refused.toArray();
  const names = await nameRecords(replica, rows);
  const files = await bytesHere(
    replica.database,
    rows.flatMap(({ type, recordId }) => (type === fileType.type ? [recordId] : [])),
  );
  const words = await Promise.all(rows.map(wordsOf));
  return rows.map((row, index) => {
    const own = words[index] ?? "";
    return {
      ...toPending([row], names.get(row.recordId)),
      id: row.id,
      reason: row.reason,
      ...(own === "" ? {} : { words: own }),
      ...(files.has(row.recordId) ? { file: true as const } : {}),
      ...(row.refusedAt === undefined ? {} : { refusedAt: row.refusedAt, keptUntil: keptUntil(row.refusedAt) }),
    };
  });
}
