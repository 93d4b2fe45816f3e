// What a column can become: the fields of the record type, the parts of an address or an amount, and a whole name.

import { findRecordType } from "#shared/record-types/index.ts";
import { assert } from "#shared/model/result.ts";
import type { FieldSpec } from "#shared/model/field-value.ts";
import type { ImportType } from "./import-types.ts";

export type ImportTarget = {
  /** `name`, `billingAddress.city`, `amount.currency`, `@fullName`. */
  readonly key: string;
  readonly label: string;
  readonly field: string;
  readonly part?: string;
  readonly spec: FieldSpec;
};

const ADDRESS_PARTS = {
  street: "street",
  city: "city",
  state: "state",
  postalCode: "postal code",
  country: "country",
} as const;

const EXTERNAL_ID = "Id in the other system";

function targetsOfField(field: string, spec: FieldSpec): ImportTarget[] {
  if (field === "externalId") return [{ key: field, label: EXTERNAL_ID, field, spec: { ...spec, label: EXTERNAL_ID } }];
  if (spec.hidden === true || spec.kind === "richText" || spec.kind === "relations") return [];
  const whole: ImportTarget = { key: field, label: spec.label, field, spec };
  if (spec.kind === "address") {
    const parts = Object.entries(ADDRESS_PARTS).map(([part, words]) => ({
      key: `${field}.${part}`,
      label: `${spec.label}: ${words}`,
      field,
      part,
      spec,
    }));
    return [whole, ...parts];
  }
  if (spec.kind === "money")
    return [whole, { key: `${field}.currency`, label: `${spec.label}: currency`, field, part: "currency", spec }];
  return [whole];
}

function makeTargets(type: ImportType): readonly ImportTarget[] {
  const definition = findRecordType(type);
  assert(definition !== undefined, `record type ${type} is declared`);
  const fields = Object.entries(definition.fields).flatMap(([field, spec]) => targetsOfField(field, spec));
  const lastName = definition.fields["lastName"];
  if (type !== "contact" || lastName === undefined) return fields;
  return [{ key: "@fullName", label: "Full name", field: "lastName", part: "fullName", spec: lastName }, ...fields];
}

const targetsByType: Readonly<Record<ImportType, readonly ImportTarget[]>> = {
  company: makeTargets("company"),
  contact: makeTargets("contact"),
  deal: makeTargets("deal"),
};

export const importTargets = (type: ImportType): readonly ImportTarget[] => targetsByType[type];

export const findTarget = (type: ImportType, key: string | null): ImportTarget | undefined =>
  targetsByType[type].find((target) => target.key === key);

/** The sentence that says which column is still needed; undefined when the choice can be planned. */
export function missingTarget(type: ImportType, chosen: readonly (string | null)[]): string | undefined {
  if (type !== "contact") return chosen.includes("name") ? undefined : "Choose the column that holds the name.";
  return chosen.includes("lastName") || chosen.includes("@fullName")
    ? undefined
    : "Choose the column that holds the last name or the full name.";
}
