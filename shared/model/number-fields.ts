// Numbers and money as people and spreadsheets write them, and back.

import { wrong, type FieldSpec, type FieldValue, type Money, type Options, type Parsed } from "./field-value.ts";
import { ok } from "./result.ts";

function parseNumberText(text: string): number | undefined {
  const compact = text.replace(/[\s'\u00a0\u202f]/g, "").replace(/%$/, "");
  if (!/^[+-]?[\d.,]+$/.test(compact)) return undefined;
  const lastDot = compact.lastIndexOf(".");
  const lastComma = compact.lastIndexOf(",");
  const decimal = lastComma > lastDot ? "," : ".";
  const other = decimal === "," ? "." : ",";
  let plain = compact.replaceAll(other, "");
  const parts = plain.split(decimal);
  // "1,200" and "48.000": one separator followed by exactly three digits reads as thousands when it is a comma,
  // or when it repeats; "48.000" alone stays a decimal number.
  if (parts.length > 2) plain = parts.join("");
  else if (parts.length === 2 && decimal === "," && parts[1]?.length === 3 && lastDot === -1) plain = parts.join("");
  else plain = parts.join(".");
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

export function parseNumber(input: unknown, spec: FieldSpec): Parsed {
  if (input === null || input === undefined || input === "") return ok(null);
  const value = typeof input === "number" ? input : typeof input === "string" ? parseNumberText(input) : undefined;
  if (value === undefined || !Number.isFinite(value)) return wrong("Enter a number, for example 12.5.");
  if (spec.kind === "number" && spec.min !== undefined && value < spec.min) return wrong(`Enter ${spec.min} or more.`);
  if (spec.kind === "number" && spec.max !== undefined && value > spec.max) return wrong(`Enter ${spec.max} or less.`);
  return ok(value);
}

export const formatNumber = (value: FieldValue, spec: FieldSpec, locale: string): string => {
  const text = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 }).format(Number(value));
  const unit = spec.kind === "number" ? spec.unit : undefined;
  return unit === "percent" ? `${text} %` : unit === "hours" ? `${text} h` : text;
};
const CURRENCY_SIGNS: Options = { "€": "EUR", $: "USD", "£": "GBP", "¥": "JPY" };

// Making a NumberFormat costs far more than using it, and imports ask for every row.
const digitsByCurrency = new Map<string, number>();

export function currencyDigits(currency: string): number {
  const known = digitsByCurrency.get(currency);
  if (known !== undefined) return known;
  const digits =
    new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  digitsByCurrency.set(currency, digits);
  return digits;
}

function isCurrency(code: string): boolean {
  return /^[A-Z]{3}$/.test(code);
}

export function parseMoney(input: unknown, spec: FieldSpec): Parsed {
  if (input === null || input === undefined || input === "") return ok(null);
  const standard = (spec.kind === "money" ? spec.currency : undefined) ?? "EUR";
  const example = "Enter an amount, for example 48,000.00 EUR.";
  if (typeof input === "object" && "amount" in input && "currency" in input) {
    const { amount, currency } = input;
    if (typeof amount !== "number" || !Number.isSafeInteger(amount)) return wrong(example);
    if (typeof currency !== "string" || !isCurrency(currency))
      return wrong("Use a three-letter currency, for example EUR.");
    return ok({ amount, currency });
  }
  if (typeof input !== "string" && typeof input !== "number") return wrong(example);
  const text = String(input).trim();
  const parts = /^([^A-Za-z]*)([A-Za-z]{3})?([^A-Za-z]*)$/.exec(text);
  if (parts === null) return wrong(example);
  const code = parts[2]?.toUpperCase();
  const sign = Object.keys(CURRENCY_SIGNS).find((candidate) => text.includes(candidate));
  const currency = code ?? (sign === undefined ? standard : (CURRENCY_SIGNS[sign] ?? standard));
  const digits = parseNumberText(text.replace(/[A-Za-z€$£¥]/g, ""));
  if (digits === undefined || !isCurrency(currency)) return wrong(example);
  const amount = Math.round(digits * 10 ** currencyDigits(currency));
  return Number.isSafeInteger(amount) ? ok({ amount, currency }) : wrong(example);
}

export const isMoney = (value: FieldValue): value is Money => typeof value === "object" && "amount" in value;

export const moneyToNumber = (money: Money): number => money.amount / 10 ** currencyDigits(money.currency);

/** Money for lists drops zero cents (`€ 48,000`), fields keep them. */
export function formatMoney(money: Money, locale: string, style: "short" | "full" = "full"): string {
  const whole = style === "short" && money.amount % 10 ** currencyDigits(money.currency) === 0;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: money.currency,
    ...(whole ? { maximumFractionDigits: 0 } : {}),
  }).format(moneyToNumber(money));
}
