// R32: random schedules of requests, edits, decisions, offline periods, ended keys, people taken out of the project and let
// in again, and restarts of devices and relay. However they fall, every device and the relay itself come to the same
// statuses, nothing signed is lost and nothing is counted twice. SCHEDULES=50 for a part of the run.

import "#tests/sync/set-up.ts";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import { approvalStatus, decisionOf, requestOf, type Decision, type DecisionKind } from "#shared/model/approvals.ts";
import { checkChain } from "#shared/model/decision-chain.ts";
import type { Seal } from "#shared/model/seals.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import { openClinic, type Clinic } from "#tests/sync/clinic.ts";
import { synced, until, type Device } from "#tests/sync/network.ts";
import type { Random } from "#tests/sync/random.ts";
import { chance, sizes, timeFor } from "./sizes.ts";

const SCHEDULES = Number(process.env["SCHEDULES"] ?? sizes.approvalSchedules);
const STEPS = 14;
/** So many in one project: making one costs more than a schedule, and longer chains cost every check. */
const PER_CLINIC = 25;
const FACET = "client-shared";

const kinds: readonly DecisionKind[] = ["approve", "approve", "requestChanges", "reject", "withdraw", "delegate"];

type Outcome = { readonly id: string; readonly revision: number; readonly seq?: number; readonly outcome: string };

const inWords = (outcomes: readonly Outcome[]): string =>
  outcomes
    .toSorted((left, right) => left.revision - right.revision || (left.seq ?? 0) - (right.seq ?? 0))
    .map(({ revision, id, outcome }) => `${revision} ${id} ${outcome}`)
    .join("\n");

/** What a device says of every revision, and whether everything it holds counts by now. */
async function saidBy(clinic: Clinic, device: Device, about: string): Promise<{ said: string; isWhole: boolean }> {
  const view = await clinic.viewOf(device, about);
  if (view === undefined) return { said: "nothing", isWhole: true };
  const counting = view.decisions.filter((one) => one.delivery.state === "counts");
  const outcomes = view.requests.map((one) => ({ ...one, outcome: approvalStatus(one, counting).outcome }));
  const decided = view.decisions.map((one) => one.id).toSorted();
  return {
    said: `${inWords(outcomes)}\n${decided.join(" ")}`,
    isWhole: counting.length === view.decisions.length && view.delivery.state === "counts",
  };
}

type FromLog = { readonly said: ReadonlyMap<string, string>; readonly decisions: number };

/** The same from the relay's own log, by what is decided on, without any device: chain, seals and the one function. */
async function saidByRelay(clinic: Clinic): Promise<FromLog> {
  const opened = await openSqliteStorage(join(clinic.network.folder, "data"));
  if (!opened.ok) throw new Error(opened.error.message);
  const log = openUpdateLog(opened.value.log);
  const links: string[] = [];
  const seals = new Map<string, Seal>();
  const rows = [...log.documents()]
    .filter(({ meta }) => meta.space === clinic.space && meta.facet === FACET)
    .map(({ docId, meta }) => ({ meta, content: readFacet(openFacetDocument(meta, log.read(docId))) }));
  for (const { meta, content } of rows) {
    const body = content.fields["body"];
    if (meta.type === "chainEntry" && typeof body === "string") links.push(body);
    if (content.seal !== undefined) seals.set(meta.recordId, content.seal);
  }
  const report = await checkChain({ space: clinic.space, facet: FACET, links, seals });
  expect(report.alarms).toEqual([]);
  const sealed = rows.flatMap(({ meta, content }) => {
    const verdict = report.verdicts.get(meta.recordId);
    if (content.seal === undefined) return [];
    expect(verdict?.counts, "what the relay accepted counts").toBe(true);
    const { fields, createdAt = "", createdBy = "" } = content;
    const seq = verdict?.counts === true ? verdict.seq : 0;
    return [{ type: meta.type, id: meta.recordId, fields, createdAt, createdBy, seq }];
  });
  await log.close();
  await opened.value.close();
  const decisions = sealed.filter((row) => row.type === "decision").map(decisionOf);
  const requests = sealed.filter((row) => row.type === "approval").map(requestOf);
  const decidedOn = (ids: ReadonlySet<string>): readonly Decision[] => decisions.filter((one) => ids.has(one.request));
  const said = [...Map.groupBy(requests, (one) => one.about)].map(([about, own]): [string, string] => {
    const outcomes = own.map((one) => ({ ...one, outcome: approvalStatus(one, decisions).outcome }));
    const decided = decidedOn(new Set(own.map((one) => one.id))).map((one) => one.id);
    return [about, `${inWords(outcomes)}\n${decided.toSorted().join(" ")}`];
  });
  return { said: new Map(said), decisions: decisions.length };
}

async function newMilestone({ igor, space }: Clinic, title: string): Promise<string> {
  const made = await igor.data.edit.create({
    type: "milestone",
    space,
    values: { title, targetDate: "2026-05-30", billingAmount: "18,200.00 EUR" },
  });
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value.id;
}

type Ran = { readonly signed: number; readonly refused: number };

/** Runs one schedule on a milestone of its own; resolves with how many decisions were signed, and how many not accepted. */
async function runSchedule(clinic: Clinic, about: string, random: Random): Promise<Ran> {
  const { olga, igor, carla, cem, ids, space, network } = clinic;
  const devices = [igor, carla, cem];
  const approvers = [
    [carla, ids.carla],
    [cem, ids.cem],
  ] as const;
  let signed = 0;
  let isCemIn = true;
  const ask = async (): Promise<void> => {
    const both = random.chance(0.5);
    const [, one] = random.pick(approvers);
    const asked = (both ? approvers.map(([, id]) => id) : [one]).filter((id) => isCemIn || id !== ids.cem);
    const required = both && random.chance(0.5) ? asked.length : 1;
    // Igor may not have heard yet who is in the project.
    if (asked.length > 0) await clinic.ask(asked, { required, about }).catch(noMatter);
  };
  await ask();
  for (let step = 0; step < STEPS; step += 1) {
    const way = random.below(13);
    const decision = random.pick(kinds);
    const [device, deciding] = random.pick(approvers);
    const [any, day, coin] = [random.pick(devices), 1 + random.below(28), random.chance(0.5)];
    if (way < 6) {
      const view = await clinic.viewOf(device, about);
      // To the other client: to who asked it cannot be passed.
      const other = deciding === ids.carla ? ids.cem : ids.carla;
      const delegate = decision === "delegate" ? { delegate: other } : {};
      if (view === undefined) continue;
      const reason = `step ${step}`;
      const made = await device.data.approvals.decide({ request: view.request.id, decision, reason, ...delegate });
      if (made.ok) signed += 1;
    } else if (way === 6) {
      await igor.data.edit.set(about, { targetDate: `2026-07-${String(day).padStart(2, "0")}` });
    } else if (way === 7) {
      await ask();
    } else if (way === 8) {
      any.link.setOn(false);
    } else if (way === 9) {
      for (const one of devices) one.link.setOn(true);
    } else if (way === 10 && coin) {
      await network.stopRelay();
      await network.startRelay();
    } else if (way === 10) {
      await any.reload();
    } else if (way === 11) {
      // A key ends: what it signed and delivered counts, what it still had to deliver does not.
      const { keys } = await device.data.keys.state();
      const own = keys.find((key) => key.isThisDevice && key.revokedAt === undefined);
      if (own !== undefined) await device.data.keys.revoke(own.id);
    } else {
      const changed = isCemIn
        ? await olga.data.people.removeFromSpace(space, ids.cem)
        : await olga.data.people.addToSpace(space, ids.cem, "client");
      if (changed.ok) isCemIn = !isCemIn;
    }
  }
  for (const one of devices) one.link.setOn(true);
  if (!isCemIn)
    await until(async () => (await olga.data.people.addToSpace(space, ids.cem, "client")).ok, "Cem is let in again");
  let refused = 0;
  for (const one of devices) refused += await emptyTray(one);
  for (const one of devices) await synced(one, 30_000);
  return { signed, refused };
}

/** Everything is delivered or refused; resolves with how many decisions were, once somebody has looked at them. */
async function emptyTray({ data: { sync } }: Device): Promise<number> {
  await until(
    async () => (sync.syncNow(), (await sync.pending()).length === 0 && sync.status().state !== "unreachable"),
    "everything is delivered or refused",
    30_000,
  );
  const refused = await sync.refused();
  for (const { id } of refused) await sync.discardRefused(id);
  return refused.filter((one) => one.type === "decision").length;
}

const noMatter = (): void => undefined;

/** Waits until everybody says the same of what everybody holds; resolves with what that is. */
async function agreed(clinic: Clinic, about: string): Promise<string> {
  const devices = [clinic.igor, clinic.carla, clinic.cem];
  const all = () => Promise.all(devices.map((device) => saidBy(clinic, device, about)));
  const isAgreed = (answers: Awaited<ReturnType<typeof all>>): boolean =>
    answers.every(({ said, isWhole }) => isWhole && said === answers[0]?.said);
  try {
    await until(async () => isAgreed(await all()), "everybody says the same", 30_000);
  } catch {
    const [first, ...others] = (await all()).map(({ said, isWhole }) => `${said}\nchecked: ${isWhole}`);
    for (const other of others) expect(other, "every device says the same").toBe(first);
  }
  for (const device of devices) expect(await device.data.approvals.alarms()).toEqual([]);
  return (await all())[0]?.said ?? "";
}

async function runInOneProject(schedules: number, random: Random, note: () => void): Promise<void> {
  const clinic = await openClinic();
  try {
    const said = new Map<string, string>();
    let accepted = 0;
    for (let schedule = 0; schedule < schedules; schedule += 1) {
      const about = await newMilestone(clinic, `Step ${schedule}`);
      for (const device of [clinic.carla, clinic.cem])
        await until(async () => (await device.data.query.record(about)) !== undefined, "it is there");
      const { signed, refused } = await runSchedule(clinic, about, random);
      accepted += signed - refused;
      const answer = await agreed(clinic, about);
      if (answer !== "nothing") said.set(about, answer);
      note();
    }
    await clinic.network.stopRelay();
    const relay = await saidByRelay(clinic);
    expect(Object.fromEntries(relay.said)).toEqual(Object.fromEntries(said));
    expect(relay.decisions, "none lost, none twice").toBe(accepted);
  } finally {
    await clinic.network.close();
  }
}

it(
  `R32: ${SCHEDULES} schedules of ${STEPS} steps: every device and the relay derive the same`,
  async () => {
    const random = chance("R32");
    for (let done = 0; done < SCHEDULES; done += PER_CLINIC) {
      const { seed } = random;
      let at = done;
      const note = (): void => void (at += 1);
      try {
        await runInOneProject(Math.min(PER_CLINIC, SCHEDULES - done), random, note);
      } catch (error) {
        throw new Error(`R32: schedule ${at + 1} with FAULT_SEED=${seed}`, { cause: error });
      }
    }
  },
  timeFor(SCHEDULES, 30),
);
