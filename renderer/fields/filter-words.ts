// Questions about fields, as lists and share rules ask them: which ones fit a kind, and their words.

import type { FieldSpec } from "#shared/model/field-value.ts";
import type { FilterOp } from "#shared/model/share-filter.ts";

/** What makes sense to ask of a field of this kind, the usual question first. */
export function opsFor(spec: FieldSpec): readonly FilterOp[] {
  switch (spec.kind) {
    case "choice":
    case "person":
    case "relation":
      return ["is", "isNot", "isEmpty", "isNotEmpty"];
    case "yesNo":
      return ["is", "isEmpty", "isNotEmpty"];
    case "number":
    case "money":
    case "date":
    case "dateTime":
      return ["atLeast", "atMost", "is", "isEmpty", "isNotEmpty"];
    case "text":
    case "longText":
    case "richText":
    case "checklist":
    case "email":
    case "phone":
    case "link":
    case "address":
    case "multiChoice":
    case "people":
    case "relations":
      return ["contains", "is", "isEmpty", "isNotEmpty"];
  }
}

export function opWords(op: FilterOp, spec: FieldSpec): string {
  const dated = spec.kind === "date" || spec.kind === "dateTime";
  switch (op) {
    case "is":
      return "is";
    case "isNot":
      return "is not";
    case "contains":
      return "contains";
    case "isEmpty":
      return "is empty";
    case "isNotEmpty":
      return "is filled in";
    case "atLeast":
      return dated ? "from" : "at least";
    case "atMost":
      return dated ? "until" : "at most";
  }
}
