// Repeating tasks: which task comes after one that was completed. Worked out from the task alone, id included, so that two
// devices that complete it without having heard of each other make the same next task, not two.

import { untickAll } from "#shared/model/checklist.ts";
import type { FieldValue } from "#shared/model/field-value.ts";

type Fields = Readonly<Record<string, FieldValue>>;

const DAY_MS = 86_400_000;

const toDay = (date: Date): string => date.toISOString().slice(0, 10);

function addDays(day: string, days: number): string {
  return toDay(new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS));
}

/** The same day of a later month; the last day of a month that is shorter. */
function addMonths(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return toDay(new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))));
}

const steps: Readonly<Record<string, (day: string) => string>> = {
  daily: (day) => addDays(day, 1),
  weekly: (day) => addDays(day, 7),
  everyTwoWeeks: (day) => addDays(day, 14),
  monthly: (day) => addMonths(day, 1),
  quarterly: (day) => addMonths(day, 3),
  yearly: (day) => addMonths(day, 12),
};

/** What the next task is about; how it stands, hours and cost begin anew. */
const KEPT = [
  "title",
  "priority",
  "assignee",
  "milestone",
  "about",
  "description",
  "repeat",
  "position",
  "estimatedHours",
];

const isDay = (value: FieldValue | undefined): value is string =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));

/** The task that follows a completed one; undefined when none does. A task without a due day has no next one. */
export function nextOfSeries(id: string, fields: Fields): { readonly id: string; readonly values: Fields } | undefined {
  const { status, repeat, dueDate, startDate, series, checklist } = fields;
  const step = typeof repeat === "string" ? steps[repeat] : undefined;
  if (status !== "completed" || step === undefined || !isDay(dueDate)) return undefined;
  const first = typeof series === "string" ? series : id;
  const due = step(dueDate);
  const values: Record<string, FieldValue> = { status: "notStarted", series: first, dueDate: due };
  for (const field of KEPT) if (fields[field] !== undefined) values[field] = fields[field];
  if (isDay(startDate)) values["startDate"] = step(startDate);
  if (typeof checklist === "string") values["checklist"] = untickAll(checklist);
  return { id: `${first.slice(0, 48)}-${due.replaceAll("-", "")}`, values };
}
