// How deep an update nests: shared types within shared types, and plain data within plain data. Measured with a stack of
// its own, because what is measured is what would overflow the other one.

import * as Y from "yjs";

const MAX_DEPTH = 32;

const keyOf = ({ client, clock }: Y.ID): string => `${client}:${clock}`;

const idOf = (value: unknown): Y.ID | undefined => (value instanceof Y.ID ? value : undefined);

/** The plain values an item carries. */
function valuesOf(content: Y.Item["content"]): readonly unknown[] {
  if (content instanceof Y.ContentAny || content instanceof Y.ContentJSON) return content.arr;
  if (content instanceof Y.ContentEmbed) return [content.embed];
  return content instanceof Y.ContentFormat ? [content.value] : [];
}

function isPlainTooDeep(value: unknown): boolean {
  const waiting: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next.value !== "object" || next.value === null || next.value instanceof Uint8Array) continue;
    if (next.depth === MAX_DEPTH) return true;
    for (const member of Object.values(next.value)) waiting.push({ value: member, depth: next.depth + 1 });
  }
  return false;
}

/** Where an item hangs: its parent if it names one, else where the neighbour hangs that it was written beside. */
const anchorOf = (item: Y.Item): Y.ID | undefined => idOf(item.parent) ?? item.origin ?? item.rightOrigin ?? undefined;

function areTypesTooDeep(items: readonly Y.Item[]): boolean {
  const types = items.filter((item) => item.content instanceof Y.ContentType);
  // Each level is a type of its own.
  if (types.length <= MAX_DEPTH) return false;
  const itemsByKey = new Map(items.map((item) => [keyOf(item.id), item]));
  const depths = new Map<Y.Item, number>();
  for (const start of types) {
    const path: Y.Item[] = [];
    let depth = 0;
    for (let item: Y.Item | undefined = start; item !== undefined;) {
      const known = depths.get(item);
      if (known !== undefined) {
        depth = known;
        break;
      }
      // Set before it is known: items that hang in one another end here.
      depths.set(item, 0);
      path.push(item);
      const anchor = anchorOf(item);
      item = anchor === undefined ? undefined : itemsByKey.get(keyOf(anchor));
    }
    for (const item of path.toReversed()) {
      if (idOf(item.parent) !== undefined || depth === 0) depth += 1;
      if (depth > MAX_DEPTH) return true;
      depths.set(item, depth);
    }
  }
  return false;
}

export function isTooDeep(structs: readonly (Y.AbstractStruct | Y.Skip)[]): boolean {
  const items = structs.filter((struct) => struct instanceof Y.Item);
  return items.some((item) => valuesOf(item.content).some(isPlainTooDeep)) || areTypesTooDeep(items);
}
