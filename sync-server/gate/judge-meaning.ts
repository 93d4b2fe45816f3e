// What an update from outside would change that its author may not, by the values before and after, whatever the update is
// made of: who made the record, whether it is in the trash, and the words of somebody else.

import type * as Y from "yjs";
import { readFacet } from "#shared/doc/facet-document.ts";
import { keys } from "#shared/doc/keys.ts";
import { findRecordType } from "#shared/record-types/index.ts";

/** What of a document not everybody who may write it may change. Plain text, so that it outlives the change. */
export type Claims = {
  readonly createdBy: string | undefined;
  readonly createdAt: string;
  readonly trash: string;
  readonly words: string;
};

export type Rights = {
  readonly id: string;
  readonly type: string;
  /** Whether the author may put the record into the trash and take it out: whoever may write its name. */
  readonly mayTurn: boolean;
};

/** Costs next to nothing for a keystroke in a long text: only records with words of one author are read as a whole. */
export function claimsOf(doc: Y.Doc, type: string): Claims {
  const createdBy = doc.getMap<unknown>(keys.meta).get("createdBy");
  const createdAt = doc.getMap<unknown>(keys.meta).get("createdAt");
  const authored = findRecordType(type)?.authored;
  const fields = authored === undefined ? {} : readFacet(doc).fields;
  return {
    createdBy: typeof createdBy === "string" ? createdBy : undefined,
    createdAt: typeof createdAt === "string" ? createdAt : "",
    trash: JSON.stringify(doc.getMap<unknown>(keys.life).get("deleted") ?? null),
    words: authored === undefined ? "" : JSON.stringify(authored.map((field) => fields[field] ?? null)),
  };
}

/**
 * One sentence about what the author may not; undefined when there is nothing. `isUnseen`: they say who made the document
 * without having seen that somebody did, as two do who are the first to write in a facet, offline both. Either's word is as
 * good then; a record whose words are one author's is not made twice.
 */
export function judgeMeaning(
  before: Claims,
  after: Claims,
  { id, type, mayTurn }: Rights,
  isUnseen: boolean,
): string | undefined {
  const isAuthored = findRecordType(type)?.authored !== undefined;
  const isClaimed = after.createdBy !== before.createdBy || after.createdAt !== before.createdAt;
  const isAsGood = isUnseen && after.createdBy !== undefined && after.createdAt !== "" && !isAuthored;
  if (before.createdBy !== undefined && isClaimed && !isAsGood) return "somebody else made this";
  const isTurned = after.trash !== before.trash;
  if (isTurned && !mayTurn) return "the trash is for those who may write the record's name";
  const isOwn = after.createdBy === id || before.createdBy === undefined;
  if (!isAuthored || isOwn) return undefined;
  return isTurned || after.words !== before.words ? "only whoever wrote this changes it" : undefined;
}
