// The small filter language of share rules: conditions on fields, joined by all, any and not. Checked against a record type
// when a rule is saved, and evaluated by this one implementation wherever it is asked, relay and client alike.

import { fieldKinds, parseField } from "./field-kinds.ts";
import { fold, type FieldSpec, type FieldValue } from "./field-value.ts";
import { err, ok, type Result } from "./result.ts";

export const filterOps = ["is", "isNot", "contains", "isEmpty", "isNotEmpty", "atLeast", "atMost"] as const;
export type FilterOp = (typeof filterOps)[number];

export type ShareCondition = { readonly field: string; readonly op: FilterOp; readonly value?: FieldValue };
export type ShareFilter =
  | ShareCondition
  | { readonly all: readonly ShareFilter[] }
  | { readonly any: readonly ShareFilter[] }
  | { readonly not: ShareFilter };

/** `place`: where in the filter, as a path such as `all.1.any.0`; empty for the whole. */
export type FilterProblem = { readonly type: "BadFilter"; readonly place: string; readonly message: string };

type Specs = Readonly<Record<string, FieldSpec>>;
type Fields = Readonly<Record<string, FieldValue>>;
type Parsed = Result<ShareFilter, FilterProblem>;

const MAX_DEPTH = 8;
const MAX_CONDITIONS = 50;
const ORDERED: ReadonlySet<string> = new Set(["number", "money", "date", "dateTime"]);

const bad = (
  place: readonly (string | number)[],
  message: string,
): { readonly ok: false; readonly error: FilterProblem } => err({ type: "BadFilter", place: place.join("."), message });

export const isCondition = (filter: ShareFilter): filter is ShareCondition => "field" in filter;
export const needsValue = (op: FilterOp): boolean => op !== "isEmpty" && op !== "isNotEmpty";

const isObject = (raw: unknown): raw is Readonly<Record<string, unknown>> =>
  typeof raw === "object" && raw !== null && !Array.isArray(raw);

/** The value of a condition on a set is one member of it. */
function valueSpec(spec: FieldSpec, op: FilterOp): FieldSpec {
  const { label } = spec;
  if (op === "contains") return { kind: "text", label };
  if (spec.kind === "multiChoice") return { kind: "choice", label, options: spec.options };
  if (spec.kind === "relations") return { kind: "relation", label, to: spec.to };
  return spec.kind === "people" ? { kind: "person", label } : spec;
}

function parseCondition(
  raw: Readonly<Record<string, unknown>>,
  specs: Specs,
  place: readonly (string | number)[],
): Parsed {
  const { field, op: typed, value } = raw;
  const spec = typeof field === "string" && Object.hasOwn(specs, field) ? specs[field] : undefined;
  if (spec === undefined || typeof field !== "string")
    return bad([...place, "field"], "There is no field of this name.");
  const op = filterOps.find((one) => one === typed);
  if (op === undefined) return bad([...place, "op"], "There is no question of this name.");
  if ((op === "atLeast" || op === "atMost") && !ORDERED.has(spec.kind))
    return bad([...place, "op"], `${spec.label} has no order. Ask whether it is something, or contains something.`);
  if (!needsValue(op)) return ok({ field, op });
  const parsed = parseField(value, valueSpec(spec, op));
  if (!parsed.ok) return bad([...place, "value"], parsed.error.message);
  if (parsed.value === null) return bad([...place, "value"], `Say what ${spec.label} is compared with.`);
  return ok({ field, op, value: parsed.value });
}

function parseList(
  raw: unknown,
  specs: Specs,
  place: readonly (string | number)[],
): Result<readonly ShareFilter[], FilterProblem> {
  if (!Array.isArray(raw) || raw.length === 0) return bad(place, "Add a condition.");
  const parts: ShareFilter[] = [];
  for (const [index, each] of raw.entries()) {
    const part = parse(each, specs, [...place, index]);
    if (!part.ok) return part;
    parts.push(part.value);
  }
  return ok(parts);
}

function parse(raw: unknown, specs: Specs, place: readonly (string | number)[]): Parsed {
  if (!isObject(raw)) return bad(place, "This is no condition.");
  if (place.length > MAX_DEPTH * 2) return bad(place, "The rule is nested too deep.");
  if ("all" in raw) {
    const parts = parseList(raw["all"], specs, [...place, "all"]);
    return parts.ok ? ok({ all: parts.value }) : parts;
  }
  if ("any" in raw) {
    const parts = parseList(raw["any"], specs, [...place, "any"]);
    return parts.ok ? ok({ any: parts.value }) : parts;
  }
  if ("not" in raw) {
    const part = parse(raw["not"], specs, [...place, "not"]);
    return part.ok ? ok({ not: part.value }) : part;
  }
  return parseCondition(raw, specs, place);
}

export function conditionsOf(filter: ShareFilter): readonly ShareCondition[] {
  if (isCondition(filter)) return [filter];
  if ("not" in filter) return conditionsOf(filter.not);
  return ("all" in filter ? filter.all : filter.any).flatMap(conditionsOf);
}

/** A filter from outside, typed against the fields of a record type; or the place and the sentence of what is wrong. */
export function parseShareFilter(raw: unknown, specs: Specs): Parsed {
  const parsed = parse(raw, specs, []);
  return parsed.ok && conditionsOf(parsed.value).length > MAX_CONDITIONS
    ? bad([], `A rule has at most ${MAX_CONDITIONS} conditions.`)
    : parsed;
}

const members = (value: FieldValue | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly string[]) : typeof value === "string" ? [value] : [];

const isEmpty = (value: FieldValue | undefined): boolean =>
  value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

type Test = (fields: Fields) => boolean;

function compileCondition({ field, op, value: wanted }: ShareCondition, spec: FieldSpec): Test {
  const rules = fieldKinds[spec.kind];
  if (op === "isEmpty") return (fields) => isEmpty(fields[field]);
  if (op === "isNotEmpty") return (fields) => !isEmpty(fields[field]);
  if (wanted === undefined) return () => false;
  if (op === "contains") {
    const needle = fold(typeof wanted === "string" ? wanted : "");
    return (fields) => {
      const held = fields[field];
      return held !== undefined && fold(rules.format(held, spec, { locale: "en" })).includes(needle);
    };
  }
  if (rules.storage === "set") {
    const [member = ""] = members(wanted);
    return op === "is"
      ? (fields) => members(fields[field]).includes(member)
      : (fields) => !members(fields[field]).includes(member);
  }
  const key = rules.sortKey(wanted, spec);
  const held = (fields: Fields): string | number | undefined => {
    const value = fields[field];
    return value === undefined ? undefined : rules.sortKey(value, spec);
  };
  switch (op) {
    case "is":
      return (fields) => held(fields) === key;
    case "isNot":
      return (fields) => held(fields) !== key;
    case "atLeast":
      return (fields) => {
        const own = held(fields);
        return own !== undefined && typeof own === typeof key && own >= key;
      };
    case "atMost":
      return (fields) => {
        const own = held(fields);
        return own !== undefined && typeof own === typeof key && own <= key;
      };
  }
}

/** The filter as one function. A field that is not there any more never matches: nothing is shared by a mistake. */
export function compileShareFilter(filter: ShareFilter, specs: Specs): Test {
  if (isCondition(filter)) {
    const spec = specs[filter.field];
    return spec === undefined ? () => false : compileCondition(filter, spec);
  }
  if ("not" in filter) {
    const known = conditionsOf(filter).every(({ field }) => specs[field] !== undefined);
    const test = compileShareFilter(filter.not, specs);
    return known ? (fields) => !test(fields) : () => false;
  }
  if ("all" in filter) {
    const tests = filter.all.map((each) => compileShareFilter(each, specs));
    return (fields) => tests.every((test) => test(fields));
  }
  const tests = filter.any.map((each) => compileShareFilter(each, specs));
  return (fields) => tests.some((test) => test(fields));
}

/** A comparison without which nothing matches: what an index of rules looks up first. */
export function requiredValue(filter: ShareFilter): { readonly field: string; readonly value: string } | undefined {
  if (isCondition(filter)) {
    return filter.op === "is" && typeof filter.value === "string"
      ? { field: filter.field, value: filter.value }
      : undefined;
  }
  if (!("all" in filter)) return undefined;
  for (const each of filter.all) {
    const found = requiredValue(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** True for filters that can be seen, without any record, to let everything through. */
export function matchesEverything(filter: ShareFilter, specs: Specs): boolean {
  if (isCondition(filter)) return filter.op === "isNotEmpty" && specs[filter.field]?.required === true;
  if ("not" in filter) {
    const { not } = filter;
    return isCondition(not) && not.op === "isEmpty" && specs[not.field]?.required === true;
  }
  if ("all" in filter) return filter.all.every((each) => matchesEverything(each, specs));
  const empties = filter.any.filter(isCondition);
  const asks = (field: string, op: FilterOp): boolean => empties.some((each) => each.field === field && each.op === op);
  return (
    filter.any.some((each) => matchesEverything(each, specs)) ||
    empties.some(({ field }) => asks(field, "isEmpty") && asks(field, "isNotEmpty"))
  );
}
