// Plain dates ("2026-07-15") as days: how far away, and in few words. Instants are said by ui/when.ts.

import { LOCALE } from "./field-context.tsx";

const DAY = 86_400_000;

/** A plain date as a local day. */
export const plainDate = (date: string): Date => new Date(`${date}T00:00:00`);

export const isoDate = (date: Date): string =>
  `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;

/** Whole days from today to a date; negative when it has passed. */
export const daysFromToday = (date: Date, now: number = Date.now()): number =>
  Math.round((new Date(date).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / DAY);

/** "15 Jul", with the year when it is another one. */
export function shortDate(date: string, now: number = Date.now()): string {
  const day = plainDate(date);
  if (Number.isNaN(day.getTime())) return date;
  const sameYear = day.getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(LOCALE, {
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(day);
}

export const exactTime = (iso: string): string =>
  new Intl.DateTimeFormat(LOCALE, { dateStyle: "full", timeStyle: "medium" }).format(new Date(iso));

export const clockTime = (iso: string): string =>
  new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit" }).format(new Date(iso));
