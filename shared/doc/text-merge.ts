// Long and rich text inside a facet document. A whole new value is written as the smallest edit that leads to it, so
// that two people who change different sentences both keep theirs.

import * as Y from "yjs";
import { assert } from "#shared/model/result.ts";

/** Replaces only the middle that differs. Indexes are UTF-16 units; surrogate pairs are never cut apart. */
export function writePlainText(text: Y.Text, next: string): void {
  const current = text.toJSON();
  if (current === next) return;
  let start = 0;
  while (start < current.length && start < next.length && current[start] === next[start]) start += 1;
  let end = 0;
  const room = Math.min(current.length, next.length) - start;
  while (end < room && current[current.length - 1 - end] === next[next.length - 1 - end]) end += 1;
  if (start > 0 && isHighSurrogate(current.charCodeAt(start - 1))) start -= 1;
  if (end > 0 && isLowSurrogate(current.charCodeAt(current.length - end))) end -= 1;
  text.delete(start, current.length - end - start);
  text.insert(start, next.slice(start, next.length - end));
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** Sets a rich text to headings ("# ", "## ", "### ") and paragraphs, a line each: for import, demo data and the HTTP API.
 * Editing happens live instead. */
export function writeRichText(fragment: Y.XmlFragment, next: string): void {
  fragment.delete(0, fragment.length);
  fragment.insert(0, next === "" ? [] : next.split("\n").map(blockOf));
}

// Elements and attributes are named as the editor's schema names them.
function blockOf(line: string): Y.XmlElement {
  const [, marks = "", heading = ""] = /^(#{1,3}) +(.*)$/.exec(line) ?? [];
  const words = marks === "" ? line : heading;
  const element = new Y.XmlElement<{ level: number }>(marks === "" ? "paragraph" : "heading");
  if (marks !== "") element.setAttribute("level", marks.length);
  if (words !== "") element.insert(0, [new Y.XmlText(words)]);
  return element as Y.XmlElement;
}

/**
 * An update that writes a text into an empty root. Who wrote it follows from the words: the same words from two devices are
 * the same letters, other words are other letters.
 */
export const alikeText = (key: string, words: string): Uint8Array =>
  alike(key, words, (doc) => doc.getText(key).insert(0, words));

/** The same for a rich text: headings and paragraphs, a line each. */
export const alikeRichText = (key: string, words: string): Uint8Array =>
  alike(key, words, (doc) => writeRichText(doc.getXmlFragment(key), words));

function alike(key: string, words: string, write: (doc: Y.Doc) => void): Uint8Array {
  const doc = new Y.Doc({ guid: key });
  doc.clientID = hashOf(`${key}\n${words}`);
  doc.transact(() => write(doc));
  const update = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return update;
}

/** FNV-1a, 32 bits: as wide as Yjs' own client ids. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** Replaces what stands in `to` by a copy of `from`, formatting included. */
export function copyRichText(from: Y.XmlFragment, to: Y.XmlFragment): void {
  to.delete(0, to.length);
  const parts = from.toArray().filter((part) => part instanceof Y.XmlElement || part instanceof Y.XmlText);
  to.insert(
    0,
    parts.map((part) => part.clone()),
  );
}

type SharedType = Y.AbstractType<Y.YEvent<Y.AbstractType<unknown>>>;

/** The words of a `text/...` or `rich/...` root, for lists and search; "" for every other root. */
export function readPlainText(doc: Y.Doc, prefix: string, key: string): string {
  if (prefix === "text") return doc.getText(key).toJSON();
  if (prefix === "rich") return fragmentText(doc.getXmlFragment(key));
  return "";
}

const MAX_DEPTH = 32;

/** Depth is bounded and the walk iterative: a nested document from outside must not overflow the stack. */
function fragmentText(fragment: Y.XmlFragment): string {
  const lines: string[] = [];
  const pending: { node: SharedType; depth: number }[] = [{ node: fragment as unknown as SharedType, depth: 0 }];
  while (pending.length > 0) {
    const next = pending.pop();
    assert(next !== undefined, "the stack is not empty");
    const { node, depth } = next;
    if (node instanceof Y.XmlText) {
      lines.push(textOf(node));
    } else if (node instanceof Y.XmlFragment && depth < MAX_DEPTH) {
      const children: readonly unknown[] = node.toArray();
      for (const child of children.toReversed())
        if (child instanceof Y.AbstractType) pending.push({ node: child as SharedType, depth: depth + 1 });
    }
  }
  return lines.join("\n").trim();
}

const textOf = (text: Y.XmlText): string =>
  (text.toDelta() as readonly { insert?: unknown }[])
    .map((part) => (typeof part.insert === "string" ? part.insert : ""))
    .join("");
