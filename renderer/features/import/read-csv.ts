// CSV text to a table. Nothing is dropped silently: rows of another length, open quotation marks and oversized cells
// stay in the table with a sentence, and headers are only ever labels.

import Papa from "papaparse";
import { fold } from "#shared/model/field-value.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import { isKnownHeader } from "./column-aliases.ts";
import type { ImportColumn, ImportRow, ImportTable } from "./import-types.ts";

const MAX_COLUMNS = 1000;
const MAX_CELL = 1024 * 1024;

export type CsvOptions = { readonly header?: boolean; readonly delimiter?: string };

const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === "");

/** A header has words only: no empty-looking numbers, dates or addresses, and no value that comes back below it. */
function looksLikeHeader(first: readonly string[], rest: readonly (readonly string[])[]): boolean {
  const named = first.filter((cell) => cell.trim() !== "");
  if (named.length === 0) return false;
  if (named.filter((cell) => isKnownHeader(cell)).length >= Math.max(1, named.length / 4)) return true;
  if (named.some((cell) => /^[\d\s.,+()/:-]+$|@.+\./.test(cell.trim()) || cell.length > 80)) return false;
  const below = rest.slice(0, 20);
  // A column of numbers under a word: the word is its name.
  const numberBelow = first.some((cell, column) => {
    const values = below.map((cells) => cells[column]?.trim() ?? "").filter((value) => value !== "");
    return cell.trim() !== "" && values.length > 0 && values.every((value) => /\d/.test(value));
  });
  return numberBelow || new Set(named.map(fold)).size === named.length;
}

/** Empty and repeated names get a number; names that mean something to the language itself are set apart. */
function nameColumns(header: readonly string[] | undefined, width: number): string[] {
  const taken = new Set<string>();
  return Array.from({ length: width }, (_, index) => {
    const given = (header?.[index] ?? "").replace(/\s+/g, " ").trim().slice(0, 120);
    const plain = given === "" || given === "__proto__" || given === "constructor" || given === "prototype";
    const base = plain ? `Column ${index + 1}` : given;
    let name = base;
    for (let count = 2; taken.has(name); count += 1) name = `${base} (${count})`;
    taken.add(name);
    return name;
  });
}

function toColumns(names: readonly string[], rows: readonly ImportRow[]): ImportColumn[] {
  return names.map((name, index) => {
    const samples: string[] = [];
    let filled = 0;
    for (const row of rows) {
      const text = row.cells[index]?.trim() ?? "";
      if (text === "") continue;
      filled += 1;
      if (samples.length < 3 && !samples.includes(text)) samples.push(text.slice(0, 120));
    }
    return { name, samples, filled };
  });
}

function rowProblem(cells: readonly string[], width: number, quotes: string | undefined): string | undefined {
  if (quotes !== undefined) return quotes;
  const extra = cells.slice(width);
  if (!isBlank(extra))
    return `This row has ${cells.length} values, the others have ${width}. Values may have slipped into wrong columns.`;
  if (cells.some((cell) => cell.length > MAX_CELL))
    return "A value of this row is larger than 1 MB. Shorten it in the file.";
  return undefined;
}

function widthOf(all: readonly { readonly cells: readonly string[] }[], header: readonly string[] | undefined): number {
  if (header !== undefined) return header.length;
  const counts = new Map<number, number>();
  for (const { cells } of all) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [1, 0])[0];
}

/** Trailing empty header cells are commas at the end of a line, unless some row fills them. */
function trimHeader(
  header: readonly string[],
  rows: readonly { readonly cells: readonly string[] }[],
): readonly string[] {
  let width = header.length;
  while (
    width > 1 &&
    header[width - 1]?.trim() === "" &&
    rows.every(({ cells }) => (cells[width - 1] ?? "").trim() === "")
  )
    width -= 1;
  return header.slice(0, width);
}

export function readCsv(text: string, options: CsvOptions = {}): Result<ImportTable, { readonly message: string }> {
  const parsed = Papa.parse<string[]>(text.replace(/^\uFEFF/, "").replace(/^sep=(.)\r?\n/, ""), {
    delimiter: options.delimiter ?? /^\uFEFF?sep=(.)\r?\n/.exec(text)?.[1] ?? "",
    delimitersToGuess: [",", ";", "\t", "|"],
  });
  const quotes = new Map<number, string>();
  for (const problem of parsed.errors) {
    if (problem.type !== "Quotes" || problem.row === undefined) continue;
    quotes.set(
      problem.row,
      problem.code === "MissingQuotes"
        ? "A quotation mark is opened here and never closed, so the rest of the file ended up in this row. Close it in the file."
        : "A quotation mark stands in the middle of a value here. Write it twice in the file.",
    );
  }
  const all = parsed.data
    .map((cells, index) => ({ cells, number: index + 1, quotes: quotes.get(index) }))
    .filter(({ cells }) => !isBlank(cells));
  const first = all[0];
  if (first === undefined)
    return err({ message: "This file has no rows. Export it again and check that it holds values." });
  const hasHeader =
    options.header ??
    looksLikeHeader(
      first.cells,
      all.slice(1).map(({ cells }) => cells),
    );
  const body = hasHeader ? all.slice(1) : all;
  if (body.length === 0)
    return err({ message: "This file has a header but no rows under it. Export it again with its rows." });
  const header = hasHeader ? trimHeader(first.cells, body) : undefined;
  const width = widthOf(body, header);
  if (width > MAX_COLUMNS) {
    return err({
      message: `This file has ${width} columns; up to 1,000 can be imported. Leave out what you do not need and export again.`,
    });
  }
  let short = 0;
  const rows = body.map(({ cells, number, quotes: broken }): ImportRow => {
    const problem = rowProblem(cells, width, broken);
    if (cells.length < width) short += 1;
    // Extra cells stay behind the last column, so that the download of unreadable rows gives them back.
    const padded = cells.length < width ? [...cells, ...Array.from({ length: width - cells.length }, () => "")] : cells;
    return problem === undefined ? { number, cells: padded } : { number, cells: padded, problem };
  });
  const notes: string[] = [];
  if (short > 0)
    notes.push(
      `${short} ${short === 1 ? "row has" : "rows have"} fewer values than columns; the missing ones are read as empty.`,
    );
  return ok({
    kind: "csv",
    columns: toColumns(nameColumns(header, width), rows),
    rows,
    notes,
    header: hasHeader,
    delimiter: parsed.meta.delimiter,
  });
}

/** Cells that a spreadsheet would run as a formula get an apostrophe in front. */
const safeCell = (cell: string): string => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);

export const writeCsv = (rows: readonly (readonly string[])[]): string =>
  `\uFEFF${Papa.unparse(
    rows.map((cells) => cells.map(safeCell)),
    { newline: "\r\n" },
  )}\r\n`;
