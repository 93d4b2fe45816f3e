// The parsing half of the door in: raw input by field becomes values by facet, or sentences by field.

import { facetOfAudience, type AudienceChoice } from "#shared/model/audience.ts";
import { canWriteFacet } from "#shared/model/facets.ts";
import { parseField } from "#shared/model/field-kinds.ts";
import type { FieldError, FieldValue } from "#shared/model/field-value.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import { groupByFacet } from "#shared/doc/merge-record.ts";
import { facetOfField, type PolicyView } from "#shared/model/policy.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import type { EditError, RecordRow } from "./types.ts";

export type ParsedValues = Readonly<Record<string, FieldValue | null>>;

export function parseValues(
  definition: RecordTypeDefinition,
  raw: Readonly<Record<string, unknown>>,
): Result<ParsedValues, EditError> {
  const values: Record<string, FieldValue | null> = {};
  const wrong: Record<string, FieldError> = {};
  for (const [field, input] of Object.entries(raw)) {
    const spec = definition.fields[field];
    if (spec === undefined) {
      wrong[field] = { type: "FieldError", message: `${definition.label.one} has no field of this name.` };
      continue;
    }
    const parsed = parseField(input, spec);
    if (parsed.ok) values[field] = parsed.value;
    else wrong[field] = parsed.error;
  }
  return Object.keys(wrong).length > 0 ? err({ type: "InvalidFields", fields: wrong }) : ok(values);
}

/** Every field of a new record is asked, so that a missing required one speaks up. Empty values are left out. */
export function parseNewValues(
  definition: RecordTypeDefinition,
  raw: Readonly<Record<string, unknown>>,
): Result<Readonly<Record<string, FieldValue>>, EditError> {
  const required = Object.keys(definition.fields).filter((field) => definition.fields[field]?.required === true);
  const parsed = parseValues(definition, { ...Object.fromEntries(required.map((field) => [field, null])), ...raw });
  if (!parsed.ok) return parsed;
  const values: Record<string, FieldValue> = {};
  for (const [field, value] of Object.entries(parsed.value)) if (value !== null) values[field] = value;
  return ok(values);
}

/** The facet of a new record whose author picks its audience; outsiders have no team, theirs goes to everyone. */
export const chosenFacet = (persona: Persona, audience: AudienceChoice | undefined): string =>
  facetOfAudience[audience ?? (isInternal(persona) ? "internal" : "everyone")];

/** A record made with a chosen audience lies in one facet for ever. */
export const facetHeldBy = (record: RecordRow): string => Object.keys(record.docs)[0] ?? "internal";

/** A record needs at least one document: one without values gets the facet of its title. */
export function placeValues<Value>(
  definition: RecordTypeDefinition,
  values: Readonly<Record<string, Value>>,
  facet: string,
  policy: PolicyView,
): ReadonlyMap<string, Readonly<Record<string, Value>>> {
  const groups = groupByFacet(definition, values, facet, policy);
  if (groups.size > 0) return groups;
  const title = typeof definition.title === "string" ? definition.title : (definition.title[0] ?? "");
  return new Map([[facetOfField(definition, title, facet, policy), {}]]);
}

/** Whether this persona may write all of it; the sentence names the fields that are in the way. */
export function checkWritable(
  definition: RecordTypeDefinition,
  groups: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
  persona: Persona,
): Result<void, EditError> {
  const closed = [...groups].filter(([facet]) => !canWriteFacet(facet, persona));
  if (closed.length === 0) return ok(undefined);
  const labels = closed.flatMap(([, values]) =>
    Object.keys(values).map((field) => definition.fields[field]?.label ?? field),
  );
  const what = labels.length === 0 ? `this ${definition.label.one.toLowerCase()}` : labels.join(", ");
  return err({ type: "NotAllowed", message: `You may not change ${what} here. Ask the team, or leave a comment.` });
}
