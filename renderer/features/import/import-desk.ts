// Where the work of an import is done: holds the table that was read and the plan made of it, and answers small
// questions about them, so that twenty thousand rows never cross to the page. Lives in a worker; tests use it as it is.

import { fold } from "#shared/model/field-value.ts";
import { assert, err, ok, type Result } from "#shared/model/result.ts";
import { guessColumns, guessType } from "./column-aliases.ts";
import { checkFileSize, decodeFile, type Encoding } from "./decode-file.ts";
import { inspectColumns, type ColumnQuestion } from "./inspect-columns.ts";
import type { Known } from "./match-rows.ts";
import type {
  ColumnChoice,
  CreateView,
  DuplicateChoice,
  DuplicateView,
  ErrorView,
  FillRow,
  ImportColumn,
  ImportSummary,
  ImportTable,
  ImportType,
  MergeView,
  NewRow,
} from "./import-types.ts";
import { createImportPlan, type ImportPlan, type ProblemCount } from "./plan-import.ts";
import { readCsv } from "./read-csv.ts";
import { isVcardText, readVcards, vcardTargets } from "./read-vcards.ts";

export type ImportSource = { readonly file: Blob } | { readonly text: string };

export type ReadOptions = { readonly encoding?: Encoding; readonly header?: boolean; readonly delimiter?: string };

export type TableInfo = {
  readonly kind: ImportTable["kind"];
  readonly columns: readonly ImportColumn[];
  readonly rows: number;
  /** The first rows, cut to what a preview shows. */
  readonly preview: readonly (readonly string[])[];
  readonly notes: readonly string[];
  readonly header: boolean;
  readonly delimiter?: string;
  readonly encoding?: Encoding;
  readonly type: ImportType;
};

export type PlanRequest = {
  readonly type: ImportType;
  readonly space: string;
  readonly choices: readonly ColumnChoice[];
  readonly members: readonly { readonly id: string; readonly name: string }[];
  readonly locale: string;
};

export type PlanInfo = { readonly summary: ImportSummary; readonly problems: readonly ProblemCount[] };

export type Inspected = { readonly choices: readonly ColumnChoice[]; readonly questions: readonly ColumnQuestion[] };

export interface ImportDesk {
  read(source: ImportSource, options: ReadOptions): Promise<Result<TableInfo, { readonly message: string }>>;
  suggest(type: ImportType): Promise<readonly ColumnChoice[]>;
  inspect(type: ImportType, choices: readonly ColumnChoice[]): Promise<Inspected>;
  /** What is on this device arrives in pages; `start` forgets what was told before. */
  know(part: Partial<Known>, start: boolean): Promise<void>;
  /** Undefined when it was cancelled. */
  plan(request: PlanRequest): Promise<PlanInfo | undefined>;
  cancel(): Promise<void>;
  fix(fixes: readonly { readonly index: number; readonly column: number; readonly text: string }[]): Promise<PlanInfo>;
  leaveOut(column: number): Promise<PlanInfo>;
  choose(choice: DuplicateChoice, index?: number): Promise<PlanInfo>;
  creates(offset: number, limit: number): Promise<readonly CreateView[]>;
  duplicates(offset: number, limit: number): Promise<readonly DuplicateView[]>;
  errors(offset: number, limit: number): Promise<readonly ErrorView[]>;
  merge(index: number): Promise<MergeView | undefined>;
  errorCsv(): Promise<string>;
  takeCompanies(offset: number, limit: number): Promise<readonly NewRow[]>;
  takeCreates(offset: number, limit: number): Promise<readonly NewRow[]>;
  takeFills(offset: number, limit: number): Promise<readonly FillRow[]>;
}

const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** How often progress is told, and a Cancel listened for. */
const TELL_MS = 150;

const PREVIEW_ROWS = 6;

async function readSource(
  source: ImportSource,
  options: ReadOptions,
): Promise<Result<{ table: ImportTable; encoding?: Encoding }, { readonly message: string }>> {
  let text: string;
  let encoding: Encoding | undefined;
  let notes: readonly string[] = [];
  if ("file" in source) {
    const size = checkFileSize(source.file.size);
    if (!size.ok) return size;
    const decoded = decodeFile(new Uint8Array(await source.file.arrayBuffer()), options.encoding);
    if (!decoded.ok) return decoded;
    ({ text, encoding, notes } = decoded.value);
  } else {
    text = source.text;
    if (text.trim() === "")
      return err({ message: "Nothing was pasted. Copy the rows with their header and paste them here." });
  }
  const { header, delimiter } = options;
  const read = isVcardText(text)
    ? readVcards(text)
    : readCsv(text, { ...(header === undefined ? {} : { header }), ...(delimiter === undefined ? {} : { delimiter }) });
  if (!read.ok) return read;
  const table = { ...read.value, notes: [...notes, ...read.value.notes] };
  return ok(encoding === undefined ? { table } : { table, encoding });
}

export function createImportDesk(onProgress: (done: number, total: number) => void): ImportDesk {
  let table: ImportTable | undefined;
  let plan: ImportPlan | undefined;
  let known: Known = { records: [], companies: [], contacts: [], deletedIds: [] };
  let cancelled = false;

  const tableInHand = (): ImportTable => {
    assert(table !== undefined, "a file was read before");
    return table;
  };
  const planInHand = (): ImportPlan => {
    assert(plan !== undefined, "the rows were planned before");
    return plan;
  };
  const planInfo = (): PlanInfo => ({
    summary: planInHand().prepare().summary,
    problems: planInHand().problemCounts(),
  });

  return {
    read: async (source, options) => {
      table = undefined;
      plan = undefined;
      const result = await readSource(source, options);
      if (!result.ok) return result;
      table = result.value.table;
      const { kind, columns, rows, notes, header, delimiter } = table;
      const { encoding } = result.value;
      return ok({
        kind,
        columns,
        rows: rows.length,
        preview: rows
          .slice(0, PREVIEW_ROWS)
          .map((row) => row.cells.slice(0, columns.length).map((cell) => cell.slice(0, 120))),
        notes,
        header,
        ...(delimiter === undefined ? {} : { delimiter }),
        ...(encoding === undefined ? {} : { encoding }),
        type: kind === "vcard" ? "contact" : guessType(columns),
      });
    },
    suggest: async (type) => {
      const { kind, columns } = tableInHand();
      if (kind === "vcard")
        return vcardTargets.map((target, index) => ({
          target: columns[index]?.filled === 0 && target !== "lastName" ? null : target,
        }));
      return guessColumns(type, columns);
    },
    inspect: async (type, choices) => inspectColumns(type, tableInHand(), choices),
    know: async (part, start) => {
      const before: Known = start ? { records: [], companies: [], contacts: [], deletedIds: [] } : known;
      known = {
        records: [...before.records, ...(part.records ?? [])],
        companies: [...before.companies, ...(part.companies ?? [])],
        contacts: [...before.contacts, ...(part.contacts ?? [])],
        deletedIds: [...before.deletedIds, ...(part.deletedIds ?? [])],
      };
    },
    plan: async ({ type, space, choices, members, locale }) => {
      cancelled = false;
      const rows = tableInHand();
      plan = createImportPlan({
        type,
        space,
        table: rows,
        choices,
        people: new Map(members.map((member) => [member.id, member.name])),
        peopleByName: new Map(members.map((member) => [fold(member.name), member.id])),
        known,
        locale,
      });
      let told = 0;
      for (const done of plan.run()) {
        if (performance.now() - told < TELL_MS) continue;
        told = performance.now();
        onProgress(done, rows.rows.length);
        await nextTask();
        if (cancelled) return undefined;
      }
      return planInfo();
    },
    cancel: async () => {
      cancelled = true;
    },
    fix: async (fixes) => {
      planInHand().fix(fixes);
      return planInfo();
    },
    leaveOut: async (column) => {
      planInHand().leaveOut(column);
      return planInfo();
    },
    choose: async (choice, index) => {
      planInHand().choose(choice, index);
      return planInfo();
    },
    creates: async (offset, limit) => planInHand().creates(offset, limit),
    duplicates: async (offset, limit) => planInHand().duplicates(offset, limit),
    errors: async (offset, limit) => planInHand().errors(offset, limit),
    merge: async (index) => planInHand().merge(index),
    errorCsv: async () => planInHand().errorCsv(),
    takeCompanies: async (offset, limit) =>
      planInHand()
        .prepare()
        .companies.slice(offset, offset + limit),
    takeCreates: async (offset, limit) =>
      planInHand()
        .prepare()
        .creates.slice(offset, offset + limit),
    takeFills: async (offset, limit) =>
      planInHand()
        .prepare()
        .fills.slice(offset, offset + limit),
  };
}
