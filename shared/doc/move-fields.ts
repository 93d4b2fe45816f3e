// Fields on their way from one facet to another: values are copied, never history, and leave nothing behind where they no
// longer belong. Pure over two documents; every step can be repeated.

import * as Y from "yjs";
import {
  captureUpdate,
  copyRichFields,
  keepDeleted,
  markChangedByBoth,
  readChanges,
  readFacet,
  writeUnchanged,
} from "./facet-document.ts";
import type { FacetContent } from "./facet-content.ts";
import { keys } from "./keys.ts";

type Copy = {
  readonly type: string;
  readonly fields: readonly string[];
  /** ISO time since which people may have written the fields in the new facet: what they wrote there, emptied included, stays. */
  readonly since: string;
};

/**
 * Writes the values of `from` into `to`, except those that somebody wrote there himself meanwhile. A record in the trash
 * stays in the trash. True when something was written.
 */
export function copyFields(from: Y.Doc, to: Y.Doc, { type, fields, since }: Copy): boolean {
  const source = readFacet(from);
  const target = readFacet(to);
  const wrote = new Set(readChanges(to).flatMap((change) => (change.at >= since ? [change.field] : [])));
  const moving = fields.filter(
    (field) => source.fields[field] !== undefined && target.fields[field] === undefined && !wrote.has(field),
  );
  if (moving.length === 0) return false;
  const values = Object.fromEntries(moving.map((field) => [field, source.fields[field] ?? null]));
  writeUnchanged(to, type, values, { at: source.createdAt ?? since, by: source.createdBy ?? "" });
  copyRichFields(
    to,
    moving.filter((field) => from.share.has(keys.rich(field))).map((field) => ({ from, field })),
  );
  const marks = Object.entries(source.changedByBoth).filter(([field]) => moving.includes(field));
  if (marks.length > 0) markChangedByBoth(to, Object.fromEntries(marks));
  // The trash says where a record is, not in which facet: a new document of a deleted record is deleted as well.
  stayDeleted(to, target.deletion ?? (target.createdAt === undefined ? source.deletion : undefined));
  return true;
}

function stayDeleted(doc: Y.Doc, deletion: FacetContent["deletion"]): void {
  if (deletion !== undefined && !deletion.editedAfter) keepDeleted(doc, deletion);
}

/** Empties the fields; with `history`, what was said about them goes as well. True when there was anything. */
export function clearFields(doc: Y.Doc, fields: readonly string[], options: { readonly history: boolean }): boolean {
  const { deletion } = readFacet(doc);
  const update = captureUpdate(doc, () => {
    const registers = doc.getMap(keys.fields);
    const sets = doc.getMap(keys.sets);
    const marks = doc.getMap(keys.changedByBoth);
    for (const field of fields) {
      if (registers.has(field)) registers.delete(field);
      if (marks.has(field)) marks.delete(field);
      for (const key of sets.keys()) if (key.startsWith(`${field}/`)) sets.delete(key);
      const text = doc.share.has(keys.text(field)) ? doc.getText(keys.text(field)) : undefined;
      if (text !== undefined && text.length > 0) text.delete(0, text.length);
      const rich = doc.share.has(keys.rich(field)) ? doc.getXmlFragment(keys.rich(field)) : undefined;
      if (rich !== undefined && rich.length > 0) rich.delete(0, rich.length);
    }
    if (options.history) dropHistory(doc, new Set(fields));
  });
  if (update === undefined) return false;
  stayDeleted(doc, deletion);
  return true;
}

function dropHistory(doc: Y.Doc, fields: ReadonlySet<unknown>): void {
  const changes = doc.getArray<unknown>(keys.changes);
  const entries = changes.toArray();
  for (let index = entries.length - 1; index >= 0; index--) {
    const entry = entries[index];
    if (typeof entry === "object" && entry !== null && "field" in entry && fields.has(entry.field))
      changes.delete(index);
  }
}

/** Which of these fields the update says anything about: a value, an emptying, a word of history. */
export function fieldsTouched(open: () => Y.Doc, update: Uint8Array, fields: readonly string[]): readonly string[] {
  // Whoever sets a field names it in its history: most updates are let through by their bytes alone.
  const named = fields.filter((field) => includesText(update, field));
  if (named.length === 0) return [];
  const doc = open();
  const before = sayings(doc, named);
  try {
    Y.applyUpdate(doc, update);
  } catch {
    // Whatever of it applied counts; the log decides about the rest.
  }
  const after = sayings(doc, named);
  doc.destroy();
  return named.filter((field) => before.get(field) !== after.get(field));
}

function sayings(doc: Y.Doc, fields: readonly string[]): ReadonlyMap<string, string> {
  const content = readFacet(doc);
  const changes = readChanges(doc);
  return new Map(
    fields.map((field) => [
      field,
      JSON.stringify([content.fields[field] ?? null, changes.filter((change) => change.field === field)]),
    ]),
  );
}

const encoder = new TextEncoder();

function includesText(bytes: Uint8Array, text: string): boolean {
  const wanted = encoder.encode(text);
  for (let at = bytes.indexOf(wanted[0] ?? 0); at !== -1; at = bytes.indexOf(wanted[0] ?? 0, at + 1))
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return true;
  return false;
}
