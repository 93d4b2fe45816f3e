// The history of a record: who, when by both clocks, on which device, before and after; within the reader's facets; and still
// whole when the log has been folded.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
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
} from "./network.ts";
import { openRawFeed, signInRaw } from "./raw-feed.ts";

let network: Network;
let olga: Device;
let crm: string;
let igorId: string;
let igor: Device;

type Entry = Readonly<Record<string, unknown>>;

async function call(email: string, path: string): Promise<{ status: number; text: string }> {
  const token = await signInRaw(olga.link.address, email);
  const answer = await fetch(`${olga.link.address}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, text: await answer.text() };
}

async function historyOf(email: string, recordId: string): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    const answer = await call(email, `/records/${recordId}/history?limit=3&after=${after}`);
    expect(answer.status, answer.text).toBe(200);
    const page = JSON.parse(answer.text) as { entries: Entry[]; cursor?: number };
    entries.push(...page.entries);
    after = page.cursor;
  }
  return entries;
}

beforeEach(async () => {
  network = await openNetwork();
  olga = await setUpOwner(network);
  const added = await addMember(network, olga, "Igor", "consultant");
  igor = added.device;
  igorId = added.id;
  crm = await crmOf(olga);
});
afterEach(() => network.close());

describe("history of a record", () => {
  test("says who, on which device, before and after, when it was claimed and when it was received; folded or not", async () => {
    const made = await olga.data.edit.create({
      type: "company",
      space: crm,
      values: { name: "Harbor Clinic", phone: "+49 30 1" },
    });
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    const { id } = made.value;
    await synced(olga);
    await until(async () => (await igor.data.query.record(id)) !== undefined, "Igor has it");
    igor.link.setOn(false);
    const offline = new Date().toISOString();
    await igor.data.edit.set(id, { phone: "=2+557" });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const back = new Date().toISOString();
    igor.link.setOn(true);
    igor.data.sync.syncNow();
    await synced(igor);
    const before = await historyOf("olga@northwind.example", id);
    const phone = before.find(({ field }) => field === "phone");
    expect(phone).toMatchObject({
      kind: "changed",
      facet: "client-shared",
      from: "+49 30 1",
      to: "=2+557",
      by: igorId,
      sentBy: igorId,
    });
    expect(phone?.["device"]).toMatch(/ on /);
    expect(String(phone?.["at"]) >= offline && String(phone?.["at"]) < back).toBe(true);
    expect(String(phone?.["receivedAt"]) >= back).toBe(true);
    expect(before.map(({ receivedAt }) => receivedAt)).toEqual(
      before
        .map(({ receivedAt }) => receivedAt)
        .toSorted()
        .toReversed(),
    );

    // Sixty-four edits more: the tail is folded within seconds, and what was received when is still known.
    const feed = await openRawFeed(olga.link.address, "olga@northwind.example");
    feed.close();
    for (let each = 0; each < 70; each += 1) await olga.data.edit.set(id, { phone: `+49 30 ${each}` });
    await synced(olga);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const after = await historyOf("olga@northwind.example", id);
    expect(after).toHaveLength(before.length + 70);
    expect(after.filter(({ receivedAt }) => receivedAt === undefined)).toEqual([]);
    const same = after.find(({ id: entry }) => entry === phone?.["id"]);
    expect(same).toMatchObject({ sentBy: igorId, at: phone?.["at"] });
    expect(Math.abs(Date.parse(String(same?.["receivedAt"])) - Date.parse(String(phone?.["receivedAt"])))).toBeLessThan(
      60_000,
    );

    const csv = await call("olga@northwind.example", `/records/${id}/history/export`);
    expect(csv.text.split("\r\n")[0]).toBe(
      "received,claimed,by,sentBy,device,facet,kind,field,from,to,acceptedBy,acceptedAt",
    );
    expect(csv.text).toContain(`"'=2+557"`);
    expect(csv.text).toContain("Igor");
    expect((await call("olga@northwind.example", `/audit?target=${id}`)).text).toContain("export.made");
  });

  test("keeps to the reader's facets, and one answer for what is not theirs and what is nobody's (E5)", async () => {
    const project = await olga.data.edit.createProject({
      name: "Roof",
      margin: "31.5737",
      internalNotes: "secret words",
    });
    if (!project.ok) throw new Error(JSON.stringify(project.error));
    const { id } = project.value;
    await olga.data.edit.set(id, { margin: "29.1234", client: "Dahl" });
    await synced(olga);
    const carla = await olga.data.people.add({
      name: "Carla",
      email: "carla@northwind.example",
      password: PASSWORD,
      persona: "client",
    });
    if (!carla.ok) throw new Error(carla.error.message);
    const missing = await call("carla@northwind.example", `/records/${crm}/history`);
    expect([missing.status, await call("carla@northwind.example", `/records/${id}/history`)]).toEqual([404, missing]);
    await olga.data.people.addToSpace(id, carla.value.id, "client");
    await synced(await signIn(network, "carla@northwind.example"));
    const theirs = await historyOf("carla@northwind.example", id);
    expect(new Set(theirs.map(({ facet }) => facet))).toEqual(new Set(["published"]));
    expect(theirs.map(({ field }) => field)).toContain("client");
    const csv = await call("carla@northwind.example", `/records/${id}/history/export`);
    expect(csv.status).toBe(200);
    for (const text of [JSON.stringify(theirs), csv.text]) expect(text).not.toMatch(/31\.5737|29\.1234|secret/);
  });
});
