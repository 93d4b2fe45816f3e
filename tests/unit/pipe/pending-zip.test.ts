// Pending changes and everything on a device as zip files: attached files are in them, and nothing that lives only here is left out.

import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { createHash } from "node:crypto";
import { exportDevice } from "#renderer/data/device-export.ts";
import { membersKey } from "#renderer/data/database.ts";
import { takePendingZip, writePendingZip } from "#renderer/data/pending-zip.ts";
import type { EditApi } from "#renderer/data/types.ts";
import { withUnkept } from "#renderer/data/unkept-edits.ts";
import { newId } from "#shared/model/ids.ts";
import { unzipped } from "#tests/unzipped.ts";
import { createCompany, createTestRelay, openTestReplica, settle, unwrap, type TestReplica } from "./test-replica.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function attach({ database, edit }: TestReplica, name: string, bytes: Uint8Array): Promise<string> {
  const id = newId();
  await database.files.put({ id, bytes, waits: 1 });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const values = { name, mimeType: "text/plain", size: bytes.length, sha256, about: "m2" };
  unwrap(await edit.create({ id, type: "file", space: "crm", audience: "internal", values }));
  return id;
}

const take = async (device: TestReplica, zip: Blob) =>
  unwrap(await takePendingZip(device.replica, new Uint8Array(await zip.arrayBuffer()), device.edit));

test("attached files go along: those that wait, those whose record is there already, and those in the tray", async () => {
  const [phone, laptop] = [await openTestReplica("ana"), await openTestReplica("ana")];
  const relay = createTestRelay();
  const known = await attach(phone, "known.txt", bytesOf("its record arrived, its bytes did not"));
  await settle(relay, phone, laptop);
  const fresh = await attach(phone, "../gate 2.txt", bytesOf("made in the cellar"));
  const refused = newId();
  await phone.database.files.put({ id: refused, bytes: bytesOf("the server did not want it") });
  await phone.database.refused.add({
    docId: `${refused}.internal`,
    recordId: refused,
    type: "file",
    space: "crm",
    file: 1,
    code: 1,
    reason: "Too much.",
    at: "2026-03-01T08:00:00.000Z",
    by: "ana",
    patches: [],
    bytes: new Uint8Array(),
  });
  const zip = await writePendingZip(phone.replica, [], []);
  const inside = await unzipped(zip);
  expect(inside.names.every((name) => name === "pending.json" || /^files\/[\w-]+\/[^/]+$/.test(name))).toBe(true);
  expect(inside.all()).toContain("made in the cellar");

  expect(await take(laptop, zip)).toMatchObject({ records: 1, leftOut: 0, notAccepted: 1 });
  const held = await laptop.database.files.toArray();
  expect(new Map(held.map(({ id, waits }) => [id, waits]))).toEqual(
    new Map([
      [known, 1],
      [fresh, 1],
      [refused, undefined],
    ]),
  );
  expect(await laptop.database.refused.toArray()).toMatchObject([{ recordId: refused, file: 1, reason: "Too much." }]);
  // Taken in again, and exported from there: all of it is in there still.
  expect(await take(laptop, zip)).toMatchObject({ records: 0, leftOut: 0, notAccepted: 0 });
  const again = await unzipped(await writePendingZip(laptop.replica, [], []));
  expect(again.names.toSorted()).toEqual(inside.names.toSorted());
});

test("bytes that are not the file that its record names are left out, and said", async () => {
  const [phone, laptop] = [await openTestReplica("ana"), await openTestReplica("ana")];
  const id = await attach(phone, "plan.txt", bytesOf("the plan"));
  await phone.database.files.update(id, { bytes: bytesOf("another one") });
  expect(await take(laptop, await writePendingZip(phone.replica, [], []))).toMatchObject({ records: 1, leftOut: 1 });
  expect(await laptop.database.files.count()).toBe(0);
});

test("the edits for which there was no room are in the file, and made on the other device once", async () => {
  const [phone, laptop] = [await openTestReplica("ana"), await openTestReplica("ana")];
  const relay = createTestRelay();
  const harbor = await createCompany(phone, { name: "Harbor Clinic" });
  await settle(relay, phone, laptop);
  let isFull = true;
  const full = async () => ({ ok: false, error: { type: "QuotaExceeded", message: "full" } }) as const;
  const guarded: EditApi = {
    ...phone.edit,
    create: (record) => (isFull ? full() : phone.edit.create(record)),
    setMany: (edits) => (isFull ? full() : phone.edit.setMany(edits)),
  };
  const { edit, list } = withUnkept(guarded, () => ({ by: "ana", at: "2026-03-01T08:00:00.000Z" }));
  await edit.set(harbor, { phone: "+49 40 1", website: "https://harbor.example" });
  await edit.set(harbor, { phone: "+49 40 2" });
  await edit.create({ type: "company", space: "crm", values: { name: "Delta Supply" } });
  isFull = false;
  await edit.set(harbor, { website: "https://harbor.example" });
  expect(list()).toHaveLength(2);
  const zip = await writePendingZip(phone.replica, [], list());
  expect(await take(laptop, zip)).toMatchObject({ records: 3, leftOut: 0 });
  expect((await laptop.database.records.get(harbor))?.fields).toMatchObject({ phone: "+49 40 2" });
  const names = async () => (await laptop.database.records.toArray()).map((row) => row.title).toSorted();
  expect(await names()).toEqual(["Delta Supply", "Harbor Clinic"]);
  await take(laptop, zip);
  expect(await names()).toEqual(["Delta Supply", "Harbor Clinic"]);
});

test("an export has who is in a space, how texts are structured, and the files that are here", async () => {
  const device = await openTestReplica("ana");
  const { database, edit } = device;
  await database.settings.put({ key: membersKey("roof"), value: [{ id: "carla", name: "Carla", persona: "client" }] });
  const scope = unwrap(
    await edit.create({
      type: "document",
      space: "roof",
      audience: "internal",
      values: { title: "Scope", body: "First line\n\nSecond" },
    }),
  ).id;
  const plan = await attach(device, "plan.txt", bytesOf("the plan"));
  const elsewhere = await attach(device, "elsewhere.txt", bytesOf("not opened here"));
  await database.files.delete(elsewhere);
  const zip = await unzipped(await exportDevice(device.replica));
  const whole = JSON.parse(zip.text("export.json")) as {
    readonly spaces: readonly { readonly id: string; readonly members: readonly object[] }[];
    readonly records: readonly { id: string; richTexts?: Record<string, string>; bytes?: string | null }[];
  };
  const record = (id: string) => whole.records.find((one) => one.id === id);
  expect(whole.spaces.find((space) => space.id === "roof")?.members).toMatchObject([{ name: "Carla" }]);
  expect(record(scope)?.richTexts?.["body"]).toMatch(/<paragraph>First line<\/paragraph>.*<paragraph>Second/);
  expect(record(elsewhere)?.bytes).toBe(null);
  expect(new TextDecoder().decode(zip.bytes(record(plan)?.bytes ?? ""))).toBe("the plan");
});
