// Whether the history says what an update from outside changes: for every field and every member of a set whose value is
// another one after it, an entry of the author's own that says so, in the update or there before. By the values before and
// after, so that what is sent again, or lost to somebody else's value, is asked for nothing. Texts merge letter by letter
// and have no such entries.

import * as Y from "yjs";
import { equalityDeep } from "lib0/function";
import type { Change } from "#shared/doc/facet-content.ts";
import { placedChanges } from "#shared/doc/facet-history.ts";
import { keys } from "#shared/doc/keys.ts";
import { plainMap } from "#shared/doc/plain-values.ts";
import { memberOf, type SetEntry } from "#shared/doc/set-members.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { Author } from "./facet-schema.ts";

type Value = { readonly field: string; readonly root: string; readonly key: string; readonly value: unknown };
/** By field, or by field and member. */
export type Values = ReadonlyMap<string, Value>;

/** What one person alone sees and writes needs no history: nobody else could have. */
const keepsHistory = (type: string): boolean => findRecordType(type)?.home !== "personal";

export function valuesOf(doc: Y.Doc, type: string): Values {
  const values = new Map<string, Value>();
  if (!keepsHistory(type)) return values;
  for (const [field, value] of Object.entries(plainMap(doc.getMap(keys.fields))))
    if (value !== null) values.set(field, { field, root: keys.fields, key: field, value });
  for (const [key, entry] of doc.getMap<SetEntry>(keys.sets)) {
    const field = key.slice(0, key.indexOf("/"));
    const value = memberOf(key, entry);
    values.set(`${field}/${value}`, { field, root: keys.sets, key, value });
  }
  return values;
}

const holds = (value: unknown, member: unknown): boolean => Array.isArray(value) && value.includes(member);

function says(change: Change, { field, root, value }: Value, isThere: boolean): boolean {
  if (change.field !== field || change.to === undefined) return false;
  if (root === keys.fields) return equalityDeep(change.to, isThere ? value : null);
  return isThere ? holds(change.to, value) : holds(change.from, value) && !holds(change.to, value);
}

/** One sentence when a value changed and no entry of the author's says so. */
export function judgeHistory(doc: Y.Doc, before: Values, after: Values, author: Author): string | undefined {
  const isSame = (left: Values, [name, { value }]: readonly [string, Value]): boolean =>
    left.has(name) && equalityDeep(left.get(name)?.value, value);
  const set = [...after].filter((one) => !isSame(before, one)).map(([, value]) => value);
  const gone = [...before].filter(([name]) => !after.has(name)).map(([, value]) => value);
  if (set.length === 0 && gone.length === 0) return undefined;
  const own = placedChanges(doc).filter(({ change }) => change.by === author.id);
  // A new facet has one entry for all its first values, which its author wrote in the same breath.
  const makers = new Set(own.flatMap(({ change, client }) => (change.kind === "created" ? [client] : [])));
  const isFirst = ({ root, key }: Value): boolean => {
    const item = doc.getMap(root)._map.get(key);
    return item !== undefined && item.origin === null && makers.has(item.id.client);
  };
  const isSaid = (value: Value, isThere: boolean): boolean =>
    own.some(({ change }) => says(change, value, isThere)) || (isThere && isFirst(value));
  const isWhole = set.every((value) => isSaid(value, true)) && gone.every((value) => isSaid(value, false));
  return isWhole ? undefined : "it changes a value and the history does not say so";
}
