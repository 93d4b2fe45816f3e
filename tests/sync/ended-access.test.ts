// Somebody's access ends: what their devices hold is gone, at once where there is contact, else when there is again; and a
// role that changes is followed without signing in anew.

import "fake-indexeddb/auto";
import { Dexie } from "dexie";
import { expect, it } from "vitest";
import { addMember, networkOfTest, PASSWORD, setUpOwner, signIn, synced, until, type Device } from "./network.ts";
import { signInRaw } from "./raw-feed.ts";

/** Databases of records on this device, by name. */
const heldBy = async ({ prefix }: Device): Promise<readonly string[]> =>
  (await Dexie.getDatabaseNames()).filter((name) => name.startsWith(prefix) && !name.endsWith("-device"));

const hasLeft = (device: Device, what: string): Promise<void> =>
  until(async () => {
    const state = device.data.session.state();
    return state.kind === "signedOut" && state.ended === "Northwind Build" && (await heldBy(device)).length === 0;
  }, what);

it("the device deletes what it holds: one in contact at once, one without when it comes back; signing in fails until access is given again", async () => {
  const network = await networkOfTest();
  const olga = await setUpOwner(network);
  const { id, device: here } = await addMember(network, olga, "Igor", "consultant");
  const away = await signIn(network, "igor@northwind.example");
  const made = await away.data.edit.create({
    type: "company",
    space: (await away.data.spaces())[0]?.id ?? "",
    values: { name: "Harbor Clinic" },
  });
  expect(made.ok).toBe(true);
  await synced(away);
  away.link.setOn(false);
  expect((await heldBy(here)).length).toBe(1);
  expect((await olga.data.people.endAccess(id)).ok).toBe(true);
  await hasLeft(here, "the device in contact has nothing left");
  expect((await heldBy(away)).length).toBe(1);
  away.link.setOn(true);
  await hasLeft(away, "the device that was away has nothing left");
  const again = { email: "igor@northwind.example", password: PASSWORD };
  expect((await here.data.session.signIn(again)).ok).toBe(false);
  const left = await olga.data.people.all();
  expect(left.ok ? left.value.map(({ name }) => name) : []).toEqual(["Olga"]);
  await until(async () => (await olga.data.members()).some(({ former }) => former === true), "Olga's device was told");
  // The name stays on what was done; to choose there is nobody.
  expect((await olga.data.members()).map(({ name, former }) => `${name} ${former === true}`).toSorted()).toEqual([
    "Igor true",
    "Olga false",
  ]);
  const crm = (await olga.data.spaces())[0]?.id ?? "";
  expect((await olga.data.members(crm)).map(({ name }) => name)).toEqual(["Olga"]);
  expect((await olga.data.people.restoreAccess(id)).ok).toBe(true);
  expect((await here.data.session.signIn(again)).ok).toBe(true);
  await synced(here);
  const found = await here.data.query.records({ type: "company", limit: 10 });
  expect(found.rows.map(({ title }) => title)).toEqual(["Harbor Clinic"]);
});

it("a manager who becomes a consultant is one on the device after the next contact, and a new password signs the other device out", async () => {
  const network = await networkOfTest();
  const olga = await setUpOwner(network);
  const { id, device: mia } = await addMember(network, olga, "Mia", "manager");
  const other = await signIn(network, "mia@northwind.example");
  const persona = (): string | undefined => {
    const state = mia.data.session.state();
    return state.kind === "signedIn" ? state.me.persona : undefined;
  };
  expect(persona()).toBe("manager");
  expect((await olga.data.people.changeRole(id, "consultant")).ok).toBe(true);
  mia.link.cut();
  await until(async () => persona() === "consultant", "the device knows the role");
  expect((await mia.data.people.ended()).ok).toBe(false);
  const after = "a brand new password";
  expect((await mia.data.people.changePassword({ before: "wrong one here", after })).ok).toBe(false);
  expect((await mia.data.people.changePassword({ before: PASSWORD, after })).ok).toBe(true);
  await until(async () => other.data.session.state().kind === "signedOut", "the other device is signed out");
  expect((await heldBy(other)).length).toBe(1);
  const reset = await olga.data.people.makeReset(id);
  const secret = reset.ok ? (reset.value.link.split("#")[1] ?? "") : "";
  expect((await other.data.people.lookAtReset(secret)).ok).toBe(true);
  expect((await other.data.session.resetPassword({ secret, password: PASSWORD })).ok).toBe(true);
  await synced(other);
});

it("T9: a device that was away while its owner was erased deletes what it holds when it comes back, and says so", async () => {
  const network = await networkOfTest();
  const olga = await setUpOwner(network);
  const { id } = await addMember(network, olga, "Carla", "client");
  const away = await signIn(network, "carla@northwind.example");
  const space = await olga.data.sharing.makeSpace({ kind: "portal", name: "Dahl" });
  expect(space.ok && (await olga.data.people.addToSpace(space.value.id, id, "client")).ok).toBe(true);
  await synced(away);
  away.link.setOn(false);
  const call = async (email: string, path: string, body: object): Promise<{ readonly id?: string }> => {
    const token = await signInRaw(olga.link.address, email);
    const answer = await fetch(`${olga.link.address}/api/v1${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as { readonly id?: string };
  };
  const asked = await call("carla@northwind.example", "/my-data/requests", { kind: "erasure" });
  await call("olga@northwind.example", `/privacy-requests/${asked.id}/answer`, { decision: "done", written: true });
  await network.stopRelay();
  await network.startRelay();
  expect((await heldBy(away)).length).toBe(1);
  away.link.setOn(true);
  away.data.sync.syncNow();
  await hasLeft(away, "the device has nothing left");
  expect(await signInRaw(olga.link.address, "carla@northwind.example")).toBe("");
});
