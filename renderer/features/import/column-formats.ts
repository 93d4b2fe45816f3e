// Formats that the values of a column have in common: which part of 03/04/2026 is the day, whether 1.200 is a thousand
// and two hundred, which words stand for the options of a choice. Found from all values of the column, or asked.

import { fold, type FieldSpec } from "#shared/model/field-value.ts";
import type { ColumnChoice, DateOrder, DecimalSign } from "./import-types.ts";

const SLASHED = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?:[T ].*)?$/;

/** `ask`: every date reads both ways. Undefined: the column has no such dates. */
export function guessDateOrder(values: Iterable<string>): DateOrder | "ask" | undefined {
  let seen = false;
  for (const value of values) {
    const parts = SLASHED.exec(value.trim());
    if (parts === null) continue;
    seen = true;
    if (Number(parts[1]) > 12) return "dayFirst";
    if (Number(parts[2]) > 12) return "monthFirst";
  }
  return seen ? "ask" : undefined;
}

/** Exports of numbers as floats: "6.0E7". */
const FLOAT = /^[+-]?\d+(\.\d+)?E[+-]?\d{1,3}$/i;

const digitsOf = (value: string): string => value.replace(/[\s'\u00a0\u202f]|[A-Za-z€$£¥%]/g, "");

/** `ask`: "1.200" or "1,200" only. Undefined: the values read one way anyhow. */
export function guessDecimalSign(values: Iterable<string>): DecimalSign | "ask" | undefined {
  let unclear = false;
  for (const value of values) {
    if (FLOAT.test(value)) continue;
    const digits = digitsOf(value);
    if (/,\d{3}\.\d|,\d{3},|\.(\d{1,2}|\d{4,})$/.test(digits)) return "point";
    if (/\.\d{3},\d|\.\d{3}\.|,(\d{1,2}|\d{4,})$/.test(digits)) return "comma";
    if (/^[+-]?[1-9]\d{0,2}[.,]\d{3}$/.test(digits)) unclear = true;
  }
  return unclear ? "ask" : undefined;
}

/** Words other systems use for our options. */
const optionWords: Readonly<Record<string, string>> = {
  "closed won": "won",
  gewonnen: "won",
  "closed lost": "lost",
  verloren: "lost",
  "id. decision makers": "qualification",
  "needs analysis": "qualification",
  "value proposition": "qualification",
  "perception analysis": "qualification",
  qualified: "qualification",
  "qualified to buy": "qualification",
  qualifizierung: "qualification",
  "appointment scheduled": "prospecting",
  "presentation scheduled": "qualification",
  "decision maker bought in": "proposal",
  "contract sent": "negotiation",
  "proposal/price quote": "proposal",
  "proposal/quotation": "proposal",
  quote: "proposal",
  angebot: "proposal",
  "negotiation/review": "negotiation",
  verhandlung: "negotiation",
  commit: "forecast",
  "customer - direct": "customer",
  "customer - channel": "customer",
  client: "customer",
  kunde: "customer",
  "channel partner / reseller": "reseller",
  lead: "prospect",
  opportunity: "prospect",
  interessent: "prospect",
  "decision maker": "decider",
};

/** The option a text of the file stands for, besides the option's own name and label. */
export function guessOption(text: string, spec: FieldSpec): string | undefined {
  const option = optionWords[fold(text)];
  return option !== undefined && "options" in spec && Object.hasOwn(spec.options, option) ? option : undefined;
}

function writeDate(text: string, order: DateOrder | undefined): string {
  const parts = SLASHED.exec(text);
  if (parts === null) return text;
  const [first = "", second = "", year = ""] = parts.slice(1);
  const dayFirst = order === undefined ? Number(first) > 12 : order === "dayFirst";
  const [day, month] = dayFirst ? [first, second] : [second, first];
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

function writeNumber(text: string, sign: DecimalSign | undefined): string {
  if (FLOAT.test(text))
    return Number(text)
      .toFixed(2)
      .replace(/\.?0+$/, "");
  if (sign === "comma") return text.replaceAll(".", "").replace(",", ".");
  return sign === "point" ? text.replaceAll(",", "") : text;
}

/** The text in the one form that the field kinds read without doubt. */
export function writePlainly(text: string, spec: FieldSpec, choice: ColumnChoice): string {
  switch (spec.kind) {
    case "date":
    case "dateTime":
      return writeDate(text, choice.dateOrder);
    case "number":
      return writeNumber(text, choice.decimalSign);
    case "money": {
      const plain = writeNumber(text, choice.decimalSign);
      return choice.currency !== undefined && !/[A-Za-z€$£¥]/.test(plain) ? `${plain} ${choice.currency}` : plain;
    }
    case "text":
    case "longText":
    case "richText":
    case "checklist":
    case "yesNo":
    case "email":
    case "phone":
    case "link":
    case "address":
    case "person":
    case "people":
    case "choice":
    case "multiChoice":
    case "relation":
    case "relations":
      return text;
  }
}
