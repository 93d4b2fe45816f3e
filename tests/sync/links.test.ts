// Records linked into spaces beyond their home: who gets them, once, through which space; what happens to them on a device
// that was away; and that no link gives more than the persona of its space reads.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Persona } from "#shared/model/personas.ts";
import type { RecordRow } from "#renderer/data/types.ts";
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
import { updateOf } from "#tests/unit/relay/test-relay.ts";
import { openRawFeed } from "./raw-feed.ts";

const MARGIN = "MARGIN-31.5737";

let network: Network;
let olga: Device;
let crm: string;

async function portal(name: string, members: Readonly<Record<string, Persona>> = {}): Promise<string> {
  const { id } = valueOf(await olga.data.sharing.makeSpace({ kind: "portal", name }));
  for (const [member, persona] of Object.entries(members))
    valueOf(await olga.data.people.addToSpace(id, member, persona));
  return id;
}

async function deal(name: string, values: object = {}): Promise<string> {
  const made = await olga.data.edit.create({
    type: "deal",
    space: crm,
    values: { name, amount: "48000 EUR", nextStep: "Call", lostReason: MARGIN, ...values },
  });
  const { id } = valueOf(made);
  await synced(olga);
  return id;
}

const held = async (device: Device, id: string): Promise<RecordRow | undefined> => device.data.query.record(id);
const arrives = (device: Device, id: string): Promise<void> =>
  until(async () => (await held(device, id)) !== undefined, "the record arrives");
const goes = (device: Device, id: string): Promise<void> =>
  until(async () => (await held(device, id)) === undefined, "the record goes");
const share = async (id: string, space: string): Promise<void> => valueOf(await olga.data.sharing.share(id, space));
const unshare = async (id: string, space: string): Promise<void> => valueOf(await olga.data.sharing.unshare(id, space));

beforeEach(async () => {
  network = await openNetwork();
  olga = await setUpOwner(network);
  crm = await crmOf(olga);
});
afterEach(() => network.close());

describe("a record linked into a space", () => {
  it("R7 R8: reaches the partner's device with exactly the facets of his persona, and follows edits on both sides", async () => {
    const { device: pia, id } = await addMember(network, olga, "Pia", "partner");
    const delta = await portal("Delta Supply", { [id]: "partner" });
    const clinic = await deal("Clinic roof");
    expect(valueOf(await olga.data.sharing.previewShare(clinic, delta))).toMatchObject({
      refusal: "",
      readers: [{ name: "Pia", facets: expect.arrayContaining(["published", "partner"]) }],
    });
    await share(clinic, delta);
    await arrives(pia, clinic);
    const row = await held(pia, clinic);
    expect(row).toMatchObject({ space: delta, title: "Clinic roof", fields: { amount: { amount: 4_800_000 } } });
    expect(Object.keys(row?.docs ?? {})).not.toContain("internal");
    expect(pia.received()).not.toContain(MARGIN);
    expect((await held(olga, clinic))?.space).toBe(crm);

    valueOf(await pia.data.edit.set(clinic, { nextStep: "Send the offer" }));
    await synced(pia);
    await until(async () => (await held(olga, clinic))?.fields["nextStep"] === "Send the offer", "Pia's edit arrives");
    valueOf(await olga.data.edit.set(clinic, { name: "Clinic roof, north wing" }));
    await until(async () => (await held(pia, clinic))?.title === "Clinic roof, north wing", "Olga's edit arrives");
    await unshare(clinic, delta);
    await goes(pia, clinic);
    expect(await held(olga, clinic)).toBeDefined();
  });

  it("W9: lets the partner write a facet that nobody wrote before, which then lies at the record's home", async () => {
    const { device: pia, id } = await addMember(network, olga, "Pia", "partner");
    const delta = await portal("Delta Supply", { [id]: "partner" });
    const made = await olga.data.edit.create({ type: "deal", space: crm, values: { name: "Pier 9" } });
    const pier = valueOf(made).id;
    await synced(olga);
    await share(pier, delta);
    await arrives(pia, pier);
    valueOf(await pia.data.edit.set(pier, { nextStep: "Visit on Friday" }));
    await synced(pia);
    expect(await pia.data.sync.refused()).toEqual([]);
    await until(async () => (await held(olga, pier))?.fields["nextStep"] === "Visit on Friday", "it arrives at home");
    // The portal itself is no home of a record that is not linked into it: W3 and E5 stand.
    const mallory = await openRawFeed(olga.link.address, "pia@northwind.example");
    const other = await deal("Not shared", { nextStep: "" });
    const forged = { space: delta, type: "deal", recordId: other, facet: "partner-shared" };
    expect(await mallory.push(`${other}.partner-shared`, updateOf("nextStep", "forged", id), forged)).toBe(2);
    mallory.close();
  });

  it("R9: comes and goes while the device is away, and nothing but its cursors tells it", async () => {
    const { device: pia, id } = await addMember(network, olga, "Pia", "partner");
    const delta = await portal("Delta Supply", { [id]: "partner" });
    const [stays, comes, went] = [await deal("Stays"), await deal("Comes"), await deal("Went")];
    await share(stays, delta);
    await share(went, delta);
    await arrives(pia, went);
    await synced(pia);
    pia.link.setOn(false);
    await share(comes, delta);
    await unshare(went, delta);
    valueOf(await olga.data.edit.set(stays, { name: "Stays, renamed" }));
    await synced(olga);
    await network.stopRelay();
    await network.startRelay();
    pia.link.setOn(true);
    await arrives(pia, comes);
    await goes(pia, went);
    await until(async () => (await held(pia, stays))?.title === "Stays, renamed", "the edit arrives");
    await synced(pia);
    await pia.reload();
    await synced(pia);
    expect(await pia.data.query.count({ type: "deal" })).toBe(2);
  });

  it("R7: reaches a member of several of its spaces once, and stays while one of them still grants it", async () => {
    const { device: pia, id } = await addMember(network, olga, "Pia", "partner");
    const [delta, beta] = [await portal("Delta", { [id]: "partner" }), await portal("Beta", { [id]: "partner" })];
    const clinic = await deal("Clinic roof");
    const feed = await openRawFeed(olga.link.address, "pia@northwind.example");
    await share(clinic, delta);
    await share(clinic, beta);
    await arrives(pia, clinic);
    valueOf(await olga.data.edit.set(clinic, { name: "Clinic roof 2" }));
    await until(async () => (await held(pia, clinic))?.title === "Clinic roof 2", "the edit arrives");
    const placed = feed.frames.filter((frame) => frame.kind === "placed");
    const bySeq = placed.flatMap((frame) => frame.entries.map(({ seq, docId }) => `${docId} ${seq}`));
    expect(new Set(bySeq).size).toBe(bySeq.length);
    feed.close();
    await unshare(clinic, delta);
    await until(async () => (await held(pia, clinic))?.space === beta, "it moves to the other space");
    valueOf(await olga.data.edit.set(clinic, { name: "Clinic roof 3" }));
    await until(async () => (await held(pia, clinic))?.title === "Clinic roof 3", "edits still arrive");
    valueOf(await olga.data.people.removeFromSpace(beta, id));
    await goes(pia, clinic);
    expect(await pia.data.query.count({ type: "deal" })).toBe(0);
  });

  it("R9: who loses the home of a record keeps what a link still grants, online and after being away", async () => {
    const { device: pia, id } = await addMember(network, olga, "Pia", "partner");
    const delta = await portal("Delta", { [id]: "partner" });
    const made = await olga.data.edit.createProject({ name: "Pier" });
    const project = valueOf(made).id;
    await synced(olga);
    valueOf(await olga.data.people.addToSpace(project, id, "partner"));
    const milestone = valueOf(
      await olga.data.edit.create({ type: "milestone", space: project, values: { title: "Survey" } }),
    ).id;
    await synced(olga);
    await share(milestone, delta);
    await until(async () => (await held(pia, milestone))?.space === project, "it comes with the project");
    valueOf(await olga.data.people.removeFromSpace(project, id));
    await until(async () => (await held(pia, milestone))?.space === delta, "it stays through the portal");
    valueOf(await olga.data.people.addToSpace(project, id, "partner"));
    await until(async () => (await held(pia, milestone))?.space === project, "it is at home again");
    await synced(pia);
    pia.link.setOn(false);
    valueOf(await olga.data.people.removeFromSpace(project, id));
    pia.link.setOn(true);
    await until(async () => (await held(pia, milestone))?.space === delta, "it stays through the portal again");
    expect(await held(pia, project)).toBeUndefined();
  });

  it("T15: two narrow personas of one person add up and never widen each other", async () => {
    const { device: pia, id } = await addMember(network, olga, "Pia", "partner");
    const stock = await portal("Stock", { [id]: "partner" });
    const timeline = await portal("Timeline", { [id]: "customer" });
    const [inStock, onTimeline, inBoth] = [await deal("In stock"), await deal("On timeline"), await deal("In both")];
    await share(inStock, stock);
    await share(onTimeline, timeline);
    await share(inBoth, stock);
    await share(inBoth, timeline);
    for (const each of [inStock, onTimeline, inBoth]) await arrives(pia, each);
    const facets = async (each: string): Promise<readonly string[]> =>
      Object.keys((await held(pia, each))?.docs ?? {}).toSorted();
    expect(await facets(inStock)).toEqual(["partner", "partner-shared", "published"]);
    expect(await facets(onTimeline)).toEqual(["published"]);
    expect(await facets(inBoth)).toEqual(["partner", "partner-shared", "published"]);
    expect(pia.received()).not.toContain(MARGIN);
    expect((await held(pia, onTimeline))?.fields["amount"]).toBeUndefined();
  });

  it("is refused where nobody from outside may read anything of it, and explained before", async () => {
    const { id } = await addMember(network, olga, "Carla", "client");
    const made = await olga.data.edit.create({
      type: "activity",
      space: crm,
      values: { channel: "note", subject: "x" },
    });
    const note = valueOf(made).id;
    await synced(olga);
    const club = await portal("Club", { [id]: "client" });
    const preview = valueOf(await olga.data.sharing.previewShare(note, club));
    expect(preview.refusal).toContain("Nobody from outside in Club may read anything");
    expect(await olga.data.sharing.share(note, club)).toMatchObject({ ok: false, error: { message: preview.refusal } });
  });

  it("an archived space is read and not written, and comes back", async () => {
    const { device: pia, id } = await addMember(network, olga, "Pia", "partner");
    const delta = await portal("Delta", { [id]: "partner" });
    const clinic = await deal("Clinic roof");
    await share(clinic, delta);
    await arrives(pia, clinic);
    valueOf(await olga.data.sharing.archiveSpace(delta, true));
    await until(async () => (await pia.data.spaces()).some(({ archived }) => archived === true), "it is archived");
    await pia.data.edit.set(clinic, { nextStep: "too late" });
    await until(async () => (await pia.data.sync.refused()).length === 1, "the write is refused");
    valueOf(await olga.data.sharing.archiveSpace(delta, false));
    valueOf(await pia.data.edit.set(clinic, { nextStep: "in time" }));
    await until(async () => (await held(olga, clinic))?.fields["nextStep"] === "in time", "it is written again");
  });
});
