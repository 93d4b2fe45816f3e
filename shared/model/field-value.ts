// What a field may hold and how it is declared; text as every kind takes it in.

import { err, ok, type Result } from "./result.ts";

/** Minor units (cents) and an ISO 4217 code. Never a float. */
export type Money = { readonly amount: number; readonly currency: string };

export type Address = {
  readonly street?: string;
  readonly city?: string;
  readonly state?: string;
  readonly postalCode?: string;
  readonly country?: string;
};

/** JSON value of a field as screens, forms and the HTTP API see it. `null` is "empty". */
export type FieldValue = string | number | boolean | Money | Address | readonly string[];

type Common = {
  readonly label: string;
  /** Facet that holds the field; `internal` when omitted (a new field is team only). */
  readonly facet?: string;
  readonly required?: true;
  /** Kept out of forms and columns: ordering keys and the like. */
  readonly hidden?: true;
  /** Facet the field lay in before it moved: what was written there is still read. */
  readonly formerFacet?: string;
};

export type Options = Readonly<Record<string, string>>;

export type FieldSpec = Common &
  (
    | { readonly kind: "text" | "longText" | "richText" | "checklist" | "date" | "dateTime" | "yesNo" }
    | { readonly kind: "email" | "phone" | "link" | "address" | "person" | "people" }
    | { readonly kind: "number"; readonly unit?: "percent" | "hours"; readonly min?: number; readonly max?: number }
    | { readonly kind: "money"; readonly currency?: string }
    | {
        readonly kind: "choice" | "multiChoice";
        readonly options: Options;
        /** Words for what follows from other records: shown where it was worked out, never picked; one that is stored says nothing. */
        readonly follows?: Options;
      }
    | { readonly kind: "relation" | "relations"; readonly to: string }
  );

export type FieldKind = FieldSpec["kind"];

/** The sentence says what to do; it is shown beside the field as it is. */
export type FieldError = { readonly type: "FieldError"; readonly message: string };

/** Names behind ids, for showing people, records and options as words. */
export type FormatContext = {
  readonly locale: string;
  readonly personName?: (memberId: string) => string | undefined;
  readonly recordTitle?: (recordId: string) => string | undefined;
};

export type Parsed = Result<FieldValue | null, FieldError>;

export const wrong = (message: string): Parsed => err({ type: "FieldError", message });

export const fold = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .trim();

export const MAX_TEXT = 2_000;
export const MAX_LONG_TEXT = 100_000;

export const parseString = (input: unknown, limit: number, message: string): Result<string | null, FieldError> => {
  if (input === null || input === undefined) return ok(null);
  if (typeof input !== "string" && typeof input !== "number") return err({ type: "FieldError", message });
  const text = String(input).normalize("NFC").trim();
  if (text.length > limit) return err({ type: "FieldError", message: `Shorten this to ${limit} characters.` });
  return ok(text === "" ? null : text);
};

export const asText = (value: FieldValue): string => (typeof value === "string" ? value : JSON.stringify(value));
