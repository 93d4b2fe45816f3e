// Files beside records: attached offline, delivered whole, read by who reads their record and by nobody else (section 9).

import { createHash } from "node:crypto";
import { readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { AudienceChoice } from "#shared/model/audience.ts";
import { createFacet, openFacetDocument } from "#shared/doc/facet-document.ts";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { limits } from "#shared/protocol/limits.ts";
import { FILES_FOLDER } from "#sync-server/files/file-store.ts";
import { openClinic, type Clinic } from "./clinic.ts";
import { openRawFeed } from "./raw-feed.ts";
import { synced, until, type Device } from "./network.ts";

let clinic: Clinic;
beforeAll(async () => {
  clinic = await openClinic();
}, 60_000);
afterAll(() => clinic.network.close());

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const folder = (): string => join(clinic.network.folder, "data", FILES_FOLDER);

async function attach(device: Device, audience: AudienceChoice, name: string, bytes: Uint8Array): Promise<string> {
  const attached = await device.data.files.attach({
    about: clinic.milestone,
    space: clinic.space,
    audience,
    name,
    mimeType: "text/plain",
    bytes,
  });
  if (!attached.ok) throw new Error(JSON.stringify(attached.error));
  return attached.value.id;
}

const kindOf = async (device: Device, id: string): Promise<string | undefined> =>
  (await device.data.files.states([id])).get(id)?.kind;

async function opened(device: Device, id: string): Promise<string> {
  const got = await device.data.files.open(id);
  return got.ok ? got.value.text() : got.error.message;
}

async function tokenOf(device: Device, email: string): Promise<string> {
  const answer = await fetch(`${device.link.address}/api/v1/auth/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password: "harbour-lights-2026" }),
  });
  return ((await answer.json()) as { token: string }).token;
}

const ask = (token: string, id: string, bytes?: Uint8Array): Promise<Response> =>
  fetch(`${clinic.igor.link.address}/api/v1/files/${id}`, {
    method: bytes === undefined ? "GET" : "PUT",
    headers: {
      authorization: `Bearer ${token}`,
      ...(bytes === undefined ? {} : { "content-type": "application/octet-stream" }),
    },
    ...(bytes === undefined ? {} : { body: new Uint8Array(bytes) }),
  });

it("B1 B2: attached without a network it is on the device at once, survives a restart, and arrives whole", async () => {
  const { carla, igor, cem } = clinic;
  const words = "Gate 2, photographed on the spot. ".repeat(2_000);
  carla.link.setOn(false);
  const id = await attach(carla, "client", "gate-2.txt", bytesOf(words));
  await carla.reload();
  expect(await kindOf(carla, id)).toBe("waits");
  expect(await opened(carla, id)).toBe(words);
  expect(carla.data.sync.status().state).not.toBe("synced");
  carla.link.setOn(true);
  carla.data.sync.syncNow();
  await until(async () => (await kindOf(carla, id)) === "here", "the bytes are at the relay");
  await synced(carla);
  for (const device of [igor, cem]) {
    await until(async () => (await device.data.query.record(id)) !== undefined, "the record is there");
    expect(await kindOf(device, id)).toBe("elsewhere");
    expect(await opened(device, id)).toBe(words);
    expect(await kindOf(device, id)).toBe("here");
  }
  // The same bytes for another record are that record's.
  const copy = await attach(igor, "internal", "copy.txt", bytesOf(words));
  await synced(igor);
  const hash = createHash("sha256").update(words).digest("hex");
  expect(readdirSync(folder()).toSorted()).toEqual(
    [`${id}.client-shared.${hash}`, `${copy}.internal.${hash}`].toSorted(),
  );
});

it("B1: hidden from who does not read its record: no byte, the same answer as for nothing, and no way to write it", async () => {
  const { igor, carla } = clinic;
  const secret = "Lowest price 41,300. Marker kestrel-9031-amber.";
  const id = await attach(igor, "internal", "calculation-kestrel-9031.txt", bytesOf(secret));
  await synced(igor);
  await synced(carla);
  const token = await tokenOf(carla, "carla@northwind.example");
  const [hidden, none] = [await ask(token, id), await ask(token, newId())];
  expect([hidden.status, await hidden.text()]).toEqual([none.status, await none.text()]);
  expect(hidden.status).toBe(404);
  expect((await ask(token, id, bytesOf(secret))).status).toBe(404);
  expect(carla.received()).not.toContain("kestrel-9031");
  expect(await opened(carla, id)).toBe("This file is not on this device any more.");
});

it("B1: a record that names the hash of a hidden file opens nothing, and tells nothing of whether it is there", async () => {
  const { igor, carla } = clinic;
  const secret = "Second lowest price 40,900. Marker kestrel-9032-amber.";
  await attach(igor, "internal", "second.txt", bytesOf(secret));
  await synced(igor);
  const token = await tokenOf(carla, "carla@northwind.example");
  const answers: string[] = [];
  for (const words of [secret, "Bytes that nobody brought, of the same length as the price."]) {
    const sha256 = createHash("sha256").update(words).digest("hex");
    const values = { name: "mine.txt", mimeType: "", size: words.length, sha256, about: clinic.milestone };
    const id = newId();
    const made = await carla.data.edit.create({ id, type: "file", space: clinic.space, audience: "client", values });
    expect(made.ok).toBe(true);
    await synced(carla);
    const upload = await fetch(`${carla.link.address}/api/v1/files/${id}/upload`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const answer = await ask(token, id);
    answers.push(JSON.stringify([answer.status, await answer.text(), upload.status, await upload.text()]));
  }
  expect(answers[0]).toBe(answers[1]);
  expect(answers[0]).toContain("409");
});

it("B1: another facet of the same record that names the hash opens nothing to those who read that one", async () => {
  const { igor, carla } = clinic;
  const secret = "Third lowest price 39,800. Marker kestrel-9033-amber.";
  const id = await attach(igor, "internal", "third.txt", bytesOf(secret));
  await synced(igor);
  const sha256 = createHash("sha256").update(secret).digest("hex");
  const values = { name: "third.txt", mimeType: "", size: secret.length, sha256, about: clinic.milestone };
  const meta = { space: clinic.space, type: "file", recordId: id, facet: "client-shared" };
  const other = createFacet(openFacetDocument(meta, []), "file", values, { at: "2026-05-14T09:00:00.000Z", by: "x" });
  const feed = await openRawFeed(igor.link.address, "igor@northwind.example");
  expect(await feed.push(docIdOf(id, meta.facet), other, meta)).toBe("ack");
  feed.close();
  const answer = await ask(await tokenOf(carla, "carla@northwind.example"), id);
  expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining("not been uploaded")]);
  expect((await ask(await tokenOf(igor, "igor@northwind.example"), id)).status).toBe(200);
});

it("B1: what older versions kept by record is there for the record's own document, and what no record names goes", async () => {
  const { igor, network } = clinic;
  const id = await attach(igor, "client", "plan.txt", bytesOf("The plan of 1987"));
  await synced(igor);
  const name = readdirSync(folder()).find((one) => one.startsWith(id)) ?? "";
  await network.stopRelay();
  expect(name).toContain(".client-shared.");
  renameSync(join(folder(), name), join(folder(), name.replace(".client-shared.", ".")));
  writeFileSync(join(folder(), `${newId()}.${"0".repeat(64)}`), "nobody's");
  await network.startRelay();
  const answer = await ask(await tokenOf(igor, "igor@northwind.example"), id);
  expect(await answer.text()).toBe("The plan of 1987");
  expect(readdirSync(folder())).toContain(name);
  await until(() => !readdirSync(folder()).some((one) => one.endsWith("0".repeat(64))), "what is nobody's goes");
});

it("B2: only the bytes that the record names are taken, and only those are shown", async () => {
  const { igor, cem } = clinic;
  const id = await attach(igor, "client", "plan.txt", bytesOf("Roof plan, revision 3"));
  await synced(igor);
  const token = await tokenOf(igor, "igor@northwind.example");
  for (const wrong of ["", "Roof plan, revision 4", "Roof plan, revision 3 "])
    expect((await ask(token, id, bytesOf(wrong))).status).toBe(400);
  const fetched = await ask(token, id);
  expect(fetched.headers.get("content-type")).toBe("application/octet-stream");
  expect(fetched.headers.get("content-disposition")).toBe("attachment");
  expect(fetched.headers.get("x-content-type-options")).toBe("nosniff");
  const sha256 = (await igor.data.query.record(id))?.fields["sha256"];
  writeFileSync(
    join(folder(), `${id}.client-shared.${typeof sha256 === "string" ? sha256 : ""}`),
    "Roof plan, revision 5",
  );
  await until(async () => (await cem.data.query.record(id)) !== undefined, "Cem has the record");
  expect(await opened(cem, id)).toContain("its hash differs");
});

it("L5: too large a file is refused with a sentence, on the device and at the door", async () => {
  const { igor } = clinic;
  const bytes = new Uint8Array(limits.fileBytes + 1);
  const refused = await igor.data.files.attach({
    about: clinic.milestone,
    space: clinic.space,
    audience: "internal",
    name: "film.mp4",
    mimeType: "video/mp4",
    bytes,
  });
  expect(refused.ok ? "" : refused.error).toMatchObject({ message: expect.stringContaining("up to 25 MB") as string });
  const token = await tokenOf(igor, "igor@northwind.example");
  const answer = await ask(token, newId(), bytes).then(
    (response) => response.status,
    // The relay hangs up on what goes on being sent.
    () => 413,
  );
  expect(answer).toBe(413);
});

it("B3: an upload that breaks off goes on where it stopped, after a restart of the relay too; what is not the next part changes nothing", async () => {
  const { igor, carla, network } = clinic;
  const size = limits.filePartBytes * 3 + 17;
  const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 7919) % 251);
  igor.link.setOn(false);
  const id = await attach(igor, "client", "scan.bin", bytes);
  igor.link.setOn(true);
  igor.data.sync.syncNow();
  await until(async () => (await kindOf(igor, id)) === "here", "it is brought");
  const token = await tokenOf(igor, "igor@northwind.example");
  const part = (of: string, from: number, to: number): Promise<Response> =>
    fetch(`${igor.link.address}/api/v1/files/${of}?from=${from}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/octet-stream" },
      body: other.subarray(from, to),
    });
  const brought = async (answer: Promise<Response>): Promise<unknown> =>
    ((await (await answer).json()) as { brought?: number }).brought;

  // The first part of another file arrives, then everything stops.
  const other = bytes.toReversed();
  const link = igor.link;
  const second = newId();
  const sha256 = createHash("sha256").update(other).digest("hex");
  const values = { name: "second.bin", mimeType: "", size, sha256, about: clinic.milestone };
  const made = await igor.data.edit.create({
    id: second,
    type: "file",
    space: clinic.space,
    audience: "client",
    values,
  });
  expect(made.ok).toBe(true);
  await synced(igor);
  expect(await brought(part(second, 0, 1_000_000))).toBe(1_000_000);
  // Not the next part: told where to go on, and nothing is written.
  expect(await brought(part(second, 2_000_000, 3_000_000))).toBe(1_000_000);
  await network.stopRelay();
  await network.startRelay();
  link.setOn(true);
  await synced(igor);
  const told = await fetch(`${link.address}/api/v1/files/${second}/upload`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await told.json()).toEqual({ brought: 1_000_000 });
  expect((await ask(token, second)).status).toBe(409);
  expect(await brought(part(second, 1_000_000, size))).toBe(size);
  expect(new Uint8Array(await (await ask(token, second)).arrayBuffer())).toEqual(other);
  await until(async () => (await carla.data.query.record(id)) !== undefined, "Carla has the record");
  const got = await carla.data.files.open(id);
  expect(got.ok && new Uint8Array(await got.value.arrayBuffer())).toEqual(bytes);
  expect(readdirSync(folder()).filter((name) => !/^[\w-]+\.[a-z-]+\.[0-9a-f]{64}$/.test(name))).toEqual([]);
});

it("R4 B3: after a restore whoever holds a file brings it again, and who only reads it is not troubled", async () => {
  const { network, igor, carla, olga } = clinic;
  const devices = [igor, carla, olga];
  const early = await attach(igor, "client", "early.txt", bytesOf("before the backup"));
  await until(async () => (await kindOf(igor, early)) === "here", "it is at the relay");
  await network.stopRelay();
  const backup = network.backUp();
  await network.startRelay();
  for (const device of devices) device.data.sync.syncNow();
  const late = await attach(igor, "client", "late.txt", bytesOf("after the backup"));
  const own = await attach(carla, "client", "own.txt", bytesOf("hers, after the backup"));
  for (const [device, id] of [
    [igor, late],
    [carla, own],
  ] as const)
    await until(async () => (await kindOf(device, id)) === "here", "it is at the relay");
  await until(async () => (await carla.data.query.record(late)) !== undefined, "Carla has heard of it");
  for (const id of [early, late]) await opened(carla, id);
  const before = readdirSync(folder()).toSorted();
  await network.stopRelay();
  network.restore(backup);
  await network.startRelay();
  for (const device of devices) device.data.sync.syncNow();
  await until(() => readdirSync(folder()).toSorted().join() === before.join(), "every byte is back at the relay");
  for (const device of devices) await synced(device);
  expect(await opened(olga, late)).toBe("after the backup");
  expect(await opened(olga, own)).toBe("hers, after the backup");
  for (const device of devices) expect(await device.data.sync.refused()).toEqual([]);
  for (const id of [early, late]) expect(await kindOf(carla, id)).toBe("here");
});
