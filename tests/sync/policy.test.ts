// Who sees what changes while people work: what opens arrives, what closes leaves the wire and the device, and nobody's
// edit is lost on the way between facets.

import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { Database } from "#renderer/data/database.ts";
import { compactUpdates } from "#shared/doc/update-bytes.ts";
import type { PolicyEdit, Right } from "#shared/model/policy.ts";
import { DATABASE_FILE } from "#sync-server/storage/schema.ts";
import { signInRaw } from "./raw-feed.ts";
import { addMember, crmOf, openNetwork, setUpOwner, synced, until, type Device, type Network } from "./network.ts";

let network: Network | undefined;

afterEach(async () => {
  await network?.close();
  network = undefined;
});

const HOURS = 31.5737;
const CANARY = "canary-91c2";

type World = {
  readonly network: Network;
  readonly olga: Device;
  readonly ana: Device;
  readonly carla: Device;
  readonly carlaId: string;
  readonly space: string;
  readonly milestone: string;
};

async function openWorld(values: Readonly<Record<string, unknown>>): Promise<World> {
  network = await openNetwork();
  const olga = await setUpOwner(network);
  const { device: ana } = await addMember(network, olga, "Ana", "sales");
  const project = await ana.data.edit.createProject({ name: "Clinic roof" });
  if (!project.ok) throw new Error("no project");
  const space = project.value.id;
  const made = await ana.data.edit.create({ type: "milestone", space, values: { title: "Survey", ...values } });
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  await synced(ana);
  const { device: carla, id: carlaId } = await addMember(network, olga, "Carla", "client");
  await olga.data.people.addToSpace(space, carlaId, "client");
  await until(async () => (await fieldOf(carla, made.value.id, "title")) === "Survey", "Carla has the milestone");
  return { network, olga, ana, carla, carlaId, space, milestone: made.value.id };
}

const fieldOf = async (device: Device, id: string, field: string): Promise<unknown> =>
  (await device.data.query.record(id))?.fields[field];

const cell = (field: string, right: Right, persona: PolicyEdit["persona"] = "client"): PolicyEdit => ({
  type: "milestone",
  field,
  persona,
  right,
});

async function decide(device: Device, edits: readonly PolicyEdit[]): Promise<void> {
  const before = await device.data.policy.state();
  if (!before.ok) throw new Error(before.error.message);
  const decided = await device.data.policy.decide({ base: before.value.version, edits });
  if (!decided.ok) throw new Error(decided.error.message);
}

const settled = (device: Device): Promise<void> =>
  until(async () => {
    const state = await device.data.policy.state();
    return state.ok && !state.value.isMoving;
  }, "values have moved");

/** Everything in a device's database, as text. */
async function dump(device: Device): Promise<string> {
  const me = device.data.session.state();
  if (me.kind !== "signedIn") throw new Error("signed out");
  const database = new Database(`${device.prefix}-${me.me.id}`);
  await database.open();
  const parts: string[] = [];
  for (const table of database.tables)
    for (const row of await table.toArray())
      parts.push(
        JSON.stringify(row, (_key, value: unknown) =>
          value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
        ),
      );
  database.close();
  return parts.join("\n");
}

/** What the relay would send of a document: its snapshot and the updates after it. */
function logOf(docId: string): { readonly raw: string; readonly compacted: string } {
  const database = new DatabaseSync(join(network?.folder ?? "", "data", DATABASE_FILE), { readOnly: true });
  const number = Number(database.prepare("SELECT number FROM documents WHERE doc_id = ?").get(docId)?.["number"]);
  const bytes = [
    ...database.prepare("SELECT bytes FROM snapshots WHERE document = ?").all(number),
    ...database.prepare("SELECT bytes FROM updates WHERE document = ? ORDER BY seq").all(number),
  ].map((row) => row["bytes"] as Uint8Array);
  database.close();
  const text = (part: Uint8Array): string => Buffer.from(part).toString("latin1");
  return { raw: bytes.map(text).join("\n"), compacted: bytes.length === 0 ? "" : text(compactUpdates(docId, bytes)) };
}

const float = (value: number): string => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("latin1");
};

describe("moving a field between facets", () => {
  test("J7 F7 a client gets exactly what was opened, and has nothing of it when it was closed again", async () => {
    const { olga, ana, carla, milestone } = await openWorld({ plannedHours: HOURS, internalNotes: CANARY });
    expect(carla.received()).not.toContain(float(HOURS));
    await decide(olga, [cell("plannedHours", "read")]);
    await until(async () => (await fieldOf(carla, milestone, "plannedHours")) === HOURS, "the client sees the hours");
    expect(await fieldOf(ana, milestone, "plannedHours")).toBe(HOURS);
    expect(carla.received()).toContain(float(HOURS));
    // The team goes on where the field lies now.
    await ana.data.edit.set(milestone, { plannedHours: 12.25 });
    await until(async () => (await fieldOf(carla, milestone, "plannedHours")) === 12.25, "the client sees the edit");
    expect((await carla.data.edit.set(milestone, { plannedHours: 1 })).ok).toBe(false);

    await decide(olga, [cell("plannedHours", "none")]);
    await settled(olga);
    await until(async () => (await fieldOf(carla, milestone, "plannedHours")) === undefined, "it leaves the client");
    await until(async () => (await fieldOf(ana, milestone, "plannedHours")) === 12.25, "the team keeps it");
    await synced(carla);
    const held = await dump(carla);
    for (const value of [HOURS, 12.25]) expect(held, String(value)).not.toContain(float(value));
    expect(held).not.toContain(CANARY);
    expect(carla.received()).not.toContain(CANARY);
    const taken = carla.received().length;
    await ana.data.edit.set(milestone, { plannedHours: 77.125 });
    await synced(ana);
    await ana.data.edit.set(milestone, { title: "Survey 2" });
    await until(async () => (await fieldOf(carla, milestone, "title")) === "Survey 2", "the rest goes on");
    expect(carla.received().slice(taken)).not.toContain(float(77.125));
  });

  test("W10 an offline edit of a field that moved lands where the field lies now; the old place never holds it", async () => {
    const { network, olga, ana, carla, milestone } = await openWorld({ description: "Two days" });
    ana.link.setOn(false);
    await ana.data.edit.set(milestone, { description: `Three days ${CANARY}`, startDate: "2026-05-14" });
    await ana.data.edit.set(milestone, { targetDate: "2026-05-20" });
    await decide(olga, [cell("description", "none"), cell("startDate", "none")]);
    await settled(olga);
    await until(async () => (await fieldOf(carla, milestone, "description")) === undefined, "it leaves the client");
    ana.link.setOn(true);
    ana.data.sync.syncNow();
    await synced(ana);
    await until(
      async () => (await fieldOf(olga, milestone, "description")) === `Three days ${CANARY}`,
      "the edit arrives",
    );
    expect(await fieldOf(olga, milestone, "startDate")).toBe("2026-05-14");
    await until(
      async () => (await fieldOf(carla, milestone, "targetDate")) === "2026-05-20",
      "the rest is the client's",
    );
    expect(ana.data.sync.status().refused).toBe(0);
    const history = await olga.data.changes(milestone);
    expect(history.filter((change) => change.field === "description").map((change) => change.facet)).not.toContain(
      "published",
    );
    expect(carla.received()).not.toContain(CANARY);
    expect(await dump(carla)).not.toContain(CANARY);
    const { raw, compacted } = logOf(`${milestone}.published`);
    for (const bytes of [raw, compacted]) {
      expect(bytes).not.toContain(CANARY);
      expect(bytes).not.toContain("Two days");
      expect(bytes).not.toContain("2026-05-14");
    }
    await network.stopRelay();
    await network.startRelay();
    await until(async () => (await fieldOf(olga, milestone, "description")) === `Three days ${CANARY}`, "it lasts");
  });

  test("W10 what the author may not write in the new place goes to the tray, with his words", async () => {
    const { olga, carla, ana, milestone } = await openWorld({});
    carla.link.setOn(false);
    await carla.data.edit.set(milestone, { clientNote: "Ladder is at the back" });
    await decide(olga, [cell("clientNote", "read")]);
    await settled(olga);
    carla.link.setOn(true);
    carla.data.sync.syncNow();
    await until(() => carla.data.sync.status().state === "needsYou", "Carla is told");
    const [change] = await carla.data.sync.refused();
    expect(change).toMatchObject({
      recordId: milestone,
      reason: "Who may see this was changed meanwhile. Look at it again, then try again or discard it.",
      fields: [{ field: "clientNote", to: "Ladder is at the back" }],
    });
    const first = carla.data.policy.now().version;
    await decide(olga, [cell("clientNote", "write")]);
    await until(() => carla.data.policy.now().version !== first, "Carla hears of it");
    await carla.data.sync.retryRefused(change?.id ?? 0);
    await until(async () => (await fieldOf(ana, milestone, "clientNote")) === "Ladder is at the back", "it arrives");
  });

  test("F8 a device that comes back while a value is being closed receives nothing of it", async () => {
    const { olga, ana, carla, space, milestone } = await openWorld({ description: "Two days" });
    carla.link.setOn(false);
    const many: { id: string; type: string; space: string; values: { title: string; description: string } }[] = [];
    for (let index = 0; index < 400; index++)
      many.push({
        id: `m${index}`,
        type: "milestone",
        space,
        values: { title: `Step ${index}`, description: `${CANARY}-${index}` },
      });
    expect((await ana.data.edit.createMany(many)).ok).toBe(true);
    await synced(ana, 30_000);
    const decided = decide(olga, [cell("description", "none")]);
    carla.link.setOn(true);
    carla.data.sync.syncNow();
    await decided;
    await until(async () => (await fieldOf(carla, "m399", "title")) === "Step 399", "Carla catches up", 30_000);
    await settled(olga);
    await until(async () => (await fieldOf(carla, milestone, "description")) === undefined, "it leaves the client");
    const state = await olga.data.policy.state();
    expect(state.ok && state.value.version).toBe(1);
    for (const index of [0, 200, 399])
      await until(
        async () => (await fieldOf(olga, `m${index}`, "description")) === `${CANARY}-${index}`,
        "the team has it",
      );
    await synced(carla);
    expect(await dump(carla)).not.toContain(CANARY);
  });

  test("a field that goes there and back again, and a record in the trash, keep what they say", async () => {
    const { olga, ana, carla, space, milestone } = await openWorld({ plannedHours: HOURS });
    const gone = await ana.data.edit.create({ type: "milestone", space, values: { title: "Old", plannedHours: 3 } });
    if (!gone.ok) throw new Error("not made");
    await ana.data.edit.remove([gone.value.id]);
    await synced(ana);
    for (const right of ["read", "none", "read"] as const) await decide(olga, [cell("plannedHours", right)]);
    await settled(olga);
    await until(async () => (await fieldOf(carla, milestone, "plannedHours")) === HOURS, "the client sees the hours");
    await until(
      async () => (await olga.data.query.record(gone.value.id))?.state === "deleted",
      "it stays in the trash",
    );
    await synced(olga);
    expect((await ana.data.edit.restore([gone.value.id])).ok).toBe(true);
    await until(async () => (await fieldOf(carla, gone.value.id, "plannedHours")) === 3, "back with all its values");
  });

  test("a relay that stops in the middle of a move goes on with it at its next start", async () => {
    const { network, olga, ana, carla, space } = await openWorld({});
    const many = Array.from({ length: 300 }, (_, index) => ({
      id: `m${index}`,
      type: "milestone",
      space,
      values: { title: `Step ${index}`, plannedHours: index + 0.5 },
    }));
    expect((await ana.data.edit.createMany(many)).ok).toBe(true);
    await synced(ana, 30_000);
    await decide(olga, [cell("plannedHours", "read")]);
    await network.stopRelay();
    await network.startRelay();
    for (const device of [olga, carla]) device.data.sync.syncNow();
    await settled(olga);
    for (const index of [0, 150, 299])
      await until(async () => (await fieldOf(carla, `m${index}`, "plannedHours")) === index + 0.5, `m${index}`, 30_000);
    expect(logOf("m299.internal").raw).not.toContain(float(299.5));
  });

  test("T35 what opens something waits, can be taken back, and nothing of it was sent; odd decisions are explained", async () => {
    network = await openNetwork({ policyHold: 60 });
    const olga = await setUpOwner(network);
    const { data } = olga;
    const deciding = await data.policy.decide({ base: 0, edits: [cell("plannedHours", "read")] });
    expect(deciding.ok && deciding.value).toMatchObject({ version: 0, waiting: { version: 1, byName: "Olga" } });
    const again = await data.policy.decide({ base: 0, edits: [cell("laborCost", "read")] });
    expect(!again.ok && again.error.message).toContain("Take it back first");
    expect((await data.policy.takeBack()).ok).toBe(true);
    expect((await data.policy.takeBack()).ok).toBe(false);
    expect(data.policy.now().version).toBe(0);
    const nameless = await data.policy.preview({
      base: 0,
      edits: [{ type: "deal", field: "name", persona: "partner", right: "none" }],
    });
    expect(nameless.ok && nameless.value.problems[0]).toContain("would not see its Name");
    const stale = await data.policy.decide({ base: 7, edits: [cell("plannedHours", "none")] });
    expect(!stale.ok && stale.error.message).toContain("meanwhile");
    const added = await data.policy.addPersona({ label: "Auditor", side: "guest" });
    expect(added.ok && added.value.personas).toEqual([{ id: "guest-1", label: "Auditor" }]);
    await addMember(network, olga, "Uli", "guest-1");
    const kept = await data.policy.removePersona("guest-1");
    expect(!kept.ok && kept.error.message).toBe("Uli is Auditor. Give them another persona first.");
    const twice = await data.policy.addPersona({ label: "auditor", side: "team" });
    expect(!twice.ok && twice.error.message).toContain("of this name already");
  });
});

test("over HTTP too nothing is read of what was closed while the values are on their way: history and My data", async () => {
  const { olga, carla, space } = await openWorld({ plannedHours: 7 });
  const crm = await crmOf(olga);
  const about: string[] = [];
  for (let index = 0; index < 30; index += 1) {
    const values = { lastName: `Meyer ${index}`, email: "carla@northwind.example", phone: `+49 30 ${CANARY}` };
    const made = await olga.data.edit.create({ type: "contact", space: crm, values });
    if (made.ok) about.push(made.value.id);
  }
  const [contact = ""] = about.slice(-1);
  await synced(olga);
  expect((await olga.data.sharing.share(contact, space)).ok).toBe(true);
  const token = await signInRaw(olga.link.address, "carla@northwind.example");
  const get = async (path: string): Promise<string> =>
    (await fetch(`${olga.link.address}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })).text();
  const history = `/records/${contact}/history`;
  await until(async () => (await carla.data.query.record(contact)) !== undefined, "Carla has it");
  await olga.data.edit.set(contact, { phone: `+49 31 ${CANARY}` });
  await synced(olga);
  for (const path of ["/my-data", history]) expect(await get(path), path).toContain(CANARY);
  await decide(olga, [{ type: "contact", field: "phone", persona: "client", right: "none" }]);
  for (const path of [history, `${history}/export`, "/my-data"]) expect(await get(path), path).not.toContain(CANARY);
});
