// Medians of the runs, and what they say about the goals: one table, ours beside the peers. Of what is lost or said too early the
// worst run counts: a single one is too many, and no median would show it.

import { median } from "../client/figures.ts";
import type { Acks } from "./acks.ts";
import type { CatchUp } from "./catch-up.ts";
import type { Durability } from "./durability.ts";
import type { FanOut } from "./fan-out.ts";
import type { Idle } from "./idle.ts";
import type { Restart } from "./restart.ts";
import type { Rights } from "./rights.ts";
import type { ShareRules } from "./share-rules.ts";

export type Measured =
  | { readonly part: "fanout"; readonly shape: string; readonly result: FanOut }
  | { readonly part: "catchup"; readonly result: CatchUp }
  | { readonly part: "idle"; readonly result: Idle }
  | { readonly part: "durability"; readonly result: readonly Durability[] }
  | { readonly part: "acks"; readonly result: Acks }
  | { readonly part: "restart"; readonly result: Restart }
  | { readonly part: "rights"; readonly result: Rights }
  | { readonly part: "rules"; readonly result: ShareRules };

export type Run = Measured & { readonly target: string; readonly run: number };

/** One part of the bench, all of it measured in one go. */
export type PartReport = {
  readonly at: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly runs: readonly Run[];
  /** What could not be measured, and why. */
  readonly failures: readonly string[];
};

/** One figure of one target. */
type Figure = { readonly metric: string; readonly unit: string; readonly value: number; readonly isWorst?: boolean };

const round = (value: number): string => {
  if (!Number.isFinite(value)) return "-";
  if (value >= 1_000) return Math.round(value).toLocaleString("en-GB");
  if (value >= 10) return value.toFixed(value >= 100 ? 0 : 1);
  return value === 0 || value >= 0.1 ? value.toFixed(2) : value.toPrecision(2);
};

function figuresOf(run: Run): readonly Figure[] {
  const figure = (metric: string, unit: string, value: number): Figure => ({ metric, unit, value });
  const worst = (metric: string, unit: string, value: number): Figure => ({ metric, unit, value, isWorst: true });
  switch (run.part) {
    case "fanout": {
      const { steps, best } = run.result;
      const of = (what: string): string => `${what}, ${run.shape}`;
      return [
        figure(of("delivered at p99 <= 100 ms"), "/s", best?.deliveredPerSecond ?? 0),
        ...steps
          .slice(0, 1)
          .flatMap((light) => [
            figure(of(`edit -> seen p50, ${light.rate} edits/s`), "ms", light.p50),
            figure(of(`edit -> seen p99, ${light.rate} edits/s`), "ms", light.p99),
          ]),
        ...steps.map(({ rate, cpuPer10k }) => figure(of(`CPU per 10k delivered, ${rate} edits/s`), "s", cpuPer10k)),
        figure(of("CPU per 10k delivered, at the maximum"), "s", best?.cpuPer10k ?? Number.NaN),
      ];
    }
    case "catchup": {
      const { documents, cold, warm, afterStart, idleCpuPercent } = run.result;
      const of = (what: string): string => `${what}, ${documents.toLocaleString("en-GB")} documents`;
      return [
        figure(of("cold catch-up"), "ms", cold.ms),
        figure(of("cold catch-up"), "bytes", cold.bytes),
        figure(of("warm reconnect, 1 % changed"), "ms", warm.ms),
        figure(of("warm reconnect, 1 % changed"), "bytes", warm.bytes),
        ...(afterStart === undefined
          ? []
          : [
              figure(of("cold catch-up of a server that was just started"), "ms", afterStart.ms),
              figure(of("cold catch-up of a server that was just started"), "bytes", afterStart.bytes),
            ]),
        worst(of("reported synced while empty"), "documents", (afterStart ?? cold).syncedWhileEmpty),
        figure(of("CPU while idle"), "%", idleCpuPercent),
      ];
    }
    case "idle":
      return [
        figure("memory per idle connection", "kB", run.result.kBPerConnection),
        figure("memory per idle connection with a document of its own", "kB", run.result.kBWithOwnDocument),
        figure("memory per further idle connection, 2,000 more", "kB", run.result.kBPerFurther),
        figure("CPU with 1,000 idle connections", "%", run.result.cpuPercent),
      ];
    case "durability":
      return run.result.map(({ window, of, lost }) =>
        worst(`lost of ${of}, killed ${window}, in the worst run`, "", lost),
      );
    case "acks": {
      const { light, loaded, whileFolding } = run.result;
      return [
        figure("ack p50", "ms", light.p50),
        figure("ack p99", "ms", light.p99),
        figure("ack p99, 1,000 edits/s on other documents", "ms", loaded.p99),
        figure("ack p99, the same while their log is folded", "ms", whileFolding.p99),
      ];
    }
    case "rights": {
      const { checked, unchecked, catchUps } = run.result;
      return [
        figure("CPU per 10k delivered, 3000 edits/s, rights checked", "s", checked),
        figure("the same with every right granted", "s", unchecked),
        figure("what checking rights costs", "%", (checked / unchecked - 1) * 100),
        ...catchUps.flatMap((one) => {
          const of = (what: string): string => `${what}, ${one.documents.toLocaleString("en-GB")} documents`;
          return [
            figure(of("cold catch-up, rights checked"), "ms", one.checked),
            figure(of("the same with every right granted"), "ms", one.unchecked),
            figure(of("what checking rights costs"), "%", (one.checked / one.unchecked - 1) * 100),
          ];
        }),
      ];
    }
    case "rules":
      return [
        figure("1,000 share rules against one changed record of 10,000, CPU in the mean", "ms", run.result.cpu),
        figure("the same, p99 (goal 5)", "ms", run.result.p99),
      ];
    case "restart":
      return [
        figure(
          `first client served after a restart, log of ${run.result.gigabytes} GB`,
          "ms",
          run.result.servesAfterMs,
        ),
      ];
  }
}

/** Rows are figures, columns are targets, cells are medians, or the worst. */
export function tableOf({ at, machine, runs, failures }: PartReport): string {
  const targets = [...new Set(runs.map((run) => run.target))];
  const rows = new Map<string, Map<string, number[]>>();
  const showsWorst = new Set<string>();
  for (const run of runs) {
    for (const { metric, unit, value, isWorst } of figuresOf(run)) {
      const name = unit === "" ? metric : `${metric} (${unit})`;
      if (isWorst === true) showsWorst.add(name);
      const cells = rows.get(name) ?? new Map<string, number[]>();
      rows.set(name, cells.set(run.target, [...(cells.get(run.target) ?? []), value]));
    }
  }
  const facts = Object.entries(machine).map(([name, value]) => `${name} ${value}`);
  const cell = (name: string, values: readonly number[] | undefined): string =>
    values === undefined ? "" : round(showsWorst.has(name) ? Math.max(...values) : median(values));
  return [
    `Measured ${at.slice(0, 16).replace("T", " ")} UTC: ${facts.join(", ")}.`,
    "",
    `| metric | ${targets.join(" | ")} |`,
    `|---|${targets.map(() => "---").join("|")}|`,
    ...[...rows].map(
      ([name, cells]) => `| ${name} | ${targets.map((target) => cell(name, cells.get(target))).join(" | ")} |`,
    ),
    ...failures.map((failure) => `\nNot measured, ${failure}.`),
  ].join("\n");
}
