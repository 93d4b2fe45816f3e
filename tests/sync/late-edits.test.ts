// Edits that reach the relay after their author lost the right to make them: applied to nothing, kept for author and owner.

import { afterEach, beforeEach, expect, it } from "vitest";
import { facetFor } from "#shared/model/facets.ts";
import { externalPersonas, internalPersonas } from "#shared/model/personas.ts";
import { assert } from "#shared/model/result.ts";
import { updateOf } from "#tests/unit/relay/test-relay.ts";
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
import { openRawFeed } from "./raw-feed.ts";

let network: Network;
let olga: Device;
let pia: Device;
let piaId: string;
let portal: string;
let deal: string;

const EDITS = 50;
const DAY_MS = 86_400_000;
const nextStep = async (device: Device): Promise<unknown> => (await device.data.query.record(deal))?.fields["nextStep"];

beforeEach(async () => {
  network = await openNetwork();
  olga = await setUpOwner(network);
  const crm = await crmOf(olga);
  const added = await addMember(network, olga, "Pia", "partner");
  piaId = added.id;
  portal = valueOf(await olga.data.sharing.makeSpace({ kind: "portal", name: "Delta" })).id;
  valueOf(await olga.data.people.addToSpace(portal, piaId, "partner"));
  deal = valueOf(
    await olga.data.edit.create({ type: "deal", space: crm, values: { name: "Pier 9", nextStep: "Call" } }),
  ).id;
  await synced(olga);
  valueOf(await olga.data.sharing.share(deal, portal));
  // Her clock is a month behind: whatever it says counts for nothing.
  pia = await network.addDevice({ now: () => new Date(Date.now() - 30 * DAY_MS) });
  valueOf(await pia.data.session.signIn({ email: "pia@northwind.example", password: "harbour-lights-2026" }));
  await until(async () => (await nextStep(pia)) === "Call", "the deal arrives");
  await synced(pia);
}, 60_000);
afterEach(() => network.close());

it("T8 W12: 50 back-dated edits of a revoked member: none applied, all kept with their author, decided one by one", async () => {
  pia.link.setOn(false);
  for (let edit = 0; edit < EDITS; edit += 1) valueOf(await pia.data.edit.set(deal, { nextStep: `late ${edit}` }));
  valueOf(await olga.data.people.removeFromSpace(portal, piaId));
  pia.link.setOn(true);
  const waiting = async (): Promise<number> => valueOf(await olga.data.sharing.lateEdits()).length;
  await until(async () => (await waiting()) === EDITS, "all of them are kept");
  expect(await nextStep(olga)).toBe("Call");
  expect(await pia.data.query.record(deal)).toBeUndefined();
  expect(await pia.data.sync.refused()).toHaveLength(EDITS);
  expect(await pia.data.endedAccess()).toMatchObject([{ space: "Delta" }]);
  const own = valueOf(await pia.data.sharing.lateEdits());
  expect(own).toHaveLength(EDITS);
  expect(own.every(({ author, changes }) => author === piaId && changes.length === 0)).toBe(true);

  // Offered again after a lost answer, and after a restart: kept once.
  await pia.reload();
  await network.stopRelay();
  await network.startRelay();
  await synced(olga);
  expect(await waiting()).toBe(EDITS);

  const [first] = valueOf(await olga.data.sharing.lateEdits());
  assert(first !== undefined, "there are some");
  expect(first).toMatchObject({
    authorName: "Pia",
    recordId: deal,
    changes: [{ field: "nextStep", from: "Call", to: "late 0" }],
  });
  expect((await pia.data.sharing.acceptLateEdit(first.id)).ok).toBe(false);
  valueOf(await olga.data.sharing.acceptLateEdit(first.id));
  await until(async () => (await nextStep(olga)) === "late 0", "the accepted one is applied");
  // It stands in its author's name, and the record's history says who let it in.
  const history = valueOf(await olga.data.trust.received(deal));
  const session = olga.data.session.state();
  const olgaId = session.kind === "signedIn" ? session.me.id : "";
  expect(history.filter(({ acceptedAt }) => acceptedAt !== undefined)).toEqual([
    expect.objectContaining({ field: "nextStep", to: "late 0", by: piaId, sentBy: piaId, acceptedBy: olgaId }),
  ]);
  const second = valueOf(await olga.data.sharing.lateEdits())[0];
  valueOf(await olga.data.sharing.dismissLateEdit(second?.id ?? ""));
  expect(await waiting()).toBe(EDITS - 2);
  expect(await nextStep(olga)).toBe("late 0");
});

it("W12: a manager sees and decides on late edits of what he reads himself, and of nothing else", async () => {
  const { device: max } = await addMember(network, olga, "Max", "manager");
  const withoutManagers = facetFor(["partner"], ["partner"], [...internalPersonas, ...externalPersonas]);
  const feed = await openRawFeed(olga.link.address, "pia@northwind.example");
  const docId = `${deal}.${withoutManagers}`;
  const meta = { space: portal, type: "deal", recordId: deal, facet: withoutManagers };
  expect(await feed.push(docId, updateOf("agreedDiscount", "7 %", piaId), meta)).toBe("ack");
  valueOf(await olga.data.people.removeFromSpace(portal, piaId));
  expect(await feed.push(docId, updateOf("agreedMargin", "31 %", piaId))).toBe(1);
  expect(await feed.push(`${deal}.partner-shared`, updateOf("remark", "Visit", piaId))).toBe(1);
  feed.close();

  expect(valueOf(await olga.data.sharing.lateEdits())).toHaveLength(2);
  const seen = valueOf(await max.data.sharing.lateEdits());
  expect(seen).toMatchObject([{ recordId: deal, changes: [{ field: "remark", from: null, to: "Visit" }] }]);
  expect(JSON.stringify(seen)).not.toContain("%");
  const hidden = valueOf(await olga.data.sharing.lateEdits()).find(({ changes }) => changes[0]?.to === "31 %");
  assert(hidden !== undefined, "the owner reads every facet");
  expect((await max.data.sharing.acceptLateEdit(hidden.id)).ok).toBe(false);
  expect((await max.data.sharing.dismissLateEdit(hidden.id)).ok).toBe(false);
  expect(valueOf(await olga.data.sharing.lateEdits())).toHaveLength(2);
  valueOf(await max.data.sharing.acceptLateEdit(seen[0]?.id ?? ""));
  valueOf(await olga.data.sharing.acceptLateEdit(hidden.id));
});

it("W12: records that a removed member made are kept too, shown as new, and come to be when they are accepted", async () => {
  const feed = await openRawFeed(olga.link.address, "pia@northwind.example");
  pia.link.setOn(false);
  const make = async (body: string): Promise<string> =>
    valueOf(await pia.data.edit.create({ type: "comment", space: portal, values: { body, about: deal } })).id;
  const [wanted, unwanted] = [await make("The north wing leaks"), await make("Never mind")];
  valueOf(await olga.data.people.removeFromSpace(portal, piaId));
  pia.link.setOn(true);
  const late = async () => valueOf(await olga.data.sharing.lateEdits());
  await until(async () => (await late()).length === 2, "both are kept");
  expect(await olga.data.query.record(wanted)).toBeUndefined();
  expect(valueOf(await pia.data.sharing.lateEdits())).toHaveLength(2);
  // Nobody names a record of others, or one of a space he was never in, to have something kept.
  const forged = { space: portal, type: "deal", recordId: deal, facet: "shared" };
  const { id: other } = valueOf(await olga.data.sharing.makeSpace({ kind: "portal", name: "Other" }));
  for (const meta of [
    { ...forged, type: "task" },
    { ...forged, space: other, recordId: "new" },
  ])
    expect(await feed.push(`${meta.recordId}.shared`, updateOf("name", "forged"), meta)).toBe(1);
  feed.close();

  await network.stopRelay();
  await network.startRelay();
  await synced(olga);
  const kept = await late();
  expect(kept).toHaveLength(2);
  const first = kept.find(({ recordId }) => recordId === wanted);
  expect(first).toMatchObject({ type: "comment", isNew: true, authorName: "Pia" });
  expect(first?.changes).toContainEqual({ field: "body", from: null, to: "The north wing leaks" });
  valueOf(await olga.data.sharing.acceptLateEdit(first?.id ?? ""));
  await until(async () => (await olga.data.query.record(wanted)) !== undefined, "the accepted one comes to be");
  expect(await olga.data.query.record(wanted)).toMatchObject({ createdBy: piaId, title: "The north wing leaks" });
  const second = kept.find(({ recordId }) => recordId === unwanted);
  valueOf(await olga.data.sharing.dismissLateEdit(second?.id ?? ""));
  expect(await late()).toEqual([]);
  expect(await olga.data.query.record(unwanted)).toBeUndefined();
});

it("W10 W12: a late edit of a field that lies elsewhere now is not accepted where it lay", async () => {
  const feed = await openRawFeed(olga.link.address, "pia@northwind.example");
  valueOf(await olga.data.people.removeFromSpace(portal, piaId));
  expect(await feed.push(`${deal}.partner-shared`, updateOf("nextStep", "Visit"))).toBe(1);
  feed.close();
  const { version } = valueOf(await olga.data.policy.state());
  valueOf(
    await olga.data.policy.decide({
      base: version,
      edits: [{ type: "deal", field: "nextStep", persona: "partner", right: "none" }],
    }),
  );
  await until(async () => !valueOf(await olga.data.policy.state()).isMoving, "values have moved");
  const [late] = valueOf(await olga.data.sharing.lateEdits());
  const accepted = await olga.data.sharing.acceptLateEdit(late?.id ?? "");
  expect(accepted).toMatchObject({ ok: false, error: { message: expect.stringContaining("Who may see this") } });
  expect(await nextStep(olga)).toBe("Call");
  expect(valueOf(await olga.data.sharing.lateEdits())).toHaveLength(1);
});

it("W12: keeps nothing of somebody who never had the right", async () => {
  const { device: stranger, id } = await addMember(network, olga, "Mallory", "partner");
  const other = valueOf(await olga.data.sharing.makeSpace({ kind: "portal", name: "Other" })).id;
  valueOf(await olga.data.people.addToSpace(other, id, "partner"));
  const feed = await openRawFeed(stranger.link.address, "mallory@northwind.example");
  expect(await feed.push(`${deal}.partner-shared`, updateOf("nextStep", "mine"))).toBe(1);
  expect(await feed.push("no-such-record.partner-shared", updateOf("nextStep", "mine"))).toBe(1);
  feed.close();
  expect(valueOf(await olga.data.sharing.lateEdits())).toEqual([]);
});
