// The import in hand. Lives beside the pages, not in one: leaving the page stops neither reading nor running, and coming
// back finds everything where it was.

import { create } from "zustand";
import { assert } from "#shared/model/result.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { Data, ImportBatch } from "#renderer/data/types.ts";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import type { Encoding } from "./decode-file.ts";
import { checkFileSize } from "./decode-file.ts";
import type { ColumnQuestion } from "./inspect-columns.ts";
import type { ImportSource, PlanInfo, ReadOptions, TableInfo } from "./import-desk.ts";
import type { ColumnChoice, DuplicateChoice, ImportType } from "./import-types.ts";
import { tellKnown } from "./known-records.ts";
import { openRemoteDesk, type RemoteDesk } from "./remote-desk.ts";
import { runImport, undoImport, type RunOutcome } from "./run-import.ts";

export const importSteps = ["file", "columns", "values", "preview", "run"] as const;
export type ImportStep = (typeof importSteps)[number];

export type Busy = {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly canCancel: boolean;
};

type Chosen = { readonly name: string; readonly source: ImportSource; readonly options: ReadOptions };

export type ImportSession = {
  readonly step: ImportStep;
  readonly busy?: Busy | undefined;
  /** A sentence that stands above the step. */
  readonly problem?: string | undefined;
  readonly chosen?: Chosen | undefined;
  readonly table?: TableInfo | undefined;
  readonly type: ImportType;
  readonly choices: readonly ColumnChoice[];
  readonly questions: readonly ColumnQuestion[];
  readonly plan?: PlanInfo | undefined;
  /** Counts up with every new plan, so that shown pages are asked for again. */
  readonly planVersion: number;
  readonly outcome?: RunOutcome | undefined;
};

const fresh: ImportSession = {
  step: "file",
  busy: undefined,
  problem: undefined,
  chosen: undefined,
  table: undefined,
  type: "company",
  choices: [],
  questions: [],
  plan: undefined,
  planVersion: 0,
  outcome: undefined,
};

export const useImportSession = create<ImportSession>(() => fresh);

const set = (part: Partial<ImportSession>): void => useImportSession.setState(part);
const now = (): ImportSession => useImportSession.getState();

let desk: RemoteDesk | undefined;
let stop: AbortController | undefined;
let owner: string | undefined;

const deskInHand = (): RemoteDesk => {
  desk ??= openRemoteDesk((done, total) => {
    const { busy } = now();
    if (busy !== undefined) set({ busy: { ...busy, done, total } });
  });
  return desk;
};

export const askDesk = (): RemoteDesk => deskInHand();

const closeDesk = (): void => {
  desk?.close();
  desk = undefined;
};

/** Another person on this device starts with a clean table. */
export function ownSession(memberId: string): void {
  if (owner === memberId) return;
  if (owner !== undefined) startOver();
  owner = memberId;
}

export function startOver(): void {
  stop?.abort();
  stop = undefined;
  closeDesk();
  set({ ...fresh, planVersion: now().planVersion + 1 });
}

const LOST = "Reading stopped unexpectedly. Choose the file again; nothing was written.";

/** Work of the desk with a label; anything it throws is told and leads back to the file. */
async function working(label: string, canCancel: boolean, body: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  stop = controller;
  set({ busy: { label, done: 0, total: 0, canCancel }, problem: undefined });
  try {
    await body(controller.signal);
  } catch {
    // The worker is gone, by Cancel or because the device ran out of memory.
    if (!controller.signal.aborted) {
      closeDesk();
      set({ step: "file", problem: LOST, table: undefined, plan: undefined });
    }
  }
  if (stop === controller) {
    stop = undefined;
    set({ busy: undefined });
  }
}

/** Stops what is under way. While reading the worker is ended; planning and running stop by themselves. */
export function cancelWork(): void {
  const { step, table } = now();
  stop?.abort();
  if (step === "file" || table === undefined) {
    closeDesk();
    set({ busy: undefined, chosen: undefined });
  } else if (step !== "run") void deskInHand().cancel();
}

export async function readSource(name: string, source: ImportSource, options: ReadOptions = {}): Promise<void> {
  if (now().busy !== undefined) return;
  const size = "file" in source ? checkFileSize(source.file.size) : undefined;
  if (size?.ok === false) {
    set({ problem: size.error.message });
    return;
  }
  await working(`Reading ${name}`, true, async (signal) => {
    set({ chosen: { name, source, options }, table: undefined, plan: undefined });
    const read = await deskInHand().read(source, options);
    if (signal.aborted) return;
    if (!read.ok) {
      set({ problem: read.error.message, step: "file", chosen: undefined });
      return;
    }
    const choices = await deskInHand().suggest(read.value.type);
    set({ table: read.value, type: read.value.type, choices, questions: [], step: "columns", outcome: undefined });
  });
}

/** The same file, read another way. */
export function readAgain(options: { encoding?: Encoding; header?: boolean; delimiter?: string }): Promise<void> {
  const { chosen } = now();
  assert(chosen !== undefined, "a file was read before");
  return readSource(chosen.name, chosen.source, { ...chosen.options, ...options });
}

export async function chooseType(type: ImportType): Promise<void> {
  set({ type, plan: undefined, questions: [], choices: await deskInHand().suggest(type) });
}

/** A field is taken once: choosing it here frees it elsewhere. Long texts may be put together from several columns. */
export function chooseTarget(column: number, target: string | null): void {
  const { choices, type } = now();
  const isText = target !== null && findRecordType(type)?.fields[target]?.kind === "longText";
  const next = choices.map((choice, index): ColumnChoice => {
    if (index === column) return { target };
    return choice.target === target && target !== null && !isText ? { target: null } : choice;
  });
  set({ choices: next, plan: undefined });
}

export function chooseFormat(column: number, part: Omit<ColumnChoice, "target">): void {
  set({ choices: now().choices.map((choice, index) => (index === column ? { ...choice, ...part } : choice)) });
}

const LOCALE = "en-GB";

async function makePlan(data: Data, space: string, signal: AbortSignal): Promise<void> {
  const { type, choices } = now();
  const remote = deskInHand();
  const members = await data.members();
  const plan = await remote.plan({
    type,
    space,
    choices,
    members: members.map(({ id, name }) => ({ id, name })),
    locale: LOCALE,
  });
  if (plan === undefined || signal.aborted) return;
  set({ plan, planVersion: now().planVersion + 1, step: "values" });
}

/** From the columns to the values: what is on this device is read once, then every row is parsed and compared. */
export const checkValues = (data: Data, space: string): Promise<void> =>
  working("Comparing with what is on this device", true, async (signal) => {
    const { type, choices } = now();
    const inspected = await deskInHand().inspect(type, choices);
    set({ choices: inspected.choices, questions: inspected.questions });
    const told = await tellKnown(data, deskInHand(), type, signal, (done, total) => {
      const { busy } = now();
      if (busy !== undefined) set({ busy: { ...busy, done, total } });
    });
    if (!told) return;
    set({ busy: { label: "Reading the rows", done: 0, total: now().table?.rows ?? 0, canCancel: true } });
    await makePlan(data, space, signal);
  });

/** After another date order, decimal sign, currency or option. */
export const planAgain = (data: Data, space: string): Promise<void> =>
  working("Reading the rows again", true, (signal) => makePlan(data, space, signal));

const takePlan = (plan: PlanInfo): void => set({ plan, planVersion: now().planVersion + 1 });

export const fixCell = async (index: number, column: number, text: string): Promise<void> =>
  takePlan(await deskInHand().fix([{ index, column, text }]));

export const leaveOutColumn = async (column: number): Promise<void> => takePlan(await deskInHand().leaveOut(column));

export const chooseRow = async (choice: DuplicateChoice, index?: number): Promise<void> =>
  takePlan(await deskInHand().choose(choice, index));

export const goTo = (step: ImportStep): void => set({ step, problem: undefined });

const labelOf = (type: string, count: number): string => {
  const label = findRecordType(type)?.label;
  return (count === 1 ? label?.one : label?.many)?.toLowerCase() ?? (count === 1 ? "record" : "records");
};

function tellOutcome(data: Data, outcome: RunOutcome): void {
  const { batch, state, message } = outcome;
  if (state === "failed") {
    showProblem(message ?? LOST);
    return;
  }
  const main = batch.created.length;
  // Companies that contacts and deals name are made along with them.
  const kind = now().plan?.summary.newCompanies === 0 ? batch.type : "record";
  const words = `${main.toLocaleString(LOCALE)} ${labelOf(kind, main)} imported, saved on this device`;
  const undo = (): void => void undoBatch(data, batch);
  showDone(state === "stopped" ? `Stopped: ${words}` : words, main + batch.filled.length > 0 ? undo : undefined);
}

export async function run(data: Data): Promise<void> {
  const { plan, chosen, type, busy } = now();
  if (busy !== undefined || plan === undefined || chosen === undefined) return;
  const { willCreate, willFill, newCompanies } = plan.summary;
  const total = willCreate + willFill + newCompanies;
  set({ step: "run", outcome: undefined });
  await working(`Importing ${chosen.name}`, true, async (signal) => {
    set({ busy: { label: `Importing ${chosen.name}`, done: 0, total, canCancel: true } });
    const outcome = await runImport({
      data,
      desk: deskInHand(),
      fileName: chosen.name,
      type,
      signal,
      report: (done) => set({ busy: { label: `Importing ${chosen.name}`, done, total, canCancel: true } }),
    });
    set({ outcome });
    tellOutcome(data, outcome);
  });
}

export async function undoBatch(data: Data, batch: ImportBatch): Promise<void> {
  if (now().busy !== undefined) {
    showProblem("Another import is under way. Undo this one when it is done.");
    return;
  }
  const total = batch.created.length + batch.filled.length;
  const label = `Taking back ${batch.fileName}`;
  await working(label, false, async () => {
    const result = await undoImport(data, batch, (done) => set({ busy: { label, done, total, canCancel: false } }));
    if (!result.ok) showProblem(result.error.message);
    else showDone(`${batch.created.length.toLocaleString(LOCALE)} imported records are in the trash`);
    const { outcome } = now();
    if (result.ok && outcome?.batch.id === batch.id) set({ outcome: { ...outcome, batch: result.value } });
  });
}
