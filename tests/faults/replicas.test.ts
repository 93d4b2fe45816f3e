// R14: networks that cut, repeat and swap, readers that do not read, and a relay that is killed meanwhile. The oracle is a
// document that got every acknowledged update and nothing else.
//
// Each seed is a world of its own: documents, replicas, oracle. Most of what a world does is wait, so many of them share a
// relay, and each kill of it hits all of them in whatever they are doing. One seed alone: NETWORK_SEEDS=1 FAULT_SEED=123.

import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { createRandom, type Random } from "../sync/random.ts";
import { connectAgain, createFeedReplica, type FeedReplica, type NetworkCounts } from "./feed-replica.ts";
import type { Target } from "./load.ts";
import { prepareRelay, setUpRelay, type RelayProcess } from "./relay-process.ts";
import { chance, sizes, timeFor } from "./sizes.ts";

const SEEDS = Number(process.env["NETWORK_SEEDS"] ?? sizes.networkSeeds);
const AT_ONCE = 50;
const STEPS = 120;
/** Each of them hits every world. */
const KILLS = 2;

const pause = async (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const textOf = (doc: Y.Doc | undefined): string => doc?.getText("text/description").toJSON() ?? "";

type Killer = {
  /** Told of every step of every world: after so many of them it strikes. */
  stepped(): void;
  /** While it restarts the relay. */
  restart(): Promise<void> | undefined;
  /** Resolves when it has struck for the last time. */
  over(): Promise<void>;
  /** A world has failed: nobody waits for what its steps would have brought about. */
  giveUp(): void;
  kills(): number;
};

function createKiller(relay: RelayProcess, worlds: number, random: Random): Killer {
  const part = (worlds * STEPS) / KILLS;
  const due = Array.from({ length: KILLS }, (_, kill) => Math.floor(part * (kill + 0.1 + 0.7 * random.next())));
  let steps = 0;
  let kills = 0;
  let restart: Promise<void> | undefined;
  const over = Promise.withResolvers<void>();

  async function strike(): Promise<void> {
    await relay.stop("SIGKILL");
    kills += 1;
    await relay.start();
    restart = undefined;
    if (due.length === 0) over.resolve();
  }

  return {
    stepped() {
      steps += 1;
      if (restart !== undefined || steps < (due[0] ?? Number.POSITIVE_INFINITY)) return;
      due.shift();
      restart = strike();
    },
    restart: () => restart,
    over: () => over.promise,
    giveUp: over.resolve,
    kills: () => kills,
  };
}

type Ran = NetworkCounts & { readonly kills: number };

const hasKey = ({ docs }: FeedReplica, docId: string, key: string): boolean =>
  docs.get(docId)?.getMap("fields").has(key) === true;

/** Where it got lost: what the replica was sent, and what the relay has for somebody new. */
async function explain(replica: FeedReplica, fresh: FeedReplica, docId: string, wanted: Y.Doc): Promise<string> {
  await connectAgain(fresh);
  const missing = [...wanted.getMap("fields").keys()].filter((key) => !hasKey(replica, docId, key));
  const isThere = missing.filter((key) => hasKey(fresh, docId, key));
  const waitsFor = [...(replica.docs.get(docId)?.store.pendingStructs?.missing ?? [])].map((each) => each.join(":"));
  const unseen = [...fresh.trace.seen].filter((seq) => !replica.trace.seen.has(seq));
  fresh.disconnect();
  return [
    `${docId} lacks ${missing.join(" ")}; somebody new has ${isThere.length} of these ${missing.length}`,
    `It waits for ${waitsFor.join(" ") || "nothing"}; under these numbers it was sent nothing: ${unseen.join(" ")}`,
    `replica: ${replica.trace.story()}`,
    `somebody new: ${fresh.trace.story()}\n`,
  ].join("\n");
}

/** What one seed goes through. Throws when a replica is told to be in step too early, or is not what the oracle is. */
async function runWorld(target: Target, random: Random, killer: Killer): Promise<Ran> {
  const metas = ["a", "b", "c"].map(() => ({
    space: target.space,
    type: "company",
    recordId: newId(),
    facet: "internal",
  }));
  const oracle = new Map(metas.map((meta) => [docIdOf(meta.recordId, meta.facet), new Y.Doc()]));
  const only = new Set(oracle.keys());
  const problems: Error[] = [];
  const onProblem = (problem: Error): void => void problems.push(problem);
  const onAcked = (docId: string, update: Uint8Array): void => {
    const doc = oracle.get(docId);
    if (doc !== undefined) Y.applyUpdate(doc, update);
  };
  const counts = { cuts: 0, doubled: 0, reordered: 0 };
  const replicas = Array.from({ length: 4 }, () =>
    createFeedReplica(target, random, { onAcked, only, onProblem, counts }),
  );

  /** Whoever is told to be in step holds all that was acknowledged before it asked. */
  async function getInStep(replica: FeedReplica): Promise<void> {
    if (replica.isOnline()) return;
    const before = [...oracle].map(([docId, doc]) => ({ docId, keys: [...doc.getMap("fields").keys()] }));
    await connectAgain(replica);
    if (!replica.isOnline()) return;
    for (const { docId, keys } of before) {
      const missing = keys.filter((key) => !hasKey(replica, docId, key));
      if (missing.length > 0) await report(replica, docId);
      expect(missing, `in step without, of ${docId}`).toEqual([]);
    }
  }

  async function report(replica: FeedReplica, docId: string): Promise<void> {
    const fresh = createFeedReplica(target, random, { only });
    process.stdout.write(await explain(replica, fresh, docId, oracle.get(docId) ?? new Y.Doc()));
  }

  try {
    for (const replica of replicas) await getInStep(replica);
    for (let step = 0; step < STEPS; step += 1) {
      // Whoever is quick is hit as often as the others.
      if (step === STEPS - 1) await killer.over();
      // Some go on for a few steps while it is away, and notice nothing or keep what they write.
      if (random.chance(0.3)) await killer.restart();
      killer.stepped();
      const replica = random.pick(replicas);
      const dice = random.below(100);
      if (dice < 80) {
        replica.edit(random.pick(metas), (doc) => {
          doc.getMap("fields").set(`k${step}`, random.below(1_000));
          const text = doc.getText("text/description");
          if (text.length > 5 && random.chance(0.3)) text.delete(random.below(text.length - 2), 2);
          else text.insert(random.below(text.length + 1), `w${step} `);
        });
      } else if (dice < 87) replica.disconnect();
      else if (dice < 95) await getInStep(replica);
      else if (dice < 98) {
        replica.setReading(false);
        setTimeout(() => replica.setReading(true), random.below(100));
      } else {
        const fresh = createFeedReplica(target, random, { only, onProblem });
        await getInStep(fresh);
        fresh.disconnect();
      }
      if (random.chance(0.2)) await pause(random.below(15));
    }
    const ran = { ...counts, kills: killer.kills() };
    const end = Date.now() + 20_000;
    while (Date.now() < end && replicas.some((replica) => replica.unanswered() > 0 || !replica.isOnline())) {
      for (const replica of replicas) {
        replica.setReading(true);
        await getInStep(replica);
      }
      await pause(20);
    }
    expect(
      replicas.map((replica) => replica.unanswered()),
      "everything is answered",
    ).toEqual(replicas.map(() => 0));
    // A last round trip: whatever was on its way is there.
    for (const replica of replicas) {
      replica.disconnect();
      await getInStep(replica);
    }
    expect(problems).toEqual([]);
    for (const [docId, wanted] of oracle) {
      for (const [index, replica] of replicas.entries()) {
        const contents = (doc: Y.Doc | undefined) => [doc?.getMap("fields").toJSON() ?? {}, textOf(doc)];
        const have = contents(replica.docs.get(docId));
        if (!isDeepStrictEqual(have, contents(wanted))) await report(replica, docId);
        expect(have, `replica ${index}`).toEqual(contents(wanted));
      }
    }
    return ran;
  } finally {
    for (const replica of replicas) replica.disconnect();
  }
}

test(
  `R14 P1 P2 ${SEEDS} seeds: cuts, kills, restarts, frames that come twice or in another order, slow readers; all replicas equal the oracle, none is in step while it is empty`,
  { timeout: timeFor(SEEDS, 5) },
  async ({ onTestFinished }) => {
    const first = chance("R14").seed;
    const work = mkdtempSync(join(tmpdir(), "drawbridge-network-"));
    const prepared = await prepareRelay(join(work, "prepared"));
    onTestFinished(() => prepared.stop("SIGKILL"));
    await prepared.start();
    const owner = await setUpRelay(prepared.address);
    await prepared.stop("SIGTERM");
    const ran: Ran[] = [];
    for (let begin = 0; begin < SEEDS; begin += AT_ONCE) {
      const seeds = Array.from({ length: Math.min(AT_ONCE, SEEDS - begin) }, (_, index) => first + begin + index);
      // A log of their own: nobody catches up on what other waves wrote.
      const folder = join(work, `from-${begin}`);
      cpSync(prepared.folder, folder, { recursive: true });
      const relay = await prepareRelay(folder);
      onTestFinished(() => relay.stop("SIGKILL"));
      await relay.start();
      const killer = createKiller(relay, seeds.length, createRandom(first + begin));
      const target = { ...owner, address: relay.address };
      const worlds = seeds.map(async (seed) => {
        try {
          ran.push(await runWorld(target, createRandom(seed), killer));
        } catch (error) {
          killer.giveUp();
          throw new Error(`R14: NETWORK_SEEDS=1 FAULT_SEED=${seed}: ${String(error)}`, { cause: error });
        }
      });
      // All of them end before the relay goes.
      for (const result of await Promise.allSettled(worlds)) if (result.status === "rejected") throw result.reason;
      await killer.restart();
      await relay.stop("SIGKILL");
    }
    const least = (of: (each: Ran) => number): number => Math.min(...ran.map(of));
    const mean = (of: (each: Ran) => number): number => ran.reduce((sum, each) => sum + of(each), 0) / ran.length;
    const inWords = (["cuts", "kills", "doubled", "reordered"] as const).map(
      (what) => `${least((each) => each[what])} and ${mean((each) => each[what]).toFixed(1)} ${what}`,
    );
    process.stdout.write(`R14: of each seed at least and on average ${inWords.join(", ")}\n`);
    expect(ran).toHaveLength(SEEDS);
    expect(
      least(({ kills }) => kills),
      "kills of a relay it worked on",
    ).toBe(KILLS);
  },
);
