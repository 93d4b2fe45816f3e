// What waits on one device goes to another one of the same person as a file, and changes everything once.

import "fake-indexeddb/auto";
import { describe, expect, test } from "vitest";
import { newId } from "#shared/model/ids.ts";
import { takePendingFile, writePendingFile } from "#renderer/data/pending-file.ts";
import { docsOf } from "#renderer/data/record-rows.ts";
import type { TestReplica } from "./test-replica.ts";
import { createCompany, createTestRelay, openTestReplica, settle, unwrap } from "./test-replica.ts";

const fileOf = (device: TestReplica): Promise<string> => writePendingFile(device.replica, []);

async function valuesOf(device: TestReplica, id: string): Promise<unknown> {
  const record = await device.database.records.get(id);
  return record === undefined ? undefined : { ...record.fields, pending: record.pending };
}

describe("a file of pending changes", () => {
  test("taken in on another device and sent by both: everything is there once, on all devices", async () => {
    const [phone, laptop, igor] = [
      await openTestReplica("ana"),
      await openTestReplica("ana"),
      await openTestReplica("igor"),
    ];
    const relay = createTestRelay();
    const old = await createCompany(phone, { name: "Harbor Clinic" });
    await settle(relay, phone, laptop, igor);
    unwrap(await phone.edit.set(old, { phone: "+49 40 1234567" }));
    unwrap(await phone.edit.set(old, { name: "Harbor Clinic North" }));
    const made = await createCompany(phone, { name: "Rosa Lind Ltd." });
    const file = await fileOf(phone);

    const taken = unwrap(await takePendingFile(laptop.replica, file));
    expect(taken).toEqual({ records: 2, known: 0, leftOut: 0, notAccepted: 0 });
    expect(await valuesOf(laptop, old)).toMatchObject({
      name: "Harbor Clinic North",
      phone: "+49 40 1234567",
      pending: 1,
    });
    expect(await valuesOf(laptop, made)).toMatchObject({ name: "Rosa Lind Ltd.", pending: 1 });

    const again = unwrap(await takePendingFile(laptop.replica, file));
    expect(again).toEqual({ records: 0, known: 2, leftOut: 0, notAccepted: 0 });

    await settle(relay, laptop, phone, igor);
    for (const device of [phone, laptop, igor]) {
      expect(await valuesOf(device, old)).toMatchObject({ name: "Harbor Clinic North", pending: 0 });
      expect(await valuesOf(device, made)).toMatchObject({ name: "Rosa Lind Ltd.", pending: 0 });
      const history = (await device.database.documents.get(old))?.history ?? [];
      expect(history.filter((change) => change.field === "phone")).toHaveLength(1);
    }
  });

  test("a project made offline brings its space along", async () => {
    const [phone, laptop] = [await openTestReplica("ana"), await openTestReplica("ana")];
    const project = unwrap(await phone.edit.createProject({ name: "Clinic roof north" })).id;
    unwrap(await takePendingFile(laptop.replica, await fileOf(phone)));
    expect(await laptop.database.spaces.get(project)).toMatchObject({ kind: "project", name: "Clinic roof north" });
    expect(await valuesOf(laptop, project)).toMatchObject({ name: "Clinic roof north" });
  });

  test("what leans on changes this device has not seen is left out whole, and said", async () => {
    const [phone, laptop] = [await openTestReplica("ana"), await openTestReplica("ana")];
    const relay = createTestRelay();
    const id = await createCompany(phone);
    await settle(relay, phone);
    unwrap(await phone.edit.set(id, { name: "Harbor Clinic South" }));
    const file = await fileOf(phone);
    expect(unwrap(await takePendingFile(laptop.replica, file))).toMatchObject({ records: 0, leftOut: 1 });
    expect(await laptop.database.updates.count()).toBe(0);
    await relay.pull(laptop);
    expect(unwrap(await takePendingFile(laptop.replica, file))).toMatchObject({ records: 1, leftOut: 0 });
  });

  test("what was not accepted comes into the tray, once", async () => {
    const [phone, laptop] = [await openTestReplica("ana"), await openTestReplica("ana")];
    const id = await createCompany(phone);
    const [doc] = await docsOf(phone.database, [id]);
    const docId = doc?.docId ?? "";
    const bytes = new Uint8Array([0, 0]);
    const refused = { docId, recordId: id, code: 1, reason: "Not allowed.", at: "2026-03-01T08:00:00.000Z", by: "ana" };
    await phone.database.refused.add({ ...refused, patches: [{ field: "name", to: "Mine" }], bytes });
    const file = await fileOf(phone);
    expect(unwrap(await takePendingFile(laptop.replica, file)).notAccepted).toBe(1);
    expect(unwrap(await takePendingFile(laptop.replica, file)).notAccepted).toBe(0);
    expect(await laptop.database.refused.toArray()).toMatchObject([
      { recordId: id, reason: "Not allowed.", patches: [{ field: "name", to: "Mine" }] },
    ]);
  });

  test("somebody else's file, another version's, a damaged one and another kind of file are each refused with a sentence", async () => {
    const [ana, igor] = [await openTestReplica("ana"), await openTestReplica("igor")];
    await createCompany(ana);
    const file = await fileOf(ana);
    const sentences = [
      [igor, file, /ana's changes. Sign in as ana/],
      [ana, file.replace('"version": 2', '"version": 3'), /Another version/],
      [ana, file.replace('"bytes": "', '"bytes": "?'), /damaged/],
      [ana, file.replace(/"recordId": "[^"]+"/g, `"recordId": "../${newId()}"`), /damaged/],
      [ana, "name,phone\nHarbor,1", /not a file of pending changes/],
    ] as const;
    for (const [device, text, sentence] of sentences) {
      const taken = await takePendingFile(device.replica, text);
      expect(taken.ok ? "" : taken.error.message).toMatch(sentence);
    }
    expect(await igor.database.updates.count()).toBe(0);
  });

  test("bytes that are no update change nothing", async () => {
    const [phone, laptop] = [await openTestReplica("ana"), await openTestReplica("ana")];
    await createCompany(phone);
    const file = (await fileOf(phone)).replace(/"bytes": "[^"]+"/, '"bytes": "AQIDBAUGBwg="');
    expect(unwrap(await takePendingFile(laptop.replica, file))).toMatchObject({ records: 0, leftOut: 1 });
    expect(await laptop.database.records.count()).toBe(0);
  });
});
