// A change in plain words, to follow a name: "set Close date to" + "15 Jul" + ", was 12 Jun".

import type { ChangeRow } from "#renderer/data/types.ts";
import { fieldKinds, formatField } from "#shared/model/field-kinds.ts";
import type { FieldValue, FormatContext } from "#shared/model/field-value.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";

export type ChangeWords = { readonly verb: string; readonly object?: string; readonly tail?: string };

const MAX = 90;

function wordsOf(
  value: FieldValue | null | undefined,
  field: string,
  definition: RecordTypeDefinition,
  context: FormatContext,
): string {
  const spec = definition.fields[field];
  if (spec === undefined || value === null || value === undefined) return "";
  const words = formatField(value, spec, context);
  return words.length > MAX ? `${words.slice(0, MAX)}...` : words;
}

/** Undefined for what people need not see: ordering keys, fields of a newer version. */
export function changeWords(
  change: ChangeRow,
  definition: RecordTypeDefinition,
  context: FormatContext,
): ChangeWords | undefined {
  const one = definition.label.one.toLowerCase();
  switch (change.kind) {
    case "created":
      return { verb: `made this ${one}` };
    case "deleted":
      return { verb: `deleted this ${one}` };
    case "restored":
      return { verb: `restored this ${one}` };
    case "changed":
    case "chosen":
      return change.field === undefined ? undefined : fieldWords(change, change.field, definition, context);
  }
}

function fieldWords(
  change: ChangeRow,
  field: string,
  definition: RecordTypeDefinition,
  context: FormatContext,
): ChangeWords | undefined {
  const spec = definition.fields[field];
  if (spec === undefined || spec.hidden === true) return undefined;
  const { storage } = fieldKinds[spec.kind];
  const merged = storage === "text" || storage === "rich";
  if (merged || (change.from === undefined && change.to === undefined)) return { verb: "edited", object: spec.label };
  const from = wordsOf(change.from, field, definition, context);
  const to = wordsOf(change.to, field, definition, context);
  const was = from === "" ? {} : { tail: `, was ${from}` };
  if (change.kind === "chosen") return { verb: `settled ${spec.label} on`, object: to || "empty" };
  if (field === "stage")
    return { verb: from === "" ? "set the stage to" : `moved it from ${from} to`, object: to || "no stage" };
  return to === "" ? { verb: `emptied ${spec.label}`, ...was } : { verb: `set ${spec.label} to`, object: to, ...was };
}
