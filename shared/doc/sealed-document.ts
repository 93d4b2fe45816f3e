// A sealed record inside its Y.Doc: one root map with the entry's canonical text and its signature, written by one update.
// Everything the record says is read from that text, so whatever else an update brings along says nothing.

import * as Y from "yjs";
import { entryOf, type Seal, type SealedEntry } from "#shared/model/seals.ts";
import { docIdOf } from "#shared/model/ids.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { FacetContent } from "./facet-content.ts";
import { keys } from "./keys.ts";

export const isSealedType = (type: string): boolean => findRecordType(type)?.sealed !== undefined;

/** Records that are never changed once they are there: what somebody signed, and the relay's own. */
export const isSettledType = (type: string): boolean =>
  isSealedType(type) || findRecordType(type)?.writtenBy === "relay";

/** The one update of a sealed document. */
export function sealedUpdate(entry: Pick<SealedEntry, "record" | "facet">, seal: Seal): Uint8Array {
  const doc = new Y.Doc({ guid: docIdOf(entry.record, entry.facet) });
  doc.transact(() => {
    const map = doc.getMap<string>(keys.seal);
    map.set("entry", seal.entry);
    map.set("signature", seal.signature);
  });
  return Y.encodeStateAsUpdate(doc);
}

export function readSeal(doc: Y.Doc): Seal | undefined {
  if (!doc.share.has(keys.seal)) return undefined;
  const map = doc.getMap<unknown>(keys.seal);
  const entry = map.get("entry");
  const signature = map.get("signature");
  return typeof entry === "string" && typeof signature === "string" ? { entry, signature } : undefined;
}

/** Entry and seal of a document, if it is the sealed record that its id says it is. */
export function readSealed(doc: Y.Doc): { readonly seal: Seal; readonly entry: SealedEntry } | undefined {
  const seal = readSeal(doc);
  const entry = seal === undefined ? undefined : entryOf(seal);
  if (seal === undefined || entry === undefined || !isSealedType(entry.type)) return undefined;
  return doc.guid === docIdOf(entry.record, entry.facet) ? { seal, entry } : undefined;
}

/** A sealed document as facet content: made once by its author, with the fields he signed. */
export function sealedContent(doc: Y.Doc): FacetContent | undefined {
  const sealed = readSealed(doc);
  if (sealed === undefined) return undefined;
  const { type, facet, at, author, fields } = sealed.entry;
  return { type, facet, createdAt: at, createdBy: author, fields, changedByBoth: {}, seal: sealed.seal };
}
