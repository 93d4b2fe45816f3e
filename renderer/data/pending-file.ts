// What lives only on one device, as a file, and back in on another device of the same person. The file carries the updates
// themselves: taken in twice, or sent by both devices, they change everything once. Loaded when somebody asks for it.

import { fromBase64, toBase64 } from "lib0/buffer";
import { applyUpdate, equalSnapshots, snapshot, type Doc } from "yjs";
import { z } from "zod";
import { bytesEqual } from "#shared/doc/update-bytes.ts";
import { audiences } from "#shared/model/audience.ts";
import { parseField } from "#shared/model/field-kinds.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { docIdOf, isFacetName, isId } from "#shared/model/ids.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import { limits } from "#shared/protocol/limits.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { Database, EditPatch, RefusedRow, UpdateRow } from "./database.ts";
import { writeRecord } from "./edit-writes.ts";
import { loadRecord, openNew, reprojectRecord } from "./held-record.ts";
import { findDocs } from "./record-rows.ts";
import { writing, type Replica } from "./replica.ts";
import type { EditApi, PendingChange, TakenIn } from "./types.ts";
import type { UnkeptEdit } from "./unkept-edits.ts";

const FORMAT = "drawbridge-pending";
const VERSION = 2;

const id = z.string().refine(isId);
const facet = z.string().refine(isFacetName);
const bytes = z
  .base64()
  .max(limits.documentBytes * 2)
  .transform(fromBase64);
const patch = z.object({ field: z.string(), from: z.unknown().optional(), to: z.unknown().optional() });

const rawValues = z.record(z.string(), z.unknown());

const updateShape = z.object({
  recordId: id,
  facet,
  type: id,
  space: id,
  at: z.iso.datetime(),
  patches: z.array(patch),
  bytes,
});
const fileShape = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  member: z.object({ id, name: z.string() }),
  /** Projects made on the other device that no relay knows yet. */
  newSpaces: z.array(z.object({ id, name: z.string() })),
  updates: z.array(updateShape),
  /** `file`: its bytes are meant, which lie beside this file. */
  notAccepted: z.array(updateShape.extend({ code: z.int(), reason: z.string(), file: z.literal(true).optional() })),
  /** What the other device had no room for: raw values, to be made here as a new edit. */
  notKept: z
    .array(
      z.union([
        z.object({
          create: z.object({
            id,
            type: id,
            space: id,
            audience: z.enum(audiences).optional(),
            values: rawValues,
          }),
        }),
        z.object({ set: z.object({ id, values: rawValues }) }),
      ]),
    )
    .default([]),
});
type PendingFile = z.output<typeof fileShape>;
type FileUpdate = z.output<typeof updateShape>;

type Home = { readonly type: string; readonly space: string };

const toFile = (row: UpdateRow | RefusedRow, home: Home, at: string) => ({
  recordId: row.recordId,
  facet: row.docId.slice(row.recordId.length + 1),
  ...home,
  at: row.at ?? at,
  patches: row.patches ?? [],
  bytes: toBase64(row.bytes),
});

/** JSON of everything that waits or was not accepted. `waiting` says it in words, for whoever opens the file. */
export async function writePendingFile(
  replica: Replica,
  waiting: readonly PendingChange[],
  notKept: readonly UnkeptEdit[] = [],
): Promise<string> {
  const { database, me } = replica;
  const at = replica.now().toISOString();
  const rows = await database.updates.filter((row) => row.by !== undefined).toArray();
  const refused = await database.refused.toArray();
  const docs = await findDocs(
    database,
    [...rows, ...refused].map((row) => row.docId),
  );
  // A record that was never acknowledged, in a space without a cursor: the project itself is new.
  const cursors = new Set((await database.cursors.toArray()).map((cursor) => cursor.space));
  const newSpaces = (await database.spaces.toArray()).filter(
    (space) => !cursors.has(space.id) && rows.some((row) => row.recordId === space.id),
  );
  const withHome = <Row extends UpdateRow | RefusedRow>(row: Row): readonly [Row, Home][] => {
    const doc = docs.get(row.docId);
    const kept =
      "reason" in row && row.type !== undefined && row.space !== undefined ? [row.type, row.space] : undefined;
    const [type, space] = doc === undefined ? (kept ?? []) : [doc.type, doc.space];
    return type === undefined || space === undefined ? [] : [[row, { type, space }]];
  };
  return JSON.stringify(
    {
      format: FORMAT,
      version: VERSION,
      exportedAt: at,
      member: { id: me.id, name: me.name },
      waiting,
      newSpaces: newSpaces.map(({ id: spaceId, name }) => ({ id: spaceId, name })),
      updates: rows.flatMap(withHome).map(([row, home]) => toFile(row, home, at)),
      notAccepted: refused.flatMap(withHome).map(([row, home]) => ({
        ...toFile(row, home, at),
        code: row.code,
        reason: row.reason,
        ...(row.file === 1 ? { file: true } : {}),
      })),
      notKept,
    },
    null,
    2,
  );
}

function readFile(text: string): Result<PendingFile, { readonly message: string }> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return err({ message: "This is not a file of pending changes. Choose the one that Export on this page made." });
  }
  const parsed = fileShape.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const known = z.object({ format: z.literal(FORMAT), version: z.number() }).safeParse(json);
  if (known.success && known.data.version !== VERSION)
    return err({
      message: "Another version of the app made this file. Bring both devices to the same version, then export again.",
    });
  return err({ message: "This file is damaged or not complete. Export it again on the other device." });
}

/** Only what the field's kind can read: the words of a file are shown and may be made again as an edit. */
function soundPatches(type: string, patches: FileUpdate["patches"]): readonly EditPatch[] {
  const fields = findRecordType(type)?.fields;
  const value = (field: string, raw: unknown): FieldValue | null | undefined => {
    const spec = fields?.[field];
    const parsed = spec === undefined || raw === undefined ? undefined : parseField(raw, { ...spec });
    return parsed?.ok === true ? parsed.value : undefined;
  };
  return patches.flatMap(({ field, from, to }) => {
    const [before, after] = [value(field, from), value(field, to)];
    if (before === undefined && after === undefined) return [];
    return [
      { field, ...(before === undefined ? {} : { from: before }), ...(after === undefined ? {} : { to: after }) },
    ];
  });
}

type Verdict = "news" | "known" | "leans" | "unreadable";

/** What an update would do to a document, tried on a copy. */
function tryUpdate(doc: Doc, update: Uint8Array): Verdict {
  const before = snapshot(doc);
  try {
    applyUpdate(doc, update);
  } catch {
    return "unreadable";
  }
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) return "leans";
  return equalSnapshots(before, snapshot(doc)) ? "known" : "news";
}

/** All updates of one record, in one transaction. */
async function takeRecord(replica: Replica, updates: readonly FileUpdate[]): Promise<Verdict[]> {
  const [first] = updates;
  if (first === undefined) return [];
  const { recordId, type, space } = first;
  return writing(replica, async () => {
    const held = new Map(await loadRecord(replica.database, recordId));
    const verdicts: Verdict[] = [];
    for (const update of updates) {
      const trial =
        held.get(update.facet) ?? openNew({ recordId, facet: update.facet, space, type }, await replica.clientId());
      held.set(update.facet, trial);
      const verdict = tryUpdate(trial.doc, update.bytes);
      verdicts.push(verdict);
      // What follows a part that cannot be applied may lean on it.
      if (verdict === "leans" || verdict === "unreadable") break;
      if (verdict === "known") continue;
      const patches = soundPatches(type, update.patches);
      const apply = (doc: Doc) => {
        applyUpdate(doc, update.bytes);
        return { update: update.bytes, patches };
      };
      await writeRecord(
        replica,
        { recordId, type, space, changes: new Map([[update.facet, apply]]) },
        { at: update.at, by: replica.me.id },
      );
    }
    return verdicts;
  });
}

async function takeRefused(replica: Replica, rows: PendingFile["notAccepted"]): Promise<number> {
  const { database } = replica;
  return writing(replica, async () => {
    const kept = await database.refused.toArray();
    const news = rows.flatMap((row): Omit<RefusedRow, "id">[] => {
      const docId = docIdOf(row.recordId, row.facet);
      if (kept.some((one) => one.docId === docId && bytesEqual(one.bytes, row.bytes))) return [];
      const { recordId, code, reason, at, type, space } = row;
      return [
        {
          docId,
          recordId,
          type,
          space,
          ...(row.file === true ? { file: 1 as const } : {}),
          code,
          reason,
          at,
          by: replica.me.id,
          patches: soundPatches(row.type, row.patches),
          bytes: row.bytes,
        },
      ];
    });
    await database.refused.bulkAdd(news);
    for (const recordId of new Set(news.map((row) => row.recordId))) await reprojectRecord(database, recordId);
    return news.length;
  });
}

async function heldSpaces(database: Database, file: PendingFile, replica: Replica): Promise<ReadonlySet<string>> {
  const held = new Set((await database.spaces.toArray()).map((space) => space.id));
  const missing = file.newSpaces.filter(
    (space) => !held.has(space.id) && file.updates.some((update) => update.recordId === space.id),
  );
  await database.spaces.bulkAdd(
    missing.map(({ id: spaceId, name }) => ({
      id: spaceId,
      kind: "project" as const,
      name,
      persona: replica.me.persona,
    })),
  );
  return new Set([...held, ...missing.map((space) => space.id)]);
}

type NotKept = PendingFile["notKept"][number];

/** Made here as new edits, unless they were before. */
async function takeNotKept(replica: Replica, edit: EditApi, entries: readonly NotKept[]): Promise<boolean[]> {
  const taken: boolean[] = [];
  for (const entry of entries) {
    if ("set" in entry) taken.push((await edit.set(entry.set.id, entry.set.values)).ok);
    else if ((await replica.database.records.get(entry.create.id)) === undefined) {
      const { audience, ...record } = entry.create;
      taken.push((await edit.create(audience === undefined ? record : { ...record, audience })).ok);
    }
  }
  return taken;
}

/**
 * Takes a file in that `writePendingFile` made on another device of the same member. Resolves when everything is on this
 * device's disk; from there it is sent like any other change.
 */
export async function takePendingFile(
  replica: Replica,
  text: string,
  onProgress: (done: number, total: number) => void = () => undefined,
  edit?: EditApi,
): Promise<Result<TakenIn, { readonly message: string }>> {
  const read = readFile(text);
  if (!read.ok) return read;
  const file = read.value;
  if (file.member.id !== replica.me.id)
    return err({ message: `These are ${file.member.name}'s changes. Sign in as ${file.member.name} to take them in.` });
  const spaces = await heldSpaces(replica.database, file, replica);
  const outcome = { records: 0, known: 0, leftOut: 0, notAccepted: 0 };
  const byRecord = [...Map.groupBy(file.updates, (update) => update.recordId).values()];
  for (const [index, updates] of byRecord.entries()) {
    const isHeld = updates.every((update) => spaces.has(update.space));
    const verdicts = isHeld ? await takeRecord(replica, updates) : [];
    if (verdicts.length < updates.length || verdicts.some((verdict) => verdict === "leans" || verdict === "unreadable"))
      outcome.leftOut += 1;
    else if (verdicts.includes("news")) outcome.records += 1;
    else outcome.known += 1;
    onProgress(index + 1, byRecord.length);
  }
  outcome.notAccepted = await takeRefused(replica, file.notAccepted);
  for (const isIn of edit === undefined ? [] : await takeNotKept(replica, edit, file.notKept))
    if (isIn) outcome.records += 1;
    else outcome.leftOut += 1;
  return ok(outcome);
}
