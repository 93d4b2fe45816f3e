// Full text over records, pure: rows in, ranked ids out. Knows what of a record is worth finding and how people spell it:
// accents folded, prefixes, one or two typos, phone numbers by their digits however they were typed.

import MiniSearch, { type Query, type SearchResult } from "minisearch";
import { formatField } from "#shared/model/field-kinds.ts";
import { fold, type FieldSpec, type FieldValue } from "#shared/model/field-value.ts";
import { isSettledType } from "#shared/doc/sealed-document.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { RecordRow } from "./types.ts";

export type Ranked = { readonly id: string; readonly terms: readonly string[] };

export type SearchEngine = {
  /** Adds or replaces; deleted records leave. Rows that say nothing new cost next to nothing. */
  readonly put: (rows: readonly RecordRow[]) => void;
  readonly remove: (ids: Iterable<string>) => void;
  readonly ids: () => Iterable<string>;
  readonly search: (
    text: string,
    options?: { readonly type?: string | undefined; readonly limit?: number | undefined },
  ) => readonly Ranked[];
};

type Entry = {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly words: string;
  readonly reach: string;
  readonly body: string;
};

const FIELDS = ["title", "words", "reach", "body"] as const;
const BODY_LIMIT = 20_000;
const MIN_PHONE_DIGITS = 4;
/** Marks digits stored backwards, so that the end of a number is a prefix too. */
const BACKWARDS = "~";

const splitWords = (text: string): string[] => text.split(/[\s\p{P}]+/u).filter((word) => word !== "");

function backwards(digits: string): string {
  let reversed = BACKWARDS;
  for (let place = digits.length - 1; place >= 0; place -= 1) reversed += digits[place];
  return reversed;
}

/** Folding is the costly part of a term, and most terms need none. */
const foldTerm = (term: string): string => (/^[a-z0-9~]+$/.test(term) ? term : fold(term));

const digitsOf = (text: string): string => text.replace(/\D/g, "").replace(/^0+/, "");

/** E-mails and phone numbers as words of the index. */
function reachWords(value: FieldValue, spec: FieldSpec): string {
  const text = typeof value === "string" ? value : "";
  if (spec.kind === "email") return splitWords(text).join(" ");
  const digits = digitsOf(text);
  return digits === "" ? "" : `${digits} ${backwards(digits)}`;
}

const BODY_KINDS: ReadonlySet<string> = new Set(["longText", "richText", "checklist"]);
const LIST_KINDS: ReadonlySet<string> = new Set(["text", "link", "choice", "multiChoice", "address"]);

function toEntry(row: RecordRow): Entry {
  const definition = findRecordType(row.type);
  const titleFields = new Set(typeof definition?.title === "string" ? [definition.title] : definition?.title);
  const words: string[] = [];
  const reach: string[] = [];
  const body: string[] = [];
  for (const [field, value] of Object.entries(row.fields)) {
    const spec = definition?.fields[field];
    if (spec === undefined || titleFields.has(field)) continue;
    if (spec.kind === "email" || spec.kind === "phone") reach.push(reachWords(value, spec));
    else if (BODY_KINDS.has(spec.kind)) body.push(typeof value === "string" ? value : "");
    else if (LIST_KINDS.has(spec.kind) && definition?.list.includes(field) === true)
      words.push(formatField(value, spec, { locale: "en" }));
  }
  return {
    id: row.id,
    type: row.type,
    title: row.title.slice(0, BODY_LIMIT),
    words: words.join(" "),
    reach: reach.join(" "),
    body: body.join("\n").slice(0, BODY_LIMIT),
  };
}

/** FNV-1a: tells changed entries from unchanged ones without keeping their text. */
function hash(entry: Entry): number {
  let sum = 0x811c9dc5;
  for (const field of FIELDS) {
    const text = entry[field];
    for (let index = 0; index < text.length; index += 1) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
    sum = Math.imul(sum ^ 0x1f, 0x01000193);
  }
  return sum;
}

function phoneQueries(text: string): readonly Query[] {
  if (!/^[+\d\s()./-]+$/.test(text)) return [];
  const digits = digitsOf(text);
  if (digits.length < MIN_PHONE_DIGITS) return [];
  const rules = { fields: ["reach"], prefix: true, fuzzy: false, tokenize: (term: string) => [term] };
  return [
    { queries: [digits], ...rules },
    { queries: [backwards(digits)], ...rules },
  ];
}

export function createSearchEngine(): SearchEngine {
  const index = new MiniSearch<Entry>({
    fields: [...FIELDS],
    storeFields: ["type"],
    tokenize: splitWords,
    processTerm: (term) => foldTerm(term) || null,
    // Empty fields are no fields.
    extractField: (entry, field) => entry[field as keyof Entry] || undefined,
    searchOptions: {
      boost: { title: 4, reach: 2, words: 1.5, body: 0.7 },
      // One letter would match half of everything.
      prefix: (term) => term.length > 1,
      fuzzy: (term) => (term.length > 3 ? 0.2 : false),
      maxFuzzy: 2,
    },
  });
  const hashes = new Map<string, number>();

  function remove(ids: Iterable<string>): void {
    for (const id of ids) {
      if (!hashes.delete(id)) continue;
      index.discard(id);
    }
  }

  function put(rows: readonly RecordRow[]): void {
    for (const row of rows) {
      if (row.state === "deleted" || findRecordType(row.type) === undefined || isSettledType(row.type)) {
        remove([row.id]);
        continue;
      }
      const entry = toEntry(row);
      const sum = hash(entry);
      const known = hashes.get(row.id);
      if (known === sum) continue;
      if (known === undefined) index.add(entry);
      else index.replace(entry);
      hashes.set(row.id, sum);
    }
  }

  function search(
    text: string,
    options: { readonly type?: string | undefined; readonly limit?: number | undefined } = {},
  ): readonly Ranked[] {
    const wanted = text.trim();
    if (wanted === "") return [];
    const filter =
      options.type === undefined ? {} : { filter: (result: SearchResult): boolean => result["type"] === options.type };
    const run = (combineWith: "AND" | "OR"): SearchResult[] =>
      index.search(
        { combineWith: "OR", queries: [{ queries: [wanted], combineWith }, ...phoneQueries(wanted)] },
        filter,
      );
    const all = run("AND");
    // Nothing has every word: better what has some than an empty page.
    const found = all.length === 0 && splitWords(wanted).length > 1 ? run("OR") : all;
    return found
      .slice(0, options.limit ?? 20)
      .map((result) => ({ id: String(result.id), terms: result.terms.filter((term) => !term.startsWith(BACKWARDS)) }));
  }

  return { put, remove, ids: () => hashes.keys(), search };
}
