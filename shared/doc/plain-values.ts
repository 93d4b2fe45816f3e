// Values inside a Y.Doc as plain data. Whoever may write a document may put anything into it: what is nested too deep, or
// is no plain data at all, is left out here (it stays in the document), so that no row built from it can fail.

import * as Y from "yjs";
import type { Change, ChangedByBoth, Deletion } from "./facet-content.ts";

/** Deeper than any field kind; the walk below may recurse this far without harm. */
const MAX_DEPTH = 8;
const MAX_WORD = 64;

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

const changeKinds: ReadonlySet<unknown> = new Set<Change["kind"]>([
  "created",
  "changed",
  "deleted",
  "restored",
  "chosen",
]);

/** Undefined for what has no place in a row: bytes, bigints, shared types within plain data, too deep a nest. */
export function plainValue(value: unknown, depth = 0): Plain | undefined {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "object" || depth === MAX_DEPTH) return undefined;
  if (value instanceof Y.Map) return plainObject(value.entries(), depth);
  const list: unknown = value instanceof Y.Array ? value.toArray() : value;
  if (Array.isArray(list)) {
    const members = list.map((member) => plainValue(member, depth + 1));
    return members.filter((member) => member !== undefined);
  }
  return Object.getPrototypeOf(value) === Object.prototype ? plainObject(Object.entries(value), depth) : undefined;
}

function plainObject(entries: Iterable<[string, unknown]>, depth: number): { readonly [key: string]: Plain } {
  const plain: Record<string, Plain> = {};
  for (const [key, member] of entries) {
    const value = plainValue(member, depth + 1);
    // Assigned by that name it would become the prototype.
    if (value !== undefined && key !== "__proto__") plain[key] = value;
  }
  return plain;
}

/** The values of a root map, by key. */
export const plainMap = (map: Y.Map<unknown>): Readonly<Record<string, Plain>> => plainObject(map.entries(), 0);

type Parts = Readonly<Record<string, Plain | undefined>>;

function partsOf(value: unknown): Parts | undefined {
  const plain = plainValue(value);
  return typeof plain !== "object" || plain === null || Array.isArray(plain) ? undefined : (plain as Parts);
}

const isWord = (value: Plain | undefined): value is string => typeof value === "string" && value.length <= MAX_WORD;

/** A history entry, or undefined for anything else that lies among them. */
export function toChange(value: unknown): Change | undefined {
  const parts = partsOf(value);
  if (parts === undefined || !isWord(parts["id"]) || parts["id"] === "") return undefined;
  const { at, by, kind, field } = parts;
  if (!isWord(at) || !isWord(by) || !changeKinds.has(kind) || (field !== undefined && typeof field !== "string"))
    return undefined;
  const { device, ...rest } = parts;
  return (isWord(device) ? parts : rest) as unknown as Change;
}

export function toChangedByBoth(value: unknown): ChangedByBoth | undefined {
  const parts = partsOf(value);
  if (parts === undefined) return undefined;
  const { kept = null, keptBy, keptAt, other = null, otherBy, otherAt } = parts;
  if (!isWord(keptBy) || !isWord(keptAt) || !isWord(otherBy) || !isWord(otherAt)) return undefined;
  return { kept, keptBy, keptAt, other, otherBy, otherAt } as ChangedByBoth;
}

export function toDeletion(value: unknown): Deletion | undefined {
  const parts = partsOf(value);
  const clocks = partsOf(parts?.["clocks"]);
  if (parts === undefined || clocks === undefined || !isWord(parts["at"]) || !isWord(parts["by"])) return undefined;
  const numbers = Object.entries(clocks).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  return { at: parts["at"], by: parts["by"], clocks: Object.fromEntries(numbers) };
}
