// Times as people say them: "today 08:41", "yesterday", a weekday within the week, then the date.

const locale = "en-GB";
const DAY = 86_400_000;

const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
const dayMonth = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const dayMonthYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });

const startOfDay = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** "today 08:41", "yesterday 17:31", "Wed 15:52", "15 Jul", "15 Jul 2025". */
export function when(iso: string, now = new Date()): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "";
  const days = Math.round((startOfDay(now) - startOfDay(date)) / DAY);
  if (days === 0) return `today ${time.format(date)}`;
  if (days === 1) return `yesterday ${time.format(date)}`;
  if (days > 1 && days < 7) return `${weekday.format(date)} ${time.format(date)}`;
  return date.getFullYear() === now.getFullYear() ? dayMonth.format(date) : dayMonthYear.format(date);
}

/** Only the clock when it is today: "since 08:39". */
export const sinceWhen = (iso: string, now = new Date()): string => when(iso, now).replace(/^today /, "");

/** "just now", "4 min ago", "1 h ago", "2 days ago". */
export function ago(iso: string, now = new Date()): string {
  const minutes = Math.floor((now.getTime() - Date.parse(iso)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  const days = Math.floor(hours / 24);
  return days === 1 ? "1 day ago" : `${days} days ago`;
}

/** "1 hour", "72 hours", "30 days". */
export function hoursWords(hours: number): string {
  if (hours > 72 && hours % 24 === 0) return `${hours / 24} days`;
  return hours === 1 ? "1 hour" : `${hours} hours`;
}
