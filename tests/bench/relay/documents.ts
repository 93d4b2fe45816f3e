// What the bench writes, and helpers for doing many things at a time.

import * as Y from "yjs";

const FIELDS = 10;
const VALUE_CHARACTERS = 34;

/** Random, so that no server can compress it away. */
export function words(characters: number): string {
  let text = "";
  while (text.length < characters) text += Math.random().toString(36).slice(2);
  return text.slice(0, characters);
}

/** A small record: ten short fields, about 500 bytes. */
export function smallDocument(): Uint8Array {
  const doc = new Y.Doc();
  doc.transact(() => {
    for (let field = 0; field < FIELDS; field++) doc.getMap("record").set(`field${field}`, words(VALUE_CHARACTERS));
  });
  return Y.encodeStateAsUpdate(doc);
}

export const fieldCount = (doc: Y.Doc): number => doc.getMap("record").size;
export const changeField = (doc: Y.Doc): void => void doc.getMap("record").set("field3", words(VALUE_CHARACTERS));

/** Does something for 0 to count - 1, so many at a time. */
export async function forAll(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const workers = Array.from({ length: Math.min(atOnce, count) }, async () => {
    while (next < count) await work(next++);
  });
  await Promise.all(workers);
}
