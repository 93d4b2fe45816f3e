// Three projects with milestones, tasks, documents and comments. "Clinic roof" is the one the journeys walk through.

import { generateNKeysBetween } from "fractional-indexing";
import { checklistItems, checklistText } from "#shared/model/checklist.ts";
import type { AudienceChoice } from "#shared/model/audience.ts";
import type { Calendar } from "./calendar.ts";
import type { DemoCast, DemoRecord, Values } from "./demo-record.ts";
import { filled } from "./people-and-companies.ts";
import { projectTexts, type ProjectText } from "./project-texts.ts";
import type { Random } from "./random.ts";

type Input = {
  readonly random: Random;
  readonly calendar: Calendar;
  readonly cast: DemoCast;
  readonly companyIds: Readonly<Record<string, string>>;
  readonly dealIds: Readonly<Record<string, string>>;
};

export type MadeProject = {
  readonly spaceId: string;
  readonly name: string;
  readonly outsiders: readonly { memberId: string; persona: "client" | "partner" }[];
  readonly records: readonly DemoRecord[];
};

export const makeProjects = (input: Input): readonly MadeProject[] =>
  projectTexts.map((text) => makeProject(input, text));

function makeProject({ random, calendar, cast, companyIds, dealIds }: Input, text: ProjectText): MadeProject {
  const space = random.id();
  const lead = cast[text.lead];
  const records: DemoRecord[] = [];
  const outsiders = text.outsiders.map(({ who, persona }) => ({ memberId: cast[who], persona }));

  function add(type: string, values: Values, days: number, by: string, audience?: AudienceChoice): DemoRecord {
    const created = { at: calendar.instant(-days, random.int(8, 16), random.int(0, 59)), by };
    const id = type === "project" ? space : random.id();
    const record: DemoRecord = { id, type, space, values, created, ...(audience === undefined ? {} : { audience }) };
    records.push(record);
    return record;
  }

  add(
    "project",
    filled({
      name: text.name,
      client: text.client,
      status: text.status,
      startDate: calendar.date(-text.age),
      targetDate: calendar.date(text.daysLeft),
      summary: text.summary,
      lead,
      deal: dealIds[text.name],
      company: companyIds[text.client],
      budget: { amount: text.budget * 100, currency: "EUR" },
      costToDate: { amount: Math.round(text.budget * 29), currency: "EUR" },
      margin: text.margin,
      internalNotes: text.internalNotes,
    }),
    text.age,
    lead,
  );

  const positions = generateNKeysBetween(null, null, text.milestones.length);
  const milestoneIds: string[] = [];
  for (const [index, milestone] of text.milestones.entries()) {
    const values = filled({
      title: milestone.title,
      status: milestone.status,
      startDate: calendar.date(milestone.from),
      targetDate: calendar.date(milestone.to),
      completedDate: milestone.status === "completed" ? calendar.date(milestone.to) : undefined,
      dependsOn: index === 0 ? undefined : [milestoneIds[index - 1] ?? ""],
      description: milestone.description,
      acceptanceCriteria:
        milestone.acceptance === undefined ? undefined : checklistText(checklistItems(milestone.acceptance)),
      position: positions[index],
      billingAmount: milestone.billing === undefined ? undefined : { amount: milestone.billing * 100, currency: "EUR" },
      plannedHours: random.int(16, 120),
      actualHours: milestone.status === "planned" ? undefined : random.int(10, 110),
      laborCost: { amount: random.int(900, 6_000) * 100, currency: "EUR" },
      internalNotes: index === 1 ? text.internalNotes : undefined,
    });
    milestoneIds.push(add("milestone", values, text.age - 1, lead).id);
  }

  const taskPositions = generateNKeysBetween(null, null, text.tasks.length);
  for (const [index, task] of text.tasks.entries()) {
    const values = filled({
      title: task.title,
      status: task.status,
      priority: random.pick(["normal", "normal", "high", "low"]),
      assignee: cast[task.who],
      dueDate: calendar.date(task.due),
      milestone: milestoneIds[task.milestone],
      position: taskPositions[index],
      estimatedHours: random.int(2, 24),
    });
    add("task", values, Math.max(1, text.age - 2 - index), lead);
  }

  for (const document of text.documents) {
    const body = document.paragraphs.join("\n");
    const made = add(
      "document",
      filled({ title: document.title, documentKind: document.kind, status: document.status, body }),
      text.age - 3,
      lead,
      document.audience,
    );
    for (const comment of document.comments) {
      add(
        "comment",
        filled({ body: comment.text, about: made.id, quote: comment.quote }),
        comment.daysAgo,
        cast[comment.who],
        comment.audience,
      );
    }
  }

  for (const [index, update] of text.updates.entries()) {
    const day = -(2 + index * 5);
    const values = filled({
      channel: update.channel,
      subject: update.subject,
      body: update.body,
      status: "held",
      startAt: calendar.instant(day, 10, 30),
      about: space,
      owner: cast[update.who],
    });
    add("activity", values, -day, cast[update.who], update.audience);
  }

  return { spaceId: space, name: text.name, outsiders, records };
}
