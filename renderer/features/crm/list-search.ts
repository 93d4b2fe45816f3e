// A list's view as it stands in the address bar: filters, sort and the name of the view, so that a view is a link.

import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Filter } from "#renderer/data/types.ts";
import { filterOps, type FilterOp } from "#shared/model/share-filter.ts";
import type { FieldValue, Money } from "#shared/model/field-value.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";

export type ViewFilter = {
  readonly field: string;
  readonly op: FilterOp;
  readonly value?: string | number | boolean | Money | undefined;
};

export type ListSearch = {
  readonly view?: "board" | undefined;
  /** Name of the view these filters started from. */
  readonly v?: string | undefined;
  readonly f?: readonly ViewFilter[] | undefined;
  /** Field, with a minus in front when descending. */
  readonly s?: string | undefined;
  /** Opens the create dialog: how commands and other pages ask for it. */
  readonly new?: unknown;
};

const isMoney = (value: unknown): value is Money =>
  typeof value === "object" &&
  value !== null &&
  "amount" in value &&
  Number.isInteger(value.amount) &&
  "currency" in value &&
  typeof value.currency === "string";

const isFilter = (filter: unknown): filter is ViewFilter =>
  typeof filter === "object" &&
  filter !== null &&
  "field" in filter &&
  typeof filter.field === "string" &&
  "op" in filter &&
  filterOps.some((op) => op === filter.op) &&
  (!("value" in filter) ||
    ["undefined", "string", "number", "boolean"].includes(typeof filter.value) ||
    isMoney(filter.value));

const textIn = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** An address comes from anywhere: what of it is no view is left out. */
export function parseListSearch(raw: unknown): ListSearch {
  const {
    view,
    v,
    f,
    s,
    new: creates,
  }: Record<string, unknown> = typeof raw === "object" && raw !== null ? { ...raw } : {};
  return {
    view: view === "board" ? "board" : undefined,
    v: textIn(v),
    f: Array.isArray(f) && f.every(isFilter) ? f : undefined,
    s: textIn(s),
    new: creates,
  };
}

export function useListSearch(): {
  readonly search: ListSearch;
  readonly change: (change: Partial<ListSearch>) => void;
} {
  const raw: unknown = useSearch({ strict: false });
  const navigate = useNavigate();
  const search = parseListSearch(raw);
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

/** Only values that fit the address bar are offered as filters. */
export const toFilterValue = (value: FieldValue | null): ViewFilter["value"] | undefined => {
  const filter = { field: "", op: "is", value };
  return isFilter(filter) ? filter.value : undefined;
};
