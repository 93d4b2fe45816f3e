// What a row says of a record under its title: the few of its fields that are filled in, in words.

import type { RecordRow } from "#renderer/data/types.ts";
import { formatField } from "#shared/model/field-kinds.ts";
import type { FormatContext } from "#shared/model/field-value.ts";
import { formatMoney } from "#shared/model/number-fields.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";

const MOST = 3;

export function rowDetail(
  definition: RecordTypeDefinition,
  row: Pick<RecordRow, "fields">,
  names: readonly string[],
  context: FormatContext,
): string {
  const words = names.flatMap((name) => {
    const spec = definition.fields[name];
    const value = row.fields[name];
    if (spec === undefined || value === undefined || spec.kind === "person") return [];
    const text =
      typeof value === "object" && "amount" in value
        ? formatMoney(value, context.locale, "short")
        : formatField(value, spec, context);
    return text === "" || text === "Not on this device" ? [] : [text];
  });
  return words.slice(0, MOST).join(" · ");
}
