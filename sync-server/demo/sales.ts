// Deals over all stages, and what was said and has to be done about them.

import { generateNKeysBetween } from "fractional-indexing";
import { dealStages, type DealStage } from "#shared/record-types/deal.ts";
import type { Calendar } from "./calendar.ts";
import type { DemoCast, DemoRecord } from "./demo-record.ts";
import { filled, type MadeCompany } from "./people-and-companies.ts";
import type { Random } from "./random.ts";
import { activityBodies, activitySubjects, dealWorks, nextSteps, taskTitles } from "./words.ts";

type Sales = {
  readonly random: Random;
  readonly calendar: Calendar;
  readonly cast: DemoCast;
  readonly companies: readonly [MadeCompany, ...MadeCompany[]];
  readonly contacts: readonly [DemoRecord, ...DemoRecord[]];
};

const forecastOf: Readonly<Record<DealStage, string>> = {
  prospecting: "pipeline",
  qualification: "pipeline",
  proposal: "bestCase",
  negotiation: "forecast",
  won: "closed",
  lost: "omitted",
};

const stages: readonly DealStage[] = dealStages.map((stage) => stage.id);

export function makeDeals({ random, calendar, cast, companies, contacts }: Sales, count: number): DemoRecord[] {
  const positions = generateNKeysBetween(null, null, count);
  return Array.from({ length: count }, (_, index) => {
    const company = random.pick(companies);
    const stage = stages[index % stages.length] ?? "prospecting";
    const isClosed = stage === "won" || stage === "lost";
    const contact = contacts.find((one) => one.values["company"] === company.record.id);
    const age = random.int(10, 160);
    const owner = random.pick([cast.ana, cast.ana, cast.igor, cast.olga]);
    const values = filled({
      name: `${random.pick(dealWorks)}${random.chance(0.2) ? `, ${random.int(2, 14)} sites` : ""}`,
      company: company.record.id,
      pointOfContact: contact?.id,
      stage: "prospecting",
      closeDate: random.chance(0.06) ? undefined : calendar.date(isClosed ? -random.int(2, 90) : random.int(-9, 140)),
      amount: random.chance(0.05)
        ? undefined
        : { amount: random.int(14, 960) * 10_000, currency: random.chance(0.1) ? "GBP" : "EUR" },
      nextStep: isClosed || random.chance(0.2) ? undefined : random.pick(nextSteps),
      owner,
      probability: random.chance(0.85) ? undefined : random.int(1, 18) * 5,
      forecastCategory: forecastOf[stage],
      leadSource: random.chance(0.3)
        ? undefined
        : random.pick(["Referral", "Fair", "Web site", "Cold call", "Existing customer"]),
      margin: random.chance(0.4) ? undefined : random.int(180, 420) / 10,
      lostReason:
        stage === "lost" ? random.pick(["Price", "No budget this year", "Went with a neighbour's builder"]) : undefined,
      position: positions[index],
    });
    const moves = stage === "lost" ? (["qualification", "lost"] as const) : stages.slice(1, stages.indexOf(stage) + 1);
    const edits = moves.map((to, step) => ({
      at: calendar.instant(
        Math.round(-age + ((step + 1) * age) / (moves.length + 1)),
        random.int(8, 16),
        random.int(0, 59),
      ),
      by: owner,
      values: { stage: to },
    }));
    const created = { at: calendar.instant(-age, random.int(8, 16), random.int(0, 59)), by: owner };
    return { id: random.id(), type: "deal", space: cast.crmSpace, values, created, edits };
  });
}

/** Hours (UTC) of Ana's visits today. */
const anasDay = [8, 10, 13, 15];

export function makeActivities(
  { random, calendar, cast, contacts }: Sales,
  about: readonly [DemoRecord, ...DemoRecord[]],
  count: number,
): DemoRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const subject = random.pick(about);
    const isPlanned = index % 12 === 0;
    // The first planned ones are Ana's day: what her home page shows.
    const anasHour = isPlanned ? anasDay[index / 12] : undefined;
    const drawnDay = isPlanned ? random.int(0, 21) : -random.int(0, 150);
    const day = anasHour === undefined ? drawnDay : 0;
    const drawnTime = [random.int(7, 16), random.pick([0, 15, 30, 45])] as const;
    const [hour, minute] = anasHour === undefined ? drawnTime : ([anasHour, 0] as const);
    const drawnChannel = random.pick(["call", "call", "meeting", "email", "note", "visit"]);
    const channel = anasHour === undefined ? drawnChannel : "visit";
    const person =
      subject.type === "contact"
        ? subject
        : contacts.find((one) => one.values["company"] === subject.values["company"]);
    const drawnBy = random.pick([cast.ana, cast.ana, cast.igor, cast.olga]);
    const by = anasHour === undefined ? drawnBy : cast.ana;
    const values = filled({
      channel,
      subject: random.chance(0.03) ? undefined : random.pick(activitySubjects),
      body: random.chance(0.15) ? undefined : random.pick(activityBodies),
      status: isPlanned ? "planned" : random.chance(0.95) ? "held" : "notHeld",
      direction: channel === "call" || channel === "email" ? random.pick(["inbound", "outbound"]) : undefined,
      startAt: calendar.instant(day, hour, minute),
      endAt: channel === "meeting" || channel === "visit" ? calendar.instant(day, hour + 1, minute) : undefined,
      about: subject.id,
      contact: person?.id,
      owner: by,
    });
    const created = { at: calendar.instant(Math.min(day, -1), hour, minute), by };
    return { id: random.id(), type: "activity", space: cast.crmSpace, values, created };
  });
}

export function makeTasks(
  { random, calendar, cast }: Sales,
  about: readonly [DemoRecord, ...DemoRecord[]],
  count: number,
): DemoRecord[] {
  const positions = generateNKeysBetween(null, null, count);
  return Array.from({ length: count }, (_, index) => {
    const age = random.int(1, 40);
    const status = random.pick(["notStarted", "notStarted", "started", "completed", "deferred"]);
    const values = filled({
      title: random.pick(taskTitles),
      status,
      priority: random.pick(["low", "normal", "normal", "high", "urgent"]),
      assignee: random.chance(0.1) ? undefined : random.pick([cast.ana, cast.igor, cast.olga]),
      dueDate: random.chance(0.15)
        ? undefined
        : calendar.date(status === "completed" ? -random.int(1, 20) : random.int(-6, 30)),
      about: random.pick(about).id,
      estimatedHours: random.chance(0.5) ? undefined : random.int(1, 16) / 2,
      position: positions[index],
    });
    return {
      id: random.id(),
      type: "task",
      space: cast.crmSpace,
      values,
      created: { at: calendar.instant(-age, 9, random.int(0, 59)), by: cast.ana },
    };
  });
}
