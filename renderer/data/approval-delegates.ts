// Whom a decision can be passed on to: somebody who reads the request and may answer it, has no voice in it yet, and did not
// ask it himself.

import type { Request, Slot } from "#shared/model/approvals.ts";
import { canWriteFacet } from "#shared/model/facets.ts";
import type { MemberRow } from "./types.ts";

type Voices = Pick<Slot, "approver" | "decidedBy">;

/** Of the members of the space, those who can decide instead. */
export function delegatesFor(
  request: Pick<Request, "requestedBy">,
  slots: readonly Voices[],
  facet: string,
  members: readonly MemberRow[],
): readonly MemberRow[] {
  const voices = new Set(slots.flatMap((slot) => [slot.approver, slot.decidedBy]));
  return members.filter(
    ({ id, persona }) => id !== request.requestedBy && !voices.has(id) && canWriteFacet(facet, persona),
  );
}

/** A sentence when this one cannot decide instead. */
export const delegateProblem = (
  request: Pick<Request, "requestedBy">,
  slots: readonly Voices[],
  facet: string,
  members: readonly MemberRow[],
  delegate: string | undefined,
): string | undefined =>
  delegatesFor(request, slots, facet, members).some(({ id }) => id === delegate)
    ? undefined
    : "They cannot decide this: choose somebody who can see and answer the request, and is not part of it already.";
