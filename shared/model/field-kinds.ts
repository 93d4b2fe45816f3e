// Field kinds: how a value of each kind is parsed, shown, compared and searched. What is particular to one field stays
// in its declaration; everything else about a value is here, once. A new kind touches this file and
// renderer/fields (the exhaustive maps refuse to compile until both know it).

import { checklistItems, checklistText } from "./checklist.ts";
import {
  choiceMessage,
  findOption,
  idSet,
  members,
  optionsOf,
  optionWords,
  parseChoice,
  parseId,
  parseStringSet,
  parseYesNo,
} from "./choice-fields.ts";
import { formatAddress, parseAddress, parseEmail, parseLink, parsePhone } from "./contact-fields.ts";
import { formatDate, formatDateTime, parseDate, parseDateTime } from "./date-fields.ts";
import {
  asText,
  fold,
  MAX_LONG_TEXT,
  MAX_TEXT,
  parseString,
  wrong,
  type FieldKind,
  type FieldSpec,
  type FieldValue,
  type FormatContext,
  type Parsed,
} from "./field-value.ts";
import { formatMoney, formatNumber, isMoney, moneyToNumber, parseMoney, parseNumber } from "./number-fields.ts";
import { ok } from "./result.ts";

type KindRules = {
  /** `register`: last writer wins and the loser is kept; `text`, `rich`: merged by character; `set`: merged by member. */
  readonly storage: "register" | "text" | "rich" | "set";
  readonly parse: (input: unknown, spec: FieldSpec) => Parsed;
  readonly format: (value: FieldValue, spec: FieldSpec, context: FormatContext) => string;
  /** Key by which values sort (and are looked up): a number, or a folded string. */
  readonly sortKey: (value: FieldValue, spec: FieldSpec) => string | number;
};

const textParser =
  (limit: number) =>
  (input: unknown): Parsed =>
    parseString(input, limit, "Enter text.");

const textual = (storage: KindRules["storage"], limit: number): KindRules => ({
  storage,
  parse: textParser(limit),
  format: asText,
  sortKey: (value) => fold(asText(value)).slice(0, 120),
});

export const fieldKinds: Readonly<Record<FieldKind, KindRules>> = {
  text: textual("register", MAX_TEXT),
  longText: textual("text", MAX_LONG_TEXT),
  richText: textual("rich", MAX_LONG_TEXT),
  checklist: {
    ...textual("text", MAX_LONG_TEXT),
    parse: (input) => {
      const text = parseString(input, MAX_LONG_TEXT, "Write one point a line.");
      return !text.ok || text.value === null ? text : ok(checklistText(checklistItems(text.value)) || null);
    },
    format: (value) =>
      checklistItems(asText(value))
        .map(({ done, text }) => `${done ? "\u2611" : "\u2610"} ${text}`)
        .join("\n"),
  },
  number: {
    storage: "register",
    parse: parseNumber,
    format: (value, spec, { locale }) => formatNumber(value, spec, locale),
    sortKey: Number,
  },
  money: {
    storage: "register",
    parse: parseMoney,
    format: (value, _spec, { locale }) => (isMoney(value) ? formatMoney(value, locale) : asText(value)),
    sortKey: (value) => (isMoney(value) ? moneyToNumber(value) : 0),
  },
  date: {
    storage: "register",
    parse: parseDate,
    format: (value, _spec, { locale }) => formatDate(value, locale),
    sortKey: asText,
  },
  dateTime: {
    storage: "register",
    parse: parseDateTime,
    format: (value, _spec, { locale }) => formatDateTime(value, locale),
    sortKey: asText,
  },
  choice: {
    storage: "register",
    parse: parseChoice,
    format: (value, spec) => optionWords(spec, asText(value)),
    sortKey: (value, spec) => {
      const position = Object.keys(optionsOf(spec)).indexOf(asText(value));
      return position === -1 ? asText(value) : position;
    },
  },
  multiChoice: {
    storage: "set",
    parse: (input, spec) => parseStringSet(input, choiceMessage(spec), (text) => findOption(spec, text)),
    format: (value, spec) =>
      members(value)
        .map((member) => optionsOf(spec)[member] ?? member)
        .join(", "),
    sortKey: (value) => members(value).join(","),
  },
  yesNo: {
    storage: "register",
    parse: parseYesNo,
    format: (value) => (value === true ? "Yes" : "No"),
    sortKey: (value) => (value === true ? 1 : 0),
  },
  email: { ...textual("register", 254), parse: parseEmail },
  phone: { ...textual("register", 60), parse: parsePhone },
  link: {
    ...textual("register", MAX_TEXT),
    parse: parseLink,
    format: (value) => asText(value).replace(/^https?:\/\//, ""),
  },
  address: {
    storage: "register",
    parse: parseAddress,
    format: formatAddress,
    sortKey: (value) => fold(formatAddress(value)),
  },
  person: {
    storage: "register",
    parse: parseId,
    format: (value, _spec, { personName }) => personName?.(asText(value)) ?? "Someone",
    sortKey: asText,
  },
  people: {
    storage: "set",
    parse: idSet("Choose people from the list."),
    format: (value, _spec, { personName }) =>
      members(value)
        .map((member) => personName?.(member) ?? "Someone")
        .join(", "),
    sortKey: (value) => members(value).join(","),
  },
  relation: {
    storage: "register",
    parse: parseId,
    format: (value, _spec, { recordTitle }) => recordTitle?.(asText(value)) ?? "Not on this device",
    sortKey: asText,
  },
  relations: {
    storage: "set",
    parse: idSet("Choose from the list."),
    format: (value, _spec, { recordTitle }) =>
      members(value)
        .map((member) => recordTitle?.(member) ?? "Not on this device")
        .join(", "),
    sortKey: (value) => members(value).join(","),
  },
};

/** Parses input for one field; an empty required field is an error that says so. */
export function parseField(input: unknown, spec: FieldSpec): Parsed {
  const parsed = fieldKinds[spec.kind].parse(input, spec);
  if (parsed.ok && parsed.value === null && spec.required === true) return wrong(`${spec.label} cannot be empty.`);
  return parsed;
}

/** A value in words. One of another shape (another version's, or a hostile device's) is shown as text, or as empty. */
export function formatField(value: FieldValue | null | undefined, spec: FieldSpec, context: FormatContext): string {
  if (value === null || value === undefined) return "";
  try {
    return fieldKinds[spec.kind].format(value, spec, context);
  } catch {
    return typeof value === "string" ? value : "";
  }
}
