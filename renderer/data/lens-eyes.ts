// Whose eyes the lens has, and which records come before them at all: those of the space they look at and those linked into
// it. The home of a linked record is somebody else's space, to them there is no such thing.

import { isInternal, type Persona } from "#shared/model/personas.ts";

export type LensEyes = {
  readonly persona: Persona;
  /** The space of what is looked at: somebody from outside is shown nothing of another one. */
  readonly space: string;
  /** Records linked into that space. */
  readonly linked: ReadonlySet<string>;
  /** Nobody has these rights in this space: of what lives there nothing is shown but what is in `linked`. */
  readonly isNobodyThere?: boolean;
};

type Placed = { readonly id: string; readonly space: string };

export const isBefore = (eyes: LensEyes, { id, space }: Placed): boolean =>
  isInternal(eyes.persona) || eyes.linked.has(id) || (space === eyes.space && eyes.isNobodyThere !== true);

/** Whoever holds a record through a link knows it in that space only. */
export const asPlaced = <Row extends Placed>(eyes: LensEyes, row: Row): Row =>
  isInternal(eyes.persona) || row.space === eyes.space ? row : { ...row, space: eyes.space };
