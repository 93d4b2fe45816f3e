// Companies and the people in them: plausible, invented, with the gaps and the overlong names that real lists have.

import { fold } from "#shared/model/field-value.ts";
import type { Stamp } from "#shared/doc/facet-content.ts";
import type { DemoRecord, Values } from "./demo-record.ts";
import type { Random } from "./random.ts";
import { companyNames, countries, jobTitles, longCompanyNames, trades, type Country } from "./words.ts";

export type Made = {
  readonly random: Random;
  readonly space: string;
  readonly stamp: () => Stamp;
  readonly owner: () => string;
};

export type MadeCompany = {
  readonly record: DemoRecord;
  readonly name: string;
  readonly domain: string;
  readonly country: Country;
};

/** Leaves out what is undefined: empty fields are absent. */
export const filled = (values: Readonly<Record<string, Values[string] | undefined>>): Values =>
  Object.fromEntries(Object.entries(values).flatMap(([field, value]) => (value === undefined ? [] : [[field, value]])));

const slug = (text: string): string =>
  fold(text)
    .replace(/ß/g, "ss")
    .replace(/ı/g, "i")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40);

function phoneIn(random: Random, country: Country): string {
  return `${country.phone}${random.int(200, 989)} ${random.int(10, 99)} ${random.int(10, 99)}`;
}

function addressIn(random: Random, country: Country): Values[string] {
  const [city, postalCode] = random.pick(country.cities);
  return { street: random.pick(country.streets), postalCode, city, country: country.country };
}

export function makeCompany(
  { random, space, stamp, owner }: Made,
  index: number,
  known?: { name: string; domain: string; industry: string },
): MadeCompany {
  const country = random.pick(countries);
  const [trade, industry] = random.pick(trades);
  const longName = index % 20 === 7 ? longCompanyNames[Math.floor(index / 20) % longCompanyNames.length] : undefined;
  const first = companyNames[index % companyNames.length] ?? "Windrose";
  const name = known?.name ?? longName ?? `${first} ${trade} ${random.pick(country.legalForms)}`.trim();
  const domain = known?.domain ?? `${slug(longName === undefined ? `${first} ${trade}` : name)}.example`;
  const empty = (probability: number): boolean => known === undefined && random.chance(probability);
  const values = filled({
    name,
    website: empty(0.15) ? undefined : `https://${domain}`,
    industry: known?.industry ?? (empty(0.1) ? undefined : industry),
    companyType: random.pick(["customer", "customer", "prospect", "prospect", "partner", "reseller", "other"]),
    phone: empty(0.2) ? undefined : phoneIn(random, country),
    email: empty(0.2) ? undefined : `office@${domain}`,
    billingAddress: empty(0.15) ? undefined : addressIn(random, country),
    owner: empty(0.1) ? undefined : owner(),
    employees: empty(0.3) ? undefined : random.int(4, 2_400),
    annualRevenue: empty(0.5) ? undefined : { amount: random.int(2, 900) * 10_000_000, currency: "EUR" },
    tags: empty(0.6) ? undefined : [random.pick(["dormant", "fair", "key", "newsletter", "referral"])],
    description: empty(0.7)
      ? undefined
      : `${name} has been known to us since a visit to its site in ${random.pick(country.cities)[0]}.`,
  });
  return { record: { id: random.id(), type: "company", space, values, created: stamp() }, name, domain, country };
}

export function makeContact({ random, space, stamp, owner }: Made, company: MadeCompany): DemoRecord {
  const firstName = random.pick(company.country.firstNames);
  const lastName = random.pick(company.country.lastNames);
  const values = filled({
    firstName: random.chance(0.04) ? undefined : firstName,
    lastName,
    jobTitle: random.chance(0.15) ? undefined : random.pick(jobTitles),
    email: random.chance(0.1) ? undefined : `${slug(firstName)}.${slug(lastName)}@${company.domain}`,
    phone: random.chance(0.25) ? undefined : phoneIn(random, company.country),
    mobilePhone: random.chance(0.6) ? undefined : phoneIn(random, company.country),
    address: random.chance(0.7) ? undefined : addressIn(random, company.country),
    preferredChannel: random.chance(0.5) ? undefined : random.pick(["email", "phone", "visit"]),
    company: random.chance(0.05) ? undefined : company.record.id,
    owner: random.chance(0.2) ? undefined : owner(),
    dealRole: random.chance(0.5) ? undefined : random.pick(["decider", "evaluator", "influencer"]),
    leadScore: random.chance(0.5) ? undefined : random.int(5, 98),
  });
  return { id: random.id(), type: "contact", space, values, created: stamp() };
}
