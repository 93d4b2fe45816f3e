// The words the parts of an import share: the table a file becomes, what is chosen for its columns, and what is planned
// for its rows. All of it is plain data that travels between the page and the worker.

import type { FieldValue } from "#shared/model/field-value.ts";

export const importTypes = ["company", "contact", "deal"] as const;
export type ImportType = (typeof importTypes)[number];

export type ImportColumn = { readonly name: string; readonly samples: readonly string[]; readonly filled: number };

export type ImportRow = {
  /** As a spreadsheet counts: the header is row 1. For vCards the number of the card. */
  readonly number: number;
  readonly cells: readonly string[];
  /** Why the whole row cannot be taken as it is. */
  readonly problem?: string;
};

/** A file that was read. Rows are arrays, never objects keyed by what a header says. */
export type ImportTable = {
  readonly kind: "csv" | "vcard";
  readonly columns: readonly ImportColumn[];
  readonly rows: readonly ImportRow[];
  /** Sentences about the file as a whole. */
  readonly notes: readonly string[];
  readonly header: boolean;
  readonly delimiter?: string;
};

export type DateOrder = "dayFirst" | "monthFirst";
export type DecimalSign = "comma" | "point";

/** What is chosen for one column. `target` is a key of `importTargets`; null leaves the column out. */
export type ColumnChoice = {
  readonly target: string | null;
  readonly dateOrder?: DateOrder;
  readonly decimalSign?: DecimalSign;
  readonly currency?: string;
  /** Folded text in the file -> option of the field, or null to leave it empty. */
  readonly options?: ReadonlyMap<string, string | null>;
};

/** A text that could not be read. `column` is -1 when the row as a whole is meant. */
export type CellProblem = {
  readonly column: number;
  readonly label: string;
  readonly text: string;
  readonly message: string;
};

export type Values = Readonly<Record<string, FieldValue>>;

export type KnownRecord = { readonly id: string; readonly title: string; readonly fields: Values };

/** What a duplicate row does: fill the empty fields of the record it looks like, nothing, or become a record anyway. */
export type DuplicateChoice = "fill" | "skip" | "create";

export type ImportSummary = {
  readonly rows: number;
  readonly create: number;
  readonly duplicate: number;
  readonly error: number;
  /** What Run does after all choices. `unchanged`: duplicates with nothing to fill. */
  readonly willCreate: number;
  readonly willFill: number;
  readonly willSkip: number;
  readonly unchanged: number;
  readonly newCompanies: number;
  readonly notes: readonly string[];
};

export type NewRow = { readonly id: string; readonly type: string; readonly space: string; readonly values: Values };
export type FillRow = { readonly id: string; readonly values: Values };

export type CreateView = {
  readonly index: number;
  readonly number: number;
  readonly title: string;
  readonly detail: string;
};
export type DuplicateView = CreateView & {
  readonly same: string;
  readonly choice: DuplicateChoice;
  readonly match: { readonly id: string; readonly title: string; readonly detail: string; readonly row?: number };
};
export type ErrorView = {
  readonly index: number;
  readonly number: number;
  readonly title: string;
  readonly problems: readonly CellProblem[];
};

export type MergeView = {
  readonly number: number;
  readonly lines: readonly {
    readonly label: string;
    readonly value: string;
    readonly state: "kept" | "filled";
    readonly fileSays?: string;
  }[];
};
