// The day scale of the milestone timeline: where a day lies, in pixels, and the ticks above it.

import { addDays, daysBetween } from "./project-days.ts";

export type Zoom = "week" | "month" | "quarter";

export const zooms: Readonly<Record<Zoom, { readonly label: string; readonly pixelsPerDay: number }>> = {
  week: { label: "Week", pixelsPerDay: 12 },
  month: { label: "Month", pixelsPerDay: 5 },
  quarter: { label: "Quarter", pixelsPerDay: 2 },
};

export type TimeScale = {
  readonly start: string;
  readonly width: number;
  readonly pixelsPerDay: number;
  /** Left edge of a day. */
  x(day: string): number;
  /** Left edge and width of a span; its last day is part of it. */
  span(from: string, to: string): { readonly left: number; readonly width: number };
  readonly ticks: readonly { readonly day: string; readonly x: number }[];
};

const monthStart = (day: string): string => `${day.slice(0, 7)}-01`;

/** Monday of the week a day lies in. */
const weekStart = (day: string): string => addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));

function tickStarts(start: string, end: string, zoom: Zoom): readonly string[] {
  const starts: string[] = [];
  const step = zoom === "week" ? 7 : 31;
  for (let day = start; day <= end; day = zoom === "week" ? addDays(day, step) : monthStart(addDays(day, step))) {
    if (zoom !== "quarter" || (Number(day.slice(5, 7)) - 1) % 3 === 0 || day === start) starts.push(day);
  }
  return starts;
}

/** Covers all days given and today, with air around; at least `minWidth` pixels wide. */
export function createTimeScale(days: readonly string[], today: string, zoom: Zoom, minWidth: number): TimeScale {
  const sorted = [...days, today].toSorted();
  const pixelsPerDay = zooms[zoom].pixelsPerDay;
  const first = addDays(sorted[0] ?? today, -3);
  const start = zoom === "week" ? weekStart(first) : monthStart(first);
  const needed = daysBetween(start, sorted.at(-1) ?? today) + 14;
  const count = Math.max(needed, Math.ceil(minWidth / pixelsPerDay));
  const end = addDays(start, count - 1);
  const x = (day: string): number => daysBetween(start, day) * pixelsPerDay;
  return {
    start,
    width: count * pixelsPerDay,
    pixelsPerDay,
    x,
    span: (from, to) => ({ left: x(from), width: Math.max(pixelsPerDay, (daysBetween(from, to) + 1) * pixelsPerDay) }),
    ticks: tickStarts(start, end, zoom).map((day) => ({ day, x: x(day) })),
  };
}
