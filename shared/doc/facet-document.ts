// Reading and writing one facet's Y.Doc: with text-merge.ts the only code that knows the keys inside. Pure: bytes in, bytes out.

import * as Y from "yjs";
import { fieldKinds } from "#shared/model/field-kinds.ts";
import type { FieldSpec, FieldValue } from "#shared/model/field-value.ts";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { sha256 } from "#shared/model/canonical-json.ts";
import { assert } from "#shared/model/result.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { Change, ChangedByBoth, Deletion, FacetContent, Stamp } from "./facet-content.ts";
import { DOCUMENT_VERSION, keys } from "./keys.ts";
import { memberKey, memberOf, type SetEntry } from "./set-members.ts";
import { plainMap, toChange, toChangedByBoth, toDeletion } from "./plain-values.ts";
import { formatOf } from "./rich-format.ts";
import { sealedContent } from "./sealed-document.ts";
import { loadSoundly } from "./sound-updates.ts";
import { alikeRichText, alikeText, copyRichText, readPlainText, writePlainText, writeRichText } from "./text-merge.ts";

export type FacetKey = { readonly recordId: string; readonly facet: string };

/** Values by field; `null` empties. Rich text written here becomes plain paragraphs (it is edited live otherwise). */
export type FieldEdits = Readonly<Record<string, FieldValue | null>>;

/** A Y.Doc of a facet, loaded with the given updates; what does not apply is left out. The guid is given: making a random one costs 25 times as much. */
export function openFacetDocument(
  key: FacetKey,
  updates: Iterable<Uint8Array>,
  options: { gc?: boolean; clientId?: number } = {},
): Y.Doc {
  const guid = docIdOf(key.recordId, key.facet);
  const { doc } = loadSoundly(() => new Y.Doc({ guid, gc: options.gc ?? true }), [...updates]);
  // Set after loading: Yjs picks another id when an applied update already carries its own.
  if (options.clientId !== undefined) doc.clientID = options.clientId;
  return doc;
}

export type GrowingDocument = {
  /** Another one after an update that did not apply: ask anew after every `add`. */
  readonly doc: Y.Doc;
  add(update: Uint8Array): void;
  /** Whether everything went in. */
  readonly isWhole: boolean;
};

/** A document that takes outside updates one by one. One that throws may have changed half of it: it is then loaded anew. */
export function openGrowingDocument(
  key: FacetKey,
  updates: readonly Uint8Array[],
  options: { clientId?: number } = {},
): GrowingDocument {
  let pieces = [...updates];
  let doc = openFacetDocument(key, pieces, options);
  let isWhole = true;
  return {
    get doc() {
      return doc;
    },
    get isWhole() {
      return isWhole;
    },
    add(update) {
      pieces.push(update);
      try {
        Y.applyUpdate(doc, update);
      } catch {
        isWhole = false;
        doc.destroy();
        doc = openFacetDocument(key, pieces, options);
        // What was left out is not tried again with every further update.
        pieces = [Y.encodeStateAsUpdate(doc)];
      }
    },
  };
}

/** Runs one Yjs transaction and returns its update, or undefined when it changed nothing. */
export function captureUpdate(doc: Y.Doc, change: () => void): Uint8Array | undefined {
  const captured: Uint8Array[] = [];
  const onUpdate = (update: Uint8Array): void => void captured.push(update);
  doc.on("update", onUpdate);
  doc.transact(change, "edit");
  doc.off("update", onUpdate);
  assert(captured.length <= 1, "one transaction gives one update");
  return captured[0];
}

const specOf = (type: string, field: string): FieldSpec | undefined => findRecordType(type)?.fields[field];

const isSameValue = (left: FieldValue | null, right: FieldValue | null): boolean =>
  left === right || JSON.stringify(left) === JSON.stringify(right);

/** Always before the value it is about: of an update in pieces, the entry is there first (the gate asks for it). */
function addChange(doc: Y.Doc, change: Omit<Change, "id">): void {
  doc.getArray<Change>(keys.changes).push([{ id: newId(), ...change }]);
}

/** Marks a new document with its type and author. */
function writeMeta(doc: Y.Doc, type: string, stamp: Stamp): void {
  const meta = doc.getMap<string | number>(keys.meta);
  if (meta.has("type")) return;
  meta.set("v", DOCUMENT_VERSION);
  meta.set("type", type);
  meta.set("createdAt", stamp.at);
  meta.set("createdBy", stamp.by);
}

/**
 * Creates the facet: meta, values, and one `created` entry instead of one per field. `alike`: several devices may create
 * this facet unseen by one another; equal texts are then one text after they meet, not the same words twice.
 */
export function createFacet(
  doc: Y.Doc,
  type: string,
  values: FieldEdits,
  stamp: Stamp,
  { alike = false }: { readonly alike?: boolean } = {},
): Uint8Array {
  const seeds = alike ? alikeTexts(type, values) : [];
  for (const seed of seeds) Y.applyUpdate(doc, seed);
  const update = captureUpdate(doc, () => {
    writeMeta(doc, type, stamp);
    addChange(doc, { kind: "created", ...stamp });
    for (const [field, value] of Object.entries(values)) writeValue(doc, specOf(type, field), field, value);
  });
  assert(update !== undefined, "creating a facet changes it");
  return seeds.length === 0 ? update : Y.mergeUpdates([...seeds, update]);
}

const alikeTexts = (type: string, values: FieldEdits): readonly Uint8Array[] =>
  Object.entries(values).flatMap(([field, value]) => {
    const spec = specOf(type, field);
    const isText = spec !== undefined && fieldKinds[spec.kind].storage === "text";
    return isText && typeof value === "string" ? [alikeText(keys.text(field), value)] : [];
  });

/** Writes the fields that differ. Returns the update and what changed, or undefined when nothing did. */
export function editFacet(
  doc: Y.Doc,
  type: string,
  edits: FieldEdits,
  stamp: Stamp,
  kind: "changed" | "chosen" = "changed",
):
  | { update: Uint8Array; changed: readonly { field: string; from: FieldValue | null; to: FieldValue | null }[] }
  | undefined {
  const before = readFacet(doc);
  const changed: { field: string; from: FieldValue | null; to: FieldValue | null }[] = [];
  const update = captureUpdate(doc, () => {
    writeMeta(doc, type, stamp);
    for (const [field, to] of Object.entries(edits)) {
      const from = before.fields[field] ?? null;
      const conflicts = doc.getMap<ChangedByBoth>(keys.changedByBoth);
      if (conflicts.has(field)) conflicts.delete(field);
      if (isSameValue(from, to)) continue;
      const spec = specOf(type, field);
      changed.push({ field, from, to });
      const merged = spec !== undefined && ["text", "rich"].includes(fieldKinds[spec.kind].storage);
      addChange(doc, { kind, field, ...stamp, ...(merged ? {} : { from, to }) });
      writeValue(doc, spec, field, to);
    }
  });
  return update === undefined ? undefined : { update, changed };
}

/** Takes over rich texts with their headings, lists and marks, as one more part of creating a facet. Empty ones say nothing. */
export const copyRichFields = (
  to: Y.Doc,
  texts: readonly { readonly from: Y.Doc; readonly field: string }[],
): Uint8Array | undefined =>
  captureUpdate(to, () => {
    for (const { from, field } of texts) {
      const text = from.getXmlFragment(keys.rich(field));
      if (text.length > 0) copyRichText(text, to.getXmlFragment(keys.rich(field)));
    }
  });

/** Values without a word of history: for a field that is moved, which nobody changed. */
export const writeUnchanged = (doc: Y.Doc, type: string, values: FieldEdits, stamp: Stamp): Uint8Array | undefined =>
  captureUpdate(doc, () => {
    writeMeta(doc, type, stamp);
    for (const [field, value] of Object.entries(values)) writeValue(doc, specOf(type, field), field, value);
  });

function writeValue(doc: Y.Doc, spec: FieldSpec | undefined, field: string, value: FieldValue | null): void {
  const storage = spec === undefined ? "register" : fieldKinds[spec.kind].storage;
  switch (storage) {
    case "register": {
      const fields = doc.getMap<FieldValue>(keys.fields);
      if (value === null) fields.delete(field);
      else fields.set(field, value);
      return;
    }
    case "set":
      writeSet(doc, field, Array.isArray(value) ? value : []);
      return;
    case "text":
      writePlainText(doc.getText(keys.text(field)), typeof value === "string" ? value : "");
      return;
    case "rich":
      writeRichText(doc.getXmlFragment(keys.rich(field)), typeof value === "string" ? value : "");
  }
}

function writeSet(doc: Y.Doc, field: string, members: readonly string[]): void {
  const sets = doc.getMap<SetEntry>(keys.sets);
  const wanted = new Set(members);
  for (const [key, value] of sets)
    if (key.startsWith(`${field}/`) && !wanted.delete(memberOf(key, value))) sets.delete(key);
  for (const member of wanted) sets.set(memberKey(doc.guid, field, member), member);
}

/** Keeps both values of a field that two people changed unseen by each other. */
export const markChangedByBoth = (doc: Y.Doc, marks: Readonly<Record<string, ChangedByBoth>>): Uint8Array | undefined =>
  captureUpdate(doc, () => {
    for (const [field, mark] of Object.entries(marks)) doc.getMap<ChangedByBoth>(keys.changedByBoth).set(field, mark);
  });

/** Marks the facet deleted, remembering what the deleter had seen, so that edits made unseen bring the record back. */
export function deleteFacet(doc: Y.Doc, stamp: Stamp): Uint8Array | undefined {
  return captureUpdate(doc, () => {
    addChange(doc, { kind: "deleted", ...stamp });
    writeDeletion(doc, stamp);
  });
}

/** Says again that the facet is deleted, of everything it holds now: a move is no edit that brings a record back. */
export const keepDeleted = (doc: Y.Doc, { at, by }: Stamp): Uint8Array | undefined =>
  captureUpdate(doc, () => writeDeletion(doc, { at, by }));

function writeDeletion(doc: Y.Doc, stamp: Stamp): void {
  const clocks = Object.fromEntries([...clocksOf(doc)].map(([client, clock]) => [String(client), clock]));
  // The deletion itself is one more item of this client: the entry set below.
  clocks[String(doc.clientID)] = Y.getState(doc.store, doc.clientID) + 1;
  doc.getMap<Deletion>(keys.life).set("deleted", { at: stamp.at, by: stamp.by, clocks });
}

export const restoreFacet = (doc: Y.Doc, stamp: Stamp): Uint8Array | undefined =>
  captureUpdate(doc, () => {
    const life = doc.getMap<Deletion>(keys.life);
    if (!life.has("deleted")) return;
    life.delete("deleted");
    addChange(doc, { kind: "restored", ...stamp });
  });

export const readChanges = (doc: Y.Doc): readonly Change[] =>
  doc
    .getArray<unknown>(keys.changes)
    .toArray()
    .flatMap((entry) => toChange(entry) ?? []);

/** The rich text of a field, for an editor that is bound to the live document. */
export const richTextOf = (doc: Y.Doc, field: string): Y.XmlFragment => doc.getXmlFragment(keys.rich(field));

/** Everything the facet says, as plain data. Works on documents of newer versions: what it does not know it carries. */
export function readFacet(doc: Y.Doc): FacetContent {
  const sealed = sealedContent(doc);
  if (sealed !== undefined) return sealed;
  const meta = plainMap(doc.getMap(keys.meta));
  const { type, createdAt, createdBy } = meta;
  const fields = readRegisters(doc);
  readSets(doc, fields);
  readTexts(doc, fields);
  const formats = readFormats(doc);
  const last = latest(readChanges(doc));
  const deletion = toDeletion(doc.getMap<unknown>(keys.life).get("deleted"));
  return {
    type: typeof type === "string" ? type : "",
    facet: doc.guid.slice(doc.guid.indexOf(".") + 1),
    ...(typeof createdAt === "string" ? { createdAt } : {}),
    ...(typeof createdBy === "string" ? { createdBy } : {}),
    ...(last === undefined ? {} : { updatedAt: last.at, updatedBy: last.by }),
    fields,
    ...(formats === undefined ? {} : { formats }),
    changedByBoth: readMarks(doc),
    ...(deletion === undefined ? {} : { deletion: { ...deletion, editedAfter: wasEditedAfter(doc, deletion) } }),
  };
}

const latest = (changes: readonly Change[]): Change | undefined =>
  changes.reduce<Change | undefined>(
    (newest, change) => (newest === undefined || change.at >= newest.at ? change : newest),
    undefined,
  );

function readRegisters(doc: Y.Doc): Record<string, FieldValue> {
  const fields: Record<string, FieldValue> = {};
  // Unknown kinds of a newer version are carried as they are; null is how a value that is gone would look.
  for (const [field, value] of Object.entries(plainMap(doc.getMap(keys.fields))))
    if (value !== null) fields[field] = value as FieldValue;
  return fields;
}

function readMarks(doc: Y.Doc): Readonly<Record<string, ChangedByBoth>> {
  const marks: Record<string, ChangedByBoth> = {};
  for (const [field, value] of doc.getMap<unknown>(keys.changedByBoth)) {
    const mark = toChangedByBoth(value);
    if (mark !== undefined && field !== "__proto__") marks[field] = mark;
  }
  return marks;
}

function readSets(doc: Y.Doc, fields: Record<string, FieldValue>): void {
  const members = new Map<string, Set<string>>();
  for (const [key, value] of doc.getMap<SetEntry>(keys.sets)) {
    const field = key.slice(0, key.indexOf("/"));
    members.set(field, (members.get(field) ?? new Set()).add(memberOf(key, value)));
  }
  for (const [field, own] of members) if (field !== "__proto__") fields[field] = [...own].sort();
}

/** A field that was a long text before it became a rich one keeps its old words under the old key: the new ones count. */
function readTexts(doc: Y.Doc, fields: Record<string, FieldValue>): void {
  for (const key of [...doc.share.keys()].toSorted((left, right) => rank(left) - rank(right))) {
    const slash = key.indexOf("/");
    const field = key.slice(slash + 1);
    const text = readPlainText(doc, key.slice(0, slash), key);
    if (text !== "" && field !== "__proto__") fields[field] = text;
  }
}

function readFormats(doc: Y.Doc): Readonly<Record<string, string>> | undefined {
  const rich = [...doc.share.keys()].filter((key) => key.startsWith("rich/"));
  if (rich.length === 0) return undefined;
  return Object.fromEntries(
    rich.flatMap((key) => {
      const format = formatOf(doc.getXmlFragment(key));
      return format === undefined ? [] : [[key.slice("rich/".length), sha256(format)] as const];
    }),
  );
}

const rank = (key: string): number => (key.startsWith("rich/") ? 1 : 0);

/**
 * The update that carries the words of a former long text over into the rich text of the same field; undefined where there
 * is nothing to carry. Every device makes the same one.
 */
export function adoptFormerText(doc: Y.Doc, field: string): Uint8Array | undefined {
  const words = doc.share.has(keys.text(field)) ? doc.getText(keys.text(field)).toJSON() : "";
  if (words === "" || doc.getXmlFragment(keys.rich(field)).length > 0) return undefined;
  return alikeRichText(keys.rich(field), words);
}

const clocksOf = (doc: Y.Doc): ReadonlyMap<number, number> => Y.decodeStateVector(Y.encodeStateVector(doc));

function wasEditedAfter(doc: Y.Doc, deletion: Deletion): boolean {
  for (const [client, clock] of clocksOf(doc)) if (clock > (deletion.clocks[String(client)] ?? 0)) return true;
  return false;
}
