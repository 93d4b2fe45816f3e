// What a record query means, as pure functions: which rows match a filter, in which order rows stand, which range of the
// sort index answers it. The index and the plain comparison here must agree: one is tested against the other.

import { fieldKinds } from "#shared/model/field-kinds.ts";
import { fold, type FieldSpec, type FieldValue } from "#shared/model/field-value.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { Filter, RecordQuery, RecordRow } from "./types.ts";

/** A key of the sort index. The empty array stands for an empty value: IndexedDB sorts arrays after numbers and strings. */
export type SortKey = string | number | readonly never[];

export const EMPTY_KEY: readonly never[] = [];

/** Keys of long texts are cut at this length: past it, `contains` has to look at the value itself. */
const CUT_AT = 120;

const TIMES: ReadonlySet<string> = new Set(["createdAt", "updatedAt"]);

/** Fields whose keys are held in memory (query-columns.ts): list columns and times. Types of a newer version have none. */
export const keyedFields = (type: string): readonly string[] => {
  const definition = findRecordType(type);
  return definition === undefined ? [] : [...definition.list, ...TIMES];
};

export const isKeyed = (type: string, field: string): boolean =>
  TIMES.has(field) ? findRecordType(type) !== undefined : (findRecordType(type)?.list.includes(field) ?? false);

/**
 * Fields with an entry in the sort index on disk: the order a list opens in, and the newest first. An entry for every
 * column would be two fifths of the work of a first download.
 */
export const indexedFields = (type: string): readonly string[] => {
  const definition = findRecordType(type);
  return definition === undefined ? [] : [...definition.list.slice(0, 1), "updatedAt"];
};

export const isIndexed = (type: string, field: string): boolean => indexedFields(type).includes(field);

const specOf = (type: string, field: string): FieldSpec | undefined => findRecordType(type)?.fields[field];

const isSet = (spec: FieldSpec | undefined): boolean => spec !== undefined && fieldKinds[spec.kind].storage === "set";

/** What a key is made of. */
type Keyed = Pick<RecordRow, "type" | "fields" | "createdAt" | "createdBy" | "updatedAt" | "updatedBy">;

const valueOf = (row: Keyed, field: string): FieldValue | undefined => {
  if (field === "createdAt" || field === "updatedAt" || field === "createdBy" || field === "updatedBy")
    return row[field];
  return row.fields[field];
};

function keyOfKind(value: FieldValue, spec: FieldSpec): SortKey {
  try {
    const key = fieldKinds[spec.kind].sortKey(value, spec);
    return Number.isNaN(key) ? EMPTY_KEY : key;
  } catch {
    // A value another version or a hostile device wrote in another shape sorts as empty, as in the index.
    return EMPTY_KEY;
  }
}

function keyOfValue(value: FieldValue | undefined, spec: FieldSpec | undefined, field: string): SortKey {
  if (value === undefined) return EMPTY_KEY;
  // A bound of a money filter may be a plain number of whole units.
  if (spec?.kind === "money" && typeof value === "number") return value;
  if (spec !== undefined) return keyOfKind(value, spec);
  if (typeof value === "number") return value;
  return typeof value === "string" ? (TIMES.has(field) ? value : fold(value).slice(0, CUT_AT)) : JSON.stringify(value);
}

export const keyOf = (row: Keyed, field: string): SortKey =>
  keyOfValue(valueOf(row, field), specOf(row.type, field), field);

export const isEmptyKey = (key: SortKey): boolean => typeof key === "object";

const rank = (key: SortKey): number => (typeof key === "number" ? 0 : typeof key === "string" ? 1 : 2);

/** The order of IndexedDB: numbers, then strings by code unit, then empty. */
export function compareKeys(left: SortKey, right: SortKey): number {
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === "number" && typeof right === "number") return left - right;
  return rank(left) - rank(right);
}

const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** The order of a list: by key, ties by id, empty values last in both directions. */
export function compareInList(
  left: SortKey,
  leftId: string,
  right: SortKey,
  rightId: string,
  descending: boolean,
): number {
  const leftEmpty = isEmptyKey(left);
  if (leftEmpty || isEmptyKey(right)) {
    if (!leftEmpty) return -1;
    return isEmptyKey(right) ? compareText(leftId, rightId) : 1;
  }
  const order = compareKeys(left, right) || compareText(leftId, rightId);
  return descending ? -order : order;
}

export function compareRows(
  sort: Required<NonNullable<RecordQuery["sort"]>>,
): (left: RecordRow, right: RecordRow) => number {
  return (left, right) =>
    compareInList(keyOf(left, sort.field), left.id, keyOf(right, sort.field), right.id, sort.descending);
}

export type Condition = {
  readonly field: string;
  /** Exactly the rows with this key match: a range of the sort index when the field is indexed. */
  readonly equals?: SortKey;
  readonly matches: (row: RecordRow) => boolean;
  /** The same test on the key alone (`text`: the folded words, where the key was cut); absent when a key cannot tell. */
  readonly matchesKey?: (key: SortKey, text: string | undefined) => boolean;
};

const byKey = (field: string, test: (key: SortKey) => boolean, equals?: SortKey): Condition => ({
  field,
  matches: (row) => test(keyOf(row, field)),
  matchesKey: test,
  ...(equals === undefined ? {} : { equals }),
});

const members = (value: FieldValue | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly string[]) : typeof value === "string" ? [value] : [];

/** A set is, or is not, compared by member: one member asks "has it", several ask "has all". */
function setCondition(filter: Filter, spec: FieldSpec): Condition | undefined {
  const wanted = members(filter.value);
  const test = (value: FieldValue | undefined): boolean => {
    const held = members(value);
    switch (filter.op) {
      case "is":
        return wanted.length === 0 ? held.length === 0 : wanted.every((member) => held.includes(member));
      case "isNot":
        return wanted.length === 0 ? held.length > 0 : !wanted.every((member) => held.includes(member));
      case "contains": {
        const needle = fold(wanted.join(" "));
        return (
          value !== undefined &&
          fold(`${held.join(" ")} ${fieldKinds[spec.kind].format(value, spec, { locale: "en" })}`).includes(needle)
        );
      }
      case "isEmpty":
        return held.length === 0;
      case "isNotEmpty":
        return held.length > 0;
      case "atLeast":
      case "atMost":
        return true;
    }
  };
  return { field: filter.field, matches: (row) => test(valueOf(row, filter.field)) };
}

const CUT_KINDS: ReadonlySet<string> = new Set(["text", "longText", "richText", "email", "phone", "link"]);

/** The folded words of a value, where its key holds only the beginning of them. */
export function fullText(row: RecordRow, field: string, key: SortKey): string | undefined {
  if (typeof key !== "string" || key.length < CUT_AT) return undefined;
  const value = valueOf(row, field);
  return typeof value === "string" ? fold(value) : undefined;
}

function containsCondition(
  field: string,
  value: FieldValue | undefined,
  spec: FieldSpec | undefined,
): Condition | undefined {
  const needle = fold(typeof value === "object" ? "" : String(value ?? ""));
  if (needle === "") return undefined;
  if (spec === undefined || CUT_KINDS.has(spec.kind)) {
    const matchesKey = (key: SortKey, text: string | undefined): boolean =>
      typeof key === "string" && (text ?? key).includes(needle);
    return {
      field,
      matchesKey,
      matches: (row) => {
        const key = keyOf(row, field);
        return matchesKey(key, fullText(row, field, key));
      },
    };
  }
  return {
    field,
    matches: (row) => {
      const held = valueOf(row, field);
      return held !== undefined && fold(fieldKinds[spec.kind].format(held, spec, { locale: "en" })).includes(needle);
    },
  };
}

/** What a filter asks, or undefined when it asks nothing (a bound or needle that is not filled in yet). */
export function conditionOf(type: string, filter: Filter): Condition | undefined {
  const { field, op, value } = filter;
  const spec = specOf(type, field);
  if (spec !== undefined && isSet(spec)) return setCondition(filter, spec);
  const key = keyOfValue(value, spec, field);
  switch (op) {
    case "is":
      return byKey(field, (held) => compareKeys(held, key) === 0, key);
    case "isNot":
      return byKey(field, (held) => compareKeys(held, key) !== 0);
    case "contains":
      return containsCondition(field, value, spec);
    case "isEmpty":
      return byKey(field, isEmptyKey, EMPTY_KEY);
    case "isNotEmpty":
      return byKey(field, (held) => !isEmptyKey(held));
    case "atLeast":
      return isEmptyKey(key) ? undefined : byKey(field, (held) => !isEmptyKey(held) && compareKeys(held, key) >= 0);
    case "atMost":
      return isEmptyKey(key) ? undefined : byKey(field, (held) => !isEmptyKey(held) && compareKeys(held, key) <= 0);
  }
}

export type QueryPlan = {
  readonly type: string;
  readonly space: string | undefined;
  readonly sort: Required<NonNullable<RecordQuery["sort"]>>;
  readonly conditions: readonly Condition[];
  readonly states: ReadonlySet<string>;
  /** Exactly the records that have sort entries are asked for: no deleted ones, and both other states. */
  readonly isPlain: boolean;
  readonly offset: number;
  readonly limit: number;
};

export function planQuery(query: RecordQuery): QueryPlan {
  const states = new Set<string>(query.states ?? ["active", "archived"]);
  return {
    type: query.type,
    space: query.space,
    sort: {
      field: query.sort?.field ?? findRecordType(query.type)?.list[0] ?? "createdAt",
      descending: query.sort?.descending ?? false,
    },
    conditions: (query.filters ?? []).flatMap((filter) => conditionOf(query.type, filter) ?? []),
    states,
    isPlain: states.has("active") && states.has("archived") && !states.has("deleted"),
    offset: Math.max(0, query.offset ?? 0),
    limit: Math.max(0, query.limit ?? Number.POSITIVE_INFINITY),
  };
}

/** The whole question asked of one row: what the planner's shortcuts must agree with. */
export const matchesPlan = (plan: QueryPlan, row: RecordRow): boolean =>
  row.type === plan.type &&
  (plan.space === undefined || row.space === plan.space) &&
  plan.states.has(row.state) &&
  plan.conditions.every((condition) => condition.matches(row));
