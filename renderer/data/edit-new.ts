// New records at the door in: checked before anything is written, written inside the transaction of whoever makes them.

import { copyRichFields, createFacet } from "#shared/doc/facet-document.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { isSettledType } from "#shared/doc/sealed-document.ts";
import { isId, newId } from "#shared/model/ids.ts";
import { facetOfField } from "#shared/model/policy.ts";
import { assert, err, ok, type Result } from "#shared/model/result.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { StoredRecord } from "./database.ts";
import { checkWritable, chosenFacet, facetHeldBy, parseNewValues, placeValues } from "./edit-parse.ts";
import { mapGroups, stampOf, writeRecord, type FacetChange } from "./edit-writes.ts";
import { loadRecord, type HeldRecord } from "./held-record.ts";
import type { Replica } from "./replica.ts";
import type { EditError, NewRecord } from "./types.ts";

type Values = Readonly<Record<string, FieldValue>>;

type CheckedRecord = Omit<NewRecord, "values" | "id"> & {
  readonly id: string;
  readonly values: Values;
  readonly definition: RecordTypeDefinition;
};

/** Types, values and ids of new records; rights are asked when they are written. */
export function checkNewRecords(records: readonly NewRecord[]): Result<readonly CheckedRecord[], EditError> {
  const checked: CheckedRecord[] = [];
  for (const record of records) {
    const definition = findRecordType(record.type);
    if (definition === undefined)
      return err({ type: "NotFound", message: "This version does not know this kind of record. Update the app." });
    if (isSettledType(record.type))
      return err({ type: "NotAllowed", message: `${definition.label.many} are signed where they are made.` });
    const values = parseNewValues(definition, record.values);
    if (!values.ok) return values;
    const id = record.id ?? newId();
    assert(isId(id), "a record id is well formed");
    checked.push({ ...record, id, values: values.value, definition });
  }
  return ok(checked);
}

const newFacet =
  (type: string, values: Values, stamp: ReturnType<typeof stampOf>, alike = false): FacetChange =>
  (doc) => ({
    update: createFacet(doc, type, values, stamp, { alike }),
    patches: Object.entries(values).map(([field, to]) => ({ field, from: null, to })),
  });

type PlacedRecord = CheckedRecord & { readonly groups: ReadonlyMap<string, Values> };

/** Where the values of a new record go, if this member may put them there. Inside `writing`, before the first write. */
export async function placeNew(replica: Replica, record: CheckedRecord): Promise<Result<PlacedRecord, EditError>> {
  const { space, definition } = record;
  const persona = (await replica.database.spaces.get(space))?.persona;
  if (persona === undefined)
    return err({
      type: "NotFound",
      message: "You are no longer in this space. Copy your words and enter them elsewhere.",
    });
  const groups = placeValues(definition, record.values, chosenFacet(persona, record.audience), await replica.policy());
  const allowed = checkWritable(definition, groups, persona);
  return allowed.ok ? ok({ ...record, groups }) : allowed;
}

/** Inside `writing`. */
export async function writeNew(replica: Replica, record: PlacedRecord): Promise<void> {
  const { id, type, space, groups } = record;
  const stamp = stampOf(replica);
  const changes = mapGroups(groups, (values) => newFacet(type, values, stamp));
  await writeRecord(replica, { recordId: id, type, space, changes }, stamp);
  if (record.textsOf !== undefined) await copyTexts(replica, record, record.textsOf);
}

/** A second update of the new documents: their rich texts, as they stand in the record they were copied from. */
async function copyTexts(replica: Replica, record: CheckedRecord, sourceId: string): Promise<void> {
  const { id: recordId, type, space, definition } = record;
  const policy = await replica.policy();
  const [source, made] = [
    await loadRecord(replica.database, sourceId),
    await loadRecord(replica.database, recordId),
  ] as const;
  const facetIn = (held: HeldRecord, field: string): string =>
    facetOfField(definition, field, [...held.keys()][0] ?? "", policy);
  const texts = Object.entries(definition.fields).flatMap(([field, { kind }]) => {
    const from = kind === "richText" ? source.get(facetIn(source, field))?.doc : undefined;
    const facet = facetIn(made, field);
    return from === undefined || !made.has(facet) ? [] : [{ facet, field, from }];
  });
  const changes = new Map(
    [...Map.groupBy(texts, ({ facet }) => facet)].map(([facet, own]): [string, FacetChange] => [
      facet,
      (doc) => {
        const update = copyRichFields(doc, own);
        return update === undefined ? undefined : { update, patches: [] };
      },
    ]),
  );
  if (changes.size > 0) await writeRecord(replica, { recordId, type, space, changes }, stampOf(replica));
}

/**
 * Inside `writing`, after a record was changed: makes the one that has to follow it, where this member may. One that is
 * there already, even in the trash, is left alone. Returns the ids it made.
 */
export async function writeNext(replica: Replica, recordId: string): Promise<readonly string[]> {
  const { database } = replica;
  const record: StoredRecord | undefined = await database.records.get(recordId);
  const definition = record === undefined ? undefined : findRecordType(record.type);
  if (record === undefined || definition?.next === undefined || record.state === "deleted") return [];
  const next = definition.next(record.id, record.fields);
  if (next === undefined || (await database.records.get(next.id)) !== undefined) return [];
  const persona = (await database.spaces.get(record.space))?.persona;
  const groups = placeValues(definition, next.values, facetHeldBy(record), await replica.policy());
  if (persona === undefined || !checkWritable(definition, groups, persona).ok) return [];
  const stamp = stampOf(replica);
  const changes = mapGroups(groups, (values) => newFacet(record.type, values, stamp, true));
  await writeRecord(replica, { recordId: next.id, type: record.type, space: record.space, changes }, stamp);
  return [next.id];
}
