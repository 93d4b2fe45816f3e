// A list's view as it stands in the address bar: filters, sort and the name of the view, so that a view is a link.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { z } from "zod";
import type { Filter } from "#renderer/data/types.ts";
import type { FieldSpec, FieldValue } from "#shared/model/field-kinds.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";

const ops = ["is", "isNot", "contains", "isEmpty", "isNotEmpty", "atLeast", "atMost"] as const;
export type FilterOp = (typeof ops)[number];

const valueSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.object({ amount: z.number().int(), currency: z.string() }),
]);
const filterSchema = z.object({ field: z.string(), op: z.enum(ops), value: valueSchema.optional() });
export type ViewFilter = z.infer<typeof filterSchema>;

const searchSchema = z.object({
  view: z.literal("board").optional().catch(undefined),
  /** Name of the view these filters started from. */
  v: z.string().optional().catch(undefined),
  f: z.array(filterSchema).optional().catch(undefined),
  /** Field, with a minus in front when descending. */
  s: z.string().optional().catch(undefined),
  /** Opens the create dialog: how commands and other pages ask for it. */
  new: z.unknown().optional(),
});
export type ListSearch = z.infer<typeof searchSchema>;

export function useListSearch(): {
  readonly search: ListSearch;
  readonly change: (change: Partial<ListSearch>) => void;
} {
  const raw: unknown = useSearch({ strict: false });
  const navigate = useNavigate();
  const search = searchSchema.parse(typeof raw === "object" && raw !== null ? raw : {});
  const change = (part: Partial<ListSearch>) => {
    const next = { ...search, ...part };
    void navigate({ to: ".", search: withoutEmpty(next), replace: true });
  };
  return { search, change };
}

const withoutEmpty = (search: ListSearch): ListSearch =>
  Object.fromEntries(
    Object.entries(search).filter(([, value]) => value !== undefined && (!Array.isArray(value) || value.length > 0)),
  );

/** "me" stays "me" in the address, so that a shared view means whoever opens it. */
export const toFilters = (
  filters: readonly ViewFilter[] | undefined,
  definition: RecordTypeDefinition,
  me: string,
): readonly Filter[] =>
  (filters ?? [])
    .filter(({ field }) => definition.fields[field] !== undefined)
    .map(({ field, op, value }) => ({
      field,
      op,
      ...(value === undefined
        ? {}
        : { value: value === "me" && definition.fields[field]?.kind === "person" ? me : value }),
    }));

export const parseSort = (
  sort: string | undefined,
): { readonly field: string; readonly descending: boolean } | undefined =>
  sort === undefined || sort === ""
    ? undefined
    : sort.startsWith("-")
      ? { field: sort.slice(1), descending: true }
      : { field: sort, descending: false };

/** What makes sense to ask of a field of this kind, the usual question first. */
export function opsFor(spec: FieldSpec): readonly FilterOp[] {
  switch (spec.kind) {
    case "choice":
    case "person":
    case "relation":
      return ["is", "isNot", "isEmpty", "isNotEmpty"];
    case "yesNo":
      return ["is", "isEmpty", "isNotEmpty"];
    case "number":
    case "money":
    case "date":
    case "dateTime":
      return ["atLeast", "atMost", "is", "isEmpty", "isNotEmpty"];
    case "text":
    case "longText":
    case "richText":
    case "email":
    case "phone":
    case "link":
    case "address":
    case "multiChoice":
    case "relations":
      return ["contains", "is", "isEmpty", "isNotEmpty"];
  }
}

export function opWords(op: FilterOp, spec: FieldSpec): string {
  const dated = spec.kind === "date" || spec.kind === "dateTime";
  switch (op) {
    case "is":
      return "is";
    case "isNot":
      return "is not";
    case "contains":
      return "contains";
    case "isEmpty":
      return "is empty";
    case "isNotEmpty":
      return "is filled in";
    case "atLeast":
      return dated ? "from" : "at least";
    case "atMost":
      return dated ? "until" : "at most";
  }
}

export const needsValue = (op: FilterOp): boolean => op !== "isEmpty" && op !== "isNotEmpty";

/** Only values that fit the address bar are offered as filters. */
export const toFilterValue = (value: FieldValue | null): ViewFilter["value"] | undefined => {
  const parsed = valueSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
};
