// What was read in the inbox, on several devices of one person and on nobody else's (rule W14).

import { afterAll, beforeAll, expect, it } from "vitest";
import { docIdOf, newId, personalSpaceOf } from "#shared/model/ids.ts";
import { refusalCodes } from "#shared/protocol/close-codes.ts";
import * as Y from "yjs";
import { openClinic, type Clinic } from "./clinic.ts";
import { assert } from "#shared/model/result.ts";
import { crmOf, signIn, synced, until, type Device } from "./network.ts";
import { openRawFeed } from "./raw-feed.ts";
import { callApi } from "./signing.ts";

let clinic: Clinic;
beforeAll(async () => {
  clinic = await openClinic();
}, 60_000);
afterAll(() => clinic.network.close());

const CANARY = "mention kestrel-7719-amber";

const read = (device: Device, ...ids: readonly string[]): Promise<void> =>
  device.data.inbox.change((now) => ({ ...now, read: [...now.read, ...ids] }));

const holds = async (device: Device, ...ids: readonly string[]): Promise<boolean> => {
  const state = await device.data.inbox.get();
  return JSON.stringify([...state.read].sort()) === JSON.stringify([...ids].sort());
};

it("W14: two devices of one person, both offline, come to the same; a change of one keeps what the other did", async () => {
  const phone = clinic.carla;
  const laptop = await signIn(clinic.network, "carla@northwind.example");
  for (const device of [phone, laptop]) device.link.setOn(false);
  await read(phone, "a 1", CANARY);
  await read(laptop, "b 2");
  await laptop.data.inbox.change((now) => ({ ...now, muted: ["due"], snoozed: ["2026-05-20T06:00:00.000Z b 2"] }));
  await phone.reload();
  expect(await holds(phone, "a 1", CANARY)).toBe(true);
  for (const device of [phone, laptop]) {
    device.link.setOn(true);
    device.data.sync.syncNow();
  }
  for (const device of [phone, laptop]) {
    await synced(device);
    await until(() => holds(device, "a 1", "b 2", CANARY), "both have all of it");
  }
  await phone.data.inbox.change((now) => ({ ...now, read: now.read.filter((id) => id !== "b 2"), snoozed: [] }));
  await until(() => holds(laptop, "a 1", CANARY), "unread again");
  expect(await laptop.data.inbox.get()).toMatchObject({ muted: ["due"], snoozed: [] });
  const third = await signIn(clinic.network, "carla@northwind.example");
  await until(() => holds(third, "a 1", CANARY), "a new device has it");
  // It is no place of theirs, and no business of anybody else.
  expect((await phone.data.spaces()).map((space) => space.kind)).toEqual(["project"]);
  expect(await phone.data.sync.refused()).toEqual([]);
});

it("W14: nobody else gets a byte of it, nor into it: not the owner, not by any door", async () => {
  const { olga, igor, cem, carla, ids } = clinic;
  const own = personalSpaceOf(ids.carla);
  for (const device of [olga, igor, cem]) {
    await synced(device);
    expect(device.received()).not.toContain("kestrel-7719");
    expect(device.received()).not.toContain(own);
    expect(await device.data.query.record(own)).toBeUndefined();
  }
  for (const member of [ids.igor, ids.carla]) {
    const added = await olga.data.people.addToSpace(own, member, member === ids.igor ? "consultant" : "client");
    expect(added.ok).toBe(false);
  }
  const answer = await fetch(`${olga.link.address}/api/v1/auth/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "olga@northwind.example", password: "harbour-lights-2026" }),
  });
  const { token } = (await answer.json()) as { token: string };
  const call = (method: string, path: string, body?: object) => callApi(olga.link.address, token, method, path, body);
  expect((await call("GET", `/records/${own}`)).status).toBe(404);
  expect((await call("PATCH", `/spaces/${own}`, { name: "Mine" })).status).toBeGreaterThanOrEqual(400);
  expect((await call("DELETE", `/spaces/${own}/members/${ids.carla}`)).status).toBeGreaterThanOrEqual(400);
  expect(JSON.stringify((await call("GET", "/spaces")).body)).not.toContain(own);
  // Nor as the id of something else: a project of that id would let the whole team in.
  const meta = { space: own, type: "project", recordId: own, facet: "published" };
  for (const thief of ["igor@northwind.example", "olga@northwind.example"]) {
    const raw = await openRawFeed(olga.link.address, thief);
    expect(await raw.push(docIdOf(own, meta.facet), Y.encodeStateAsUpdate(new Y.Doc()), meta)).toBe(
      refusalCodes.forbidden,
    );
    const ofNobody = personalSpaceOf(newId());
    const other = { ...meta, space: ofNobody, recordId: ofNobody };
    expect(await raw.push(docIdOf(ofNobody, meta.facet), Y.encodeStateAsUpdate(new Y.Doc()), other)).toBe(
      refusalCodes.forbidden,
    );
    raw.close();
  }
  expect(igor.received()).not.toContain(own);
  // Hers it stays.
  await read(carla, "c 3");
  await synced(carla);
  expect(await holds(carla, "a 1", "c 3", CANARY)).toBe(true);
});

it("W14: no rule shares it, nor tells by its preview what is in it, and nobody links it by hand", async () => {
  const { olga, igor, carla, ids, space } = clinic;
  await read(igor, CANARY);
  for (const device of [igor, carla]) await synced(device);
  const asks = { type: "inboxState", filter: { field: "read", op: "contains", value: CANARY } } as const;
  const preview = await olga.data.sharing.previewRule(space, asks);
  expect(preview).toMatchObject({ ok: true, value: { count: 0, total: 0, examples: [] } });
  expect(preview).toMatchObject({ value: { refusal: expect.stringContaining("not shared by rules") } });
  expect((await olga.data.sharing.saveRule(space, { ...asks, everything: true })).ok).toBe(false);
  const own = personalSpaceOf(ids.igor);
  expect(await igor.data.sharing.previewShare(own, space)).toMatchObject({
    ok: true,
    value: { refusal: expect.stringContaining("yours alone") },
  });
  expect((await igor.data.sharing.share(own, space)).ok).toBe(false);
  expect(carla.received()).not.toContain(own);
});

it("W14: what else lies in somebody's own space is shared by no rule either, nor counted by one", async () => {
  const { olga, igor, carla, ids, space } = clinic;
  const mine = await igor.data.edit.create({
    type: "task",
    space: personalSpaceOf(ids.igor),
    values: { title: "Osprey 4410" },
  });
  assert(mine.ok, "written into his own space");
  await synced(igor);
  const rule = { type: "task", filter: { field: "title", op: "contains", value: "Osprey" } } as const;
  const theirs = await igor.data.edit.create({
    type: "task",
    space: await crmOf(olga),
    values: { title: "Osprey 4411" },
  });
  assert(theirs.ok, "written into the CRM");
  await synced(igor);
  await until(async () => {
    const preview = await olga.data.sharing.previewRule(space, rule);
    return preview.ok && preview.value.count === 1;
  }, "the one of the CRM is projected, and that of his own space is not counted");
  const saved = await olga.data.sharing.saveRule(space, { ...rule, everything: true });
  assert(saved.ok, "shared");
  // A later change of it is held against the rules as well.
  expect((await igor.data.edit.set(mine.value.id, { title: "Osprey 4412" })).ok).toBe(true);
  await synced(igor);
  expect((await olga.data.sharing.contentsOf(space)) as object).toMatchObject({
    value: { records: [{ id: theirs.value.id }] },
  });
  expect(carla.received()).not.toContain(mine.value.id);
});
