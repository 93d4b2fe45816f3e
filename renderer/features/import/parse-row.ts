// One row of the file to the values of one record, field kind by field kind. A text that cannot be read becomes a
// problem with its sentence; the row waits until it is put right or left out.

import { parseField } from "#shared/model/field-kinds.ts";
import { fold, type FieldValue } from "#shared/model/field-value.ts";
import { guessOption, writePlainly } from "./column-formats.ts";
import { findTarget, importTargets, type ImportTarget } from "./import-targets.ts";
import type { CellProblem, ColumnChoice, ImportRow, ImportType, Values } from "./import-types.ts";

export type ParsedRow = {
  readonly values: Values;
  /** Relation field -> the name the file gives; the plan turns it into an id. */
  readonly links: Readonly<Record<string, string>>;
  readonly problems: readonly CellProblem[];
  /** Names of people the file gives who are not in the team. */
  readonly unknownPeople: readonly string[];
};

type Cell = { readonly column: number; readonly target: ImportTarget; readonly choice: ColumnChoice };

export type RowParser = (row: ImportRow, fixes: ReadonlyMap<number, string> | undefined) => ParsedRow;

/** "Lind, Rosa" and "Rosa Lind"; a single word is the last name. */
export function splitFullName(text: string): { readonly first: string; readonly last: string } {
  const comma = /^([^,]+),\s*(.+)$/.exec(text);
  if (comma !== null) return { first: comma[2] ?? "", last: comma[1] ?? "" };
  const words = text.split(/\s+/);
  return { first: words.slice(0, -1).join(" "), last: words.at(-1) ?? "" };
}

const collapse = (text: string): string => text.replace(/\s+/g, " ").trim();

class RowBuilder {
  readonly values = new Map<string, FieldValue>();
  readonly links = new Map<string, string>();
  readonly problems: CellProblem[] = [];
  readonly unknownPeople: string[] = [];
  private readonly raw = new Map<string, Map<string, { text: string; cell: Cell }>>();
  private readonly people: ReadonlyMap<string, string>;

  constructor(people: ReadonlyMap<string, string>) {
    this.people = people;
  }

  problem(column: number, label: string, text: string, message: string): void {
    this.problems.push({ column, label, text: text.slice(0, 200), message });
  }

  private parse(target: ImportTarget, cell: Cell, input: unknown, text: string): void {
    const parsed = parseField(input, target.spec);
    if (!parsed.ok) this.problem(cell.column, target.spec.label, text, parsed.error.message);
    else if (parsed.value !== null) this.values.set(target.field, parsed.value);
  }

  /** The option chosen for this text, or known for it; null leaves the field empty. */
  private option(cell: Cell, text: string): string | null {
    const chosen = cell.choice.options?.get(fold(text));
    return chosen === undefined ? (guessOption(text, cell.target.spec) ?? text) : chosen;
  }

  add(cell: Cell, given: string): void {
    const { target, choice } = cell;
    const text = given.trim();
    if (text === "") return;
    if (target.part === "fullName") {
      const { first, last } = splitFullName(collapse(text));
      if (first !== "") this.values.set("firstName", first);
      this.parse(target, cell, last, text);
    } else if (target.part !== undefined || target.spec.kind === "money") {
      const parts = this.raw.get(target.field) ?? new Map<string, { text: string; cell: Cell }>();
      parts.set(target.part ?? "whole", { text, cell });
      this.raw.set(target.field, parts);
    } else if (target.spec.kind === "relation") {
      this.links.set(target.field, collapse(text).slice(0, 2000));
    } else if (target.spec.kind === "person") {
      const id = this.people.get(fold(text));
      if (id === undefined) this.unknownPeople.push(text);
      else this.values.set(target.field, id);
    } else if (target.spec.kind === "choice") {
      const option = this.option(cell, text);
      if (option !== null) this.parse(target, cell, option, text);
    } else if (target.spec.kind === "longText") {
      const before = this.values.get(target.field);
      this.parse(target, cell, typeof before === "string" ? `${before}\n${text}` : text, text);
    } else {
      this.parse(target, cell, writePlainly(text, target.spec, choice), text);
    }
  }

  /** Fields made of several columns: addresses, and amounts with their currency. */
  finishParts(): void {
    for (const [, parts] of this.raw) {
      const whole = parts.get("whole");
      const first = whole ?? [...parts.values()][0];
      if (first === undefined) continue;
      const { cell } = first;
      if (cell.target.spec.kind === "money") {
        if (whole === undefined) continue;
        const currency = parts.get("currency")?.text;
        const choice = currency === undefined ? cell.choice : { ...cell.choice, currency };
        this.parse(cell.target, cell, writePlainly(whole.text, cell.target.spec, choice), whole.text);
      } else {
        this.parse(
          cell.target,
          cell,
          Object.fromEntries([...parts].map(([part, { text }]) => [part, text])),
          first.text,
        );
      }
    }
  }
}

const emptyRow = (problem: CellProblem): ParsedRow => ({
  values: {},
  links: {},
  problems: [problem],
  unknownPeople: [],
});

/** `people`: folded name -> member id. */
export function createRowParser(
  type: ImportType,
  choices: readonly ColumnChoice[],
  people: ReadonlyMap<string, string>,
): RowParser {
  const cells = choices.flatMap((choice, column): Cell[] => {
    const target = findTarget(type, choice.target);
    return target === undefined ? [] : [{ column, target, choice }];
  });
  const required = importTargets(type).filter((target) => target.spec.required === true && target.part === undefined);
  return (row, fixes) => {
    if (row.problem !== undefined && fixes?.has(-1) !== true) {
      return emptyRow({ column: -1, label: "Row", text: "", message: row.problem });
    }
    const builder = new RowBuilder(people);
    for (const cell of cells) builder.add(cell, fixes?.get(cell.column) ?? row.cells[cell.column] ?? "");
    builder.finishParts();
    for (const { field, spec } of required) {
      const source = cells.find((cell) => cell.target.field === field);
      const isTold = builder.problems.some((problem) => problem.column === source?.column);
      if (!builder.values.has(field) && !isTold)
        builder.problem(source?.column ?? -1, spec.label, "", `${spec.label} cannot be empty.`);
    }
    return {
      values: Object.fromEntries(builder.values),
      links: Object.fromEntries(builder.links),
      problems: builder.problems,
      unknownPeople: builder.unknownPeople,
    };
  };
}
