// What may stand where in a facet document. Unknown fields are carried, as everywhere; unknown places and shapes are not,
// when they come from outside: no honest client writes them.

import * as Y from "yjs";
import { equalityDeep } from "lib0/function";
import { readChanges } from "#shared/doc/facet-document.ts";
import { keys } from "#shared/doc/keys.ts";
import { toChangedByBoth } from "#shared/doc/plain-values.ts";
import type { FieldValue } from "#shared/model/field-value.ts";

export type Author = {
  /** Member id: nobody writes history in somebody else's name. */
  readonly id: string;
  /** The record's type, as the relay has known it since the first update. */
  readonly type: string;
};

const MAX_DEPTH = 32;
const FIELD = /^[A-Za-z][\w-]{0,63}$/;
const MEMBER = /^[A-Za-z][\w-]{0,63}\/.{1,512}$/su;
const metaKeys: ReadonlySet<string> = new Set(["v", "type", "createdAt", "createdBy"]);

type Content = Y.Item["content"];

/** Ids and options. */
const MAX_MEMBER = 512;

const plainValue = (content: Content): unknown => (content instanceof Y.ContentAny ? content.arr.at(-1) : undefined);

const authorOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "by" in value ? value.by : undefined;

/**
 * Whoever finds that two changed the same is one of them. Who puts a mark back (the undo of a choice) need not be: then the
 * history has both their words.
 */
function isSoundMark(doc: Y.Doc, field: string, value: unknown, author: Author): boolean {
  const mark = toChangedByBoth(value);
  if (mark === undefined) return false;
  if (mark.keptBy === author.id || mark.otherBy === author.id) return true;
  const said = readChanges(doc).filter((change) => change.field === field);
  const hasSaid = (by: string, word: FieldValue | null): boolean =>
    said.some((change) => change.by === by && equalityDeep(change.to ?? null, word));
  return hasSaid(mark.keptBy, mark.kept) && hasSaid(mark.otherBy, mark.other);
}

/** Plain data of a map, under a key. */
function isSoundEntry(doc: Y.Doc, root: string, key: string, content: Content, author: Author): boolean {
  // What was deleted at once leaves only its length.
  if (content instanceof Y.ContentDeleted) return true;
  if (!(content instanceof Y.ContentAny)) return false;
  const value = plainValue(content);
  switch (root) {
    case keys.meta:
      if (key === "type") return value === author.type;
      return metaKeys.has(key) && (key !== "createdBy" || value === author.id);
    case keys.fields:
      return FIELD.test(key);
    case keys.changedByBoth:
      return FIELD.test(key) && isSoundMark(doc, key, value, author);
    case keys.sets:
      return MEMBER.test(key) && (value === true || (typeof value === "string" && value.length <= MAX_MEMBER));
    case keys.life:
      return key === "deleted" && authorOf(value) === author.id;
    default:
      return false;
  }
}

const textContents = [Y.ContentString, Y.ContentFormat, Y.ContentEmbed, Y.ContentDeleted] as const;
const isOneOf = (content: Content, kinds: readonly (new (...args: never[]) => Content)[]): boolean =>
  kinds.some((kind) => content instanceof kind);

/** The name of the root type an item hangs in, and how many types lie between. Walked without recursion. */
function placeOf(item: Y.Item, names: ReadonlyMap<unknown, string>): { root: string; depth: number } | undefined {
  let depth = 1;
  for (let parent = item.parent; parent instanceof Y.AbstractType; depth += 1) {
    const name = names.get(parent);
    if (name !== undefined) return { root: name, depth };
    if (depth > MAX_DEPTH || parent._item === null) return { root: "", depth };
    parent = parent._item.parent;
  }
  return undefined;
}

/** One sentence about the first thing that does not belong, among items that were just integrated. */
export function judgeSchema(doc: Y.Doc, items: readonly Y.Item[], author: Author): string | undefined {
  const names = new Map<unknown, string>([...doc.share].map(([name, type]) => [type, name]));
  for (const item of items) {
    const place = placeOf(item, names);
    // Its parent was deleted: nothing of it is left.
    if (place === undefined) continue;
    const { root, depth } = place;
    if (depth + (item.content instanceof Y.ContentType ? 1 : 0) > MAX_DEPTH) return "it nests too deep";
    if (item.content instanceof Y.ContentDoc) return "a document within a document";
    const isKeyed = item.parentSub !== null;
    if (root.startsWith("rich/")) {
      if (!FIELD.test(root.slice("rich/".length)) || item.content instanceof Y.ContentBinary)
        return "no rich text of a field";
    } else if (root.startsWith("text/")) {
      if (!FIELD.test(root.slice("text/".length)) || depth > 1 || isKeyed || !isOneOf(item.content, textContents))
        return "no text of a field";
    } else if (root === keys.changes) {
      if (depth > 1 || isKeyed || !isSoundHistory(item.content, author)) return "history in somebody else's name";
    } else if (depth > 1 || !isKeyed || !isSoundEntry(doc, root, item.parentSub ?? "", item.content, author))
      return `nothing belongs at ${root.slice(0, 64)}`;
  }
  return undefined;
}

const isSoundHistory = (content: Content, author: Author): boolean =>
  content instanceof Y.ContentDeleted ||
  (content instanceof Y.ContentAny && content.arr.every((entry: unknown) => authorOf(entry) === author.id));
