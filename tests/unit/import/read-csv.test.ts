// CSV to a table: delimiters, quotes, ragged rows, headers; nothing dropped, nothing executed.

import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import { readCsv, writeCsv, type CsvOptions } from "#renderer/features/import/read-csv.ts";

const table = (text: string, options: CsvOptions = {}) => {
  const result = readCsv(text, options);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};
const cells = (text: string, options?: CsvOptions): readonly (readonly string[])[] =>
  table(text, options).rows.map((row) => row.cells);
const names = (text: string): readonly string[] => table(text).columns.map((column) => column.name);

describe("readCsv", () => {
  test.each([",", ";", "\t", "|"])("guesses the delimiter %j", (delimiter) => {
    const text = ["Name,Phone,City", "Harbor,+49 451,Berlin", "Delta,+45 33,Aarhus"]
      .join("\n")
      .replaceAll(",", delimiter);
    expect(table(text)).toMatchObject({ delimiter, header: true });
    expect(cells(text)).toEqual([
      ["Harbor", "+49 451", "Berlin"],
      ["Delta", "+45 33", "Aarhus"],
    ]);
  });

  test("keeps line breaks, delimiters and doubled quotes inside quotes", () => {
    expect(cells('Name,Note\r\n"Harbor, Clinic","two\r\nlines and ""words"""\r\n')).toEqual([
      ["Harbor, Clinic", 'two\r\nlines and "words"'],
    ]);
  });

  test("property: what is quoted by any rules comes back as it was, with any delimiter", () => {
    const seed = 20261123;
    console.info(`seed ${seed}`);
    const text = fc.string({
      unit: fc.constantFrom("a", "é", "9", " ", ",", ";", "\t", "|", '"', "\n", "\r\n", "'", "="),
      maxLength: 12,
    });
    const row = fc.tuple(fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 6 }), text, text);
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(",", ";", "\t", "|"),
        (rows, delimiter) => {
          const written = Papa.unparse([["Name", "Note", "City"], ...rows], { delimiter, quotes: true });
          expect(cells(written, { delimiter, header: true })).toEqual(rows);
        },
      ),
      { seed, numRuns: 300 },
    );
  });

  test("rows of another length stay: short ones are told, long ones wait for a decision", () => {
    const read = table("Name,Phone,City\nShort\nLong,1,2,3\nRight,1,2\nTrailing,1,2,\n");
    expect(read.rows).toHaveLength(4);
    expect(read.rows[0]).toEqual({ number: 2, cells: ["Short", "", ""] });
    expect(read.rows[1]?.problem).toMatch(/4 values, the others have 3/);
    expect(read.rows[3]?.problem).toBeUndefined();
    expect(read.notes.join(" ")).toMatch(/1 row has fewer values/);
  });

  test("rows are numbered as a spreadsheet numbers them, blank ones counted and left out", () => {
    expect(table("Name,City\n\nHarbor,Berlin\n,\nDelta,Aarhus").rows.map((row) => row.number)).toEqual([3, 5]);
  });

  test("a header is recognised, and its absence too", () => {
    expect(table("Name,Phone\nHarbor,+49 451 88200").header).toBe(true);
    expect(table("Firma;Umsatz\nHarbor;1.200,50").header).toBe(true);
    expect(table("Harbor,+49 451 88200\nDelta,+45 33").header).toBe(false);
    expect(table("rosa@lind.example,Rosa\nbo@lind.example,Bo").header).toBe(false);
    expect(table("Name,Phone\nHarbor,1", { header: false }).rows).toHaveLength(2);
  });

  test("empty and repeated names get a number; __proto__ is never a name", () => {
    expect(names("Name,,Name,__proto__,constructor\na,b,c,d,e")).toEqual([
      "Name",
      "Column 2",
      "Name (2)",
      "Column 4",
      "Column 5",
    ]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("an open quotation mark is told at its row", () => {
    const read = table('Name,Note\nHarbor,fine\nDelta,"open\nAurora,swallowed\n');
    expect(read.rows.map((row) => row.cells[0])).toEqual(["Harbor", "Delta"]);
    expect(read.rows[1]?.problem).toMatch(/never closed/);
  });

  test("a cell over 1 MB stays in the table with a sentence", () => {
    const read = table(`Name,Note\nHarbor,${"x".repeat(1024 * 1024 + 1)}\nDelta,fine`);
    expect(read.rows[0]?.problem).toMatch(/larger than 1 MB/);
    expect(read.rows[1]?.problem).toBeUndefined();
  });

  test("1,000 columns are read, 1,001 refused with a sentence", () => {
    const wide = (count: number): string =>
      [0, 1]
        .map((row) => Array.from({ length: count }, (_, index) => `${row === 0 ? "c" : "v"}${index}`).join(","))
        .join("\n");
    expect(table(wide(1000), { header: true }).columns).toHaveLength(1000);
    const refused = readCsv(wide(1001));
    expect(!refused.ok && refused.error.message).toMatch(/1001 columns/);
  });

  test("a header alone, and nothing at all, are said", () => {
    const header = readCsv("Name,Phone\n");
    expect(header.ok || header.error.message).toMatch(/no rows|no rows under it|header/);
    const blank = readCsv("\n,\n");
    expect(!blank.ok && blank.error.message).toMatch(/no rows/);
  });

  test("a byte order mark and Excel's sep= line are no data", () => {
    expect(names("\uFEFFsep=;\nName;City\nHarbor;Berlin")).toEqual(["Name", "City"]);
  });
});

describe("writeCsv", () => {
  test("cells that a spreadsheet would run get an apostrophe", () => {
    const written = writeCsv([["=1+1", "+49 451", "-5", "@SUM(A1)", "\tx", "\rx", "plain"]]);
    const back = Papa.parse<string[]>(written.replace("\uFEFF", "")).data[0];
    expect(back).toEqual(["'=1+1", "'+49 451", "'-5", "'@SUM(A1)", "'\tx", "'\rx", "plain"]);
  });
});
