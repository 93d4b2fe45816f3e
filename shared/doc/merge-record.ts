// A record as one thing: the facets somebody holds, merged. Built from what that device (or persona) holds, never from more.

import { findRecordType } from "#shared/record-types/index.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { canWriteFacet, facetNames, isWrittenFromOutside } from "#shared/model/facets.ts";
import { internalPersonas } from "#shared/model/personas.ts";
import { facetOfField, titleFacetOf, type PolicyView } from "#shared/model/policy.ts";
import type { Seal } from "#shared/model/seals.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import type { ChangedByBoth, FacetContent } from "./facet-content.ts";

/** `archived`: deleted by one, edited unseen by another; kept, with the words of both. */
export type RecordState = "active" | "deleted" | "archived";

export type MergedRecord = {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** Hashes of what rich texts say beyond their words, by field; absent where there is no rich text. */
  readonly formats?: Readonly<Record<string, string>>;
  /** facet -> docId of every facet that was merged. */
  readonly docs: Readonly<Record<string, string>>;
  readonly changedByBoth: Readonly<Record<string, ChangedByBoth>>;
  readonly state: RecordState;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
  readonly deletedAt?: string;
  readonly deletedBy?: string;
  /** Of a sealed record: what was signed, whole. */
  readonly seal?: Seal;
};

const order = (facet: string): number => {
  const index = (facetNames as readonly string[]).indexOf(facet);
  return index === -1 ? facetNames.length : index;
};

/** Merges facets (in any order) into one record. Deterministic: equal facets give equal records on every device. */
export function mergeFacets(recordId: string, contents: readonly FacetContent[], policy: PolicyView): MergedRecord {
  const facets = contents.toSorted(
    (left, right) => order(left.facet) - order(right.facet) || (left.facet < right.facet ? -1 : 1),
  );
  const type = facets.find((facet) => facet.type !== "")?.type ?? "";
  const definition = findRecordType(type);
  const fields: Record<string, FieldValue> = {};
  const formats = new Map<string, string>();
  const changedByBoth: Record<string, ChangedByBoth> = {};
  const docs: Record<string, string> = {};
  // A value may still lie where its field was; the facet of today has the last word.
  for (const belongs of [mayStillLie, livesHere])
    for (const facet of facets) {
      docs[facet.facet] = `${recordId}.${facet.facet}`;
      for (const [field, value] of Object.entries(facet.fields))
        if (belongs(policy, definition, field, facet.facet)) {
          fields[field] = value;
          const format = facet.formats?.[field];
          if (format === undefined) formats.delete(field);
          else formats.set(field, format);
        }
      for (const [field, mark] of Object.entries(facet.changedByBoth))
        if (belongs(policy, definition, field, facet.facet)) changedByBoth[field] = mark;
    }
  // Whoever may write a record's name may delete it; a facet that others from outside write cannot do so by itself.
  const titleFacet = definition === undefined ? undefined : titleFacetOf(definition, facets[0]?.facet ?? "", policy);
  const deciding = facets.filter(({ facet }) => facet === titleFacet || !isWrittenFromOutside(facet));
  const deletion = (deciding.length === 0 ? facets : deciding).find((facet) => facet.deletion !== undefined)?.deletion;
  // Who deletes writes it into every facet he may write: one without it was written unseen by him. A facet that not all
  // of the team may write need not have been his to delete; it speaks up only when it was changed since.
  const isUnseen = (facet: FacetContent): boolean =>
    facet.deletion?.editedAfter ?? (isWrittenByTeam(facet.facet) || compareText(facet.updatedAt, deletion?.at) > 0);
  const created = facets
    .filter((facet) => facet.createdAt !== undefined)
    .toSorted((l, r) => compareText(l.createdAt, r.createdAt))[0];
  const updated = facets
    .filter((facet) => facet.updatedAt !== undefined)
    .toSorted((l, r) => compareText(r.updatedAt, l.updatedAt))[0];
  const seal = facets.find((facet) => facet.seal !== undefined)?.seal;
  return {
    ...(seal === undefined ? {} : { seal }),
    id: recordId,
    type,
    title: titleOf(definition, fields),
    fields,
    ...(facets.some((facet) => facet.formats !== undefined) ? { formats: Object.fromEntries(formats) } : {}),
    docs,
    changedByBoth,
    state: deletion === undefined ? "active" : facets.some(isUnseen) ? "archived" : "deleted",
    createdAt: created?.createdAt ?? "",
    createdBy: created?.createdBy ?? "",
    updatedAt: updated?.updatedAt ?? created?.createdAt ?? "",
    updatedBy: updated?.updatedBy ?? created?.createdBy ?? "",
    ...(deletion === undefined ? {} : { deletedAt: deletion.at, deletedBy: deletion.by }),
  };
}

const isWrittenByTeam = (facet: string): boolean => internalPersonas.every((persona) => canWriteFacet(facet, persona));

const compareText = (left: string | undefined, right: string | undefined): number => {
  const [a, b] = [left ?? "", right ?? ""];
  return a < b ? -1 : a > b ? 1 : 0;
};

type Definition = RecordTypeDefinition | undefined;

/** A field counts only where the policy says it lies: an outsider who may write one facet cannot shadow a field of another. */
function livesHere(policy: PolicyView, definition: Definition, field: string, facet: string): boolean {
  if (definition === undefined || definition.placement === "chosen" || definition.fields[field] === undefined)
    return true;
  return facetOfField(definition, field, facet, policy) === facet;
}

/** The relay is on its way to move the field, or it was declared elsewhere in an earlier version. */
function mayStillLie(policy: PolicyView, definition: Definition, field: string, facet: string): boolean {
  const spec = definition?.fields[field];
  if (definition === undefined || spec === undefined) return false;
  if (policy.moving[definition.type]?.[field]?.includes(facet) === true) return true;
  return spec.formerFacet === facet && facetOfField(definition, field, facet, policy) === (spec.facet ?? "internal");
}

function titleOf(definition: RecordTypeDefinition | undefined, fields: Readonly<Record<string, FieldValue>>): string {
  if (definition === undefined) return "";
  const names = typeof definition.title === "string" ? [definition.title] : definition.title;
  return names
    .map((name) => (typeof fields[name] === "string" ? fields[name] : ""))
    .filter((part) => part !== "")
    .join(" ");
}

/** Groups values by the facet their fields lie in. */
export function groupByFacet<Value>(
  definition: RecordTypeDefinition,
  values: Readonly<Record<string, Value>>,
  chosenFacet: string,
  policy: PolicyView,
): ReadonlyMap<string, Record<string, Value>> {
  const groups = new Map<string, Record<string, Value>>();
  for (const [field, value] of Object.entries(values)) {
    const facet = facetOfField(definition, field, chosenFacet, policy);
    const group = groups.get(facet) ?? {};
    group[field] = value;
    groups.set(facet, group);
  }
  return groups;
}
