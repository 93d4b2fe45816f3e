// Decides for every readable row whether it becomes a record or looks like one: a record on this device, or an earlier
// row of the same file. Names of companies and contacts become ids on the way.

import { fold } from "#shared/model/field-value.ts";
import type { ImportType, KnownRecord, Values } from "./import-types.ts";
import type { ParsedRow } from "./parse-row.ts";
import { foldName, identityOf, importId, keysOf } from "./record-keys.ts";

/** What is on this device, as far as this import must know it. */
export type Known = {
  /** Records of the imported type, deleted ones left out. */
  readonly records: readonly KnownRecord[];
  /** Companies and contacts that rows may name. */
  readonly companies: readonly KnownRecord[];
  readonly contacts: readonly KnownRecord[];
  /** Ids in the trash: taken, but not to be matched. */
  readonly deletedIds: readonly string[];
};

export type NewCompany = { readonly id: string; readonly name: string };

export type Matched =
  | { readonly kind: "error" }
  | { readonly kind: "create"; readonly values: Values; readonly id: string; readonly company?: NewCompany }
  | {
      readonly kind: "duplicate";
      readonly values: Values;
      readonly identity: string;
      readonly same: string;
      /** A record on this device, or the index of an earlier row that will be created. */
      readonly match: { readonly id: string } | { readonly row: number };
      readonly company?: NewCompany;
    };

export type RowMatcher = {
  match(row: ParsedRow, index: number): Matched;
  /** The first id of this identity that is free; the caller says what else is taken. */
  freeId(identity: string, taken: (id: string) => boolean): string;
  /** Names of contacts that rows gave and this device does not know. */
  readonly unknownContacts: number;
};

type Target = { readonly id: string } | { readonly row: number };

const emailOf = ({ fields: { email } }: KnownRecord): string => (typeof email === "string" ? fold(email) : "");

const contactName = (record: KnownRecord): string => foldName(record.title);

function uniqueIndex(entries: Iterable<readonly [key: string, id: string]>): ReadonlyMap<string, string> {
  const index = new Map<string, string>();
  // The oldest wins: pages arrive in the order of the list, and any of equal names is as good as the other.
  for (const [key, id] of entries) if (key !== "" && !index.has(key)) index.set(key, id);
  return index;
}

export function createRowMatcher(type: ImportType, space: string, known: Known): RowMatcher {
  const companyIds = uniqueIndex(known.companies.map((company) => [foldName(company.title), company.id]));
  const contactIds = uniqueIndex([
    ...known.contacts.map((contact) => [emailOf(contact), contact.id] as const),
    ...known.contacts.map((contact) => [contactName(contact), contact.id] as const),
  ]);
  const activeIds = new Set(known.records.map((record) => record.id));
  const deleted = new Set(known.deletedIds);
  const knownCompanies = new Set(known.companies.map((company) => company.id));
  const targets = new Map<string, Target>();
  for (const record of known.records) {
    for (const { key } of keysOf(type, record.fields)) if (!targets.has(key)) targets.set(key, { id: record.id });
  }
  const newCompanies = new Map<string, NewCompany>();
  let unknownContacts = 0;

  const freeId = (identity: string, taken: (id: string) => boolean): string => {
    for (let attempt = 0; ; attempt += 1) {
      const id = importId(space, type, identity, attempt);
      if (!taken(id)) return id;
    }
  };

  const newCompany = (name: string): NewCompany => {
    const key = foldName(name);
    const before = newCompanies.get(key);
    if (before !== undefined) return before;
    let attempt = 0;
    const idAt = (): string => importId(space, "company", `name|${key}`, attempt);
    while (deleted.has(idAt()) || knownCompanies.has(idAt())) attempt += 1;
    const made = { id: idAt(), name };
    newCompanies.set(key, made);
    return made;
  };

  const linkRow = (row: ParsedRow): { readonly values: Values; readonly company?: NewCompany } => {
    const { company, pointOfContact } = row.links;
    const values = { ...row.values };
    let made: NewCompany | undefined;
    if (company !== undefined) {
      const id = companyIds.get(foldName(company));
      if (id === undefined) made = newCompany(company);
      values["company"] = id ?? made?.id ?? "";
    }
    if (pointOfContact !== undefined) {
      const id = contactIds.get(fold(pointOfContact)) ?? contactIds.get(foldName(pointOfContact));
      if (id === undefined) unknownContacts += 1;
      else values["pointOfContact"] = id;
    }
    return made === undefined ? { values } : { values, company: made };
  };

  const findTarget = (
    values: Values,
    identity: string,
  ): { readonly target: Target; readonly same: string } | undefined => {
    for (const { key, same } of keysOf(type, values)) {
      const target = targets.get(key);
      if (target !== undefined) return { target, same };
    }
    const again = targets.get(identity);
    if (again !== undefined) return { target: again, same: "all values" };
    for (let attempt = 0; ; attempt += 1) {
      const id = importId(space, type, identity, attempt);
      if (activeIds.has(id)) return { target: { id }, same: "imported before" };
      if (!deleted.has(id)) return undefined;
    }
  };

  const match = (row: ParsedRow, index: number): Matched => {
    if (row.problems.length > 0) return { kind: "error" };
    const identity = identityOf(row.values, row.links);
    const linked = linkRow(row);
    const found = findTarget(linked.values, identity);
    const target: Target = found?.target ?? { row: index };
    for (const key of [...keysOf(type, linked.values).map((entry) => entry.key), identity])
      if (!targets.has(key)) targets.set(key, target);
    if (found !== undefined) return { kind: "duplicate", ...linked, identity, same: found.same, match: found.target };
    return { kind: "create", ...linked, id: freeId(identity, (id) => activeIds.has(id) || deleted.has(id)) };
  };

  return {
    match,
    freeId: (identity, taken) => freeId(identity, (id) => activeIds.has(id) || deleted.has(id) || taken(id)),
    get unknownContacts() {
      return unknownContacts;
    },
  };
}
