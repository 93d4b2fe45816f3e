// Approvals over a real relay and a bad network: J4, J5, J6 below the screens, keys that end, and relays that go back.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { statusWithApproval } from "#shared/model/approvals.ts";
import type { ApprovalView } from "#renderer/data/approval-types.ts";
import { addMember, openNetwork, setUpOwner, synced, until, type Device, type Network } from "./network.ts";

type People = {
  olga: Device;
  igor: Device;
  carla: Device;
  cem: Device;
  ids: { igor: string; carla: string; cem: string };
};

let network: Network;
let people: People;
let space: string;
let milestone: string;

beforeEach(async () => {
  network = await openNetwork();
  const olga = await setUpOwner(network);
  const project = await olga.data.edit.createProject({ name: "Clinic roof" });
  if (!project.ok) throw new Error("no project");
  space = project.value.id;
  await synced(olga);
  const igor = await addMember(network, olga, "Igor", "consultant");
  const carla = await addMember(network, olga, "Carla", "client");
  const cem = await addMember(network, olga, "Cem", "client");
  for (const { id } of [carla, cem])
    await until(
      async () => (await olga.data.people.addToSpace(space, id, "client")).ok,
      "the client is in the project",
    );
  const made = await igor.device.data.edit.create({
    type: "milestone",
    space,
    values: { title: "M2 Structure", targetDate: "2026-05-30", billingAmount: "18,200.00 EUR", laborCost: "1 EUR" },
  });
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  milestone = made.value.id;
  people = {
    olga,
    igor: igor.device,
    carla: carla.device,
    cem: cem.device,
    ids: { igor: igor.id, carla: carla.id, cem: cem.id },
  };
  await settled();
});
afterEach(() => network.close());

const settled = async (): Promise<void> => {
  const all = [people.igor, people.carla, people.cem];
  for (const device of all) await synced(device);
  for (const device of all)
    await until(async () => (await device.data.query.record(milestone)) !== undefined, "M2 is there");
};

async function ask(approvers: readonly string[], required = approvers.length): Promise<string> {
  const asked = await people.igor.data.approvals.request({
    about: milestone,
    approvers,
    required,
    order: "together",
    dueDate: "2026-05-22",
    message: "Ready for steel order",
    attachments: [],
  });
  if (!asked.ok) throw new Error(JSON.stringify(asked.error));
  return asked.value.id;
}

const viewOf = async (device: Device): Promise<ApprovalView | undefined> =>
  (await device.data.approvals.overview(space)).find((view) => view.request.about === milestone);

const shows = (device: Device, outcome: string, what: string, more: (view: ApprovalView) => boolean = () => true) =>
  until(async () => {
    const view = await viewOf(device);
    return view?.status.outcome === outcome && more(view);
  }, `${what}: ${outcome}`);

const counting = (view: ApprovalView): boolean => view.delivery.state === "counts";

describe("an approval", () => {
  it("J4: is signed offline, stays on the device until it is delivered, and then counts for everybody", async () => {
    const request = await ask([people.ids.carla]);
    await shows(people.carla, "pending", "Carla is asked", (view) => view.needsMe && counting(view));
    people.carla.link.setOn(false);
    const signed = await people.carla.data.approvals.decide({ request, decision: "approve" });
    expect(signed.ok).toBe(true);
    const here = await viewOf(people.carla);
    expect(here?.mineHere?.decision).toBe("approve");
    expect(here?.needsMe).toBe(false);
    expect(here?.status.outcome).toBe("pending");
    expect((await viewOf(people.igor))?.status.outcome).toBe("pending");
    await people.carla.reload();
    expect((await viewOf(people.carla))?.mineHere?.decision).toBe("approve");
    people.carla.link.setOn(true);
    people.carla.data.sync.syncNow();
    for (const device of [people.igor, people.carla, people.cem]) await shows(device, "approved", "after delivery");
    const view = await viewOf(people.igor);
    expect(statusWithApproval("inProgress", view)).toBe("approved");
    expect(view?.decisions).toHaveLength(1);
    expect(view?.request.subject).toContain("1820000");
    expect(view?.request.subject).not.toContain("laborCost");
    const changed = await people.carla.data.edit.set(signed.ok ? signed.value.id : "", { reason: "no" });
    expect(changed.ok).toBe(false);
    expect((await people.igor.data.edit.remove([request])).ok).toBe(false);
    for (const device of [people.igor, people.carla]) expect(await device.data.approvals.alarms()).toEqual([]);
  });

  it("J5: does not cover what was changed meanwhile; the next request shows what differs", async () => {
    const request = await ask([people.ids.carla]);
    await shows(people.carla, "pending", "Carla is asked", (view) => view.needsMe);
    people.carla.link.setOn(false);
    await people.carla.data.approvals.decide({ request, decision: "approve" });
    await people.igor.data.edit.set(milestone, { targetDate: "2026-06-06" });
    people.carla.link.setOn(true);
    people.carla.data.sync.syncNow();
    for (const device of [people.igor, people.carla, people.cem])
      await shows(device, "approved", "revision 1 is approved", (view) => view.isStale);
    expect(statusWithApproval("inProgress", await viewOf(people.igor))).toBe("inReview");
    const next = await ask([people.ids.carla]);
    expect(next).not.toBe(request);
    await shows(people.carla, "pending", "Carla is asked again", (view) => view.needsMe && !view.isStale);
    const view = await viewOf(people.carla);
    expect(view?.request.revision).toBe(2);
    expect(view?.approvedBefore?.id).toBe(request);
    expect(view?.approvedBefore?.subject).toContain("2026-05-30");
  });

  it("J6: approve and reject, both offline: one outcome everywhere, both listed, and a reason", async () => {
    const request = await ask([people.ids.carla, people.ids.cem]);
    for (const device of [people.carla, people.cem])
      await shows(device, "pending", "both are asked", (view) => view.needsMe);
    people.carla.link.setOn(false);
    people.cem.link.setOn(false);
    const empty = await people.cem.data.approvals.decide({ request, decision: "reject", reason: "  " });
    expect(empty.ok).toBe(false);
    expect((await people.carla.data.approvals.decide({ request, decision: "approve" })).ok).toBe(true);
    const rejected = await people.cem.data.approvals.decide({ request, decision: "reject", reason: "Anchors are M12" });
    expect(rejected.ok).toBe(true);
    for (const device of [people.carla, people.cem]) {
      device.link.setOn(true);
      device.data.sync.syncNow();
    }
    for (const device of [people.igor, people.carla, people.cem])
      await shows(device, "rejected", "one outcome", (view) => view.decisions.length === 2);
    expect(statusWithApproval("inReview", await viewOf(people.igor))).toBe("changesRequested");
    expect((await viewOf(people.igor))?.decisions.map((one) => one.reason)).toContain("Anchors are M12");
  });

  it("is taken back on the device before it is delivered, and withdrawn beside it after", async () => {
    const request = await ask([people.ids.carla]);
    await shows(people.carla, "pending", "Carla is asked", (view) => view.needsMe);
    people.carla.link.setOn(false);
    const signed = await people.carla.data.approvals.decide({ request, decision: "approve" });
    await people.carla.data.approvals.takeBack(signed.ok ? signed.value.id : "");
    expect((await viewOf(people.carla))?.needsMe).toBe(true);
    people.carla.link.setOn(true);
    people.carla.data.sync.syncNow();
    await synced(people.carla);
    expect((await viewOf(people.igor))?.decisions).toEqual([]);
    expect((await people.carla.data.approvals.decide({ request, decision: "approve" })).ok).toBe(true);
    await shows(people.carla, "approved", "approved");
    const twice = await people.carla.data.approvals.decide({ request, decision: "approve" });
    expect(twice.ok ? "" : twice.error).toMatchObject({ message: expect.stringContaining("already") as string });
    expect((await people.carla.data.approvals.decide({ request, decision: "withdraw" })).ok).toBe(true);
    await shows(people.igor, "pending", "withdrawn");
    const stranger = await people.cem.data.approvals.decide({ request, decision: "approve" });
    expect(stranger.ok).toBe(false);
  });

  it("signed with a key that is revoked meanwhile is not accepted, and stays visible with the reason", async () => {
    const request = await ask([people.ids.carla]);
    await shows(people.carla, "pending", "Carla is asked", (view) => view.needsMe);
    await until(async () => (await people.carla.data.keys.state()).keys.length === 1, "the key is registered");
    people.carla.link.setOn(false);
    await people.carla.data.approvals.decide({ request, decision: "approve" });
    const other = await network.addDevice();
    await other.data.session.signIn({ email: "carla@northwind.example", password: "harbour-lights-2026" });
    await synced(other);
    await until(async () => (await other.data.keys.state()).keys.length === 2, "the other device has a key too");
    const first = (await other.data.keys.state()).keys.find((key) => !key.isThisDevice);
    expect((await other.data.keys.revoke(first?.id ?? "")).ok).toBe(true);
    people.carla.link.setOn(true);
    people.carla.data.sync.syncNow();
    await until(async () => (await people.carla.data.sync.refused()).length === 1, "it is in the tray");
    expect((await people.carla.data.sync.refused())[0]?.reason).toContain("key of this device");
    expect((await viewOf(people.igor))?.status.outcome).toBe("pending");
    // The first device is told of the other one's key.
    await until(async () => (await people.carla.data.keys.state()).unseen.length === 1, "the new key is announced");
  });
});

describe("a relay that goes back", () => {
  it("T24: raises an alarm on every device that saw more, and says nothing to who did not", async () => {
    const request = await ask([people.ids.carla]);
    await shows(people.carla, "pending", "Carla is asked", (view) => view.needsMe && counting(view));
    await shows(people.igor, "pending", "chained", counting);
    await network.stopRelay();
    const backup = network.backUp();
    await network.startRelay();
    for (const device of [people.igor, people.carla]) device.data.sync.syncNow();
    await people.carla.data.approvals.decide({ request, decision: "approve" });
    await shows(people.igor, "approved", "approved");
    await shows(people.carla, "approved", "approved");
    people.cem.link.setOn(false);
    await network.stopRelay();
    network.restore(backup);
    await network.startRelay();
    for (const device of [people.igor, people.carla]) {
      device.data.sync.syncNow();
      await until(
        async () => (await device.data.approvals.alarms()).some((alarm) => alarm.kind === "regressed"),
        "the alarm",
      );
    }
    // Carla signed it: her device hands it in again, and it stands in the chain anew.
    await until(async () => {
      const view = await viewOf(people.igor);
      return view?.decisions.length === 1;
    }, "nothing is lost");
    await people.igor.data.approvals.acceptChain(space);
  });
});
