// One or several of a list: options, people, records; and yes or no.

import {
  fold,
  MAX_TEXT,
  parseString,
  wrong,
  type FieldSpec,
  type FieldValue,
  type Options,
  type Parsed,
} from "./field-value.ts";
import { ok } from "./result.ts";

export const optionsOf = (spec: FieldSpec): Options => ("options" in spec ? spec.options : {});

export function findOption(spec: FieldSpec, text: string): string | undefined {
  const options = optionsOf(spec);
  if (Object.hasOwn(options, text)) return text;
  const wanted = fold(text);
  return Object.keys(options).find((key) => fold(key) === wanted || fold(options[key] ?? "") === wanted);
}

/** What a stored value is called; one of a newer version is shown as it is. */
export function optionWords(spec: FieldSpec, value: string): string {
  const follows = "follows" in spec && spec.follows !== undefined && Object.hasOwn(spec.follows, value);
  return optionsOf(spec)[value] ?? (follows ? "" : value);
}

export const choiceMessage = (spec: FieldSpec): string =>
  `Choose one of: ${Object.values(optionsOf(spec)).join(", ")}.`;

export function parseChoice(input: unknown, spec: FieldSpec): Parsed {
  const text = parseString(input, MAX_TEXT, choiceMessage(spec));
  if (!text.ok || text.value === null) return text;
  const option = findOption(spec, text.value);
  return option === undefined ? wrong(choiceMessage(spec)) : ok(option);
}

export function parseStringSet(
  input: unknown,
  message: string,
  toMember: (text: string) => string | undefined,
): Parsed {
  if (input === null || input === undefined || input === "") return ok(null);
  const items: readonly unknown[] = Array.isArray(input)
    ? input
    : typeof input === "string"
      ? input.split(/[;,]/)
      : [input];
  const members = new Set<string>();
  for (const item of items) {
    if (typeof item !== "string") return wrong(message);
    if (item.trim() === "") continue;
    const member = toMember(item.trim());
    if (member === undefined) return wrong(message);
    members.add(member);
  }
  return ok(members.size === 0 ? null : [...members].sort());
}

const TRUE_WORDS = new Set(["true", "yes", "y", "1", "ja", "x", "on"]);
const FALSE_WORDS = new Set(["false", "no", "n", "0", "nein", "off"]);

export function parseYesNo(input: unknown): Parsed {
  if (input === null || input === undefined || input === "") return ok(null);
  if (typeof input === "boolean") return ok(input);
  const word = typeof input === "string" || typeof input === "number" ? fold(String(input)) : "";
  if (TRUE_WORDS.has(word)) return ok(true);
  return FALSE_WORDS.has(word) ? ok(false) : wrong("Enter yes or no.");
}

export const parseId = (input: unknown): Parsed => {
  const text = parseString(input, 64, "Choose one from the list.");
  return !text.ok || text.value === null || /^[A-Za-z0-9_-]+$/.test(text.value)
    ? text
    : wrong("Choose one from the list.");
};

export const members = (value: FieldValue): readonly string[] => (Array.isArray(value) ? value : []);

export const idSet =
  (message: string) =>
  (input: unknown): Parsed =>
    parseStringSet(input, message, (text) => (/^[A-Za-z0-9_-]{1,64}$/.test(text) ? text : undefined));
