// What a record type is. Everything the product knows about a noun is said once, in one file of this folder;
// navigation, list, form, page, search, import, export, storage, sync and access follow from it.

import type { Address, FieldSpec, FieldValue, Money } from "#shared/model/field-value.ts";

type Fields = Readonly<Record<string, FieldSpec>>;

type Shape<F extends Fields, Name extends string> = {
  readonly type: string;
  readonly label: { readonly one: string; readonly many: string };
  readonly fields: F;
  /** The field (or fields, joined by a space) that names a record. */
  readonly title: Name | readonly Name[];
  /** Columns of the list, in order; these are also the fields a list can sort and filter by. */
  readonly list: readonly Name[];
  readonly form: readonly { readonly section: string; readonly fields: readonly Name[] }[];
  /** In which kind of space records of this type are made. */
  readonly home: "crm" | "project" | "any" | "personal";
  /**
   * `declared` (when omitted): each field lies in its facet. `chosen`: the author picks the audience when the record is
   * made (team only at first) and all its fields lie in that audience's facet; it can never be widened later, only copied.
   */
  readonly placement?: "declared" | "chosen";
  /**
   * Records of this type are sealed: accepted once, only from the member that the field `author` names, with a signature
   * of a live key of one of his devices, and never changed after. Their author picks the audience (`placement: "chosen"`).
   */
  readonly sealed?: {
    readonly author: Name;
    /** Only the team may write them. */
    readonly by?: "team";
    /** A sentence when the fields contradict one another; runs on the device and on the relay. */
    readonly check?: (fields: Readonly<Record<string, FieldValue>>, space: string) => string | undefined;
  };
  /** Fields that an approval binds: a change of one of them makes it stale. Those of the form, when omitted. */
  readonly approvable?: readonly Name[];
  /** Fields that only whoever made the record changes, and whose records nobody else from outside deletes. The team may. */
  readonly authored?: readonly Name[];
  /** Only the relay itself writes records of this type. */
  readonly writtenBy?: "relay";
  /** Relation field that names the record this one belongs to, for timelines. */
  readonly parent?: Name;
  /**
   * A record of the same type and space that has to exist once this one stands as it does (the next of a series). Its id
   * and values follow from this record alone, so that every device makes the same one.
   */
  readonly next?: (
    id: string,
    fields: Readonly<Record<string, FieldValue>>,
  ) => { readonly id: string; readonly values: Readonly<Record<string, FieldValue>> } | undefined;
};

/** A record type as code that serves all types sees it. */
export type RecordTypeDefinition = Shape<Fields, string>;

/**
 * Whether share rules may be about records of this type: not what is one person's own, nor what is sealed or the relay's and
 * counts in its own space only. A project is a space itself.
 */
export const takesShareRules = ({ type, home, sealed, writtenBy }: RecordTypeDefinition): boolean =>
  type !== "project" && home !== "personal" && sealed === undefined && writtenBy === undefined;

/** Checks that title, list and form name existing fields, and keeps the exact types for `RecordOf`. */
export const defineRecordType = <const F extends Fields>(
  definition: Shape<F, Extract<keyof F, string>>,
): Shape<F, Extract<keyof F, string>> => definition;

type ValueOf<S extends FieldSpec> = S extends { kind: "choice"; options: infer O }
  ? keyof O
  : S extends { kind: "number" }
    ? number
    : S extends { kind: "yesNo" }
      ? boolean
      : S extends { kind: "money" }
        ? Money
        : S extends { kind: "address" }
          ? Address
          : S extends { kind: "multiChoice" | "relations" | "people" }
            ? readonly string[]
            : string;

/** The typed field values of a record type: `RecordOf<typeof deal>["stage"]` is the union of its stages. */
export type RecordOf<D> = D extends { readonly fields: infer F extends Fields }
  ? { readonly [Name in keyof F]?: ValueOf<F[Name]> }
  : never;
