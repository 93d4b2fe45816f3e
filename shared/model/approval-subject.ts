// The subject of an approval: exactly what the approver is shown, as canonical JSON. It is built from what everybody who may
// read the request may read anyway, and carries a random salt, so that its hash tells nothing to who does not hold it.

import { file as fileType, findRecordType } from "#shared/record-types/index.ts";
import {
  canonicalJson,
  hexOf,
  parseCanonical,
  sha256,
  bytesOfText,
  type Json,
  type JsonObject,
} from "./canonical-json.ts";
import { canReadFacet, canWriteFacet } from "./facets.ts";
import type { FieldValue } from "./field-value.ts";
import { facetOfField, type PolicyView } from "./policy.ts";
import { everyPersona, type Persona } from "./personas.ts";

/** A record as its reader holds it. */
export type SubjectRecord = {
  readonly id: string;
  readonly type: string;
  readonly space: string;
  readonly title: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** Hashes of what rich texts say beyond their words (shared/doc/rich-format.ts), by field. */
  readonly formats?: Readonly<Record<string, string>>;
  /** facet -> docId of the facets that are held. */
  readonly docs: Readonly<Record<string, string>>;
};

/** A document that belongs to the subject, by the hash of its text, or a file, by the hash of its bytes. */
export type Attachment = {
  readonly id: string;
  readonly title: string;
  /** Bytes; of a document, of its text in UTF-8. */
  readonly size: number;
  readonly sha256: string;
  /** Of a document whose text is more than its words: the hash of that. */
  readonly format?: string;
};

/** 1: of a rich text its words only. 2: its blocks, marks and links as well. */
export type SubjectVersion = 1 | 2;

export type Subject = {
  readonly v: SubjectVersion;
  /** Record type and version of this form. */
  readonly schema: string;
  readonly record: string;
  readonly space: string;
  readonly fields: JsonObject;
  /** Hashes of what rich texts among the fields say beyond their words. */
  readonly formats?: Readonly<Record<string, string>>;
  readonly attachments: readonly Attachment[];
  readonly salt: string;
};

/** Facets a request can lie in, narrowest first: the team and those who are asked, nobody else. */
const requestFacets = ["internal", "client-shared", "partner-shared", "shared"] as const;

/** Where a request lies that these people are asked; undefined when no facet lets all of them answer. */
export const requestFacet = (approvers: readonly Persona[]): string | undefined =>
  requestFacets.find((facet) => approvers.every((persona) => canWriteFacet(facet, persona)));

/** Whether everybody who reads a request in `facet` reads `field` as well. */
const isReadWith = (facet: string, field: string): boolean =>
  everyPersona.every((persona) => !canReadFacet(facet, persona) || canReadFacet(field, persona));

export const newSalt = (): string => hexOf(crypto.getRandomValues(new Uint8Array(16)));

const plain = (text: string): string => text.normalize("NFC");

function canonicalValue(value: FieldValue): Json {
  if (typeof value === "string") return plain(value);
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(plain).toSorted();
  if ("amount" in value && "currency" in value) return { minor: value.amount, currency: value.currency };
  return Object.fromEntries(Object.entries(value).map(([part, words]) => [part, plain(words)]));
}

/** The fields an approval of this record binds, for readers of `facet`. */
export function approvableFields(record: SubjectRecord, facet: string, policy: PolicyView): readonly string[] {
  const definition = findRecordType(record.type);
  if (definition === undefined) return [];
  const names = definition.approvable ?? definition.form.flatMap((section) => section.fields);
  const chosen = Object.keys(record.docs)[0] ?? "internal";
  return names.filter((field) => isReadWith(facet, facetOfField(definition, field, chosen, policy)));
}

/** Where a document has its text. */
export const TEXT_FIELD = "body";

export function attachmentOf(document: SubjectRecord, v: SubjectVersion = 2): Attachment {
  if (document.type === fileType.type) {
    const { size, sha256: hash } = document.fields;
    return {
      id: document.id,
      title: plain(document.title),
      size: typeof size === "number" ? size : 0,
      sha256: typeof hash === "string" ? hash : "",
    };
  }
  const body = document.fields[TEXT_FIELD];
  const bytes = bytesOfText(plain(typeof body === "string" ? body : ""));
  const format = v === 1 ? undefined : document.formats?.[TEXT_FIELD];
  return {
    id: document.id,
    title: plain(document.title),
    size: bytes.length,
    sha256: sha256(bytes),
    ...(format === undefined ? {} : { format }),
  };
}

/** Whether a document may be attached to a request in `facet`. */
export const isAttachable = (document: SubjectRecord, facet: string): boolean =>
  Object.keys(document.docs).every((own) => isReadWith(facet, own));

type SubjectInput = {
  readonly record: SubjectRecord;
  readonly facet: string;
  readonly attachments: readonly SubjectRecord[];
  readonly salt: string;
  /** That of the request, for a subject that is compared with its own; else the newest. */
  readonly v?: SubjectVersion;
  /** Where fields lie: what not every reader of the request may see is no part of it. */
  readonly policy: PolicyView;
};

/** The canonical text of a subject. Empty fields are left out: empty and absent are one. */
export function subjectText({ record, facet, attachments, salt, policy, v = 2 }: SubjectInput): string {
  const fields: Record<string, Json> = {};
  const formats: Record<string, string> = {};
  for (const field of approvableFields(record, facet, policy)) {
    const value = record.fields[field];
    if (value !== undefined && value !== "") fields[field] = canonicalValue(value);
    const format = record.formats?.[field];
    if (format !== undefined && v > 1) formats[field] = format;
  }
  const subject: Subject = {
    v,
    schema: `drawbridge.${record.type}.${v}`,
    record: record.id,
    space: record.space,
    fields,
    ...(Object.keys(formats).length === 0 ? {} : { formats }),
    attachments: attachments
      .map((one) => attachmentOf(one, v))
      .toSorted((left, right) => (left.id < right.id ? -1 : 1)),
    salt,
  };
  return canonicalJson(subject);
}

/** A subject from its text; undefined for text of another kind. The relay and the device checked the hash. */
export function parseSubject(text: string): Subject | undefined {
  const parsed = parseCanonical(text);
  if (!parsed.ok) return undefined;
  const { v, schema, record, salt, fields, attachments } = parsed.value;
  const isWhole =
    (v === 1 || v === 2) &&
    typeof schema === "string" &&
    typeof record === "string" &&
    typeof salt === "string" &&
    typeof fields === "object" &&
    fields !== null &&
    Array.isArray(attachments);
  return isWhole ? (parsed.value as unknown as Subject) : undefined;
}

/** Values of a subject as fields show them. */
export function subjectFields(subject: Subject): Readonly<Record<string, FieldValue>> {
  const fields: Record<string, FieldValue> = {};
  for (const [name, value] of Object.entries(subject.fields)) {
    const isMoney = typeof value === "object" && value !== null && "minor" in value && "currency" in value;
    fields[name] = (isMoney ? { amount: value["minor"], currency: value["currency"] } : value) as FieldValue;
  }
  return fields;
}

/** What the subject would be now, with the salt it had: the same text means that nothing has changed. */
export function subjectNow(
  text: string,
  facet: string,
  find: (id: string) => SubjectRecord | undefined,
  policy: PolicyView,
): string | undefined {
  const subject = parseSubject(text);
  const record = subject === undefined ? undefined : find(subject.record);
  if (subject === undefined || record === undefined) return undefined;
  const attachments = subject.attachments.flatMap(({ id }) => find(id) ?? []);
  return subjectText({ record, facet, attachments, salt: subject.salt, policy, v: subject.v });
}

export type SubjectDifference = {
  /** A field's name, or `attachment/<id>`. */
  readonly field: string;
  /** Of an attachment. */
  readonly title?: string;
  /** The words are the same: only formatting or a link changed. */
  readonly formatOnly?: true;
  readonly before?: FieldValue;
  readonly after?: FieldValue;
};

const differenceOf = (field: string, was: FieldValue | undefined, is: FieldValue | undefined): SubjectDifference[] =>
  JSON.stringify(was) === JSON.stringify(is)
    ? []
    : [{ field, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }];

/** A subject of the first version says nothing of formats: it differs from none. */
const sayFormats = (before: Subject, after: Subject): boolean => before.v > 1 && after.v > 1;

/** By id: two attachments may have one title. A renamed one differs by its name, another content by its hash. */
function compareAttachments(before: Subject, after: Subject): readonly SubjectDifference[] {
  const byId = ({ attachments }: Subject) => new Map(attachments.map((one) => [one.id, one] as const));
  const [old, now] = [byId(before), byId(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((id): readonly SubjectDifference[] => {
    const [was, is] = [old.get(id), now.get(id)];
    const field = `attachment/${id}`;
    const title = is?.title ?? was?.title ?? "";
    const isSameText = was !== undefined && is !== undefined && was.sha256 === is.sha256;
    if (isSameText && sayFormats(before, after) && was.format !== is.format)
      return [{ field, title, formatOnly: true }];
    const words = (one: Attachment | undefined) => (isSameText ? one?.title : one?.sha256.slice(0, 12));
    return differenceOf(field, words(was), words(is)).map((one) => ({ ...one, title }));
  });
}

/** Fields and attachments that differ between two subjects. */
export function compareSubjects(before: Subject, after: Subject): readonly SubjectDifference[] {
  const [old, now] = [subjectFields(before), subjectFields(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  const fields = names.flatMap((field): readonly SubjectDifference[] => {
    const differences = differenceOf(field, old[field], now[field]);
    const isReformatted = sayFormats(before, after) && before.formats?.[field] !== after.formats?.[field];
    return differences.length === 0 && isReformatted ? [{ field, formatOnly: true }] : differences;
  });
  return [...fields, ...compareAttachments(before, after)];
}
