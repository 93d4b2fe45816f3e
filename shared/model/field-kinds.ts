// Field kinds: how a value of each kind is parsed, shown, compared and searched. What is particular to one field stays
// in its declaration; everything else about a value is here, once. A new kind touches this file and
// renderer/fields (the exhaustive maps refuse to compile until both know it).

import { checklistItems, checklistText } from "./checklist.ts";
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

type Options = Readonly<Record<string, string>>;

export type FieldSpec = Common &
  (
    | { readonly kind: "text" | "longText" | "richText" | "checklist" | "date" | "dateTime" | "yesNo" }
    | { readonly kind: "email" | "phone" | "link" | "address" | "person" | "people" }
    | { readonly kind: "number"; readonly unit?: "percent" | "hours"; readonly min?: number; readonly max?: number }
    | { readonly kind: "money"; readonly currency?: string }
    | { readonly kind: "choice" | "multiChoice"; readonly options: Options }
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

type Parsed = Result<FieldValue | null, FieldError>;

type KindRules = {
  /** `register`: last writer wins and the loser is kept; `text`, `rich`: merged by character; `set`: merged by member. */
  readonly storage: "register" | "text" | "rich" | "set";
  readonly parse: (input: unknown, spec: FieldSpec) => Parsed;
  readonly format: (value: FieldValue, spec: FieldSpec, context: FormatContext) => string;
  /** Key by which values sort (and are looked up): a number, or a folded string. */
  readonly sortKey: (value: FieldValue, spec: FieldSpec) => string | number;
};

const wrong = (message: string): Parsed => err({ type: "FieldError", message });

export const fold = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .trim();

const MAX_TEXT = 2_000;
const MAX_LONG_TEXT = 100_000;

const parseString = (input: unknown, limit: number, message: string): Result<string | null, FieldError> => {
  if (input === null || input === undefined) return ok(null);
  if (typeof input !== "string" && typeof input !== "number") return err({ type: "FieldError", message });
  const text = String(input).normalize("NFC").trim();
  if (text.length > limit) return err({ type: "FieldError", message: `Shorten this to ${limit} characters.` });
  return ok(text === "" ? null : text);
};

const textParser =
  (limit: number) =>
  (input: unknown): Parsed =>
    parseString(input, limit, "Enter text.");

const asText = (value: FieldValue): string => (typeof value === "string" ? value : JSON.stringify(value));

const textual = (storage: KindRules["storage"], limit: number): KindRules => ({
  storage,
  parse: textParser(limit),
  format: asText,
  sortKey: (value) => fold(asText(value)).slice(0, 120),
});

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

function parseNumber(input: unknown, spec: FieldSpec): Parsed {
  if (input === null || input === undefined || input === "") return ok(null);
  const value = typeof input === "number" ? input : typeof input === "string" ? parseNumberText(input) : undefined;
  if (value === undefined || !Number.isFinite(value)) return wrong("Enter a number, for example 12.5.");
  if (spec.kind === "number" && spec.min !== undefined && value < spec.min) return wrong(`Enter ${spec.min} or more.`);
  if (spec.kind === "number" && spec.max !== undefined && value > spec.max) return wrong(`Enter ${spec.max} or less.`);
  return ok(value);
}

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

function parseMoney(input: unknown, spec: FieldSpec): Parsed {
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

const isMoney = (value: FieldValue): value is Money => typeof value === "object" && "amount" in value;

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

const DATE_EXAMPLE = "Enter a date, for example 2026-07-15 or 15.07.2026.";

function plainDate(year: number, month: number, day: number): Parsed {
  const date = new Date(Date.UTC(year, month - 1, day));
  const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real && year >= 1000 && year <= 9999 ? ok(date.toISOString().slice(0, 10)) : wrong(DATE_EXAMPLE);
}

function parseDate(input: unknown): Parsed {
  const text = parseString(input, 40, DATE_EXAMPLE);
  if (!text.ok || text.value === null) return text;
  const iso = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?$/.exec(text.value);
  if (iso) return plainDate(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const european = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text.value);
  if (european) return plainDate(Number(european[3]), Number(european[2]), Number(european[1]));
  const slashes = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text.value);
  if (!slashes) return wrong(DATE_EXAMPLE);
  // US exports write month first; a first part over 12 can only be a day.
  const [first, second, year] = [Number(slashes[1]), Number(slashes[2]), Number(slashes[3])];
  return first > 12 ? plainDate(year, second, first) : plainDate(year, first, second);
}

function parseDateTime(input: unknown): Parsed {
  const text = parseString(input, 60, DATE_EXAMPLE);
  if (!text.ok || text.value === null) return text;
  const time = Date.parse(text.value);
  return Number.isNaN(time)
    ? wrong("Enter a date and time, for example 2026-07-15 09:30.")
    : ok(new Date(time).toISOString());
}

const optionsOf = (spec: FieldSpec): Options => ("options" in spec ? spec.options : {});

function findOption(spec: FieldSpec, text: string): string | undefined {
  const options = optionsOf(spec);
  if (Object.hasOwn(options, text)) return text;
  const wanted = fold(text);
  return Object.keys(options).find((key) => fold(key) === wanted || fold(options[key] ?? "") === wanted);
}

const choiceMessage = (spec: FieldSpec): string => `Choose one of: ${Object.values(optionsOf(spec)).join(", ")}.`;

function parseChoice(input: unknown, spec: FieldSpec): Parsed {
  const text = parseString(input, MAX_TEXT, choiceMessage(spec));
  if (!text.ok || text.value === null) return text;
  const option = findOption(spec, text.value);
  return option === undefined ? wrong(choiceMessage(spec)) : ok(option);
}

function parseStringSet(input: unknown, message: string, toMember: (text: string) => string | undefined): Parsed {
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

function parseYesNo(input: unknown): Parsed {
  if (input === null || input === undefined || input === "") return ok(null);
  if (typeof input === "boolean") return ok(input);
  const word = typeof input === "string" || typeof input === "number" ? fold(String(input)) : "";
  if (TRUE_WORDS.has(word)) return ok(true);
  return FALSE_WORDS.has(word) ? ok(false) : wrong("Enter yes or no.");
}

function parseEmail(input: unknown): Parsed {
  const message = "Enter an e-mail address, for example rosa@lindqvist.example.";
  const text = parseString(input, 254, message);
  if (!text.ok || text.value === null) return text;
  return /^[^\s@,;<>]+@[^\s@,;<>.]+(\.[^\s@,;<>.]+)*$/.test(text.value) ? text : wrong(message);
}

/** Kept as it was written, which is how people read it to one another; what no telephone understands is refused. */
function parsePhone(input: unknown): Parsed {
  const message = "Enter a phone number, for example +46 8 5250 1180.";
  const text = parseString(input, 60, message);
  if (!text.ok || text.value === null) return text;
  const digits = text.value.replace(/\D/g, "");
  return digits.length < 3 ? wrong(message) : ok(text.value.replace(/\s+/g, " "));
}

function parseLink(input: unknown): Parsed {
  const message = "Enter a web address, for example https://harborclinic.example.";
  const text = parseString(input, MAX_TEXT, message);
  if (!text.ok || text.value === null) return text;
  const candidate = /^[a-z][a-z0-9+.-]*:/i.test(text.value) ? text.value : `https://${text.value}`;
  if (!URL.canParse(candidate) || /\s/.test(candidate)) return wrong(message);
  const url = new URL(candidate);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return wrong("Only http and https addresses can be kept here.");
  return url.hostname.includes(".") || url.hostname === "localhost" ? ok(candidate) : wrong(message);
}

const ADDRESS_PARTS = ["street", "city", "state", "postalCode", "country"] as const;

function parseAddress(input: unknown): Parsed {
  if (input === null || input === undefined || input === "") return ok(null);
  if (typeof input === "string")
    return input.trim() === "" ? ok(null) : ok({ street: input.trim().slice(0, MAX_TEXT) });
  if (typeof input !== "object" || Array.isArray(input)) return wrong("Enter street, city, postal code and country.");
  const source = new Map(Object.entries(input));
  const parts: { -readonly [Part in keyof Address]: string } = {};
  for (const part of ADDRESS_PARTS) {
    const text = parseString(source.get(part), MAX_TEXT, "Enter street, city, postal code and country.");
    if (!text.ok) return text;
    if (text.value !== null) parts[part] = text.value;
  }
  return ok(Object.keys(parts).length === 0 ? null : parts);
}

const isAddress = (value: FieldValue): value is Address =>
  typeof value === "object" && !Array.isArray(value) && !("amount" in value);

const formatAddress = (value: FieldValue): string =>
  isAddress(value)
    ? [value.street, [value.postalCode, value.city].filter(Boolean).join(" "), value.state, value.country]
        .filter((part) => part !== undefined && part !== "")
        .join(", ")
    : asText(value);

const parseId = (input: unknown): Parsed => {
  const text = parseString(input, 64, "Choose one from the list.");
  return !text.ok || text.value === null || /^[A-Za-z0-9_-]+$/.test(text.value)
    ? text
    : wrong("Choose one from the list.");
};

const formatDate = (value: FieldValue, locale: string): string =>
  new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(
    new Date(`${asText(value)}T00:00:00Z`),
  );

const formatDateTime = (value: FieldValue, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(asText(value)));

const formatNumber = (value: FieldValue, spec: FieldSpec, locale: string): string => {
  const text = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 }).format(Number(value));
  const unit = spec.kind === "number" ? spec.unit : undefined;
  return unit === "percent" ? `${text} %` : unit === "hours" ? `${text} h` : text;
};

const members = (value: FieldValue): readonly string[] => (Array.isArray(value) ? value : []);

const idSet =
  (message: string) =>
  (input: unknown): Parsed =>
    parseStringSet(input, message, (text) => (/^[A-Za-z0-9_-]{1,64}$/.test(text) ? text : undefined));

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
    format: (value, spec) => optionsOf(spec)[asText(value)] ?? asText(value),
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
