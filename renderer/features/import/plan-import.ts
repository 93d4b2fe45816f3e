// The plan of an import: every row is created, looks like a record (and then fills, is skipped, or is created anyway) or
// cannot be read; the three add up to the rows. Nothing is written here: Run takes the records the plan has made.

import { assert } from "#shared/model/result.ts";
import { describeValues, mergeLines, titleOf, type ViewContext } from "./describe-rows.ts";
import { importTargets } from "./import-targets.ts";
import { createRowMatcher, type Known, type Matched } from "./match-rows.ts";
import type {
  ColumnChoice,
  CreateView,
  DuplicateChoice,
  DuplicateView,
  ErrorView,
  FillRow,
  ImportSummary,
  ImportTable,
  ImportType,
  KnownRecord,
  MergeView,
  NewRow,
  Values,
} from "./import-types.ts";
import { createRowParser, type ParsedRow } from "./parse-row.ts";
import { writeCsv } from "./read-csv.ts";

export type PlanInput = {
  readonly type: ImportType;
  readonly space: string;
  readonly table: ImportTable;
  readonly choices: readonly ColumnChoice[];
  /** Members by id. */
  readonly people: ReadonlyMap<string, string>;
  /** Folded name -> member id. */
  readonly peopleByName: ReadonlyMap<string, string>;
  readonly known: Known;
  readonly locale: string;
};

export type Prepared = {
  readonly companies: readonly NewRow[];
  readonly creates: readonly NewRow[];
  readonly fills: readonly FillRow[];
  readonly summary: ImportSummary;
};

/** The unreadable values of one column, together. */
export type ProblemCount = {
  readonly column: number;
  readonly label: string;
  readonly count: number;
  readonly example: string;
  readonly message: string;
  /** An empty value would not be readable either. */
  readonly required: boolean;
};

export type ImportPlan = {
  /** Parses and matches; yields the number of rows done, so that a worker can report and stop in between. */
  run(): Generator<number>;
  /** Takes other column choices and keeps fixes and row choices. */
  setChoices(choices: readonly ColumnChoice[]): void;
  fix(fixes: readonly { readonly index: number; readonly column: number; readonly text: string }[]): void;
  /** Empties every unreadable value of a column. */
  leaveOut(column: number): void;
  choose(choice: DuplicateChoice, index?: number): void;
  prepare(): Prepared;
  creates(offset: number, limit: number): readonly CreateView[];
  duplicates(offset: number, limit: number): readonly DuplicateView[];
  errors(offset: number, limit: number): readonly ErrorView[];
  problemCounts(): readonly ProblemCount[];
  merge(index: number): MergeView | undefined;
  errorCsv(): string;
};

const STEP = 250;

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** What of `values` finds an empty field. */
function emptyFields(present: Values, values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([field]) => present[field] === undefined));
}

export function createImportPlan(input: PlanInput): ImportPlan {
  const { type, space, table, known } = input;
  const rows = table.rows;
  const knownById = new Map<string, KnownRecord>(known.records.map((record) => [record.id, record]));
  const fixes = new Map<number, Map<number, string>>();
  const rowChoices = new Map<number, DuplicateChoice>();
  let parser = createRowParser(type, input.choices, input.peopleByName);
  let parsed: ParsedRow[] = [];
  let matched: Matched[] = [];
  let unknownContacts = 0;
  let matcher = createRowMatcher(type, space, known);
  let prepared: Prepared | undefined;

  const companyTitles = new Map(known.companies.map((company) => [company.id, company.title]));
  const view: ViewContext = {
    type,
    format: {
      locale: input.locale,
      personName: (id) => input.people.get(id),
      recordTitle: (id) => companyTitles.get(id) ?? known.contacts.find((contact) => contact.id === id)?.title,
    },
  };

  const requiredLabels = new Set(
    importTargets(type).flatMap(({ spec }) => (spec.required === true ? [spec.label] : [])),
  );

  const rowAt = (index: number) => {
    const row = rows[index];
    assert(row !== undefined, `row ${index} is in the table`);
    return row;
  };

  function* matchAll(): Generator<number> {
    matcher = createRowMatcher(type, space, known);
    prepared = undefined;
    matched = [];
    for (const [index, row] of parsed.entries()) {
      const result = matcher.match(row, index);
      if (result.kind !== "error" && result.company !== undefined)
        companyTitles.set(result.company.id, result.company.name);
      matched.push(result);
      if (index % STEP === STEP - 1) yield index + 1;
    }
    unknownContacts = matcher.unknownContacts;
  }

  const matchAgain = (): void => {
    for (const done of matchAll()) assert(done > 0, "progress counts up");
  };

  function* run(): Generator<number> {
    parsed = [];
    for (const [index, row] of rows.entries()) {
      parsed.push(parser(row, fixes.get(index)));
      if (index % STEP === STEP - 1) yield Math.floor((index + 1) / 2);
    }
    for (const done of matchAll()) yield Math.floor((rows.length + done) / 2);
  }

  const choiceOf = (index: number): DuplicateChoice => rowChoices.get(index) ?? "fill";

  const summaryNotes = (): string[] => {
    const people = new Set(parsed.flatMap((row) => row.unknownPeople));
    const notes: string[] = [];
    if (people.size > 0) {
      const names = [...people].slice(0, 3).join(", ");
      notes.push(
        `${plural(people.size, "owner is", "owners are")} not in the team (${names}); Owner stays empty there.`,
      );
    }
    if (unknownContacts > 0)
      notes.push(
        `${plural(unknownContacts, "contact is", "contacts are")} not on this device; Contact stays empty there.`,
      );
    return notes;
  };

  const makePrepared = (): Prepared => {
    const drafts = new Map<number, { readonly id: string; values: Values }>();
    const fills = new Map<string, Values>();
    const companies = new Map<string, string>();
    const taken = new Set(matched.flatMap((row) => (row.kind === "create" ? [row.id] : [])));
    const counts = { create: 0, duplicate: 0, error: 0, willCreate: 0, willFill: 0, willSkip: 0, unchanged: 0 };
    const fillRow = (row: Extract<Matched, { kind: "duplicate" }>): Values => {
      if ("row" in row.match) {
        const draft = drafts.get(row.match.row);
        assert(draft !== undefined, "an earlier row of the file is created before a later one fills it");
        const added = emptyFields(draft.values, row.values);
        draft.values = { ...draft.values, ...added };
        return added;
      }
      const before = fills.get(row.match.id) ?? {};
      const added = emptyFields({ ...knownById.get(row.match.id)?.fields, ...before }, row.values);
      if (Object.keys(added).length > 0) fills.set(row.match.id, { ...before, ...added });
      return added;
    };
    for (const [index, row] of matched.entries()) {
      counts[row.kind] += 1;
      if (row.kind === "error") continue;
      const choice = row.kind === "create" ? "create" : choiceOf(index);
      if (choice === "skip") {
        counts.willSkip += 1;
        continue;
      }
      if (choice === "create") {
        const id = row.kind === "create" ? row.id : matcher.freeId(row.identity, (candidate) => taken.has(candidate));
        taken.add(id);
        drafts.set(index, { id, values: row.values });
        counts.willCreate += 1;
        if (row.company !== undefined) companies.set(row.company.id, row.company.name);
        continue;
      }
      assert(row.kind === "duplicate", "only duplicates fill");
      const added = fillRow(row);
      counts[Object.keys(added).length > 0 ? "willFill" : "unchanged"] += 1;
      if (row.company !== undefined && added["company"] === row.company.id)
        companies.set(row.company.id, row.company.name);
    }
    const toRow = (id: string, rowType: string, values: Values): NewRow => ({ id, type: rowType, space, values });
    return {
      companies: [...companies].map(([id, name]) => toRow(id, "company", { name })),
      creates: [...drafts.values()].map(({ id, values }) => toRow(id, type, values)),
      fills: [...fills].map(([id, values]) => ({ id, values })),
      summary: { rows: rows.length, ...counts, newCompanies: companies.size, notes: summaryNotes() },
    };
  };

  const prepare = (): Prepared => {
    prepared ??= makePrepared();
    return prepared;
  };

  const indexesOf = (kind: Matched["kind"]): readonly number[] =>
    matched.flatMap((row, index) => (row.kind === kind ? [index] : []));
  const pageOf = <T>(
    kind: Matched["kind"],
    offset: number,
    limit: number,
    toView: (index: number) => T,
  ): readonly T[] =>
    indexesOf(kind)
      .slice(offset, offset + limit)
      .map(toView);

  const valuesAt = (index: number): Values => {
    const row = matched[index];
    return row === undefined || row.kind === "error" ? {} : row.values;
  };

  const createView = (index: number): CreateView => {
    const values = valuesAt(index);
    return { index, number: rowAt(index).number, title: titleOf(type, values), detail: describeValues(values, view) };
  };

  const duplicateView = (index: number): DuplicateView => {
    const row = matched[index];
    assert(row?.kind === "duplicate", "the page holds duplicates");
    const base = { ...createView(index), same: row.same, choice: choiceOf(index) };
    if ("row" in row.match) {
      const { number, title, detail } = createView(row.match.row);
      return { ...base, match: { id: "", title, detail, row: number } };
    }
    const record = knownById.get(row.match.id);
    return {
      ...base,
      match: { id: row.match.id, title: record?.title ?? "", detail: describeValues(record?.fields ?? {}, view) },
    };
  };

  const errorView = (index: number): ErrorView => ({
    index,
    number: rowAt(index).number,
    title:
      titleOf(type, parsed[index]?.values ?? {}) ||
      (rowAt(index)
        .cells.find((cell) => cell.trim() !== "")
        ?.slice(0, 60) ??
        ""),
    problems: parsed[index]?.problems ?? [],
  });

  const reparse = (indexes: Iterable<number>): void => {
    for (const index of indexes) parsed[index] = parser(rowAt(index), fixes.get(index));
    matchAgain();
  };

  const addFix = (index: number, column: number, text: string): void => {
    const ofRow = fixes.get(index) ?? new Map<number, string>();
    ofRow.set(column, text);
    fixes.set(index, ofRow);
  };

  return {
    run,
    setChoices: (choices) => {
      parser = createRowParser(type, choices, input.peopleByName);
    },
    fix: (given) => {
      for (const { index, column, text } of given) addFix(index, column, text);
      reparse(new Set(given.map((one) => one.index)));
    },
    leaveOut: (column) => {
      const touched = indexesOf("error").filter(
        (index) => parsed[index]?.problems.some((problem) => problem.column === column) === true,
      );
      for (const index of touched) addFix(index, column, "");
      reparse(touched);
    },
    choose: (choice, index) => {
      if (index === undefined) for (const one of indexesOf("duplicate")) rowChoices.set(one, choice);
      else rowChoices.set(index, choice);
      prepared = undefined;
    },
    prepare,
    creates: (offset, limit) => pageOf("create", offset, limit, createView),
    duplicates: (offset, limit) => pageOf("duplicate", offset, limit, duplicateView),
    errors: (offset, limit) => pageOf("error", offset, limit, errorView),
    problemCounts: () => {
      const counts = new Map<string, ProblemCount>();
      for (const index of indexesOf("error")) {
        for (const { column, label, text, message } of parsed[index]?.problems ?? []) {
          const key = `${column} ${label}`;
          const before = counts.get(key);
          const required = requiredLabels.has(label) || column === -1;
          counts.set(
            key,
            before === undefined
              ? { column, label, count: 1, example: text, message, required }
              : { ...before, count: before.count + 1 },
          );
        }
      }
      return [...counts.values()];
    },
    merge: (index) => {
      const row = matched[index];
      if (row?.kind !== "duplicate") return undefined;
      const present = "row" in row.match ? valuesAt(row.match.row) : (knownById.get(row.match.id)?.fields ?? {});
      return { number: rowAt(index).number, lines: mergeLines(present, row.values, view) };
    },
    errorCsv: () => {
      const body = indexesOf("error").map((index) => {
        const row = rowAt(index);
        const cells = row.cells.map((cell, column) => fixes.get(index)?.get(column) ?? cell);
        const why = (parsed[index]?.problems ?? []).map(({ label, message }) => `${label}: ${message}`).join(" ");
        return [String(row.number), why, ...cells];
      });
      return writeCsv([["Row", "Why", ...table.columns.map((column) => column.name)], ...body]);
    },
  };
}
