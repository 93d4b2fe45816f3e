// T9 F9: a device that stays away closes what it holds, whatever its clock says, and opens when it is in step again: by then
// what its member may not have any more is gone, and what waited is sent.

import { afterEach, beforeEach, expect, it } from "vitest";
import { decodeRelayFrame } from "#shared/protocol/frames.ts";
import {
  addMember,
  createCompany,
  crmOf,
  openNetwork,
  PASSWORD,
  setUpOwner,
  synced,
  until,
  type Device,
  type Network,
  valueOf,
} from "./network.ts";

const HOUR_MS = 3_600_000;

let network: Network;
let olga: Device;
let portal: string;
let deal: string;
let piaId: string;

const kindOf = (device: Device): string => device.data.session.state().kind;

/** A device whose clock the test sets. */
async function deviceOf(email: string): Promise<{ device: Device; goOn: (hours: number) => void }> {
  let ahead = 0;
  const device = await network.addDevice({ now: () => new Date(Date.now() + ahead) });
  valueOf(await device.data.session.signIn({ email, password: PASSWORD }));
  await synced(device);
  return { device, goOn: (hours) => void (ahead += hours * HOUR_MS) };
}

beforeEach(async () => {
  network = await openNetwork();
  olga = await setUpOwner(network);
  const crm = await crmOf(olga);
  piaId = (await addMember(network, olga, "Pia", "partner")).id;
  portal = valueOf(await olga.data.sharing.makeSpace({ kind: "portal", name: "Delta" })).id;
  valueOf(await olga.data.people.addToSpace(portal, piaId, "partner"));
  deal = valueOf(
    await olga.data.edit.create({ type: "deal", space: crm, values: { name: "Pier 9", nextStep: "Call" } }),
  ).id;
  await synced(olga);
  valueOf(await olga.data.sharing.share(deal, portal));
}, 60_000);
afterEach(() => network.close());

it("T9 F9: after 72 h without contact a partner's device shows nothing, also with its clock set back; contact opens it", async () => {
  const { device: pia, goOn } = await deviceOf("pia@northwind.example");
  await until(async () => (await pia.data.query.record(deal))?.title === "Pier 9", "the deal arrives");
  pia.link.setOn(false);
  goOn(71);
  await pia.reload();
  expect(kindOf(pia)).toBe("signedIn");
  valueOf(await pia.data.edit.set(deal, { nextStep: "Mail" }));

  goOn(2);
  await pia.reload();
  expect(pia.data.session.state()).toMatchObject({ kind: "closed", closed: { hours: 72 } });
  for (const door of [
    () => pia.data.query.record(deal),
    () => pia.data.edit.set(deal, { nextStep: "Visit" }),
    () => pia.data.device.exportAll(),
    () => pia.data.search.search("Pier"),
    () => pia.data.spaces(),
    () => pia.data.changes(deal),
    () => pia.data.sync.pending(),
    () => pia.data.live.open(deal, "notes"),
  ])
    await expect(async () => door()).rejects.toThrow("closed");
  await until(() => pia.data.sync.status().waiting === 1, "what waits is counted");

  goOn(-24 * 365);
  await pia.reload();
  expect(kindOf(pia)).toBe("closed");

  pia.link.setOn(true);
  pia.data.sync.syncNow();
  await until(() => kindOf(pia) === "signedIn", "it opens by itself");
  await synced(pia);
  await until(async () => (await olga.data.query.record(deal))?.fields["nextStep"] === "Mail", "what waited is sent");
  // The clock that was set back is the one that counts since this contact.
  pia.link.setOn(false);
  goOn(71);
  await pia.reload();
  expect(kindOf(pia)).toBe("signedIn");
});

it("T9: a tab that is open closes as well, whichever tab sees that the time has come", async () => {
  const { device: pia, goOn } = await deviceOf("pia@northwind.example");
  pia.link.setOn(false);
  goOn(73);
  const second = await pia.openTab();
  expect(second.session.state().kind).toBe("closed");
  await until(() => kindOf(pia) === "closed", "the tab that was open hears of it");
});

it("T9: removed while away: when the closed device is in contact, the copy is gone before anything is shown", async () => {
  const { device: pia, goOn } = await deviceOf("pia@northwind.example");
  await until(async () => (await pia.data.query.record(deal))?.title === "Pier 9", "the deal arrives");
  pia.link.setOn(false);
  goOn(80);
  await pia.reload();
  valueOf(await olga.data.people.removeFromSpace(portal, piaId));
  const seen: string[] = [];
  pia.data.session.subscribe((state) => {
    if (state.kind !== "signedIn") return;
    void pia.data.query.record(deal).then((record) => seen.push(record?.title ?? "nothing"));
  });
  pia.link.setOn(true);
  pia.data.sync.syncNow();
  await until(() => seen.length > 0, "it opens");
  expect(seen).toEqual(["nothing"]);
  expect(await pia.data.endedAccess()).toMatchObject([{ space: "Delta" }]);
});

it("F9: the team has 30 days; a manager changes both, and connected devices hear of it", async () => {
  const { device: igor, goOn } = await deviceOf("pia@northwind.example");
  await createCompany(olga, await crmOf(olga), "Harbor Clinic");
  const terms = await olga.data.sharing.offlineTerms();
  expect(valueOf(terms)).toEqual({ teamHours: 720, outsideHours: 72 });
  expect((await igor.data.sharing.changeOfflineTerms({ teamHours: 1, outsideHours: 1 })).ok).toBe(false);
  expect((await olga.data.sharing.changeOfflineTerms({ teamHours: 0, outsideHours: 5 })).ok).toBe(false);
  valueOf(await olga.data.sharing.changeOfflineTerms({ teamHours: 48, outsideHours: 5 }));
  const term = (): number | undefined => {
    const welcome = igor
      .messages()
      .map(decodeRelayFrame)
      .findLast((frame) => frame.ok && frame.value.kind === "welcome");
    return welcome?.ok === true && welcome.value.kind === "welcome" ? welcome.value.offlineHours : undefined;
  };
  await until(() => term() === 5, "a welcome with five hours");
  await synced(igor);
  igor.link.setOn(false);
  goOn(6);
  await igor.reload();
  expect(igor.data.session.state()).toMatchObject({ kind: "closed", closed: { hours: 5 } });
  await network.stopRelay();
  await network.startRelay();
  await synced(olga);
  expect(valueOf(await olga.data.sharing.offlineTerms())).toEqual({ teamHours: 48, outsideHours: 5 });
});
