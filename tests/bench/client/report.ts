// The figures as JSON and as the table in docs/benchmarks.md, between markers.

import { writeBetweenMarkers } from "../markdown-table.ts";
import type { Measure } from "./figures.ts";

export type Report = {
  readonly at: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly measures: readonly Measure[];
  /** Parts that could not be measured, and why. */
  readonly failures: readonly string[];
};

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

export const writeTable = (file: string, report: Report): void => writeBetweenMarkers(file, "client", tableOf(report));
