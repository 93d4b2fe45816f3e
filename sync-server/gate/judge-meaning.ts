// What an update from outside would change that its author may not, by the values before and after, whatever the update is
// made of: who made the record, whether it is in the trash, and the words of somebody else.

import type * as Y from "yjs";
import { readFacet } from "#shared/doc/facet-document.ts";
import { keys } from "#shared/doc/keys.ts";
import { findRecordType } from "#shared/record-types/index.ts";

/** What of a document not everybody who may write it may change. Plain text, so that it outlives the change. */
export type Claims = { readonly createdBy: string | undefined; readonly trash: string; readonly words: string };

export type Rights = {
  readonly id: string;
  readonly type: string;
  /** Whether the author may put the record into the trash and take it out: whoever may write its name. */
  readonly mayTurn: boolean;
};

/** Costs next to nothing for a keystroke in a long text: only records with words of one author are read as a whole. */
export function claimsOf(doc: Y.Doc, type: string): Claims {
  const createdBy = doc.getMap<unknown>(keys.meta).get("createdBy");
  const authored = findRecordType(type)?.authored;
  const fields = authored === undefined ? {} : readFacet(doc).fields;
  return {
    createdBy: typeof createdBy === "string" ? createdBy : undefined,
    trash: JSON.stringify(doc.getMap<unknown>(keys.life).get("deleted") ?? null),
    words: authored === undefined ? "" : JSON.stringify(authored.map((field) => fields[field] ?? null)),
  };
}

/** One sentence about what the author may not; undefined when there is nothing. */
export function judgeMeaning(before: Claims, after: Claims, { id, type, mayTurn }: Rights): string | undefined {
  if (before.createdBy !== undefined && after.createdBy !== before.createdBy) return "somebody else made this";
  const isTurned = after.trash !== before.trash;
  if (isTurned && !mayTurn) return "the trash is for those who may write the record's name";
  const isOwn = after.createdBy === id || before.createdBy === undefined;
  if (findRecordType(type)?.authored === undefined || isOwn) return undefined;
  return isTurned || after.words !== before.words ? "only whoever wrote this changes it" : undefined;
}
