// Approvals and a relay that went back (T24, R27): what was acknowledged after the backup keeps its place in the chain,
// because devices hand back the links; a chain that really went another way is an alarm until somebody accepts it.

import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CHAIN_KEY_FILE } from "#sync-server/log/chain-key.ts";
import { backUpFolder, restoreBackup } from "#sync-server/storage/backup.ts";
import { isChained, openClinic, type Clinic } from "./clinic.ts";
import { PASSWORD, signIn, synced, until, type Device } from "./network.ts";
import { problemsOfExport } from "./verify-export.ts";

let clinic: Clinic;
beforeEach(async () => {
  clinic = await openClinic();
}, 60_000);
afterEach(() => clinic.network.close());

const alarmsOf = async (device: Device): Promise<readonly string[]> =>
  (await device.data.approvals.alarms()).map((alarm) => alarm.kind);

const headOf = async (device: Device): Promise<string> => {
  const heads = await device.data.approvals.heads(clinic.space);
  return JSON.stringify(heads.find((head) => head.facet === "client-shared"));
};

const countsOn = (device: Device, decisions: number, what: string): Promise<void> =>
  until(async () => {
    const counting = (await clinic.viewOf(device))?.decisions.filter((one) => one.delivery.state === "counts");
    return counting?.length === decisions && (await alarmsOf(device)).length === 0;
  }, what);

/** A request of Igor's that everybody has, chained. */
async function asked(approvers: readonly string[]): Promise<string> {
  const { carla, cem, igor } = clinic;
  const request = await clinic.ask(approvers);
  for (const device of [igor, carla, cem])
    await clinic.shows(device, "pending", "asked", (view) => view.request.id === request && isChained(view));
  return request;
}

async function decide(device: Device, request: string, decision: "approve" | "requestChanges" = "approve") {
  const reason = decision === "approve" ? {} : { reason: "Anchors" };
  const signed = await device.data.approvals.decide({ request, decision, ...reason });
  if (!signed.ok) throw new Error(JSON.stringify(signed.error));
}

async function copyBack(backup: string): Promise<void> {
  await clinic.network.stopRelay();
  clinic.network.restore(backup);
  await clinic.network.startRelay();
}

async function backedUp(devices: readonly Device[]): Promise<string> {
  await clinic.network.stopRelay();
  const backup = clinic.network.backUp();
  await clinic.network.startRelay();
  for (const device of devices) device.data.sync.syncNow();
  return backup;
}

/** Everybody asked anew, everybody decides, and it counts for everybody; nothing is left of an alarm, here and outside. */
async function goesOn(people: readonly Device[]): Promise<void> {
  const { carla, cem, igor, ids } = clinic;
  await igor.data.edit.set(clinic.milestone, { targetDate: "2026-06-20" });
  const next = await asked([ids.carla, ids.cem]);
  await decide(carla, next);
  await decide(cem, next);
  for (const device of people)
    await clinic.shows(device, "approved", "the next one", (view) => view.request.id === next);
  for (const device of people) expect(await alarmsOf(device)).toEqual([]);
  expect(await problemsOfExport(igor, clinic.space)).toEqual([]);
}

test("T24 R27 S9: devices hand back the links a restored relay lacks: same chain, no alarm, nothing chained twice", async () => {
  const { carla, cem, igor, ids } = clinic;
  const request = await asked([ids.carla, ids.cem]);
  const everybody = [igor, carla, cem];
  const backup = await backedUp(everybody);
  await decide(carla, request);
  for (const device of everybody) await countsOn(device, 1, "Carla's decision");
  await decide(cem, request);
  for (const device of everybody) await countsOn(device, 2, "Cem's decision");
  const head = await headOf(igor);
  // Those who decided come back last: Igor's device has what they signed.
  for (const device of [carla, cem]) device.link.setOn(false);
  await copyBack(backup);
  igor.data.sync.syncNow();
  await synced(igor);
  const fresh = await signIn(clinic.network, "igor@northwind.example");
  await countsOn(fresh, 2, "both decisions, for a device that never saw them");
  expect(await headOf(fresh)).toBe(head);
  for (const device of [carla, cem]) {
    device.link.setOn(true);
    device.data.sync.syncNow();
  }
  for (const device of everybody) await synced(device);
  for (const device of everybody) {
    await countsOn(device, 2, "nothing is lost");
    expect(await headOf(device)).toBe(head);
    expect(device.data.sync.status().refused).toBe(0);
  }
  await goesOn([...everybody, fresh]);
});

test("R27 P5: two decisions lost with a folder, restored from the online backup with the kept chain key", async () => {
  const { carla, cem, igor, ids, network } = clinic;
  const request = await asked([ids.carla, ids.cem]);
  const data = join(network.folder, "data");
  const backup = join(network.folder, "monday.backup");
  expect(backUpFolder(data, backup)).toMatchObject({ ok: true });
  const everybody = [igor, carla, cem];
  await decide(carla, request);
  for (const device of everybody) await countsOn(device, 1, "Carla's decision");
  await decide(cem, request, "requestChanges");
  for (const device of everybody) await countsOn(device, 2, "Cem's decision");
  const head = await headOf(carla);
  await network.stopRelay();
  cpSync(join(data, CHAIN_KEY_FILE), join(network.folder, CHAIN_KEY_FILE));
  rmSync(data, { recursive: true });
  expect(restoreBackup(backup, data, { endsSessions: false }).ok).toBe(true);
  cpSync(join(network.folder, CHAIN_KEY_FILE), join(data, CHAIN_KEY_FILE));
  await network.startRelay();
  for (const device of everybody) device.data.sync.syncNow();
  for (const device of everybody) await synced(device);
  for (const device of everybody) {
    await countsOn(device, 2, "nothing is lost");
    expect(await headOf(device)).toBe(head);
  }
  await goesOn(everybody);
});

test("R27 S2: a device that came after the backup signs on: its key is registered again before what it signed goes", async () => {
  const { carla, cem, igor, ids, network } = clinic;
  const request = await asked([ids.carla, ids.cem]);
  const backup = await backedUp([igor, carla, cem]);
  const tablet = await signIn(network, "carla@northwind.example");
  await clinic.shows(tablet, "pending", "asked", (view) => view.needsMe);
  await decide(tablet, request);
  for (const device of [igor, tablet]) await countsOn(device, 1, "Carla's decision");
  const seconds = await asked([ids.carla]);
  for (const device of [igor, carla, cem, tablet]) device.link.setOn(false);
  await decide(tablet, seconds);
  await copyBack(backup);
  for (const device of [tablet, igor, carla, cem]) {
    device.link.setOn(true);
    device.data.sync.syncNow();
  }
  // Neither the session nor the key of the tablet is in the backup.
  await until(() => tablet.data.session.state().kind === "signedOut", "the tablet is signed out");
  const again = await tablet.data.session.signIn({ email: "carla@northwind.example", password: PASSWORD });
  expect(again.ok).toBe(true);
  for (const device of [tablet, igor, carla, cem]) await synced(device);
  expect(await tablet.data.sync.refused()).toEqual([]);
  for (const device of [igor, carla, tablet]) await countsOn(device, 2, "what she signed on the tablet");
  expect(await problemsOfExport(igor, clinic.space)).toEqual([]);
});

test("T24: a chain that went another way stays an alarm on who saw more; accepted, it is the one that goes on", async () => {
  const { carla, cem, igor, ids } = clinic;
  const request = await asked([ids.carla, ids.cem]);
  const backup = await backedUp([igor, carla, cem]);
  cem.link.setOn(false);
  await decide(carla, request);
  for (const device of [igor, carla]) await countsOn(device, 1, "Carla's decision");
  for (const device of [igor, carla]) device.link.setOn(false);
  await copyBack(backup);
  // Cem saw nothing of it, and what he signs takes the place of what Carla signed.
  await decide(cem, request);
  cem.link.setOn(true);
  cem.data.sync.syncNow();
  await countsOn(cem, 1, "Cem's decision");
  for (const device of [igor, carla]) {
    device.link.setOn(true);
    device.data.sync.syncNow();
    await until(async () => (await alarmsOf(device)).includes("forked"), "the alarm");
  }
  for (const device of [igor, carla, cem]) await synced(device);
  // Carla's own device brought what she signed: it stands in the new chain.
  await countsOn(cem, 2, "nothing is lost");
  for (const device of [igor, carla]) {
    expect(await alarmsOf(device)).not.toEqual([]);
    await device.data.approvals.acceptChain(clinic.space);
    await countsOn(device, 2, "accepted");
  }
  expect(await headOf(igor)).toBe(await headOf(cem));
  await goesOn([igor, carla, cem]);
});
