// Rows and records in words, for the preview: a name, a second line, and what a merge keeps and fills.

import { formatField } from "#shared/model/field-kinds.ts";
import type { FieldValue, FormatContext } from "#shared/model/field-value.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { domainOf } from "./record-keys.ts";
import type { ImportType, MergeView, Values } from "./import-types.ts";

export type ViewContext = { readonly type: ImportType; readonly format: FormatContext };

const textOf = (value: FieldValue | undefined): string => (typeof value === "string" ? value : "");

export function titleOf(type: ImportType, values: Values): string {
  if (type !== "contact") return textOf(values["name"]);
  return `${textOf(values["firstName"])} ${textOf(values["lastName"])}`.trim();
}

const cityOf = (value: FieldValue | undefined): string =>
  typeof value === "object" && "city" in value && typeof value.city === "string" ? value.city : "";

const secondLine: Readonly<Record<ImportType, readonly string[]>> = {
  company: ["phone", "email", "industry"],
  contact: ["email", "mobilePhone", "phone", "company"],
  deal: ["company", "stage", "amount", "closeDate"],
};

export function formatValue(field: string, value: FieldValue | undefined, { type, format }: ViewContext): string {
  const spec = findRecordType(type)?.fields[field];
  return spec === undefined ? textOf(value) : formatField(value, spec, format);
}

/** At most three facts that tell one record from another. */
export function describeValues(values: Values, context: ViewContext): string {
  const site = domainOf(textOf(values["website"])) ?? "";
  const city = cityOf(values["billingAddress"]) || cityOf(values["address"]);
  const facts = secondLine[context.type].map((field) => formatValue(field, values[field], context));
  return [context.type === "company" ? site : "", ...facts, city]
    .filter((fact) => fact !== "")
    .slice(0, 3)
    .join(", ");
}

export function mergeLines(present: Values, values: Values, context: ViewContext): MergeView["lines"] {
  const fields = findRecordType(context.type)?.fields ?? {};
  return Object.entries(fields).flatMap(([field, spec]): MergeView["lines"] => {
    const value = values[field];
    if (value === undefined) return [];
    const label = field === "externalId" ? "Id in the other system" : spec.label;
    const fileSays = formatValue(field, value, context).slice(0, 200);
    if (present[field] === undefined) return [{ label, value: fileSays, state: "filled" }];
    const kept = { label, value: formatValue(field, present[field], context).slice(0, 200), state: "kept" as const };
    return [kept.value === fileSays ? kept : { ...kept, fileSays }];
  });
}
