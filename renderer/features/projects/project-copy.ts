// What one project hands to another: its milestones, tasks and documents begun anew, dates shifted by whole days, people
// replaced. A template is a project kept as a pattern, so both ways (save as, start from) are this one copy.

import type { NewRecord, RecordRow } from "#renderer/data/types.ts";
import type { AudienceChoice } from "#shared/model/audience.ts";
import { audiences, facetOfAudience } from "#shared/model/audience.ts";
import { untickAll } from "#shared/model/checklist.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { newId } from "#shared/model/ids.ts";
import { addDays, daysBetween } from "./project-days.ts";

type Values = Readonly<Record<string, FieldValue>>;

export const copiedTypes = ["milestone", "task", "document"] as const;

/** Fields taken over as they are; the rest (how far it is, hours and cost so far, what a client wrote) begins anew. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  milestone: ["title", "description", "position", "billingAmount", "plannedHours", "internalNotes"],
  task: ["title", "priority", "description", "position", "repeat", "estimatedHours"],
  document: ["title", "documentKind"],
};

const DATES = ["startDate", "targetDate", "dueDate"];
const CHECKLISTS = ["acceptanceCriteria", "checklist"];

/** First status of a copy. In a template tasks rest, so that nobody is asked to do them. */
const FIRST_STATUS: Readonly<Record<string, (asTemplate: boolean) => string>> = {
  milestone: () => "planned",
  task: (asTemplate) => (asTemplate ? "deferred" : "notStarted"),
  document: () => "draft",
};

export type CopyPlan = {
  readonly rows: readonly RecordRow[];
  readonly space: string;
  readonly shiftDays: number;
  /** Who takes whose place; nobody where the value is null. Whoever is not named stays. */
  readonly people: ReadonlyMap<string, string | null>;
  readonly asTemplate: boolean;
};

const list = (value: FieldValue | undefined): readonly string[] => (Array.isArray(value) ? value : []);
const word = (value: FieldValue | undefined): string | undefined => (typeof value === "string" ? value : undefined);

/** Later tasks of a series are made again by its first one. */
const isRepeat = (row: RecordRow): boolean => row.type === "task" && row.fields["series"] !== undefined;

const copied = (rows: readonly RecordRow[]): readonly RecordRow[] =>
  rows.filter((row) => row.state !== "deleted" && KEPT[row.type] !== undefined && !isRepeat(row));

const audienceOf = (row: RecordRow): AudienceChoice =>
  audiences.find((audience) => row.docs[facetOfAudience[audience]] !== undefined) ?? "internal";

export function copyContents(plan: CopyPlan): readonly NewRecord[] {
  const rows = copied(plan.rows);
  const ids = new Map(rows.map((row) => [row.id, newId()] as const));
  const mapped = (value: FieldValue | undefined): readonly string[] => list(value).flatMap((id) => ids.get(id) ?? []);
  return rows.map((row): NewRecord => {
    const { type, fields } = row;
    const values: Record<string, FieldValue | undefined> = {};
    for (const field of KEPT[type] ?? []) values[field] = fields[field];
    for (const field of DATES) {
      const day = word(fields[field]);
      if (day !== undefined) values[field] = addDays(day, plan.shiftDays);
    }
    for (const field of CHECKLISTS) {
      const points = word(fields[field]);
      if (points !== undefined) values[field] = untickAll(points);
    }
    values["status"] = FIRST_STATUS[type]?.(plan.asTemplate);
    if (type === "milestone") {
      values["dependsOn"] = mapped(fields["dependsOn"]);
      values["deliverables"] = mapped(fields["deliverables"]);
    }
    if (type === "task") {
      const assignee = word(fields["assignee"]);
      values["about"] = plan.space;
      values["milestone"] = ids.get(word(fields["milestone"]) ?? "");
      if (assignee !== undefined) values["assignee"] = plan.people.get(assignee) ?? keptPerson(plan.people, assignee);
    }
    return {
      id: ids.get(row.id) ?? newId(),
      type,
      space: plan.space,
      values: withoutEmpty(values),
      ...(type === "document" ? { audience: audienceOf(row) } : {}),
      ...(type === "document" || type === "milestone" ? { textsOf: row.id } : {}),
    };
  });
}

const keptPerson = (people: CopyPlan["people"], id: string): string | undefined => (people.has(id) ? undefined : id);

const withoutEmpty = (values: Readonly<Record<string, FieldValue | undefined>>): Values =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, FieldValue] => entry[1] !== undefined));

export type NamedPerson = { readonly id: string; readonly tasks: number };

/** The people a template's tasks name, and how often: its roles. */
export function namedPeople(rows: readonly RecordRow[]): readonly NamedPerson[] {
  const counts = new Map<string, number>();
  for (const row of copied(rows)) {
    const assignee = word(row.fields["assignee"]);
    if (assignee !== undefined) counts.set(assignee, (counts.get(assignee) ?? 0) + 1);
  }
  return [...counts]
    .map(([id, tasks]) => ({ id, tasks }))
    .toSorted((left, right) => right.tasks - left.tasks || left.id.localeCompare(right.id));
}

const days = (row: RecordRow): readonly string[] => DATES.flatMap((field) => word(row.fields[field]) ?? []);

/** First and last day of a project: what it says of itself, else what is planned in it. */
export function spanOf(
  project: RecordRow,
  rows: readonly RecordRow[],
): { readonly start: string; readonly end: string } | undefined {
  const planned = copied(rows).flatMap(days).toSorted();
  const start = word(project.fields["startDate"]) ?? planned[0];
  const end = word(project.fields["targetDate"]) ?? planned.at(-1);
  return start === undefined ? undefined : { start, end: end === undefined || end < start ? start : end };
}

/** How far a new project's dates lie from its pattern's. */
export const shiftBetween = (span: { readonly start: string } | undefined, start: string): number =>
  span === undefined ? 0 : daysBetween(span.start, start);
