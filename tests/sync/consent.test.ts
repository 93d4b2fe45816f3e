// Consent that is withdrawn: in force when it is answered, on every device, against hands and rules, until it is given again.

import { afterEach, expect, test } from "vitest";
import {
  addMember,
  crmOf,
  openNetwork,
  setUpOwner,
  synced,
  until,
  type Device,
  type Network,
  valueOf,
} from "./network.ts";

let network: Network;
afterEach(() => network.close());

const mark = async (device: Device, id: string, field: string) => (await device.data.query.record(id))?.fields[field];

/** Two clients in one group, whom contacts are shared with. */
async function setUpNeighbours() {
  network = await openNetwork();
  const olga = await setUpOwner(network);
  const crm = await crmOf(olga);
  const { device: carla, id: carlaId } = await addMember(network, olga, "Carla", "client");
  const { device: cem, id: cemId } = await addMember(network, olga, "Cem", "client");
  const portal = valueOf(await olga.data.sharing.makeSpace({ kind: "group", name: "Neighbours" })).id;
  for (const id of [carlaId, cemId]) valueOf(await olga.data.people.addToSpace(portal, id, "client"));
  return { olga, crm, carla, carlaId, cem, portal };
}

test("marks the person's contacts, takes them out of other spaces and keeps them out, and says so to the team", async () => {
  const { olga, crm, carla, carlaId, cem, portal } = await setUpNeighbours();
  const make = async (lastName: string, email: string): Promise<string> =>
    valueOf(
      await olga.data.edit.create({ type: "contact", space: crm, values: { lastName, email, phone: "+49 30 1" } }),
    ).id;
  const about = await make("Meyer", "carla@northwind.example");
  const byRule = await make("Meyer, private", "CARLA@northwind.example");
  const other = await make("Aydin", "cem@northwind.example");
  await synced(olga);
  for (const id of [about, other]) valueOf(await olga.data.sharing.share(id, portal));
  const filter = { field: "lastName", op: "is", value: "Meyer, private" } as const;
  valueOf(await olga.data.sharing.saveRule(portal, { type: "contact", filter }));
  for (const id of [about, byRule, other])
    await until(async () => (await cem.data.query.record(id)) !== undefined, "Cem sees it");

  valueOf(await carla.data.trust.ask("consent", "Please.", ["email", "phone", "sharing"]));
  for (const id of [about, byRule]) {
    await until(async () => (await cem.data.query.record(id)) === undefined, "Cem's copy is gone");
    await until(async () => (await mark(olga, id, "emailOptOut")) === true, "no e-mail");
    expect(await mark(olga, id, "callOptOut")).toBe(true);
    const [change] = (await olga.data.changes(id)).filter(({ field }) => field === "callOptOut");
    expect(change).toMatchObject({ by: carlaId, to: true });
  }
  expect(await cem.data.query.record(other)).toBeDefined();
  expect(await mark(olga, other, "emailOptOut")).toBeUndefined();

  // Neither a hand nor a rule puts it back, after a restart neither.
  await network.stopRelay();
  await network.startRelay();
  await until(async () => (await olga.data.sharing.placesOf(about)).ok, "the relay is back");
  expect(valueOf(await olga.data.sharing.previewShare(about, portal)).refusal).toContain("withdrawn consent");
  expect((await olga.data.sharing.share(about, portal)).ok).toBe(false);
  valueOf(await olga.data.edit.set(byRule, { jobTitle: "Engineer" }));
  await synced(olga);
  expect(valueOf(await olga.data.sharing.placesOf(byRule)).map(({ id }) => id)).toEqual([crm]);

  // The team is told and answers; there is nothing to decline.
  const [request] = valueOf(await olga.data.trust.privacyRequests());
  expect(request).toMatchObject({ kind: "consent", note: "Please.", covers: ["email", "phone", "sharing"] });
  expect([...(request?.records ?? [])].toSorted()).toEqual([about, byRule].toSorted());
  expect(valueOf(await olga.data.trust.notices())).toMatchObject([
    { kind: "asked", about: "consent", byName: "Carla" },
  ]);
  const answer = { answer: "It is so.", records: [] };
  expect((await olga.data.trust.answer(request!.id, { ...answer, decision: "declined" })).ok).toBe(false);
  valueOf(await olga.data.trust.answer(request!.id, { ...answer, decision: "done" }));
  expect(valueOf(await carla.data.trust.notices())).toMatchObject([{ kind: "answered", about: "consent" }]);

  valueOf(await carla.data.trust.giveConsentAgain());
  await until(async () => (await cem.data.query.record(byRule)) !== undefined, "the rule shares it again");
  await until(async () => (await mark(olga, about, "emailOptOut")) === undefined, "the marks are gone");
  expect(valueOf(await olga.data.sharing.previewShare(about, portal)).refusal).toBe("");
  expect((await carla.data.trust.giveConsentAgain()).ok).toBe(false);
  const audit = valueOf(await olga.data.trust.audit({ target: carlaId })).entries.map(({ action }) => action);
  expect(audit).toEqual(expect.arrayContaining(["consent.given", "consent.withdrawn"]));
});

test("holds for contacts that are made later with the person's address, or get it later, too", async () => {
  const { olga, crm, carla, carlaId, cem, portal } = await setUpNeighbours();
  const make = async (lastName: string, email: string): Promise<string> =>
    valueOf(await olga.data.edit.create({ type: "contact", space: crm, values: { lastName, email } })).id;
  const filter = { field: "lastName", op: "is", value: "Meyer, by rule" } as const;
  valueOf(await olga.data.sharing.saveRule(portal, { type: "contact", filter }));
  const before = await make("Meyer, by rule", "info@dahl.example");
  await until(async () => (await cem.data.query.record(before)) !== undefined, "the rule shares it");
  valueOf(await carla.data.trust.ask("consent", "", ["email", "phone", "sharing"]));
  expect(valueOf(await olga.data.trust.privacyRequests())[0]?.records).toEqual([]);

  // Made later; another one, shared already, gets the address now.
  const later = await make("Meyer, by rule", "Carla@Northwind.example");
  valueOf(await olga.data.edit.set(before, { otherEmail: "carla@northwind.example" }));
  const other = await make("Meyer, by rule", "cem@northwind.example");
  await synced(olga);
  // By hand at once: nobody is quicker than the look at what was written.
  expect((await olga.data.sharing.share(later, portal)).ok).toBe(false);
  await until(async () => (await cem.data.query.record(other)) !== undefined, "the rule shares who withdrew nothing");
  await until(async () => (await cem.data.query.record(before)) === undefined, "Cem's copy is gone");
  for (const id of [later, before]) {
    await until(async () => (await mark(olga, id, "emailOptOut")) === true, "no e-mail");
    expect(await mark(olga, id, "callOptOut")).toBe(true);
    const [change] = (await olga.data.changes(id)).filter(({ field }) => field === "callOptOut");
    expect(change).toMatchObject({ by: carlaId, to: true });
    expect(valueOf(await olga.data.sharing.placesOf(id)).map((place) => place.id)).toEqual([crm]);
    expect(cem.received()).not.toContain(`${later}.`);
  }
  expect(await mark(olga, other, "emailOptOut")).toBeUndefined();
  const [request] = valueOf(await olga.data.trust.privacyRequests());
  expect([...(request?.records ?? [])].toSorted()).toEqual([before, later].toSorted());

  // A tick that the team takes out stays out, and a restart changes nothing.
  valueOf(await olga.data.edit.set(later, { callOptOut: null }));
  await synced(olga);
  await network.stopRelay();
  await network.startRelay();
  valueOf(await olga.data.edit.set(later, { jobTitle: "Engineer" }));
  await synced(olga);
  expect((await olga.data.sharing.share(later, portal)).ok).toBe(false);
  expect(await mark(olga, later, "callOptOut")).toBeUndefined();

  valueOf(await carla.data.trust.giveConsentAgain());
  await until(async () => (await cem.data.query.record(later)) !== undefined, "the rule shares it again");
  await until(async () => (await mark(olga, later, "emailOptOut")) === undefined, "the marks are gone");
  const last = await make("Meyer, by rule", "carla@northwind.example");
  await until(async () => (await cem.data.query.record(last)) !== undefined, "the rule shares a new one as well");
});

test.each(["partner", "customer"] as const)(
  "of a %s it is written where the team reads it, whatever the policy says, and a second one waits for no answer",
  async (persona) => {
    network = await openNetwork();
    const olga = await setUpOwner(network);
    const crm = await crmOf(olga);
    const { device: pia, id: piaId } = await addMember(network, olga, "Pia", persona);
    const edit = { type: "milestone", field: "plannedHours", persona: "client", right: "read" } as const;
    valueOf(await olga.data.policy.decide({ base: 0, edits: [edit] }));
    await until(
      async () => valueOf(await olga.data.policy.state()).version === 1,
      "a policy of the organization's own",
    );
    const portal = valueOf(await olga.data.sharing.makeSpace({ kind: "portal", name: "Delta" })).id;
    valueOf(await olga.data.people.addToSpace(portal, piaId, persona));
    const values = { lastName: "Berg", email: "pia@northwind.example" };
    const contact = valueOf(await olga.data.edit.create({ type: "contact", space: crm, values })).id;
    await synced(olga);

    valueOf(await pia.data.trust.ask("consent", "", ["email"]));
    await until(async () => (await mark(olga, contact, "emailOptOut")) === true, "no e-mail");
    valueOf(await pia.data.trust.ask("consent", "", ["phone", "sharing"]));
    await until(async () => (await mark(olga, contact, "callOptOut")) === true, "no calls");
    expect(valueOf(await olga.data.sharing.previewShare(contact, portal)).refusal).toContain("withdrawn consent");
    expect(valueOf(await olga.data.trust.privacyRequests()).map(({ state, covers }) => [state, covers])).toEqual([
      ["open", ["phone", "sharing"]],
      ["open", ["email"]],
    ]);
    valueOf(await pia.data.trust.giveConsentAgain());
    for (const name of ["callOptOut", "emailOptOut"])
      await until(async () => (await mark(olga, contact, name)) === undefined, `${name} is taken back`);
  },
);
