// npm run bench:relay: the relay beside the relays that others built, with the same work for each, by turns, on this machine.
//
//   -- --only=fanout,catchup,idle,durability,acks,restart,rights,rules   parts to measure
//      --targets=drawbridge-feed,yws-1.5                     servers to measure
//      --runs=5 --shapes=20x5,1x50 --documents=1000,10000,100000 --gigabytes=1
//      --scratch=FOLDER   where peers are installed and large folders are kept (default: in the temporary folder)
//      --add              adds the runs to those that stand there: a long measurement in pieces
//      --out=FILE         where the figures go instead; without it, a part measured beside peers replaces its own table

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { assert } from "#shared/model/result.ts";
import { writeBetweenMarkers, writeJson } from "./markdown-table.ts";
import { measureAcks } from "./relay/acks.ts";
import { measureCatchUp } from "./relay/catch-up.ts";
import { projectRoot } from "./relay/drawbridge-targets.ts";
import { measureDurability } from "./relay/durability.ts";
import { measureFanOut, type FanOutShape } from "./relay/fan-out.ts";
import { measureIdle } from "./relay/idle.ts";
import { measureRights } from "./relay/rights.ts";
import { tableOf, type Measured, type PartReport, type Run } from "./relay/relay-report.ts";
import { measureRestart } from "./relay/restart.ts";
import { measureShareRules } from "./relay/share-rules.ts";
import { targetsIn, type Target } from "./relay/targets.ts";

const parts = ["fanout", "catchup", "idle", "durability", "acks", "restart", "rights", "rules"] as const;
type Part = (typeof parts)[number];
/** Measured of our relay only, beside itself or a goal. */
const ownParts = ["acks", "restart", "rights", "rules"] as const satisfies readonly Part[];

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: parts.join(",") },
    targets: { type: "string", default: "" },
    runs: { type: "string", default: "5" },
    shapes: { type: "string", default: "20x5,1x50" },
    documents: { type: "string", default: "1000,10000,100000" },
    gigabytes: { type: "string", default: "1" },
    scratch: { type: "string", default: path.join(tmpdir(), "drawbridge-bench-peers") },
    add: { type: "boolean", default: false },
    out: { type: "string", default: "" },
  },
});

/** Beyond this many documents the peers take minutes: ours alone. */
const PEER_DOCUMENTS = 10_000;
/** A hot document delivers ten times as much for an edit. */
const RATES: Readonly<Record<string, Pick<FanOutShape, "rates" | "startRate">>> = {
  "20x5": { rates: [500, 3_000, 12_000], startRate: 4_000 },
};
const OTHER_RATES = { rates: [500, 3_000], startRate: 1_000 };

const list = (text: string): string[] => text.split(",").filter((each) => each !== "");
const wanted = list(options.only);
assert(
  wanted.every((part) => parts.some((known) => known === part)),
  `--only takes ${parts.join(", ")}`,
);
mkdirSync(options.scratch, { recursive: true });
const known = targetsIn(options.scratch);
const names = options.targets === "" ? Object.keys(known) : list(options.targets);
const targets = names.map((name): Target => {
  const target = known[name];
  assert(target !== undefined, `--targets takes ${Object.keys(known).join(", ")}`);
  return target();
});

function shapeOf(text: string): FanOutShape {
  const [documents = 0, clients = 0] = text.split("x").map(Number);
  assert(documents > 0 && clients > 1, `${text} is no shape such as 20x5`);
  return { documents, clients, ...(RATES[text] ?? OTHER_RATES) };
}

let runs: Run[] = [];
let failures: string[] = [];
let hasFailed = false;

async function take(target: Target, run: number, part: Part, measure: () => Promise<Measured>): Promise<void> {
  try {
    const measured = await measure();
    runs.push({ ...measured, target: target.name, run });
    console.log(`${target.name} ${part} run ${run + 1}: ${JSON.stringify(measured.result)}`);
  } catch (error) {
    failures.push(`${target.name} ${part} run ${run + 1}: ${error instanceof Error ? error.message : String(error)}`);
    hasFailed = true;
    console.error(failures.at(-1));
  }
}

async function measureTarget(target: Target, run: number, part: Part): Promise<void> {
  switch (part) {
    case "fanout":
      for (const shape of list(options.shapes))
        await take(target, run, part, async () => ({
          part,
          shape,
          result: await measureFanOut(target, shapeOf(shape)),
        }));
      return;
    case "catchup":
      for (const documents of list(options.documents).map(Number)) {
        if (documents > PEER_DOCUMENTS && target.name !== "drawbridge-feed") continue;
        await take(target, run, part, async () => ({ part, result: await measureCatchUp(target, documents) }));
      }
      return;
    case "idle":
      return take(target, run, part, async () => ({ part, result: await measureIdle(target) }));
    case "durability":
      return take(target, run, part, async () => ({ part, result: await measureDurability(target) }));
    case "acks":
      // A peer's ack says nothing about its disk.
      if (target.name !== "drawbridge-feed") return;
      return take(target, run, part, async () => ({ part, result: await measureAcks(target) }));
    case "rights":
      if (target.name !== "drawbridge-feed") return;
      return take(target, run, part, async () => ({ part, result: await measureRights(target) }));
    case "rules":
      // Within the relay: no peer has them.
      if (target.name !== "drawbridge-feed") return;
      return take(target, run, part, async () => ({ part, result: measureShareRules() }));
    case "restart":
      if (target.name !== "drawbridge-feed") return;
      return take(target, run, part, async () => ({
        part,
        result: await measureRestart(target, options.scratch, Number(options.gigabytes)),
      }));
  }
}

const load = (): string => (loadavg()[0] ?? 0).toFixed(1);
const count = Number(options.runs);
/** Figures of the relay alone say nothing about how it compares. */
const isComparison = targets.some((target) => target.isOurs) && targets.some((target) => !target.isOurs);
const isOwn = wanted.every((part) => ownParts.some((own) => own === part));
const isWhole = (isComparison || isOwn) && options.out === "";
const file = options.out === "" ? path.join(projectRoot, "tests/bench/results/relay.json") : path.resolve(options.out);
type Results = Partial<Record<Part, PartReport>>;
// Written by this bench itself.
const results: Results = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Results) : {};

async function measurePart(part: Part): Promise<PartReport> {
  const loadBefore = load();
  const before = options.add ? results[part] : undefined;
  const done = Number(before?.machine["runs"] ?? 0);
  runs = [];
  failures = [];
  // By turns: what else happens on the machine falls on all of them.
  for (let run = done; run < done + count; run++) for (const target of targets) await measureTarget(target, run, part);
  return {
    at: new Date().toISOString(),
    machine: {
      cores: cpus().length,
      memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
      node: process.versions.node,
      commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: projectRoot }).toString().trim(),
      runs: done + count,
      "load before": loadBefore,
      "load after": load(),
    },
    runs: [...(before?.runs ?? []), ...runs],
    failures: [...(before?.failures ?? []), ...failures],
  };
}

for (const part of parts) {
  if (!wanted.includes(part)) continue;
  const report = await measurePart(part);
  results[part] = report;
  console.log(`\n${tableOf(report)}\n`);
  if (isWhole || options.out !== "") writeJson(file, results);
}
if (isWhole) {
  const tables = parts.flatMap((part) => (results[part] === undefined ? [] : [tableOf(results[part])]));
  writeBetweenMarkers(path.join(projectRoot, "docs/benchmarks.md"), "relay", tables.join("\n\n"));
}
process.exit(hasFailed ? 1 : 0);
