// R32: random schedules of requests, edits, decisions, offline periods, ended keys and restarts. However they fall, every
// device and the relay itself come to the same statuses, and nothing is counted twice. APPROVAL_STEPS makes them longer.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import { approvalStatus, decisionOf, requestOf, type DecisionKind } from "#shared/model/approvals.ts";
import { checkChain } from "#shared/model/decision-chain.ts";
import type { Seal } from "#shared/model/seals.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import { join } from "node:path";
import { openClinic, type Clinic } from "./clinic.ts";
import { until, type Device } from "./network.ts";
import { createRandom } from "./random.ts";

const SEED = Number(process.env["SEED"] ?? 32);
const STEPS = Number(process.env["APPROVAL_STEPS"] ?? 40);

let clinic: Clinic;
beforeAll(async () => {
  clinic = await openClinic();
}, 60_000);
afterAll(() => clinic.network.close());

/** What a device says of every revision: outcomes from decisions that count, in one line. */
async function saidBy(device: Device): Promise<string> {
  const view = await clinic.viewOf(device);
  if (view === undefined) return "nothing";
  const counting = view.decisions.filter((one) => one.delivery.state === "counts");
  return view.requests.map((one) => `${one.revision} ${one.id} ${approvalStatus(one, counting).outcome}`).join("\n");
}

/** The same from the relay's own log, without any device: chain, seals and the one function. */
async function saidByRelay(): Promise<{ said: string; decisions: number }> {
  const opened = await openSqliteStorage(join(clinic.network.folder, "data"));
  if (!opened.ok) throw new Error(opened.error.message);
  const log = openUpdateLog(opened.value.log);
  const links: string[] = [];
  const seals = new Map<string, Seal>();
  const rows = [...log.documents()]
    .filter(({ meta }) => meta.space === clinic.space && meta.facet === "client-shared")
    .map(({ docId, meta }) => ({ meta, content: readFacet(openFacetDocument(meta, log.read(docId))) }));
  for (const { meta, content } of rows) {
    const body = content.fields["body"];
    if (meta.type === "chainEntry" && typeof body === "string") links.push(body);
    if (content.seal !== undefined) seals.set(meta.recordId, content.seal);
  }
  const report = await checkChain({ space: clinic.space, facet: "client-shared", links, seals });
  expect(report.alarms).toEqual([]);
  const sealed = rows.flatMap(({ meta, content }) => {
    const verdict = report.verdicts.get(meta.recordId);
    if (content.seal === undefined) return [];
    expect(verdict?.counts, "what the relay accepted counts").toBe(true);
    const { fields, createdAt = "", createdBy = "" } = content;
    return [
      {
        type: meta.type,
        id: meta.recordId,
        fields,
        createdAt,
        createdBy,
        seq: verdict?.counts === true ? verdict.seq : 0,
      },
    ];
  });
  const decisions = sealed.filter((row) => row.type === "decision").map(decisionOf);
  const requests = sealed.filter((row) => row.type === "approval").map(requestOf);
  await log.close();
  await opened.value.close();
  const said = requests
    .toSorted((left, right) => left.revision - right.revision || (left.seq ?? 0) - (right.seq ?? 0))
    .map((one) => `${one.revision} ${one.id} ${approvalStatus(one, decisions).outcome}`)
    .join("\n");
  return { said, decisions: decisions.length };
}

describe("R32: random schedules", () => {
  it(
    `${STEPS} steps: every device and the relay derive the same`,
    async () => {
      console.info(`R32: seed ${SEED}, ${STEPS} steps`);
      const random = createRandom(SEED);
      const devices = [clinic.igor, clinic.carla, clinic.cem];
      const kinds: readonly DecisionKind[] = ["approve", "approve", "requestChanges", "reject", "withdraw", "delegate"];
      let signed = 0;
      await clinic.ask([clinic.ids.carla, clinic.ids.cem]);
      for (let step = 0; step < STEPS; step += 1) {
        const way = random.below(10);
        const [device, id] = random.pick([
          [clinic.carla, clinic.ids.carla],
          [clinic.cem, clinic.ids.cem],
        ] as const);
        if (way < 5) {
          const view = await clinic.viewOf(device);
          const decision = random.pick(kinds);
          const delegate = decision === "delegate" ? { delegate: clinic.ids.igor } : {};
          if (view === undefined) continue;
          const made = await device.data.approvals.decide({
            request: view.request.id,
            decision,
            reason: `step ${step}`,
            ...delegate,
          });
          if (made.ok) signed += 1;
        } else if (way === 5) {
          await clinic.igor.data.edit.set(clinic.milestone, {
            targetDate: `2026-07-${String(1 + random.below(28)).padStart(2, "0")}`,
          });
        } else if (way === 6) {
          await clinic.ask(random.chance(0.5) ? [clinic.ids.carla, clinic.ids.cem] : [id], { required: 1 });
        } else if (way === 7) {
          random.pick(devices).link.setOn(false);
        } else if (way === 8) {
          for (const one of devices) one.link.setOn(true);
        } else if (random.chance(0.5)) {
          await clinic.network.stopRelay();
          await clinic.network.startRelay();
        } else {
          // A key ends: what it signed and delivered counts, what it still had to deliver does not.
          const own = (await device.data.keys.state()).keys.find(
            (key) => key.isThisDevice && key.revokedAt === undefined,
          );
          if (own !== undefined) await device.data.keys.revoke(own.id);
        }
      }
      for (const one of devices) {
        one.link.setOn(true);
        one.data.sync.syncNow();
      }
      for (const one of devices) {
        await until(async () => {
          one.data.sync.syncNow();
          return (await one.data.sync.pending()).length === 0;
        }, "everything is delivered or refused");
      }
      for (const one of devices) await settled(one);
      const said = await Promise.all(devices.map(saidBy));
      expect(new Set(said).size, said.join("\n--\n")).toBe(1);
      for (const one of devices) expect(await one.data.approvals.alarms()).toEqual([]);
      const refused = (await Promise.all(devices.map((one) => one.data.sync.refused()))).flat();
      await clinic.network.stopRelay();
      const relay = await saidByRelay();
      expect(relay.said).toBe(said[0]);
      const refusedDecisions = refused.filter((one) => one.type === "decision").length;
      expect(relay.decisions + refusedDecisions, "none lost, none twice").toBe(signed);
    },
    120_000 + STEPS * 2_000,
  );
});

/** Everything that arrived is chained and checked. */
const settled = async (device: Device): Promise<void> => {
  await until(async () => (device.data.sync.syncNow(), device.data.sync.status().state !== "unreachable"), "back");
  let before = "";
  await until(
    async () => {
      const view = await clinic.viewOf(device);
      const now = `${await saidBy(device)} ${view?.decisions.length ?? 0}`;
      const isStill = now === before && (view?.decisions ?? []).every((one) => one.delivery.state === "counts");
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return isStill;
    },
    "it stands still",
    30_000,
  );
};
