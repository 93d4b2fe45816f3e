// Ids are made on the device, offline: UUID v7, so that they sort by time and never collide.
// A document's id says which facet of which record it is: docId = recordId + "." + facet.

import { v7 as uuidV7 } from "uuid";
import { err, ok, type Result } from "./result.ts";

export const newId = (): string => uuidV7();

const ID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;
const FACET_PATTERN = /^[a-z][a-z0-9-]{0,31}$/;

/** True for anything that may serve as a record, space or member id: 1 to 64 letters, digits, `_`, `-`. */
export const isId = (text: string): boolean => ID_PATTERN.test(text);

/** The space that only this member is in: what is theirs on every device of theirs. */
export const personalSpaceOf = (memberId: string): string => `own-${memberId}`;

export const isPersonalSpace = (id: string): boolean => id.startsWith(personalSpaceOf(""));

/** True for a facet name: lower case letters, digits, `-`; 1 to 32 characters. */
export const isFacetName = (text: string): boolean => FACET_PATTERN.test(text);

export const docIdOf = (recordId: string, facet: string): string => `${recordId}.${facet}`;

/** The record of a well-formed docId. */
export const recordIdOf = (docId: string): string => docId.slice(0, docId.indexOf("."));

/** Splits a docId; the error is for bytes from outside only. */
export function parseDocId(docId: string): Result<{ recordId: string; facet: string }, { type: "BadDocId" }> {
  const dot = docId.indexOf(".");
  const recordId = docId.slice(0, dot);
  const facet = docId.slice(dot + 1);
  if (dot < 1 || !isId(recordId) || !isFacetName(facet)) return err({ type: "BadDocId" });
  return ok({ recordId, facet });
}
