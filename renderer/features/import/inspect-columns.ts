// What the values of the chosen columns need before they can be read: an order of day and month, a decimal sign, options
// for words the product does not know.

import { parseField } from "#shared/model/field-kinds.ts";
import { fold } from "#shared/model/field-value.ts";
import { guessDateOrder, guessDecimalSign, guessOption } from "./column-formats.ts";
import { findTarget } from "./import-targets.ts";
import type { ColumnChoice, ImportTable, ImportType } from "./import-types.ts";

export type ColumnQuestion =
  | {
      readonly column: number;
      readonly kind: "dateOrder" | "decimalSign";
      readonly ask: boolean;
      readonly example: string;
    }
  | { readonly column: number; readonly kind: "currency"; readonly example: string }
  | {
      readonly column: number;
      readonly kind: "options";
      readonly texts: readonly { readonly text: string; readonly count: number }[];
      readonly options: readonly { readonly value: string; readonly label: string }[];
    };

const MAX_TEXTS = 100;

/** Fills in what the values tell by themselves; `questions` are shown, `ask` marks those only a person can answer. */
export function inspectColumns(
  type: ImportType,
  table: ImportTable,
  choices: readonly ColumnChoice[],
): { readonly choices: readonly ColumnChoice[]; readonly questions: readonly ColumnQuestion[] } {
  const questions: ColumnQuestion[] = [];
  const hasCurrency = choices.some((choice) => choice.target?.endsWith(".currency") === true);
  const settled = choices.map((choice, column): ColumnChoice => {
    const target = findTarget(type, choice.target);
    if (target === undefined || (target.part !== undefined && target.spec.kind !== "money")) return choice;
    const texts = (): readonly string[] =>
      table.rows.map((row) => row.cells[column]?.trim() ?? "").filter((text) => text !== "");
    const example = table.columns[column]?.samples[0] ?? "";
    const { spec } = target;
    if (spec.kind === "date" || spec.kind === "dateTime") {
      const order = guessDateOrder(texts());
      if (order === undefined) return choice;
      questions.push({ column, kind: "dateOrder", ask: order === "ask", example });
      return { dateOrder: order === "ask" ? "monthFirst" : order, ...choice };
    }
    if (spec.kind === "number" || (spec.kind === "money" && target.part === undefined)) {
      const sign = guessDecimalSign(texts());
      if (sign !== undefined) questions.push({ column, kind: "decimalSign", ask: sign === "ask", example });
      if (spec.kind === "money" && !hasCurrency) questions.push({ column, kind: "currency", example });
      return sign === undefined ? choice : { decimalSign: sign === "ask" ? "point" : sign, ...choice };
    }
    if (spec.kind !== "choice") return choice;
    const unknown = new Map<string, { text: string; count: number }>();
    for (const text of texts()) {
      if (parseField(text, spec).ok || guessOption(text, spec) !== undefined) continue;
      const before = unknown.get(fold(text));
      if (before !== undefined) before.count += 1;
      else if (unknown.size < MAX_TEXTS) unknown.set(fold(text), { text: text.slice(0, 120), count: 1 });
    }
    if (unknown.size > 0) {
      const options = Object.entries(spec.options).map(([value, label]) => ({ value, label }));
      questions.push({ column, kind: "options", texts: [...unknown.values()], options });
    }
    return choice;
  });
  return { choices: settled, questions };
}
