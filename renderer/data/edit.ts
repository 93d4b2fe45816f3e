// The one door in. Parses by field kind, checks what this persona may write, and hands the rest to edit-writes.ts.
// Every method resolves when the change is on this device's disk, and every one can be undone by one more edit.

import { createFacet, deleteFacet, editFacet, markChangedByBoth, restoreFacet } from "#shared/doc/facet-document.ts";
import type { Stamp } from "#shared/doc/facet-content.ts";
import { canWriteFacet } from "#shared/model/facets.ts";
import { isId, newId } from "#shared/model/ids.ts";
import type { FieldValue } from "#shared/model/field-kinds.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { assert, err, ok, type Result } from "#shared/model/result.ts";
import { facetOfField } from "#shared/doc/merge-record.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { EditPatch, StoredRecord } from "./database.ts";
import { createMany } from "./edit-many.ts";
import {
  checkWritable,
  chosenFacet,
  facetHeldBy,
  parseNewValues,
  parseValues,
  placeValues,
  type ParsedValues,
} from "./edit-parse.ts";
import { stampOf, writeRecord, type FacetChange } from "./edit-writes.ts";
import { withQuota, type QuotaWatch } from "./quota.ts";
import { writing, type Replica } from "./replica.ts";
import type { EditApi, EditError, Edited, NewRecord } from "./types.ts";

const notFound = (message: string): Result<never, EditError> => err({ type: "NotFound", message });
const notAllowed = (message: string): Result<never, EditError> => err({ type: "NotAllowed", message });

type Outcome = Promise<Result<Edited, EditError>>;

export function createEditApi(replicaNow: () => Replica, quota: QuotaWatch): EditApi {
  const guarded = <T>(body: (replica: Replica) => Promise<Result<T, EditError>>): Promise<Result<T, EditError>> =>
    withQuota(quota, () => body(replicaNow()));

  const undoable = (id: string, undo: () => Outcome): Result<Edited, EditError> => ok({ id, undo });

  async function create(record: NewRecord, space?: { name: string; persona: Persona }): Outcome {
    return guarded(async (replica) => {
      const definition = findRecordType(record.type);
      if (definition === undefined) return notFound("This version does not know this kind of record. Update the app.");
      const values = parseNewValues(definition, record.values);
      if (!values.ok) return values;
      const id = record.id ?? newId();
      assert(isId(id), "a record id is well formed");
      const written = await writing(replica, async (): Promise<Result<void, EditError>> => {
        if (space !== undefined) await replica.database.spaces.add({ id, kind: "project", ...space });
        const persona = (await replica.database.spaces.get(record.space))?.persona;
        if (persona === undefined)
          return notFound("You are no longer in this space. Copy your words and enter them elsewhere.");
        const groups = placeValues(definition, values.value, chosenFacet(persona, record.audience));
        const allowed = checkWritable(definition, groups, persona);
        if (!allowed.ok) return allowed;
        const stamp = stampOf(replica);
        const changes = mapGroups(groups, (facetValues) => newFacet(record.type, facetValues, stamp));
        await writeRecord(replica, { recordId: id, type: record.type, space: record.space, changes }, stamp);
        return ok(undefined);
      });
      return written.ok ? undoable(id, () => api.remove([id])) : written;
    });
  }

  /** Writes parsed values over an existing record; `kind` `chosen` when they settle a "changed by both". */
  async function write(recordId: string, values: ParsedValues, kind: "changed" | "chosen"): Outcome {
    return guarded(async (replica) => {
      const written = await writing(replica, async (): Promise<Result<readonly EditPatch[], EditError>> => {
        const found = await findWritable(replica, recordId);
        if (!found.ok) return found;
        const { record, definition, persona } = found.value;
        const groups = placeValues(definition, values, facetHeldBy(record));
        const allowed = checkWritable(definition, groups, persona);
        if (!allowed.ok) return allowed;
        const stamp = stampOf(replica);
        const changes = mapGroups(groups, (edits): FacetChange => (doc) => {
          const edited = editFacet(doc, record.type, edits, stamp, kind);
          return edited === undefined ? undefined : { update: edited.update, patches: edited.changed };
        });
        return ok(await writeRecord(replica, { recordId, type: record.type, space: record.space, changes }, stamp));
      });
      if (!written.ok) return written;
      const before = Object.fromEntries(written.value.map((patch) => [patch.field, patch.from ?? null]));
      return undoable(recordId, () =>
        written.value.length === 0 ? nothingToUndo(recordId) : write(recordId, before, "changed"),
      );
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
          if (record.state === wanted) continue;
          const persona = await personaIn(replica, record.space);
          const facets = Object.keys(record.docs).filter(
            (facet) => persona !== undefined && canWriteFacet(facet, persona),
          );
          if (facets.length === 0)
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
    const back = await write(record.id, { [field]: mark.kept }, "changed");
    if (!back.ok) return back;
    return guarded(async (replica) => {
      const facet = facetOf(record, field);
      const change: FacetChange = (doc) => {
        const update = markChangedByBoth(doc, { [field]: mark });
        return update === undefined ? undefined : { update, patches: [] };
      };
      const { id: recordId, type, space } = record;
      await writing(replica, () =>
        writeRecord(replica, { recordId, type, space, changes: new Map([[facet, change]]) }, stampOf(replica)),
      );
      return back;
    });
  }

  const api: EditApi = {
    create: (record) => create(record),
    createProject: async (values) => {
      const { me } = replicaNow();
      if (!isInternal(me.persona)) return notAllowed("Only the team can start a project. Ask your contact there.");
      const id = newId();
      const name = typeof values["name"] === "string" ? values["name"].trim() : "";
      return create({ id, type: "project", space: id, values }, { name, persona: me.persona });
    },
    set: async (recordId, raw) => {
      const record = await replicaNow().database.records.get(recordId);
      const definition = record === undefined ? undefined : findRecordType(record.type);
      if (definition === undefined) return notFound("This record is not on this device any more.");
      const parsed = parseValues(definition, raw);
      return parsed.ok ? write(recordId, parsed.value, "changed") : parsed;
    },
    remove: (recordIds) => turn(recordIds, "deleted"),
    restore: (recordIds) => turn(recordIds, "active"),
    chooseValue: async (recordId, field, choice) => {
      const record = await replicaNow().database.records.get(recordId);
      const mark = record?.changedByBoth[field];
      if (record === undefined || mark === undefined) return notFound("This was settled already.");
      const value = choice === "other" ? mark.other : (record.fields[field] ?? null);
      const chosen = await write(recordId, { [field]: value }, "chosen");
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
  if (record.state === "deleted") return notFound("This record is in the trash. Restore it first.");
  const persona = await personaIn(replica, record.space);
  return persona === undefined ? notAllowed("You are no longer in this space.") : ok({ record, definition, persona });
}

function facetOf(record: StoredRecord, field: string): string {
  const definition = findRecordType(record.type);
  return definition === undefined ? facetHeldBy(record) : facetOfField(definition, field, facetHeldBy(record));
}

const mapGroups = <Values>(
  groups: ReadonlyMap<string, Values>,
  toChange: (values: Values) => FacetChange,
): ReadonlyMap<string, FacetChange> => new Map([...groups].map(([facet, values]) => [facet, toChange(values)]));

const newFacet =
  (type: string, values: Readonly<Record<string, FieldValue>>, stamp: Stamp): FacetChange =>
  (doc) => ({
    update: createFacet(doc, type, values, stamp),
    patches: Object.entries(values).map(([field, to]) => ({ field, from: null, to })),
  });

const turnFacet =
  (wanted: "deleted" | "active", stamp: Stamp): FacetChange =>
  (doc) => {
    const update = wanted === "deleted" ? deleteFacet(doc, stamp) : restoreFacet(doc, stamp);
    return update === undefined ? undefined : { update, patches: [] };
  };
