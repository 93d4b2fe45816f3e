// Which column of which other system is which of our fields: Salesforce, HubSpot, Twenty, EspoCRM, Frappe, Outlook and
// Google exports, plain English and German. Compared without case, accents and separators.

import { fold } from "#shared/model/field-value.ts";
import { importTargets } from "./import-targets.ts";
import type { ColumnChoice, ImportColumn, ImportType } from "./import-types.ts";

const words = (text: string): readonly string[] => text.split("|");

/** Prefixes of address columns; each joins with the parts below. */
const addressParts: readonly (readonly [part: string, names: readonly string[]])[] = [
  ["street", words("street|address street|street address|address line 1|address 1|line 1|strasse|straße|anschrift")],
  ["city", words("city|town|address city|ort|stadt")],
  ["state", words("state|province|region|state region|address state|bundesland|state/province|county")],
  ["postalCode", words("postal code|zip|zip code|postcode|zip/postal code|address postcode|plz|postleitzahl|pincode")],
  ["country", words("country|address country|land|country/region")],
];

function address(field: string, prefixes: readonly string[]): (readonly [string, readonly string[]])[] {
  return addressParts.map(([part, names]) => [
    `${field}.${part}`,
    prefixes.flatMap((prefix) => names.map((name) => (prefix === "" ? name : `${prefix} ${name}`))),
  ]);
}

const aliases: Readonly<Record<ImportType, readonly (readonly [target: string, names: readonly string[]])[]>> = {
  company: [
    [
      "name",
      words(
        "name|company|company name|account name|account|organization|organisation|organization name|organisation name|customer name|firma|firmenname|unternehmen|kunde",
      ),
    ],
    [
      "website",
      words("website|web site|web|url|homepage|domain|domain name|company domain name|website url|webseite|internet"),
    ],
    ["industry", words("industry|sector|branche")],
    ["companyType", words("type|company type|account type|customer type|lifecycle stage|typ|art")],
    [
      "phone",
      words("phone|phone number|telephone|tel|main phone|company phone|office phone|telefon|telefonnummer|rufnummer"),
    ],
    ["email", words("email|e mail|email address|company email|mail|e mail adresse")],
    [
      "owner",
      words("owner|account owner|company owner|assigned user|assigned user name|assigned to|verantwortlich|besitzer"),
    ],
    [
      "employees",
      words(
        "employees|number of employees|no of employees|employee count|headcount|company size|mitarbeiter|mitarbeiterzahl|anzahl mitarbeiter",
      ),
    ],
    ["annualRevenue", words("annual revenue|revenue|turnover|annual turnover|umsatz|jahresumsatz")],
    ["annualRevenue.currency", words("currency|account currency|currency iso code|annual revenue currency|währung")],
    ["partnerTier", words("partner tier|tier|partnerstufe")],
    ["tags", words("tags|labels|schlagworte")],
    ["description", words("description|about|about us|notes|beschreibung|bemerkung|notiz|notizen")],
    ["internalNotes", words("internal notes|private notes|interne notizen")],
    ["externalId", words("id|account id|record id|company id|external id|object id|uuid|kundennummer")],
    ...address("billingAddress", ["billing", "billing address", "address", "invoice", "rechnung", ""]),
    ["billingAddress", words("address|billing address|full address|adresse|rechnungsadresse")],
    ...address("shippingAddress", ["shipping", "shipping address", "delivery", "liefer"]),
    ["shippingAddress", words("shipping address|delivery address|lieferadresse")],
  ],
  contact: [
    ["@fullName", words("name|full name|contact name|display name|person|fn|kontakt|vollständiger name|anzeigename")],
    ["salutation", words("salutation|title prefix|name prefix|prefix|honorific prefix|anrede")],
    ["firstName", words("first name|given name|firstname|forename|name first name|vorname")],
    ["lastName", words("last name|family name|surname|lastname|name last name|nachname|familienname|zuname")],
    [
      "jobTitle",
      words(
        "job title|title|position|role|organization title|organization 1 title|designation|funktion|stellenbezeichnung|berufsbezeichnung",
      ),
    ],
    [
      "email",
      words(
        "email|e mail|email address|primary email|e mail 1 value|emails primary email|email id|mail|e mail address|e mail adresse|geschäftliche e mail",
      ),
    ],
    [
      "otherEmail",
      words(
        "other email|secondary email|email 2|e mail 2 value|e mail 2 address|alternate email|weitere e mail|private e mail",
      ),
    ],
    [
      "phone",
      words(
        "phone|phone number|business phone|work phone|office phone|telephone|tel|phone 1 value|phones primary phone number|telefon|telefonnummer|telefon geschäftlich",
      ),
    ],
    [
      "mobilePhone",
      words("mobile|mobile phone|mobile phone number|cell|cell phone|mobile no|handy|mobil|mobiltelefon"),
    ],
    [
      "otherPhone",
      words(
        "other phone|home phone|phone 2 value|assistant phone|asst phone|secondary phone|telefon privat|weiteres telefon",
      ),
    ],
    ["website", words("website|web page|url|homepage|website url|website 1 value|webseite")],
    ["birthday", words("birthday|birthdate|date of birth|birth date|geburtstag|geburtsdatum")],
    ["preferredChannel", words("preferred channel|preferred contact method|bevorzugter kanal")],
    [
      "emailOptOut",
      words("email opt out|has opted out of email|unsubscribed|unsubscribed from all email|do not email|keine e mail"),
    ],
    [
      "company",
      words(
        "company|company name|account name|account|associated company|organization|organisation|organization name|organization 1 name|firma|unternehmen|firmenname",
      ),
    ],
    ["owner", words("owner|contact owner|assigned user|assigned to|verantwortlich")],
    ["dealRole", words("deal role|opportunity role|buying role|rolle")],
    ["leadScore", words("lead score|score|hubspot score")],
    ["notes", words("notes|note|description|comments|internal notes|notizen|bemerkung|beschreibung")],
    ["externalId", words("id|contact id|record id|external id|person id|uid|uuid")],
    ...address("address", [
      "mailing",
      "mailing address",
      "address",
      "business address",
      "business",
      "work",
      "home",
      "address 1",
      "",
    ]),
    ["address", words("address|mailing address|full address|adresse|anschrift")],
  ],
  deal: [
    ["name", words("name|deal name|opportunity name|opportunity|deal|title|subject|bezeichnung|angebot")],
    [
      "company",
      words(
        "company|company name|account name|account|associated company|organization|organisation|customer|firma|kunde|unternehmen",
      ),
    ],
    [
      "pointOfContact",
      words(
        "contact|contact name|primary contact|point of contact|contact person|associated contact|contact email|ansprechpartner|kontakt",
      ),
    ],
    ["stage", words("stage|stage name|deal stage|sales stage|status|phase|verkaufsphase")],
    [
      "closeDate",
      words("close date|closing date|expected close date|expected closure date|expected closing|abschlussdatum"),
    ],
    ["amount", words("amount|deal value|value|opportunity amount|deal amount|betrag|wert|volumen")],
    ["amount.currency", words("currency|amount currency|opportunity currency|currency iso code|deal currency|währung")],
    ["nextStep", words("next step|next steps|nächster schritt")],
    ["owner", words("owner|deal owner|opportunity owner|assigned user|assigned to|verantwortlich")],
    ["probability", words("probability|probability (%)|deal probability|wahrscheinlichkeit")],
    ["forecastCategory", words("forecast category|forecast|forecast category name|prognose")],
    ["leadSource", words("lead source|source|original source|quelle")],
    ["margin", words("margin|margin percent|marge")],
    ["cost", words("cost|costs|kosten")],
    ["discountFloor", words("discount floor")],
    ["competitors", words("competitors|main competitors|wettbewerber")],
    ["lostReason", words("lost reason|loss reason|closed lost reason|verlustgrund")],
    ["internalNotes", words("description|notes|deal description|internal notes|beschreibung|notizen")],
    ["externalId", words("id|deal id|opportunity id|record id|external id|uuid")],
  ],
};

const compact = (text: string): string =>
  fold(text.replace(/__c$/i, ""))
    .replaceAll("ß", "ss")
    .replace(/[^\p{L}\p{N}]/gu, "");

const targetsByHeader: Readonly<Record<ImportType, ReadonlyMap<string, string>>> = {
  company: indexAliases("company"),
  contact: indexAliases("contact"),
  deal: indexAliases("deal"),
};

function indexAliases(type: ImportType): ReadonlyMap<string, string> {
  const index = new Map<string, string>();
  const add = (name: string, target: string): void => {
    if (!index.has(compact(name))) index.set(compact(name), target);
  };
  // Our own names first: `billingAddress.street`, as an export of ours writes them.
  for (const { key } of importTargets(type)) if (key !== "@fullName") add(key, key);
  for (const [target, names] of aliases[type]) for (const name of names) add(name, target);
  for (const { key, label } of importTargets(type)) add(label, key);
  return index;
}

export const isKnownHeader = (header: string): boolean => {
  const key = compact(header);
  return Object.values(targetsByHeader).some((index) => index.has(key));
};

/** One choice per column; a field is taken once, by the first column of its name that holds anything. */
export function guessColumns(type: ImportType, columns: readonly ImportColumn[]): ColumnChoice[] {
  const index = targetsByHeader[type];
  const guesses = columns.map((column) => index.get(compact(column.name)) ?? null);
  const takenBy = new Map<string, number>();
  guesses.forEach((target, position) => {
    if (target === null || columns[position]?.filled === 0) return;
    if (!takenBy.has(target)) takenBy.set(target, position);
  });
  // "Name" beside first and last name is the same again; an address in one piece gives way to its parts.
  if (takenBy.has("lastName")) takenBy.delete("@fullName");
  for (const whole of ["billingAddress", "shippingAddress", "address"]) {
    if ([...takenBy.keys()].some((key) => key.startsWith(`${whole}.`))) takenBy.delete(whole);
  }
  return guesses.map((target, position) => ({
    target: target !== null && takenBy.get(target) === position ? target : null,
  }));
}

/** Which record type a file most likely holds: the one that knows most of its columns; a tie goes by telling headers. */
export function guessType(columns: readonly ImportColumn[]): ImportType {
  const keys = new Set(columns.map((column) => compact(column.name)));
  const has = (...names: readonly string[]): boolean => names.some((name) => keys.has(compact(name)));
  if (
    has(
      "stage",
      "stage name",
      "deal stage",
      "close date",
      "deal name",
      "opportunity name",
      "expected_closure_date",
      "amount",
    )
  )
    return "deal";
  if (
    has(
      "first name",
      "last name",
      "given name",
      "family name",
      "birthday",
      "birthdate",
      "mobile phone",
      "job title",
      "vorname",
      "nachname",
    )
  )
    return "contact";
  return "company";
}
