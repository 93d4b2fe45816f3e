// The figures as JSON and as the table in docs/benchmarks.md, between markers.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { assert } from "#shared/model/result.ts";
import type { Measure } from "./figures.ts";

export type Report = {
  readonly at: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly measures: readonly Measure[];
  /** Parts that could not be measured, and why. */
  readonly failures: readonly string[];
};

const BEGIN = "<!-- client:begin -->";
const END = "<!-- client:end -->";

const verdict = ({ met }: Measure): string => (met === undefined ? "" : met ? "met" : "**not met**");

export function tableOf({ at, machine, measures, failures }: Report): string {
  const facts = Object.entries(machine).map(([name, value]) => `${name} ${value}`);
  return [
    `Measured ${at.slice(0, 16).replace("T", " ")} UTC: ${facts.join(", ")}.`,
    "",
    "| metric | goal | measured | |",
    "|---|---|---|---|",
    ...measures.map((one) => `| ${one.metric} | ${one.goal} | ${one.measured} | ${verdict(one)} |`),
    ...failures.map((failure) => `\nNot measured, ${failure}.`),
  ].join("\n");
}

export function writeJson(file: string, report: Report): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
}

export function writeTable(file: string, report: Report): void {
  const text = readFileSync(file, "utf8");
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  assert(begin >= 0 && end > begin, `${file} has the two markers of the client table`);
  writeFileSync(file, `${text.slice(0, begin + BEGIN.length)}\n${tableOf(report)}\n${text.slice(end)}`);
}
