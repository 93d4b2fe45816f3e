// A share rule end to end: what matches comes to the partner, what stops matching goes, and what is refused is explained.

import { afterEach, beforeEach, expect, it } from "vitest";
import { deal as dealType } from "#shared/record-types/index.ts";
import {
  addMember,
  createCompany,
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
let olga: Device;
let pia: Device;
let crm: string;
let portal: string;

const deal = async (name: string, company: string): Promise<string> =>
  valueOf(await olga.data.edit.create({ type: "deal", space: crm, values: { name, company } })).id;

const names = async (): Promise<readonly string[]> =>
  (await pia.data.query.records({ type: "deal" })).rows.map(({ title }) => title).toSorted();

const shows = (expected: readonly string[]): Promise<void> =>
  until(async () => JSON.stringify(await names()) === JSON.stringify(expected), `Pia sees ${expected.join(", ")}`);

beforeEach(async () => {
  network = await openNetwork();
  olga = await setUpOwner(network);
  crm = await crmOf(olga);
  const added = await addMember(network, olga, "Pia", "partner");
  pia = added.device;
  portal = valueOf(await olga.data.sharing.makeSpace({ kind: "portal", name: "Delta" })).id;
  valueOf(await olga.data.people.addToSpace(portal, added.id, "partner"));
});
afterEach(() => network.close());

it("keeps the deals of one company in the partner's portal, as they change, across a restart, until it is removed", async () => {
  const [delta, harbor] = [await createCompany(olga, crm, "Delta"), await createCompany(olga, crm, "Harbor")];
  const pier = await deal("Pier 9", delta);
  await deal("Clinic roof", harbor);
  await deal("Other roof", harbor);
  await synced(olga);
  const rule = { type: "deal", filter: { field: "company", op: "is", value: delta } } as const;
  await until(async () => valueOf(await olga.data.sharing.previewRule(portal, rule)).total === 3, "all are projected");
  expect(valueOf(await olga.data.sharing.previewRule(portal, rule))).toEqual({
    total: 3,
    count: 1,
    examples: [{ id: pier, title: "Pier 9" }],
    readers: ["Pia"],
    refusal: "",
  });
  const saved = valueOf(await olga.data.sharing.saveRule(portal, rule));
  await shows(["Pier 9"]);
  const quay = await deal("Quay office", delta);
  await shows(["Pier 9", "Quay office"]);
  valueOf(await olga.data.edit.set(pier, { company: harbor }));
  await shows(["Quay office"]);
  await network.stopRelay();
  await network.startRelay();
  await synced(olga);
  valueOf(await olga.data.edit.set(pier, { company: delta }));
  await shows(["Pier 9", "Quay office"]);
  // By hand as well: it outlives the rule.
  valueOf(await olga.data.sharing.share(quay, portal));
  valueOf(await olga.data.sharing.removeRule(saved.id));
  await shows(["Quay office"]);
});

it("R7: who loses a record by the change that takes it from the rule gets neither that change nor what follows", async () => {
  const [delta, harbor] = [await createCompany(olga, crm, "Delta"), await createCompany(olga, crm, "Harbor")];
  const pier = await deal("Pier 9", delta);
  await deal("Clinic roof", harbor);
  await synced(olga);
  const filter = {
    all: [
      { field: "company", op: "is", value: delta },
      { field: "leadSource", op: "isEmpty" },
    ],
  } as const;
  valueOf(await olga.data.sharing.saveRule(portal, { type: "deal", filter, everything: true }));
  await shows(["Pier 9"]);
  valueOf(await olga.data.edit.set(pier, { name: "Pier 10" }));
  await shows(["Pier 10"]);
  valueOf(await olga.data.edit.set(pier, { company: harbor }));
  await synced(olga);
  for (const name of ["Kestrel 1", "Kestrel 2", "Kestrel 3"]) {
    valueOf(await olga.data.edit.set(pier, { name }));
    await synced(olga);
  }
  await shows([]);
  expect(pia.received()).not.toContain(harbor);
  expect(pia.received()).not.toContain("Kestrel");
  // By a field that she never reads as well; and it comes back whole.
  valueOf(await olga.data.edit.set(pier, { company: delta }));
  await shows(["Kestrel 3"]);
  valueOf(await olga.data.edit.set(pier, { leadSource: "Their own" }));
  await synced(olga);
  valueOf(await olga.data.edit.set(pier, { name: "Osprey" }));
  await synced(olga);
  await shows([]);
  expect(pia.received()).not.toContain("Osprey");
});

it("refuses what it must and says why, before anything is shared", async () => {
  await deal("Pier 9", await createCompany(olga, crm, "Delta"));
  await deal("Clinic roof", await createCompany(olga, crm, "Harbor"));
  await synced(olga);
  const refusal = async (type: string, filter: object): Promise<string> =>
    valueOf(await olga.data.sharing.previewRule(portal, { type, filter: filter as never })).refusal;
  expect(await refusal("deal", { field: "name", op: "isNotEmpty" })).toContain("lets every deal through");
  expect(await refusal("deal", { all: [{ field: "bonus", op: "atLeast", value: 1 }] })).toContain("(at all.0.field)");
  expect(await refusal("deal", { field: "amount", op: "atLeast", value: "much" })).toContain("(at value)");
  expect(await refusal("chainEntry", { field: "body", op: "contains", value: "x" })).toContain("not shared by rules");
  await until(
    async () => (await refusal("deal", { field: "amount", op: "isEmpty" })).includes("lets all 2 deals through"),
    "both are projected",
  );
  const everyOne = { type: "deal", filter: { field: "amount", op: "isEmpty" } } as const;
  expect((await olga.data.sharing.saveRule(portal, everyOne)).ok).toBe(false);
  expect(await names()).toEqual([]);
  valueOf(await olga.data.sharing.saveRule(portal, { ...everyOne, everything: true }));
  await shows(["Clinic roof", "Pier 9"]);
});

it("shares what an author picked the audience of: of those notes that she may read, the ones the rule is about", async () => {
  const note = async (subject: string, audience: "internal" | "everyone" | "partner"): Promise<void> =>
    void valueOf(await olga.data.edit.create({ type: "activity", space: crm, values: { subject }, audience }));
  await note("Visit of the roof", "partner");
  await note("Visit of the quay", "everyone");
  await note("Visit, our own", "internal");
  await note("Call", "partner");
  await synced(olga);
  const rule = { type: "activity", filter: { field: "subject", op: "contains", value: "Visit" } } as const;
  await until(async () => valueOf(await olga.data.sharing.previewRule(portal, rule)).total === 4, "all are projected");
  expect(valueOf(await olga.data.sharing.previewRule(portal, rule))).toMatchObject({
    count: 3,
    readers: ["Pia"],
    refusal: "",
  });
  valueOf(await olga.data.sharing.saveRule(portal, rule));
  await until(async () => {
    const seen = (await pia.data.query.records({ type: "activity" })).rows.map(({ title }) => title).toSorted();
    return JSON.stringify(seen) === JSON.stringify(["Visit of the quay", "Visit of the roof"]);
  }, "the two that are for her");
  expect(pia.received()).not.toContain("our own");
});

it("refuses a rule over a field that its author may not read: whether it holds would tell its value", async () => {
  const { device: max } = await addMember(network, olga, "Max", "manager");
  const state = valueOf(await olga.data.policy.state());
  const edits = [{ type: "deal", field: "discountFloor", persona: "manager" as const, right: "none" as const }];
  valueOf(await olga.data.policy.decide({ base: state.version, edits }));
  const rule = { type: "deal", filter: { field: "discountFloor", op: "isNotEmpty" } } as const;
  const said = await max.data.sharing.previewRule(portal, rule);
  expect(said).toMatchObject({ ok: true, value: { refusal: expect.stringContaining("Discount floor"), examples: [] } });
  expect((await max.data.sharing.saveRule(portal, rule)).ok).toBe(false);
  // Nor is a record named to somebody who does not read its name.
  await deal("Pier 9", await createCompany(olga, crm, "Delta"));
  await synced(olga);
  const { version } = valueOf(await olga.data.policy.state());
  const nameless = Object.keys(dealType.fields).map((field) => ({
    type: "deal",
    field,
    persona: "manager" as const,
    right: field === "closeDate" ? ("read" as const) : ("none" as const),
  }));
  valueOf(await olga.data.policy.decide({ base: version, edits: nameless }));
  const open = { type: "deal", filter: { field: "closeDate", op: "isEmpty" } } as const;
  await until(async () => valueOf(await max.data.sharing.previewRule(portal, open)).count === 1, "it is projected");
  expect(JSON.stringify(await max.data.sharing.previewRule(portal, open))).not.toContain("Pier");
  const opened = { type: "deal", field: "closeDate", persona: "consultant" as const, right: "none" as const };
  await addMember(network, olga, "Igor", "consultant");
  const base = valueOf(await max.data.policy.state()).version;
  const exampleFor = async (device: Device): Promise<string | undefined> => {
    const edits = [{ ...opened, field: "name" }];
    return valueOf(await device.data.policy.preview({ base, edits })).losses[0]?.example?.title;
  };
  await until(async () => (await exampleFor(olga)) === "Pier 9", "the name lies where it was moved");
  expect(await exampleFor(max)).toBe("");
});
