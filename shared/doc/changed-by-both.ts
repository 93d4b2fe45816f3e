// "Changed by both": a device knows when a remote update overwrites, or is overwritten by, a value it has not had acked.
// It writes both values into the facet, so that everybody who may see the field sees the choice, once.

import { fieldKinds } from "#shared/model/field-kinds.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { ChangedByBoth, FacetContent, Stamp } from "./facet-content.ts";

/** A value this device wrote and the relay has not acknowledged. */
export type UnackedEdit = Stamp & { readonly field: string; readonly to: FieldValue | null };

type Input = {
  /** Confirmed state (acked updates only) before and after the remote update, and the working state after it. */
  readonly confirmedBefore: FacetContent;
  readonly confirmedAfter: FacetContent;
  readonly working: FacetContent;
  readonly unacked: readonly UnackedEdit[];
  /** Author of the remote value, as far as its history entry tells. */
  readonly remoteAuthor: (field: string) => Stamp;
};

const same = (left: FieldValue | null, right: FieldValue | null): boolean =>
  JSON.stringify(left) === JSON.stringify(right);

/** Marks for register fields only: texts and sets merge, nobody's words are lost there. */
export function findChangedByBoth(input: Input): Readonly<Record<string, ChangedByBoth>> {
  const marks: Record<string, ChangedByBoth> = {};
  const mineByField = new Map(input.unacked.map((edit) => [edit.field, edit]));
  for (const [field, edit] of mineByField) {
    const spec = findRecordType(input.working.type)?.fields[field];
    if (spec !== undefined && fieldKinds[spec.kind].storage !== "register") continue;
    const before = input.confirmedBefore.fields[field] ?? null;
    const theirs = input.confirmedAfter.fields[field] ?? null;
    const mine = edit.to;
    if (same(before, theirs) || same(theirs, mine)) continue;
    const shown = input.working.fields[field] ?? null;
    const author = input.remoteAuthor(field);
    const mineIsShown = same(shown, mine);
    marks[field] = mineIsShown
      ? { kept: mine, keptBy: edit.by, keptAt: edit.at, other: theirs, otherBy: author.by, otherAt: author.at }
      : { kept: theirs, keptBy: author.by, keptAt: author.at, other: mine, otherBy: edit.by, otherAt: edit.at };
  }
  return marks;
}
