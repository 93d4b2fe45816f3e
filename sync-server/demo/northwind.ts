// Northwind Build: the organization of the demo and of the journeys. Everything follows from the seed and from today.

import { createCalendar } from "./calendar.ts";
import type { DemoCast, DemoRecord } from "./demo-record.ts";
import { makeCompany, makeContact } from "./people-and-companies.ts";
import { HIDDEN_MARGIN, HIDDEN_NOTE } from "./project-texts.ts";
import { makeProjects, type MadeProject } from "./projects.ts";
import { createRandom } from "./random.ts";
import { makeActivities, makeDeals, makeTasks } from "./sales.ts";

const SEED = 4_400;
const COUNTS = { companies: 60, contacts: 150, deals: 40, activities: 300, tasks: 45 } as const;

const knownCompanies = [
  { name: "Harbor Clinic", domain: "harborclinic.example", industry: "Health" },
  { name: "Delta Supply", domain: "deltasupply.example", industry: "Building materials" },
  { name: "Fjordline Cold Storage", domain: "fjordline.example", industry: "Food" },
] as const;

export type Northwind = { readonly crm: readonly DemoRecord[]; readonly projects: readonly MadeProject[] };

export function makeNorthwind(cast: DemoCast, today: Date): Northwind {
  const random = createRandom(SEED);
  const calendar = createCalendar(today);
  const team = [cast.ana, cast.igor, cast.olga] as const;
  const made = {
    random,
    space: cast.crmSpace,
    owner: () => random.pick(team),
    stamp: () => ({
      at: calendar.instant(-random.int(20, 400), random.int(8, 16), random.int(0, 59)),
      by: random.pick(team),
    }),
  };
  const clinic = makeCompany(made, 0, knownCompanies[0]);
  const delta = makeCompany(made, 1, knownCompanies[1]);
  const fjordline = makeCompany(made, 2, knownCompanies[2]);
  const others = Array.from({ length: COUNTS.companies - 3 }, (_, index) => makeCompany(made, index + 3));
  const companies = [clinic, delta, fjordline, ...others] as const;

  const person = (
    firstName: string,
    lastName: string,
    jobTitle: string,
    email: string,
    company: DemoRecord,
  ): DemoRecord => ({
    id: random.id(),
    type: "contact",
    space: cast.crmSpace,
    values: { firstName, lastName, jobTitle, email, company: company.id, owner: cast.ana, dealRole: "decider" },
    created: made.stamp(),
  });
  const carla = person("Carla", "Meyer", "Head of facilities", "carla@harborclinic.example", clinic.record);
  const cem = person("Cem", "Aydin", "Building manager", "cem@harborclinic.example", clinic.record);
  const pia = person("Pia", "Lund", "Account manager", "pia@deltasupply.example", delta.record);
  const strangers = Array.from({ length: COUNTS.contacts - 3 }, () => makeContact(made, random.pick(companies)));
  const contacts = [carla, cem, pia, ...strangers] as const;

  const clinicRoof: DemoRecord = {
    id: random.id(),
    type: "deal",
    space: cast.crmSpace,
    values: {
      name: "Clinic roof",
      company: clinic.record.id,
      pointOfContact: carla.id,
      stage: "qualification",
      closeDate: calendar.date(37),
      amount: { amount: 4_800_000, currency: "EUR" },
      nextStep: "Send revised quote",
      owner: cast.ana,
      forecastCategory: "bestCase",
      leadSource: "Referral",
      margin: HIDDEN_MARGIN,
      cost: { amount: 3_284_500, currency: "EUR" },
      internalNotes: HIDDEN_NOTE,
    },
    created: { at: calendar.instant(-52, 9, 12), by: cast.ana },
  };
  const sales = { random, calendar, cast, companies, contacts };
  const deals = [clinicRoof, ...makeDeals(sales, COUNTS.deals - 1)] as const;
  const activities = makeActivities(
    sales,
    [...deals, ...deals, carla, ...strangers.slice(0, 40), clinic.record, delta.record],
    COUNTS.activities,
  );
  const tasks = makeTasks(sales, deals, COUNTS.tasks);

  const companyIds = Object.fromEntries([clinic, delta, fjordline].map(({ name, record }) => [name, record.id]));
  const projects = makeProjects({ random, calendar, cast, companyIds, dealIds: { "Clinic roof": clinicRoof.id } });
  return {
    crm: [...companies.map((company) => company.record), ...contacts, ...deals, ...activities, ...tasks],
    projects,
  };
}
