// "My data": what somebody from outside is told about themselves, and an erasure that leaves not one byte: on the relay's
// disk while it runs and after it stopped, on colleagues' devices, on their own.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRandom } from "#tests/sync/random.ts";
import {
  addMember,
  crmOf,
  openNetwork,
  PASSWORD,
  setUpOwner,
  signIn,
  synced,
  until,
  type Device,
  type Network,
} from "#tests/sync/network.ts";
import { openRawFeed, signInRaw } from "#tests/sync/raw-feed.ts";
import { updateOf } from "#tests/unit/relay/test-relay.ts";
import { newToken } from "./canaries.ts";
import { dumpDevice } from "./device-dump.ts";
import { seedFor } from "#tests/seed.ts";

const random = createRandom(seedFor("ERASURE_SEED"));
let network: Network;
let olga: Device;
let igor: Device;
let carla: Device;
let carlaId: string;
let crm: string;
let project: string;

type Reply = Readonly<Record<string, unknown>> & { readonly id: string };

async function call(
  email: string,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; text: string }> {
  const token = await signInRaw(olga.link.address, email);
  const answer = await fetch(`${olga.link.address}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}
const json = ({ status, text }: { status: number; text: string }): Reply => {
  expect(status, text).toBe(200);
  return JSON.parse(text) as Reply;
};
const diskOf = async (device: Device): Promise<Buffer> =>
  Buffer.concat((await dumpDevice(device.prefix)).map(({ bytes }) => bytes));
const olgas = (method: string, path: string, body?: object) => call("olga@northwind.example", method, path, body);

/** Files below a folder in which these words stand, plain or as UTF-16. */
function filesWith(folder: string, words: readonly string[]): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    const found = words.filter((word) => bytes.includes(word) || bytes.includes(Buffer.from(word, "utf16le")));
    return found.map((word) => `${entry.name}: ${word}`);
  });
}

const created = async (device: Device, record: Parameters<Device["data"]["edit"]["create"]>[0]): Promise<string> => {
  const made = await device.data.edit.create(record);
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  await synced(device);
  return made.value.id;
};

const words = {
  mail: `${newToken(random).toLowerCase()}@dahl.example`,
  name: newToken(random),
  phone: newToken(random),
  note: newToken(random),
  older: newToken(random),
  comment: newToken(random),
  plea: newToken(random),
  late: newToken(random),
  waiting: newToken(random),
};
/** In the bytes of a file. */
const photo = newToken(random);

beforeEach(async () => {
  network = await openNetwork();
  olga = await setUpOwner(network);
  igor = (await addMember(network, olga, "Igor", "consultant")).device;
  crm = await crmOf(olga);
  const person = { name: words.name, email: words.mail, password: PASSWORD, persona: "client" };
  carlaId = json(await olgas("POST", "/members", person)).id;
  project = json(await olgas("POST", "/records", { type: "project", fields: { name: "Roof" } })).id;
  json(await olgas("PUT", `/spaces/${project}/members/${carlaId}`, { persona: "client" }));
  carla = await signIn(network, words.mail);
});
afterEach(() => network.close());

async function fill(): Promise<{ contact: string; comment: string; other: string }> {
  const values = {
    firstName: words.name,
    lastName: "Dahl",
    email: words.mail,
    phone: `+49 30 1234 ${words.phone}`,
    notes: words.older,
  };
  const contact = await created(olga, { type: "contact", space: crm, values });
  await olga.data.edit.set(contact, { notes: words.note });
  const comment = await created(carla, {
    type: "comment",
    space: project,
    values: { body: words.comment },
    audience: "client",
  });
  const other = await created(olga, {
    type: "comment",
    space: project,
    values: { body: "Beams are up" },
    audience: "client",
  });
  await synced(olga);
  await until(async () => (await igor.data.query.record(contact)) !== undefined, "Igor has the contact");
  await until(async () => (await igor.data.query.record(comment)) !== undefined, "Igor has the comment");
  return { contact, comment, other };
}

/** Another client's edit of Carla's comment, which came too late and waits for somebody's decision. */
async function leaveWaiting(comment: string): Promise<void> {
  const person = { name: "Cem", email: "cem@aydin.example", password: PASSWORD, persona: "client" };
  const cem = json(await olgas("POST", "/members", person)).id;
  const elsewhere = json(await olgas("POST", "/spaces", { kind: "portal", name: "Elsewhere" })).id;
  for (const space of [elsewhere, project])
    json(await olgas("PUT", `/spaces/${space}/members/${cem}`, { persona: "client" }));
  json(await olgas("DELETE", `/spaces/${project}/members/${cem}`));
  const feed = await openRawFeed(olga.link.address, person.email);
  const meta = { space: project, type: "comment", recordId: comment, facet: "client-shared" };
  await feed.push(`${comment}.client-shared`, updateOf("body", words.waiting), meta);
  feed.close();
}

describe("My data", () => {
  test("tells what is held and who can see it, by name, as a page and as a file, and nothing the team keeps for itself", async () => {
    const { contact, comment } = await fill();
    const page = await call(words.mail, "GET", "/my-data");
    const held = json(page);
    expect(held).toMatchObject({
      account: { id: carlaId, name: words.name, email: words.mail, persona: "client" },
      spaces: [{ id: project, name: "Roof", persona: "client" }],
      records: [
        { id: contact, type: "contact", why: "about you", fields: { email: words.mail, firstName: words.name } },
        { id: comment, type: "comment", why: "written by you", fields: { body: words.comment } },
      ],
      requests: [],
    });
    const readers = (held["records"] as { readers: { name: string }[] }[]).map((record) =>
      record.readers.map(({ name }) => name).sort(),
    );
    expect(readers).toEqual([
      ["Igor", "Olga"],
      ["Igor", "Olga"],
    ]);
    expect(page.text).not.toContain(words.note);
    const file = await call(words.mail, "GET", "/my-data/export");
    // A session more: each call signs in anew.
    expect({ ...json(file), devices: 0 }).toEqual({ ...held, devices: 0 });
    expect((await olgas("GET", "/audit?action=export.made")).text).toContain('"what":"my data"');
    for (const path of ["/my-data", "/my-data/export"]) expect((await olgas("GET", path)).status).toBe(403);
    for (const path of ["/privacy-requests"]) expect((await call(words.mail, "GET", path)).status).toBe(403);
  });

  test("a withdrawal of consent and a declined erasure: seen by the provider, answered, and the answer comes back", async () => {
    await fill();
    json(await call(words.mail, "POST", "/my-data/requests", { kind: "consent", note: "No more calls." }));
    const { id } = json(await call(words.mail, "POST", "/my-data/requests", { kind: "erasure", note: words.plea }));
    const again = await call(words.mail, "POST", "/my-data/requests", { kind: "erasure" });
    expect([again.status, again.text]).toEqual([409, expect.stringContaining("asked for this already")]);
    const seen = JSON.parse((await olgas("GET", "/privacy-requests")).text) as Reply[];
    expect(seen).toMatchObject([
      {
        kind: "erasure",
        note: words.plea,
        name: words.name,
        email: words.mail,
        about: [{ type: "contact", title: `${words.name} Dahl` }],
        written: [{ type: "comment", title: words.comment }],
        mentions: [],
        rules: [],
        state: "open",
      },
      { kind: "consent", note: "No more calls.", state: "open" },
    ]);
    expect(
      (await call("igor@northwind.example", "POST", `/privacy-requests/${id}/answer`, { decision: "done" })).status,
    ).toBe(403);
    json(
      await olgas("POST", `/privacy-requests/${id}/answer`, {
        decision: "declined",
        answer: "A warranty runs until May.",
      }),
    );
    expect((await olgas("POST", `/privacy-requests/${id}/answer`, { decision: "done" })).status).toBe(409);
    const { requests } = json(await call(words.mail, "GET", "/my-data"));
    expect(requests).toMatchObject([{ state: "declined", answer: "A warranty runs until May." }, { state: "open" }]);
    const audit = (await olgas("GET", "/audit")).text;
    for (const action of ["consent.withdrawn", "erasure.requested", "erasure.declined"])
      expect(audit).toContain(action);
    expect(filesWith(network.folder, [words.comment])).not.toEqual([]);
  });
});

describe("an erasure", () => {
  test("shows what it takes by title, takes what was picked, and nothing of what others made that they wrote into", async () => {
    const { comment } = await fill();
    const milestone = await created(olga, { type: "milestone", space: project, values: { title: "Beams" } });
    await until(async () => (await carla.data.query.record(milestone)) !== undefined, "Carla has the milestone");
    // She is the first to write in the facet that she shares with the team.
    await carla.data.edit.set(milestone, { clientNote: "Fine by me" });
    await synced(carla);
    const cem = json(
      await olgas("POST", "/members", {
        name: "Cem",
        email: "cem@aydin.example",
        password: PASSWORD,
        persona: "client",
      }),
    ).id;
    json(await olgas("PUT", `/spaces/${project}/members/${cem}`, { persona: "client" }));
    const cems = await signIn(network, "cem@aydin.example");
    await until(async () => (await cems.data.query.record(milestone)) !== undefined, "Cem has the milestone");
    await cems.data.edit.set(milestone, { clientNote: "Fine by me. By me as well." });
    await synced(cems);
    // Her address in somebody else's contact, in a deal and in a rule.
    const stranger = await created(olga, {
      type: "contact",
      space: crm,
      values: { lastName: "Stranger", email: "s@example.org", otherEmail: words.mail },
    });
    const deal = await created(olga, { type: "deal", space: crm, values: { name: "Attic", nextStep: words.mail } });
    const portal = json(await olgas("POST", "/spaces", { kind: "portal", name: "Delta" })).id;
    const filter = { field: "email", op: "is", value: words.mail };
    json(await olgas("POST", `/spaces/${portal}/rules`, { type: "contact", filter, everything: true }));

    const { id } = json(await call(words.mail, "POST", "/my-data/requests", { kind: "erasure" }));
    const [asked] = JSON.parse((await olgas("GET", "/privacy-requests")).text) as [Reply];
    const titles = (list: unknown): readonly string[] => (list as { title: string }[]).map(({ title }) => title).sort();
    expect(titles(asked["about"])).toEqual(["Stranger", `${words.name} Dahl`].sort());
    expect(titles(asked["written"])).toEqual([words.comment]);
    expect(titles(asked["mentions"])).toEqual(["Attic", "Beams"]);
    expect(asked["rules"]).toEqual([{ space: portal, spaceName: "Delta", type: "contact" }]);

    // Whatever is named, only what is theirs can go.
    json(
      await olgas("POST", `/privacy-requests/${id}/answer`, { decision: "done", records: [comment, milestone, deal] }),
    );
    await until(async () => (await igor.data.query.record(comment)) === undefined, "the comment goes");
    expect(await igor.data.query.record(stranger)).toBeDefined();
    const { fields } = json(await olgas("GET", `/records/${milestone}`)) as unknown as { fields: object };
    expect(fields).toMatchObject({ title: "Beams", clientNote: "Fine by me. By me as well." });
    // And it is no dead end: others go on writing there.
    await cems.data.edit.set(milestone, { clientNote: "Later" });
    await synced(cems);
    expect(await cems.data.sync.refused()).toEqual([]);
  });

  test("removes the bytes from the relay's disk, running and stopped, from colleagues' devices and their own, and keeps them out", async () => {
    const { contact, comment, other } = await fill();
    await leaveWaiting(comment);
    const all = Object.values(words);
    // What came too late, and waits for somebody to decide on it.
    const past = json(await olgas("POST", "/spaces", { kind: "portal", name: "Past" })).id;
    json(await olgas("PUT", `/spaces/${past}/members/${carlaId}`, { persona: "client" }));
    json(await olgas("DELETE", `/spaces/${past}/members/${carlaId}`));
    const tooLate = await openRawFeed(olga.link.address, words.mail);
    const late = { space: past, type: "comment", recordId: "late", facet: "shared" };
    expect(await tooLate.push("late.shared", updateOf("body", words.late), late)).toBe(1);
    tooLate.close();
    const { id } = json(await call(words.mail, "POST", "/my-data/requests", { kind: "erasure", note: words.plea }));
    // The net has no holes: every word is on the disk before.
    for (const word of all) expect(filesWith(network.folder, [word]), word).not.toEqual([]);
    const away = await signIn(network, "igor@northwind.example");
    await until(async () => (await away.data.query.record(comment)) !== undefined, "Igor's other device has it too");
    away.link.setOn(false);
    const attached = await carla.data.files.attach({
      about: comment,
      space: project,
      audience: "client",
      name: "roof.txt",
      mimeType: "text/plain",
      bytes: new TextEncoder().encode(photo),
    });
    const fileId = attached.ok ? attached.value.id : "";
    await synced(carla);
    await until(async () => (await igor.data.files.open(fileId)).ok, "Igor has opened the file");
    await until(async () => (await diskOf(igor)).includes(photo), "its bytes are on his device");
    const held = await away.data.query.record(contact);
    expect(held).toBeDefined();

    const [asked] = JSON.parse((await olgas("GET", "/privacy-requests")).text) as [Reply];
    const listed = [asked["about"], asked["written"]] as { recordId: string }[][];
    const records = listed.flat().map(({ recordId }) => recordId);
    expect(records.toSorted()).toEqual([contact, comment, fileId].toSorted());
    json(await olgas("POST", `/privacy-requests/${id}/answer`, { decision: "done", answer: "Done.", records }));
    expect(filesWith(network.folder, all)).toEqual([]);

    await until(async () => (await igor.data.query.record(contact)) === undefined, "Igor's device drops the contact");
    await until(async () => (await igor.data.query.record(comment)) === undefined, "and the comment");
    await until(async () => !(await diskOf(carla)).includes(words.comment), "Carla's device drops the project");
    await until(() => filesWith(network.folder, [photo]).length === 0, "the relay drops the file");
    away.link.setOn(true);
    away.data.sync.syncNow();
    await until(
      async () => (await away.data.query.record(contact)) === undefined,
      "a device that was away drops it when it is back",
    );
    for (const device of [igor, away, carla]) {
      const gone = [words.phone, words.note, words.older, words.comment, photo];
      // Bytes of files are dropped after what told of them.
      const isClean = async (): Promise<boolean> => {
        const disk = await diskOf(device);
        return gone.every((word) => !disk.includes(word));
      };
      await until(isClean, `${device.prefix} keeps nothing of it`);
    }
    // What others wrote is theirs.
    expect(await igor.data.query.record(other)).toBeDefined();

    // Nobody brings it back: not a device that still had it, not under the same name.
    const feed = await openRawFeed(igor.link.address, "igor@northwind.example");
    const meta = { space: crm, type: "contact", recordId: contact, facet: "client-shared" };
    expect(await feed.push(`${contact}.client-shared`, updateOf("phone", words.phone), meta)).toBe(1);
    feed.close();
    expect((await olgas("GET", `/records/${contact}`)).status).toBe(404);
    expect(await signInRaw(olga.link.address, words.mail)).toBe("");

    const audit = (await olgas("GET", "/audit")).text;
    expect(audit).toContain("erasure.done");
    for (const word of all) expect(audit).not.toContain(word);

    await network.stopRelay();
    expect(filesWith(network.folder, all)).toEqual([]);
    await network.startRelay();
    expect((await olgas("GET", `/records/${contact}`)).status).toBe(404);
    expect(JSON.parse((await olgas("GET", "/privacy-requests")).text)).toMatchObject([
      { state: "done", name: "", note: "" },
    ]);
    // Numbers go on where they were: a cursor never meets another update under its number.
    await created(olga, { type: "comment", space: project, values: { body: "After" }, audience: "client" });
    await synced(igor);
  });
});
