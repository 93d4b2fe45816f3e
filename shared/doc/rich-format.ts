// What a rich text says beyond its words: which are struck out, where links lead, what is a heading or a list. In one
// canonical form, so that two devices that hold the same text have the same hash of it.

import * as Y from "yjs";
import { canonicalJson, type Json, type JsonObject } from "#shared/model/canonical-json.ts";
import { plainValue, type Plain } from "./plain-values.ts";

/** As deep as words are read (text-merge.ts). */
const MAX_DEPTH = 32;

/** Strings as hashes are made of them: composed, and without halves of characters. */
function composed(part: Plain): Json {
  if (typeof part === "string") return part.toWellFormed().normalize("NFC");
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) return part.map((one: Plain) => composed(one));
  return Object.fromEntries(Object.entries(part).map(([name, one]) => [name.toWellFormed(), composed(one)]));
}

function canonicalPart(value: unknown): Json | undefined {
  const plain = plainValue(value);
  return plain === undefined || plain === null ? undefined : composed(plain);
}

/** Attributes that say something; an absent one and null are one. */
const attributesOf = (attributes: Readonly<Record<string, unknown>>): JsonObject =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => {
      const part = canonicalPart(value);
      return part === undefined ? [] : [[name.toWellFormed(), part] as const];
    }),
  );

type Run = { readonly insert?: unknown; readonly attributes?: Readonly<Record<string, unknown>> };

function runsOf(text: Y.XmlText): readonly Json[] {
  return (text.toDelta() as readonly Run[]).map(({ insert, attributes = {} }) => ({
    text: canonicalPart(insert) ?? "",
    marks: attributesOf(attributes),
  }));
}

function blockOf(node: unknown, depth: number): readonly Json[] {
  if (node instanceof Y.XmlText) return runsOf(node);
  if (!(node instanceof Y.XmlElement) || depth === MAX_DEPTH) return [];
  const children: readonly unknown[] = node.toArray();
  const attributes = attributesOf(node.getAttributes());
  return [{ block: node.nodeName, attributes, content: children.flatMap((child) => blockOf(child, depth + 1)) }];
}

const isPlainRun = (run: Run): boolean =>
  typeof run.insert === "string" && Object.keys(attributesOf(run.attributes ?? {})).length === 0;

const isPlainText = (node: unknown): boolean =>
  node instanceof Y.XmlText && (node.toDelta() as readonly Run[]).every(isPlainRun);

const isPlainBlock = (node: unknown): boolean =>
  isPlainText(node) ||
  (node instanceof Y.XmlElement &&
    node.nodeName === "paragraph" &&
    Object.keys(attributesOf(node.getAttributes())).length === 0 &&
    node.toArray().every(isPlainText));

/** Canonical JSON of a text with its blocks, marks and links; undefined where it is paragraphs of words and nothing else. */
export function formatOf(fragment: Y.XmlFragment): string | undefined {
  const nodes: readonly unknown[] = fragment.toArray();
  return nodes.every(isPlainBlock) ? undefined : canonicalJson(nodes.flatMap((node) => blockOf(node, 0)));
}
