// Days and hours around the real today, so that the demo never looks old.

const DAY_MS = 24 * 60 * 60 * 1000;

export type Calendar = {
  /** ISO date, `days` from today. */
  date(days: number): string;
  /** ISO instant, `days` from today at an hour and minute of the working day (UTC). */
  instant(days: number, hour: number, minute?: number): string;
};

export function createCalendar(today: Date): Calendar {
  const midnight = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate());
  return {
    date: (days) => new Date(midnight + days * DAY_MS).toISOString().slice(0, 10),
    instant: (days, hour, minute = 0) =>
      new Date(midnight + days * DAY_MS + (hour * 60 + minute) * 60_000).toISOString(),
  };
}
