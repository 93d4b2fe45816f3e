// By what two records are taken for the same: keys in order of trust, the strongest first. And ids that a second
// import of the same row finds again.

import { v5 as uuidV5 } from "uuid";
import { fold, type FieldValue } from "#shared/model/field-value.ts";
import type { ImportType, Values } from "./import-types.ts";

export type RecordKey = { readonly key: string; readonly same: string };

const textOf = (value: FieldValue | undefined): string => (typeof value === "string" ? value : "");

export const foldName = (text: string): string => fold(text).replace(/\s+/g, " ");

/** Sites where many companies have a page each: the domain says nothing about the company. */
const SHARED_HOSTS = new Set([
  "facebook.com",
  "linkedin.com",
  "instagram.com",
  "x.com",
  "twitter.com",
  "youtube.com",
  "google.com",
  "sites.google.com",
  "xing.com",
]);

export function domainOf(website: string): string | undefined {
  const candidate = /^[a-z][a-z0-9+.-]*:/i.test(website) ? website : `https://${website}`;
  if (!URL.canParse(candidate)) return undefined;
  const host = new URL(candidate).hostname.toLowerCase().replace(/^www\d?\./, "");
  return host === "" || SHARED_HOSTS.has(host) ? undefined : host;
}

const phoneDigits = (value: FieldValue | undefined): string => textOf(value).replace(/\D/g, "").replace(/^0+/, "");

const listed = (entries: readonly (readonly [key: string | undefined, same: string])[]): RecordKey[] =>
  entries.flatMap(([key, same]) => (key === undefined ? [] : [{ key, same }]));

const prefixed = (prefix: string, text: string | undefined): string | undefined =>
  text === undefined || text === "" ? undefined : `${prefix}:${text}`;

function contactKeys(values: Values): RecordKey[] {
  const name = foldName(`${textOf(values["firstName"])} ${textOf(values["lastName"])}`);
  const company = textOf(values["company"]);
  const emails = [values["email"], values["otherEmail"]].map((email) => prefixed("email", fold(textOf(email))));
  const phones = [values["phone"], values["mobilePhone"], values["otherPhone"]]
    .map(phoneDigits)
    .filter((digits) => digits.length >= 5);
  return listed([
    ...emails.map((key) => [key, "e-mail"] as const),
    [company === "" ? undefined : `name+company:${name}|${company}`, "name, company"],
    ...[...new Set(phones)].map((digits) => [`name+phone:${name}|${digits}`, "name, phone"] as const),
  ]);
}

/** `values.company` and `values.pointOfContact` are ids here. */
export function keysOf(type: ImportType, values: Values): readonly RecordKey[] {
  const byId = listed([[prefixed("id", textOf(values["externalId"])), "id"]]);
  const name = foldName(textOf(values["name"]));
  switch (type) {
    case "company":
      return [
        ...byId,
        ...listed([
          [prefixed("domain", domainOf(textOf(values["website"]))), "domain"],
          [prefixed("name", name), "name"],
        ]),
      ];
    case "contact":
      return [...byId, ...contactKeys(values)];
    case "deal":
      return [
        ...byId,
        {
          key: `name+company:${name}|${textOf(values["company"])}`,
          same: values["company"] === undefined ? "name" : "name, company",
        },
      ];
  }
}

const NAMESPACE = "5d2f7c3e-8b41-5c0a-9e6d-0c1f4a7b9e52";

/** What makes a row itself: its id in the other system, else everything it says. */
export function identityOf(values: Values, links: Readonly<Record<string, string>>): string {
  const externalId = textOf(values["externalId"]);
  if (externalId !== "") return `id|${externalId}`;
  const said = [...Object.entries(values), ...Object.entries(links)].toSorted(([a], [b]) =>
    a < b ? -1 : a > b ? 1 : 0,
  );
  return `row|${JSON.stringify(said)}`;
}

/** The same id for the same row on every device. `attempt` counts on when that id is taken (an undone import, a wanted twin). */
export const importId = (space: string, type: string, identity: string, attempt: number): string =>
  uuidV5(`${space}|${type}|${identity}|${attempt}`, NAMESPACE);
