// Dates and times as people and spreadsheets write them, and back.

import { asText, parseString, wrong, type FieldValue, type Parsed } from "./field-value.ts";
import { ok } from "./result.ts";

const DATE_EXAMPLE = "Enter a date, for example 2026-07-15 or 15.07.2026.";

function plainDate(year: number, month: number, day: number): Parsed {
  const date = new Date(Date.UTC(year, month - 1, day));
  const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real && year >= 1000 && year <= 9999 ? ok(date.toISOString().slice(0, 10)) : wrong(DATE_EXAMPLE);
}

export function parseDate(input: unknown): Parsed {
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

export function parseDateTime(input: unknown): Parsed {
  const text = parseString(input, 60, DATE_EXAMPLE);
  if (!text.ok || text.value === null) return text;
  const time = Date.parse(text.value);
  return Number.isNaN(time)
    ? wrong("Enter a date and time, for example 2026-07-15 09:30.")
    : ok(new Date(time).toISOString());
}

export const formatDate = (value: FieldValue, locale: string): string =>
  new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(
    new Date(`${asText(value)}T00:00:00Z`),
  );

export const formatDateTime = (value: FieldValue, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(asText(value)));
