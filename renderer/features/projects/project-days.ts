// Plain days (YYYY-MM-DD) as the project pages count and name them. No clock in here: today is handed in.

const DAY = 86_400_000;

const toTime = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** Today on this device's calendar, as a plain day. */
export function todayOf(now: Date): string {
  const month = String(now.getMonth() + 1).padStart(2, "0");
  return `${now.getFullYear()}-${month}-${String(now.getDate()).padStart(2, "0")}`;
}

export const addDays = (day: string, days: number): string =>
  new Date(toTime(day) + days * DAY).toISOString().slice(0, 10);

export const daysBetween = (from: string, to: string): number => Math.round((toTime(to) - toTime(from)) / DAY);

/** "today", a weekday within the week to come, `15 Jul` this year, else `15 Jul 2027`. */
export function dayWords(day: string, today: string, locale: string): string {
  const ahead = daysBetween(today, day);
  if (ahead === 0) return "today";
  if (ahead === 1) return "tomorrow";
  if (ahead === -1) return "yesterday";
  const week = ahead > 1 && ahead < 7 ? ({ weekday: "short" } as const) : {};
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : ({ year: "numeric" } as const);
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC", ...week, ...year }).format(
    toTime(day),
  );
}
