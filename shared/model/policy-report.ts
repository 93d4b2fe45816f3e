// What people are told about the policy: its state, its versions, and who would newly see what before it changes. Shapes
// only, the same on the relay, which knows everybody's records, and on the device, which shows them.

import type { Persona, PersonaLabel } from "./personas.ts";
import type { FieldMove, Placements, RightChange } from "./policy.ts";

export type PolicyVersion = {
  readonly version: number;
  /** ISO times: when it was decided, and since when it counts. */
  readonly at: string;
  readonly liveAt: string;
  readonly byName: string;
  readonly isLive: boolean;
  readonly changes: readonly RightChange[];
  /** Personas added, renamed or removed, in words. */
  readonly personaChanges: readonly string[];
};

export type PolicyState = {
  readonly version: number;
  readonly personas: readonly PersonaLabel[];
  readonly placements: Placements;
  /** How many people have each persona somewhere, and in how many spaces. */
  readonly people: Readonly<Record<string, { readonly members: number; readonly spaces: number }>>;
  /** Decided, and can be taken back until then. */
  readonly waiting?: { readonly version: number; readonly liveAt: string; readonly byName: string };
  /** Values are on their way between facets. */
  readonly isMoving: boolean;
};

/** People of one space to whom fields of one type open, or close. */
export type Sharing = {
  readonly space: { readonly id: string; readonly name: string };
  readonly type: string;
  readonly fields: readonly string[];
  /** Records of the space that have a value in one of the fields. */
  readonly records: number;
  readonly people: readonly { readonly id: string; readonly name: string; readonly persona: Persona }[];
  readonly example?: { readonly recordId: string; readonly title: string };
};

export type PolicyPreview = {
  readonly base: number;
  readonly changes: readonly RightChange[];
  /** Why it cannot be kept; empty when it can. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly gains: readonly Sharing[];
  readonly losses: readonly Sharing[];
  /** People who newly see, and people who no longer see something; each counted once. */
  readonly gaining: number;
  readonly losing: number;
  readonly moves: readonly (FieldMove & { readonly documents: number })[];
  /** Seconds between deciding and counting, in which it can be taken back. */
  readonly holdSeconds: number;
};
