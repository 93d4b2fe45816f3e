// A colleague's newer app writes a record type, fields and facets this version does not know (W6). They are carried: over
// the relay, onto devices, through edits, restarts, compaction and first downloads, and into the export; never shown outside.

import { expect, test } from "vitest";
import * as Y from "yjs";
import { createFacet, openFacetDocument } from "#shared/doc/facet-document.ts";
import { docIdOf, newId } from "#shared/model/ids.ts";
import type { RecordRow } from "#renderer/data/types.ts";
import { addMember, crmOf, networkOfTest, setUpOwner, signIn, synced, until, type Device } from "./network.ts";
import { unzipped } from "#tests/unzipped.ts";
import { openRawFeed, signInRaw, type RawFeed } from "./raw-feed.ts";

type Export = {
  readonly format: string;
  readonly version: number;
  readonly member: { readonly name: string };
  readonly spaces: readonly { readonly id: string; readonly name: string }[];
  readonly records: readonly (RecordRow & { readonly changes: readonly { readonly field?: string }[] })[];
};

const exportOf = async (device: Device): Promise<Export> =>
  JSON.parse((await unzipped(await device.data.device.exportAll())).text("export.json")) as Export;

const stamp = { at: "2031-01-01T09:00:00.000Z", by: "newer" };

/** What the newer app pushes: values by facet, and one kind of value this version has never seen. */
async function pushRecord(
  feed: RawFeed,
  space: string,
  type: string,
  recordId: string,
  facets: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<void> {
  for (const [facet, values] of Object.entries(facets)) {
    const doc = openFacetDocument({ recordId, facet }, []);
    createFacet(doc, type, values, stamp);
    doc.getMap("fields").set("orbit", { apogee: 400, hops: ["a", "b"] });
    const meta = { space, type, recordId, facet };
    expect(await feed.push(docIdOf(recordId, facet), Y.encodeStateAsUpdate(doc), meta)).toBe("ack");
  }
}

test("W6 unknown types, fields and facets: carried end to end, kept by edits, never given to outsiders", async () => {
  const network = await networkOfTest();
  const olga = await setUpOwner(network);
  const { device: newer } = await addMember(network, olga, "Nora", "sales");
  const project = await olga.data.edit.createProject({ name: "Clinic roof" });
  if (!project.ok) throw new Error(JSON.stringify(project.error));
  const space = project.value.id;
  await synced(olga);
  const { device: carla, id: carlaId } = await addMember(network, olga, "Carla", "client");
  expect((await olga.data.people.addToSpace(space, carlaId, "client")).ok).toBe(true);
  const feed = await openRawFeed(newer.link.address, "nora@northwind.example");
  const [ship, task] = [newId(), newId()];
  await pushRecord(feed, space, "spaceship", ship, {
    published: { name: "Vostok" },
    "mission-control": { name: "canary-for-the-team" },
  });
  await pushRecord(feed, space, "task", task, { published: { title: "Lift panels", mood: "cheerful" } });
  feed.close();
  await until(async () => (await olga.data.query.byIds([ship, task])).every((row) => row !== undefined), "both arrive");

  const check = async (device: Device, mood: unknown): Promise<void> => {
    const [unknown, known] = await device.data.query.byIds([ship, task]);
    expect(unknown).toMatchObject({ type: "spaceship", fields: { orbit: { apogee: 400, hops: ["a", "b"] } } });
    expect(Object.keys(unknown?.docs ?? {}).toSorted()).toEqual(["mission-control", "published"]);
    expect(known?.fields).toMatchObject({ mood, orbit: { apogee: 400 } });
  };
  await check(olga, "cheerful");

  // This version edits what it knows; what it does not know stays beside it.
  const edited = await olga.data.edit.set(task, { title: "Lift roof panels" });
  expect(edited).toMatchObject({ ok: true });
  await synced(olga);
  await olga.reload();
  await check(olga, "cheerful");

  // After a restart of the relay, somebody's first download and the API have it all.
  await network.stopRelay();
  await network.startRelay();
  const tablet = await signIn(network, "olga@northwind.example");
  await check(tablet, "cheerful");
  expect((await tablet.data.query.record(task))?.title).toBe("Lift roof panels");
  const token = await signInRaw(tablet.link.address, "olga@northwind.example");
  const answer = await fetch(`${tablet.link.address}/api/v1/records/${ship}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await answer.json()).toMatchObject({ id: ship, type: "spaceship", fields: { name: "canary-for-the-team" } });

  const exported = await exportOf(tablet);
  expect(exported.records.find((record) => record.id === ship)?.fields).toMatchObject({ orbit: { apogee: 400 } });

  // The client reads what its facet lets everybody in the space read, and not a byte of the facet nobody knows.
  await until(
    async () => (await carla.data.query.record(ship)) !== undefined,
    "the published facet reaches the client",
  );
  expect(Object.keys((await carla.data.query.record(ship))?.docs ?? {})).toEqual(["published"]);
  expect(carla.received()).not.toContain("canary-for-the-team");
});

test("the export holds everything on the device: every record once, with history, spaces, deleted and unsent ones", async () => {
  const network = await networkOfTest();
  const olga = await setUpOwner(network);
  const crm = await crmOf(olga);
  // More than one page of the export.
  const companies = Array.from({ length: 620 }, (_, index) => ({
    id: newId(),
    type: "company",
    space: crm,
    values: { name: `Weir ${index} & "Sons"\n` },
  }));
  expect(await olga.data.edit.createMany(companies)).toMatchObject({ ok: true, value: { created: companies.length } });
  const [first, second] = companies.map((company) => company.id);
  await synced(olga, 30_000);
  expect((await olga.data.edit.remove([first ?? ""])).ok).toBe(true);
  olga.link.setOn(false);
  expect((await olga.data.edit.set(second ?? "", { industry: "Water, unsent" })).ok).toBe(true);

  const exported = await exportOf(olga);
  expect(exported).toMatchObject({ format: "drawbridge-export", version: 2, member: { name: "Olga" } });
  expect(exported.spaces.map((space) => space.id)).toContain(crm);
  const { records } = exported;
  expect(new Set(records.map((record) => record.id))).toEqual(new Set(companies.map((company) => company.id)));
  expect(records.length).toBe(companies.length);
  const rows = await olga.data.query.byIds(records.map((record) => record.id));
  expect(records.map((record) => record.fields)).toEqual(rows.map((row) => row?.fields));
  expect(records.filter((record) => record.changes.length === 0)).toEqual([]);
  expect(records.find((record) => record.id === first)?.state).toBe("deleted");
  const unsent = records.find((record) => record.id === second);
  expect([unsent?.pending, unsent?.fields["industry"]]).toEqual([1, "Water, unsent"]);
  expect(unsent?.changes.map((change) => change.field)).toContain("industry");
});
