// What one facet document says, as plain data. The shapes here are what every layer above shared/doc works with.

import type { FieldValue } from "#shared/model/field-value.ts";
import type { Seal } from "#shared/model/seals.ts";

/** Who did something and when: `at` is the author's clock (ISO 8601, UTC), `by` a member id. */
export type Stamp = {
  readonly at: string;
  readonly by: string;
  /** What the author's device calls itself. */
  readonly device?: string;
};

/** One entry of a facet's history. `from`/`to` are absent for text that merges by character. */
export type Change = Stamp & {
  readonly id: string;
  readonly kind: "created" | "changed" | "deleted" | "restored" | "chosen";
  readonly field?: string;
  readonly from?: FieldValue | null;
  readonly to?: FieldValue | null;
};

/** Two people changed the same field without having seen each other's value. `kept` is shown, `other` can be taken back. */
export type ChangedByBoth = {
  readonly kept: FieldValue | null;
  readonly keptBy: string;
  readonly keptAt: string;
  readonly other: FieldValue | null;
  readonly otherBy: string;
  readonly otherAt: string;
};

/** `clocks`: what the deleter had seen, client id -> clock, this deletion included. Anything beyond was an edit unseen by the deleter. */
export type Deletion = Omit<Stamp, "device"> & { readonly clocks: Readonly<Record<string, number>> };

export type FacetContent = {
  readonly type: string;
  readonly facet: string;
  readonly createdAt?: string;
  readonly createdBy?: string;
  readonly updatedAt?: string;
  readonly updatedBy?: string;
  /** Every field with a value, those unknown to this version included. Rich text as plain text, for lists and search. */
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** SHA-256 of what rich texts say beyond their words (rich-format.ts), by field; absent where there is no rich text. */
  readonly formats?: Readonly<Record<string, string>>;
  readonly changedByBoth: Readonly<Record<string, ChangedByBoth>>;
  readonly deletion?: Deletion & { readonly editedAfter: boolean };
  /** Of a sealed record: what was signed, whole. */
  readonly seal?: Seal;
};
