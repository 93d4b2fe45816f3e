// The one door in. Parses by field kind, checks what this persona may write, and hands the rest to edit-writes.ts.
// Every method resolves when the change is on this device's disk, and every one can be undone by one more edit.

import { deleteFacet, editFacet, markChangedByBoth, restoreFacet } from "#shared/doc/facet-document.ts";
import type { Stamp } from "#shared/doc/facet-content.ts";
import { isSettledType } from "#shared/doc/sealed-document.ts";
import { canWriteFacet } from "#shared/model/facets.ts";
import { newId } from "#shared/model/ids.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { assert, err, ok, type Result } from "#shared/model/result.ts";
import { facetOfField, titleFacetOf, type PolicyView } from "#shared/model/policy.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { EditPatch, StoredRecord } from "./database.ts";
import { createMany } from "./edit-many.ts";
import { checkWritable, facetHeldBy, parseValues, placeValues, type ParsedValues } from "./edit-parse.ts";
import { checkNewRecords, placeNew, writeNew, writeNext } from "./edit-new.ts";
import { mapGroups, stampOf, writeRecord, type FacetChange } from "./edit-writes.ts";
import { withQuota, type QuotaWatch } from "./quota.ts";
import { writing, type Replica } from "./replica.ts";
import type { EditApi, EditError, Edited, NewRecord } from "./types.ts";

const SETTLED = "This is signed and recorded. It cannot be changed or deleted; what you decide anew stands beside it.";

const notFound = (message: string): Result<never, EditError> => err({ type: "NotFound", message });
const notAllowed = (message: string): Result<never, EditError> => err({ type: "NotAllowed", message });

type Outcome = Promise<Result<Edited, EditError>>;
type RawEdit = Parameters<EditApi["setMany"]>[0][number];
type ParsedEdit = { readonly id: string; readonly values: ParsedValues };
/** What stood there before, for the undo, and which records were made along the way. */
type Written = { readonly before: readonly ParsedEdit[]; readonly made: readonly string[] };

const fieldsBefore = (patches: readonly EditPatch[]): ParsedValues =>
  Object.fromEntries(patches.map((patch) => [patch.field, patch.from ?? null]));

export function createEditApi(replicaNow: () => Replica, quota: QuotaWatch): EditApi {
  const guarded = <T>(body: (replica: Replica) => Promise<Result<T, EditError>>): Promise<Result<T, EditError>> =>
    withQuota(quota, () => body(replicaNow()));

  const undoable = (id: string, undo: () => Outcome): Result<Edited, EditError> => ok({ id, undo });

  /** One or several new records: all of them or none. The first one's id stands for them. */
  async function create(records: readonly NewRecord[], space?: { name: string; persona: Persona }): Outcome {
    return guarded(async (replica) => {
      const checked = checkNewRecords(records);
      if (!checked.ok) return checked;
      const id = checked.value[0]?.id ?? "";
      const written = await writing(replica, async (): Promise<Result<void, EditError>> => {
        if (space !== undefined) await replica.database.spaces.add({ id, kind: "project", ...space });
        const placed = [];
        for (const record of checked.value) {
          const one = await placeNew(replica, record);
          if (!one.ok) return one;
          placed.push(one.value);
        }
        for (const record of placed) await writeNew(replica, record);
        return ok(undefined);
      });
      if (!written.ok) return written;
      const ids = checked.value.map((record) => record.id);
      return undoable(id, () => turn(ids.toReversed(), "deleted"));
    });
  }

  /** Writes parsed values over existing records; `kind` `chosen` when they settle a "changed by both". */
  async function write(edits: readonly ParsedEdit[], kind: "changed" | "chosen"): Outcome {
    return guarded(async (replica) => {
      const written = await writing(replica, async (): Promise<Result<Written, EditError>> => {
        const policy = await replica.policy();
        const found: (Writable & { groups: ReturnType<typeof placeValues<FieldValue | null>> })[] = [];
        for (const { id, values } of edits) {
          const one = await findWritable(replica, id);
          if (!one.ok) return one;
          const { record, definition, persona } = one.value;
          const groups = placeValues(definition, values, facetHeldBy(record), policy);
          const allowed = checkWritable(definition, groups, persona);
          if (!allowed.ok) return allowed;
          const isAuthored = Object.keys(values).some((field) => definition.authored?.includes(field));
          if (isAuthored && record.createdBy !== replica.me.id && !isInternal(persona))
            return notAllowed("Only whoever wrote this changes it. Answer it instead.");
          found.push({ ...one.value, groups });
        }
        const before: ParsedEdit[] = [];
        const made: string[] = [];
        for (const { record, groups } of found) {
          const stamp = stampOf(replica);
          const changes = mapGroups(groups, (values): FacetChange => (doc) => {
            const edited = editFacet(doc, record.type, values, stamp, kind);
            return edited === undefined ? undefined : { update: edited.update, patches: edited.changed };
          });
          const { id: recordId, type, space } = record;
          const patches = await writeRecord(replica, { recordId, type, space, changes }, stamp);
          if (patches.length === 0) continue;
          before.push({ id: recordId, values: fieldsBefore(patches) });
          made.push(...(await writeNext(replica, recordId)));
        }
        return ok({ before, made });
      });
      if (!written.ok) return written;
      const { before, made } = written.value;
      const id = edits[0]?.id ?? "";
      return undoable(id, async () => {
        if (before.length === 0) return nothingToUndo(id);
        const back = await write(before, "changed");
        if (back.ok && made.length > 0) await turn(made, "deleted");
        return back;
      });
    });
  }

  const nothingToUndo = async (id: string): Outcome => undoable(id, () => nothingToUndo(id));

  /** Deletes or restores in every facet that is held and may be written. Returns the ids it changed. */
  async function turn(recordIds: readonly string[], wanted: "deleted" | "active"): Outcome {
    return guarded(async (replica) => {
      const turned = await writing(replica, async (): Promise<Result<readonly string[], EditError>> => {
        const changed: string[] = [];
        for (const recordId of recordIds) {
          const record = await replica.database.records.get(recordId);
          if (record === undefined) return notFound("This record is not on this device any more.");
          if (isSettledType(record.type)) return notAllowed(SETTLED);
          if (record.state === wanted) continue;
          const persona = await personaIn(replica, record.space);
          const facets = Object.keys(record.docs).filter(
            (facet) => persona !== undefined && canWriteFacet(facet, persona),
          );
          const definition = findRecordType(record.type);
          const titleFacet =
            definition === undefined
              ? facets[0]
              : titleFacetOf(definition, facetHeldBy(record), await replica.policy());
          const isAuthored = definition?.authored !== undefined && record.createdBy !== replica.me.id;
          const mayTurn = titleFacet !== undefined && facets.includes(titleFacet);
          if (!mayTurn || (isAuthored && persona !== undefined && !isInternal(persona)))
            return notAllowed(`You may not ${wanted === "deleted" ? "delete" : "restore"} this here. Ask the team.`);
          const stamp = stampOf(replica);
          const changes = new Map(facets.map((facet) => [facet, turnFacet(wanted, stamp)]));
          await writeRecord(replica, { recordId, type: record.type, space: record.space, changes }, stamp);
          changed.push(recordId);
        }
        return ok(changed);
      });
      if (!turned.ok) return turned;
      return undoable(recordIds[0] ?? "", () => turn(turned.value, wanted === "deleted" ? "active" : "deleted"));
    });
  }

  /** Puts a settled mark back, with the value that was shown: the undo of `chooseValue`. */
  async function remark(record: StoredRecord, field: string): Outcome {
    const mark = record.changedByBoth[field];
    assert(mark !== undefined, "a settled mark was there before");
    const back = await write([{ id: record.id, values: { [field]: mark.kept } }], "changed");
    if (!back.ok) return back;
    return guarded(async (replica) => {
      const change: FacetChange = (doc) => {
        const update = markChangedByBoth(doc, { [field]: mark });
        return update === undefined ? undefined : { update, patches: [] };
      };
      const { id: recordId, type, space } = record;
      await writing(replica, async () => {
        const facet = facetOf(record, field, await replica.policy());
        await writeRecord(replica, { recordId, type, space, changes: new Map([[facet, change]]) }, stampOf(replica));
      });
      return back;
    });
  }

  async function parseEdits(edits: readonly RawEdit[]): Promise<Result<readonly ParsedEdit[], EditError>> {
    const parsed: ParsedEdit[] = [];
    for (const { id, values } of edits) {
      const record = await replicaNow().database.records.get(id);
      const definition = record === undefined ? undefined : findRecordType(record.type);
      if (definition === undefined) return notFound("This record is not on this device any more.");
      const one = parseValues(definition, values);
      if (!one.ok) return one;
      parsed.push({ id, values: one.value });
    }
    return ok(parsed);
  }

  async function setMany(edits: readonly RawEdit[]): Outcome {
    const parsed = await parseEdits(edits);
    return parsed.ok ? write(parsed.value, "changed") : parsed;
  }

  const api: EditApi = {
    create: (record) => create([record]),
    createProject: async (values, contents) => {
      const { me } = replicaNow();
      if (!isInternal(me.persona)) return notAllowed("Only the team can start a project. Ask your contact there.");
      const id = newId();
      const name = typeof values["name"] === "string" ? values["name"].trim() : "";
      const records = [{ id, type: "project", space: id, values }, ...(contents?.(id) ?? [])];
      return create(records, { name, persona: me.persona });
    },
    makeNext: (recordId) =>
      guarded(async (replica) => {
        await writing(replica, async () => ok(await writeNext(replica, recordId)));
        return ok(undefined);
      }),
    set: (id, values) => setMany([{ id, values }]),
    setMany,
    remove: (recordIds) => turn(recordIds, "deleted"),
    restore: (recordIds) => turn(recordIds, "active"),
    chooseValue: async (recordId, field, choice) => {
      const record = await replicaNow().database.records.get(recordId);
      const mark = record?.changedByBoth[field];
      if (record === undefined || mark === undefined) return notFound("This was settled already.");
      const value = choice === "other" ? mark.other : (record.fields[field] ?? null);
      const chosen = await write([{ id: recordId, values: { [field]: value } }], "chosen");
      return chosen.ok ? undoable(recordId, () => remark(record, field)) : chosen;
    },
    createMany: (records, options) => guarded((replica) => createMany(replica, records, options)),
  };
  return api;
}

const personaIn = async (replica: Replica, space: string): Promise<Persona | undefined> =>
  (await replica.database.spaces.get(space))?.persona;

type Writable = { readonly record: StoredRecord; readonly definition: RecordTypeDefinition; readonly persona: Persona };

async function findWritable(replica: Replica, recordId: string): Promise<Result<Writable, EditError>> {
  const record = await replica.database.records.get(recordId);
  const definition = record === undefined ? undefined : findRecordType(record.type);
  if (record === undefined || definition === undefined) return notFound("This record is not on this device any more.");
  if (isSettledType(record.type)) return notAllowed(SETTLED);
  if (record.state === "deleted") return notFound("This record is in the trash. Restore it first.");
  const persona = await personaIn(replica, record.space);
  return persona === undefined ? notAllowed("You are no longer in this space.") : ok({ record, definition, persona });
}

function facetOf(record: StoredRecord, field: string, policy: PolicyView): string {
  const definition = findRecordType(record.type);
  return definition === undefined ? facetHeldBy(record) : facetOfField(definition, field, facetHeldBy(record), policy);
}

const turnFacet =
  (wanted: "deleted" | "active", stamp: Stamp): FacetChange =>
  (doc) => {
    const update = wanted === "deleted" ? deleteFacet(doc, stamp) : restoreFacet(doc, stamp);
    return update === undefined ? undefined : { update, patches: [] };
  };
