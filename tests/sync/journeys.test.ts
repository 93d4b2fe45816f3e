// The journeys of the design page that are about data, over the real relay and real sockets.

import { describe, expect, test } from "vitest";
import { unzipped } from "#tests/unzipped.ts";
import {
  addMember,
  crmOf,
  networkOfTest,
  PASSWORD,
  setUpOwner,
  signIn,
  synced,
  until,
  type Device,
  type Network,
} from "./network.ts";

async function twoPeople(): Promise<{ network: Network; ana: Device; igor: Device; crm: string; olga: Device }> {
  const network = await networkOfTest();
  const olga = await setUpOwner(network);
  const { device: ana } = await addMember(network, olga, "Ana", "sales");
  const { device: igor } = await addMember(network, olga, "Igor", "consultant");
  return { network, olga, ana, igor, crm: await crmOf(ana) };
}

async function createContact(device: Device, crm: string): Promise<string> {
  const created = await device.data.edit.create({
    type: "contact",
    space: crm,
    values: { firstName: "Rosa", lastName: "Lind" },
  });
  if (!created.ok) throw new Error(JSON.stringify(created.error));
  return created.value.id;
}

const fieldOf = async (device: Device, id: string, field: string): Promise<unknown> =>
  (await device.data.query.record(id))?.fields[field];

const seen = (device: Device, id: string): Promise<void> =>
  until(async () => (await device.data.query.record(id)) !== undefined, `${id} arrives`);

describe("journeys", () => {
  test("J1 a day offline: work is kept over a restart, goes out when the network is back, others see it at once", async () => {
    const { ana, igor, crm } = await twoPeople();
    ana.link.setOn(false);
    await until(() => ana.data.sync.status().state === "unreachable", "Ana notices");
    const rosa = await createContact(ana, crm);
    const note = await ana.data.edit.create({
      type: "activity",
      space: crm,
      values: { subject: "Met Rosa", about: rosa },
    });
    expect(note.ok).toBe(true);
    expect((await ana.data.sync.pending()).map((change) => change.title).sort()).toEqual(["Met Rosa", "Rosa Lind"]);
    await ana.reload();
    expect(ana.data.session.state()).toMatchObject({ kind: "signedIn", organization: "Northwind Build" });
    expect((await ana.data.query.record(rosa))?.pending).toBe(1);
    await until(() => ana.data.sync.status().waiting === 2, "two records wait");
    ana.link.setOn(true);
    ana.data.sync.syncNow();
    await synced(ana);
    await seen(igor, rosa);
    expect(ana.data.sync.status()).toMatchObject({ waiting: 0, refused: 0 });
    const [change] = await igor.data.changes(rosa);
    expect(change?.receivedAt).toBeDefined();
    expect(Date.parse(change?.receivedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(change?.at ?? ""));
  });

  test("J2 two edits, different fields: both on both devices, no mark", async () => {
    const { ana, igor, crm } = await twoPeople();
    const rosa = await createContact(ana, crm);
    await seen(igor, rosa);
    ana.link.setOn(false);
    await ana.data.edit.set(rosa, { phone: "+49 30 901820" });
    await igor.data.edit.set(rosa, { jobTitle: "Head nurse" });
    await synced(igor);
    ana.link.setOn(true);
    ana.data.sync.syncNow();
    await until(async () => (await fieldOf(ana, rosa, "jobTitle")) === "Head nurse", "Ana has Igor's title");
    await until(async () => (await fieldOf(igor, rosa, "phone")) !== undefined, "Igor has Ana's phone");
    await synced(ana);
    for (const device of [ana, igor]) {
      expect((await device.data.query.record(rosa))?.changedByBoth).toEqual({});
      expect((await device.data.changes(rosa)).filter((change) => change.kind === "changed")).toHaveLength(2);
    }
  });

  test("J3a same field: the same date and one mark on both devices; choosing the other value is one history entry", async () => {
    const { ana, igor, crm } = await twoPeople();
    const deal = await ana.data.edit.create({
      type: "deal",
      space: crm,
      values: { name: "Clinic roof", closeDate: "2026-06-01" },
    });
    if (!deal.ok) throw new Error("not created");
    const { id } = deal.value;
    await seen(igor, id);
    ana.link.setOn(false);
    await ana.data.edit.set(id, { closeDate: "2026-06-30" });
    await igor.data.edit.set(id, { closeDate: "2026-07-15" });
    await synced(igor);
    ana.link.setOn(true);
    ana.data.sync.syncNow();
    for (const device of [ana, igor]) {
      await until(
        async () => (await device.data.query.record(id))?.changedByBoth["closeDate"] !== undefined,
        "the mark arrives",
      );
    }
    await synced(ana);
    const [left, right] = [await ana.data.query.record(id), await igor.data.query.record(id)];
    expect(left?.fields).toEqual(right?.fields);
    expect(left?.changedByBoth).toEqual(right?.changedByBoth);
    const mark = left?.changedByBoth["closeDate"];
    expect([mark?.kept, mark?.other].sort()).toEqual(["2026-06-30", "2026-07-15"]);
    expect(left?.fields["closeDate"]).toBe(mark?.kept);
    const before = (await igor.data.changes(id)).length;
    expect((await igor.data.edit.chooseValue(id, "closeDate", "other")).ok).toBe(true);
    await until(async () => (await fieldOf(ana, id, "closeDate")) === mark?.other, "the choice arrives");
    expect((await ana.data.query.record(id))?.changedByBoth).toEqual({});
    expect(await ana.data.changes(id)).toHaveLength(before + 1);
  });

  test("J3b deleted by one, edited unseen by the other: archived, edited after delete", async () => {
    const { ana, igor, crm } = await twoPeople();
    const rosa = await createContact(ana, crm);
    await seen(igor, rosa);
    ana.link.setOn(false);
    await ana.data.edit.set(rosa, { notes: "Prefers mornings" });
    await igor.data.edit.remove([rosa]);
    await synced(igor);
    ana.link.setOn(true);
    ana.data.sync.syncNow();
    for (const device of [ana, igor]) {
      await until(async () => (await device.data.query.record(rosa))?.state === "archived", "archived on both");
      expect(await fieldOf(device, rosa, "notes")).toBe("Prefers mornings");
    }
  });

  test("J7 W5 a project, its client and what he may never receive", async () => {
    const { network, olga, ana } = await twoPeople();
    const project = await ana.data.edit.createProject({
      name: "Clinic roof",
      margin: "31.5737",
      internalNotes: "CANARY-margin",
    });
    if (!project.ok) throw new Error("not created");
    const space = project.value.id;
    const survey = await ana.data.edit.create({
      type: "milestone",
      space,
      values: { title: "Survey", internalNotes: "CANARY-survey", clientNote: "" },
    });
    if (!survey.ok) throw new Error("not created");
    await synced(ana);
    await until(
      async () => (await olga.data.spaces()).some((one) => one.id === space && one.name === "Clinic roof"),
      "the space exists for the team",
    );
    const { device: carla, id: carlaId } = await addMember(network, olga, "Carla", "client");
    expect(await carla.data.spaces()).toEqual([]);
    expect((await olga.data.people.addToSpace(space, carlaId, "client")).ok).toBe(true);
    await seen(carla, survey.value.id);
    expect((await carla.data.members(space)).map((member) => member.name).sort()).toContain("Carla");
    expect((await carla.data.edit.set(survey.value.id, { clientNote: "Ladder is at the back" })).ok).toBe(true);
    expect(await carla.data.edit.set(survey.value.id, { title: "Mine" })).toMatchObject({
      ok: false,
      error: { type: "NotAllowed" },
    });
    await until(
      async () => (await fieldOf(ana, survey.value.id, "clientNote")) === "Ladder is at the back",
      "Ana reads the note",
    );
    await ana.data.edit.set(survey.value.id, { internalNotes: "CANARY-again", title: "Survey of the roof" });
    await until(
      async () => (await fieldOf(carla, survey.value.id, "title")) === "Survey of the roof",
      "Carla reads the title",
    );
    expect(carla.received()).not.toContain("CANARY");
    expect((await unzipped(await carla.data.device.exportAll())).all()).not.toContain("CANARY");

    expect((await olga.data.people.removeFromSpace(space, carlaId)).ok).toBe(true);
    await until(
      async () => (await carla.data.query.record(survey.value.id)) === undefined,
      "the copy leaves Carla's device",
    );
    expect(await carla.data.spaces()).toEqual([]);
    expect((await ana.data.query.record(survey.value.id))?.fields["clientNote"]).toBe("Ladder is at the back");
  });
});

describe("reliability", () => {
  test("R12 two tabs: one feed, the other tab's edits go out too, a new leader takes over within 2 s", async () => {
    const { ana, igor, crm } = await twoPeople();
    const second = await ana.openTab();
    const created = await second.edit.create({ type: "task", space: crm, values: { title: "From the second tab" } });
    if (!created.ok) throw new Error("not created");
    await seen(igor, created.value.id);
    await until(() => second.sync.status().state === "synced", "the second tab knows too");
    await ana.data.close();
    const started = Date.now();
    const later = await second.edit.create({ type: "task", space: crm, values: { title: "After the leader left" } });
    if (!later.ok) throw new Error("not created");
    await seen(igor, later.value.id);
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  test("sign-out waits for unsent work, unless told otherwise; then nothing stays on the device", async () => {
    const { ana, crm } = await twoPeople();
    ana.link.setOn(false);
    await createContact(ana, crm);
    await until(() => ana.data.sync.status().waiting === 1, "one waits");
    expect(await ana.data.session.signOut()).toEqual({ ok: false, error: { type: "Unsynced", waiting: 1 } });
    expect(ana.data.session.state().kind).toBe("signedIn");
    expect((await ana.data.session.signOut({ evenUnsynced: true })).ok).toBe(true);
    expect(ana.data.session.state()).toEqual({ kind: "signedOut" });
    const names = (await indexedDB.databases()).map((one) => one.name ?? "");
    expect(names.filter((name) => name.startsWith(ana.prefix))).toEqual([`${ana.prefix}-device`]);
    await ana.reload();
    await until(() => ana.data.session.state().kind === "signedOut", "still signed out");
    expect(() => ana.data.query.record("x")).toThrow(/signed in/);
  });

  test("R1 P1 the relay restarts under work: nothing acked is lost, the outbox empties", async () => {
    const { network, ana, igor, crm } = await twoPeople();
    const ids: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      for (let count = 0; count < 5; count += 1) ids.push(await createContact(ana, crm));
      await network.stopRelay();
      for (let count = 0; count < 5; count += 1) ids.push(await createContact(ana, crm));
      await network.startRelay();
      ana.data.sync.syncNow();
      igor.data.sync.syncNow();
    }
    await synced(ana);
    for (const id of ids) await seen(igor, id);
  });

  test("R4 R27 restored from a backup: devices offer again what the relay lost", async () => {
    const { network, olga, ana, igor, crm } = await twoPeople();
    const before = await createContact(ana, crm);
    await synced(ana);
    await seen(igor, before);
    await network.stopRelay();
    const backup = network.backUp();
    await network.startRelay();
    for (const device of [olga, ana, igor]) device.data.sync.syncNow();
    const after = await createContact(ana, crm);
    await ana.data.edit.set(before, { jobTitle: "Head nurse" });
    const project = await ana.data.edit.createProject({ name: "After the backup" });
    if (!project.ok) throw new Error("not created");
    await synced(ana);
    await seen(igor, after);
    await network.stopRelay();
    network.restore(backup);
    await network.startRelay();
    for (const device of [ana, igor]) device.data.sync.syncNow();
    await synced(ana);
    await synced(igor);
    expect(ana.data.sync.status().refused).toBe(0);
    const fresh = await signIn(network, "olga@northwind.example");
    await seen(fresh, after);
    await until(
      async () => (await fieldOf(fresh, before, "jobTitle")) === "Head nurse",
      "the edit after the backup is back",
    );
    await seen(fresh, project.value.id);
  });

  test("P3 P4 a persona that narrows while the device is away: facets leave it, unsent words stay in the tray", async () => {
    const { network, olga, ana } = await twoPeople();
    const project = await ana.data.edit.createProject({ name: "Clinic roof" });
    if (!project.ok) throw new Error("not created");
    const space = project.value.id;
    const survey = await ana.data.edit.create({
      type: "milestone",
      space,
      values: { title: "Survey", billingAmount: "1200 EUR" },
    });
    if (!survey.ok) throw new Error("not created");
    const { id } = survey.value;
    await synced(ana);
    const { device: carla, id: carlaId } = await addMember(network, olga, "Carla", "client");
    await olga.data.people.addToSpace(space, carlaId, "client");
    await until(async () => (await fieldOf(carla, id, "billingAmount")) !== undefined, "the client sees the billing");
    carla.link.setOn(false);
    await carla.data.edit.set(id, { clientNote: "Ladder is at the back" });
    expect((await olga.data.people.addToSpace(space, carlaId, "customer")).ok).toBe(true);
    carla.link.setOn(true);
    carla.data.sync.syncNow();
    await until(() => carla.data.sync.status().state === "needsYou", "Carla is told");
    const held = await carla.data.query.record(id);
    expect(Object.keys(held?.docs ?? {})).toEqual(["published"]);
    expect(held).toMatchObject({ refused: 1, pending: 0, fields: { title: "Survey" } });
    const [change] = await carla.data.sync.refused();
    expect(change).toMatchObject({ recordId: id, fields: [{ field: "clientNote", to: "Ladder is at the back" }] });
    expect((await unzipped(await carla.data.sync.exportPending())).all()).toContain("Ladder is at the back");
    await olga.data.people.addToSpace(space, carlaId, "client");
    await until(async () => (await fieldOf(carla, id, "billingAmount")) !== undefined, "the billing is back");
    await carla.data.sync.retryRefused(change?.id ?? 0);
    await until(
      async () => (await fieldOf(ana, id, "clientNote")) === "Ladder is at the back",
      "tried again, it arrives",
    );
    expect(await carla.data.sync.refused()).toEqual([]);
    await synced(carla);
  });

  test("L1 an update over the limit goes in pieces without costing the connection; other documents do not wait", async () => {
    const { ana, igor, crm } = await twoPeople();
    const rosa = await createContact(ana, crm);
    await synced(ana);
    const big = await ana.data.edit.create({
      type: "company",
      space: crm,
      values: { name: "Big", description: "ü".repeat(90_000), internalNotes: "ü".repeat(90_000) },
    });
    if (!big.ok) throw new Error("not created");
    await ana.data.edit.set(rosa, { notes: "Small" });
    await until(async () => (await ana.data.query.record(rosa))?.pending === 0, "the small one went through");
    await synced(ana);
    expect(ana.data.sync.status().refused).toBe(0);
    await until(async () => (await fieldOf(igor, big.value.id, "internalNotes")) !== undefined, "all of it arrives");
    expect(await fieldOf(igor, big.value.id, "description")).toBe("ü".repeat(90_000));
    expect(await fieldOf(igor, big.value.id, "internalNotes")).toBe("ü".repeat(90_000));
  });

  test("a session the relay has ended keeps data and outbox; signing in again goes on with them", async () => {
    const { network, ana, igor, crm } = await twoPeople();
    ana.link.setOn(false);
    const rosa = await createContact(ana, crm);
    await network.stopRelay();
    network.endSessions();
    await network.startRelay();
    ana.link.setOn(true);
    ana.data.sync.syncNow();
    await until(() => ana.data.session.state().kind === "signedOut", "Ana is asked to sign in");
    expect((await ana.data.session.signIn({ email: "ana@northwind.example", password: PASSWORD })).ok).toBe(true);
    expect((await ana.data.query.record(rosa))?.title).toBe("Rosa Lind");
    await synced(ana);
    igor.data.sync.syncNow();
    await until(() => igor.data.session.state().kind === "signedOut", "Igor is asked to sign in");
    expect((await igor.data.session.signIn({ email: "igor@northwind.example", password: PASSWORD })).ok).toBe(true);
    await seen(igor, rosa);
  });
});
