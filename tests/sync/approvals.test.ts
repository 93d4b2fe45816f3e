// Approvals over a real relay and a bad network: J4, J5, J6 below the screens, keys that end, and relays that forge.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { generateKeyPairOf } from "#shared/model/signatures.ts";
import { CHAIN_KEY_FILE } from "#sync-server/log/chain-key.ts";
import { isChained, openClinic, type Clinic } from "./clinic.ts";
import { synced, until, type Device } from "./network.ts";
import { forge, tamper } from "./tamper.ts";

let clinic: Clinic;
beforeEach(async () => {
  clinic = await openClinic();
}, 60_000);
afterEach(() => clinic.network.close());

describe("an approval", () => {
  it("J4: is signed offline, stays on the device until it is delivered, and then counts for everybody", async () => {
    const request = await clinic.ask([clinic.ids.carla]);
    await clinic.shows(clinic.carla, "pending", "Carla is asked", (view) => view.needsMe && isChained(view));
    clinic.carla.link.setOn(false);
    const signed = await clinic.carla.data.approvals.decide({ request, decision: "approve" });
    expect(signed.ok).toBe(true);
    const here = await clinic.viewOf(clinic.carla);
    expect(here?.mineHere?.decision).toBe("approve");
    expect(here?.needsMe).toBe(false);
    expect(here?.status.outcome).toBe("pending");
    expect((await clinic.viewOf(clinic.igor))?.status.outcome).toBe("pending");
    await clinic.carla.reload();
    expect((await clinic.viewOf(clinic.carla))?.mineHere?.decision).toBe("approve");
    clinic.carla.link.setOn(true);
    clinic.carla.data.sync.syncNow();
    for (const device of [clinic.igor, clinic.carla, clinic.cem])
      await clinic.shows(device, "approved", "after delivery");
    const view = await clinic.viewOf(clinic.igor);
    expect(view?.decisions).toHaveLength(1);
    expect(view?.request.subject).toContain("1820000");
    expect(view?.request.subject).not.toContain("laborCost");
    const changed = await clinic.carla.data.edit.set(signed.ok ? signed.value.id : "", { reason: "no" });
    expect(changed.ok).toBe(false);
    expect((await clinic.igor.data.edit.remove([request])).ok).toBe(false);
    for (const device of [clinic.igor, clinic.carla]) expect(await device.data.approvals.alarms()).toEqual([]);
  });

  it("J5: does not cover what was changed meanwhile; the next request shows what differs", async () => {
    const request = await clinic.ask([clinic.ids.carla]);
    await clinic.shows(clinic.carla, "pending", "Carla is asked", (view) => view.needsMe);
    clinic.carla.link.setOn(false);
    await clinic.carla.data.approvals.decide({ request, decision: "approve" });
    await clinic.igor.data.edit.set(clinic.milestone, { targetDate: "2026-06-06" });
    clinic.carla.link.setOn(true);
    clinic.carla.data.sync.syncNow();
    for (const device of [clinic.igor, clinic.carla, clinic.cem])
      await clinic.shows(device, "approved", "revision 1 is approved", (view) => view.isStale);
    const next = await clinic.ask([clinic.ids.carla]);
    expect(next).not.toBe(request);
    await clinic.shows(clinic.carla, "pending", "Carla is asked again", (view) => view.needsMe && !view.isStale);
    const view = await clinic.viewOf(clinic.carla);
    expect(view?.request.revision).toBe(2);
    expect(view?.approvedBefore?.id).toBe(request);
    expect(view?.approvedBefore?.subject).toContain("2026-05-30");
  });

  it("J6: approve and reject, both offline: one outcome everywhere, both listed, and a reason", async () => {
    const request = await clinic.ask([clinic.ids.carla, clinic.ids.cem]);
    for (const device of [clinic.carla, clinic.cem])
      await clinic.shows(device, "pending", "both are asked", (view) => view.needsMe);
    clinic.carla.link.setOn(false);
    clinic.cem.link.setOn(false);
    const empty = await clinic.cem.data.approvals.decide({ request, decision: "reject", reason: "  " });
    expect(empty.ok).toBe(false);
    expect((await clinic.carla.data.approvals.decide({ request, decision: "approve" })).ok).toBe(true);
    const rejected = await clinic.cem.data.approvals.decide({ request, decision: "reject", reason: "Anchors are M12" });
    expect(rejected.ok).toBe(true);
    for (const device of [clinic.carla, clinic.cem]) {
      device.link.setOn(true);
      device.data.sync.syncNow();
    }
    for (const device of [clinic.igor, clinic.carla, clinic.cem])
      await clinic.shows(device, "rejected", "one outcome", (view) => view.decisions.length === 2);
    expect((await clinic.viewOf(clinic.igor))?.decisions.map((one) => one.reason)).toContain("Anchors are M12");
  });

  it("is taken back on the device before it is delivered, and withdrawn beside it after", async () => {
    const request = await clinic.ask([clinic.ids.carla]);
    await clinic.shows(clinic.carla, "pending", "Carla is asked", (view) => view.needsMe);
    clinic.carla.link.setOn(false);
    const signed = await clinic.carla.data.approvals.decide({ request, decision: "approve" });
    await clinic.carla.data.approvals.takeBack(signed.ok ? signed.value.id : "");
    expect((await clinic.viewOf(clinic.carla))?.needsMe).toBe(true);
    clinic.carla.link.setOn(true);
    clinic.carla.data.sync.syncNow();
    await synced(clinic.carla);
    expect((await clinic.viewOf(clinic.igor))?.decisions).toEqual([]);
    expect((await clinic.carla.data.approvals.decide({ request, decision: "approve" })).ok).toBe(true);
    await clinic.shows(clinic.carla, "approved", "approved");
    const twice = await clinic.carla.data.approvals.decide({ request, decision: "approve" });
    expect(twice.ok ? "" : twice.error).toMatchObject({ message: expect.stringContaining("already") as string });
    expect((await clinic.carla.data.approvals.decide({ request, decision: "withdraw" })).ok).toBe(true);
    await clinic.shows(clinic.igor, "pending", "withdrawn");
    const stranger = await clinic.cem.data.approvals.decide({ request, decision: "approve" });
    expect(stranger.ok).toBe(false);
  });

  it("signed with a key that is revoked meanwhile is not accepted, and stays visible with the reason", async () => {
    const request = await clinic.ask([clinic.ids.carla]);
    await clinic.shows(clinic.carla, "pending", "Carla is asked", (view) => view.needsMe);
    await until(async () => (await clinic.carla.data.keys.state()).keys.length === 1, "the key is registered");
    clinic.carla.link.setOn(false);
    await clinic.carla.data.approvals.decide({ request, decision: "approve" });
    const other = await clinic.network.addDevice();
    await other.data.session.signIn({ email: "carla@northwind.example", password: "harbour-lights-2026" });
    await synced(other);
    await until(async () => (await other.data.keys.state()).keys.length === 2, "the other device has a key too");
    const first = (await other.data.keys.state()).keys.find((key) => !key.isThisDevice);
    expect((await other.data.keys.revoke(first?.id ?? "")).ok).toBe(true);
    clinic.carla.link.setOn(true);
    clinic.carla.data.sync.syncNow();
    await until(async () => (await clinic.carla.data.sync.refused()).length === 1, "it is in the tray");
    expect((await clinic.carla.data.sync.refused())[0]?.reason).toContain("key of this device");
    expect((await clinic.viewOf(clinic.igor))?.status.outcome).toBe("pending");
    // The first device is told of the other one's key.
    await until(async () => (await clinic.carla.data.keys.state()).unseen.length === 1, "the new key is announced");
  });

  it("signed by somebody who is out of the project by then is not recorded, and both sides are told", async () => {
    const request = await clinic.ask([clinic.ids.carla]);
    await clinic.shows(clinic.carla, "pending", "Carla is asked", (view) => view.needsMe);
    clinic.carla.link.setOn(false);
    expect((await clinic.carla.data.approvals.decide({ request, decision: "approve" })).ok).toBe(true);
    expect((await clinic.olga.data.people.removeFromSpace(clinic.space, clinic.ids.carla)).ok).toBe(true);
    clinic.carla.link.setOn(true);
    clinic.carla.data.sync.syncNow();
    await until(
      async () => (await clinic.carla.data.endedAccess()).length === 1,
      "Carla is told that her access ended",
    );
    await synced(clinic.igor);
    expect((await clinic.viewOf(clinic.igor))?.status.outcome).toBe("pending");
    expect((await clinic.viewOf(clinic.igor))?.decisions).toEqual([]);
    // Her word is not gone: it is with her, with the reason.
    await until(async () => (await clinic.carla.data.sync.refused()).length === 1, "it is in her tray");
    expect((await clinic.carla.data.sync.refused())[0]?.type).toBe("decision");
  });
});

const alarmsOf = async (device: Device): Promise<readonly string[]> =>
  (await device.data.approvals.alarms()).map((alarm) => alarm.kind);

describe("a relay that forges", () => {
  it("T13 T23: a decision it signs itself does not count, and is an alarm", async () => {
    const request = await clinic.ask([clinic.ids.carla]);
    await clinic.shows(clinic.igor, "pending", "asked", isChained);
    await tamper(clinic, async (log) => forge(clinic, log, request, await generateKeyPairOf("ed25519"), false));
    await until(async () => (await alarmsOf(clinic.igor)).includes("forged"), "Igor is told");
    expect((await clinic.viewOf(clinic.igor))?.status.outcome).toBe("pending");
  });

  it("T23: a key it enrols in Carla's name is found by her own device, and shown as another key to everybody", async () => {
    const first = await clinic.ask([clinic.ids.carla]);
    await clinic.shows(clinic.carla, "pending", "asked", (view) => view.needsMe);
    await clinic.carla.data.approvals.decide({ request: first, decision: "approve" });
    await clinic.shows(clinic.igor, "approved", "Carla's own");
    const second = await clinic.ask([clinic.ids.carla]);
    await clinic.shows(clinic.igor, "pending", "asked again", isChained);
    await tamper(clinic, async (log) => forge(clinic, log, second, await generateKeyPairOf("ed25519"), true));
    await until(async () => (await alarmsOf(clinic.carla)).includes("foreignKey"), "Carla's device knows its keys");
    await until(async () => (await clinic.viewOf(clinic.igor))?.decisions.length === 2, "Igor has it");
    const shown = (await clinic.viewOf(clinic.igor))?.decisions.find((one) => one.request === second);
    expect(shown?.newKey).toMatchObject({ replaced: false });
    // Whoever wrote that had the database, not the key of the relay.
    expect(await alarmsOf(clinic.igor)).toContain("unsigned");
  });

  it("S7 T19: the relay adds nothing to a chain that it did not write, and says so", async () => {
    const request = await clinic.ask([clinic.ids.carla]);
    await clinic.shows(clinic.carla, "pending", "asked", (view) => view.needsMe && isChained(view));
    await tamper(clinic, async (log) => forge(clinic, log, request, await generateKeyPairOf("ed25519"), true));
    await clinic.carla.data.approvals.decide({ request, decision: "reject", reason: "Not me" });
    await synced(clinic.carla);
    await until(async () => (await alarmsOf(clinic.igor)).includes("unsigned"), "Igor is told");
    const decided = (await clinic.viewOf(clinic.igor))?.decisions.find((one) => one.reason === "Not me");
    expect(decided === undefined || decided.delivery.state === "delivered").toBe(true);
  });

  it("S7 T23: another key of the relay is an alarm on every device that knew the first, until somebody accepts it", async () => {
    await clinic.ask([clinic.ids.carla]);
    for (const device of [clinic.igor, clinic.carla]) await clinic.shows(device, "pending", "asked", isChained);
    const known = await clinic.igor.data.approvals.chainKey();
    expect(known?.alg).toBe("ed25519");
    await clinic.network.stopRelay();
    rmSync(join(clinic.network.folder, "data", CHAIN_KEY_FILE));
    await clinic.network.startRelay();
    for (const device of [clinic.igor, clinic.carla]) {
      device.data.sync.syncNow();
      await until(async () => (await alarmsOf(device)).includes("otherRelay"), "the other key");
      expect(await device.data.approvals.chainKey()).toEqual(known);
    }
    await synced(clinic.igor);
    await clinic.igor.data.approvals.acceptChain(clinic.space);
    await until(async () => (await alarmsOf(clinic.igor)).length === 0, "the new one is accepted");
    expect(await clinic.igor.data.approvals.chainKey()).not.toEqual(known);
  });
});
