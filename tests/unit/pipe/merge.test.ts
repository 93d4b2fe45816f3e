import { docsOf } from "#renderer/data/record-rows.ts";
import "fake-indexeddb/auto";
import { describe, expect, test } from "vitest";
import { discardWaiting, refuseRow } from "#renderer/data/outbox.ts";
import type { StoredRecord } from "#renderer/data/database.ts";
import {
  createCompany,
  createTestRelay,
  openTestReplica,
  settle,
  unwrap,
  type TestRelay,
  type TestReplica,
} from "./test-replica.ts";

const shared = (record: StoredRecord | undefined): unknown =>
  record && { ...record, pending: undefined, refused: undefined };

async function pair(): Promise<{ ana: TestReplica; igor: TestReplica; relay: TestRelay; id: string }> {
  const [ana, igor, relay] = [
    await openTestReplica("ana"),
    await openTestReplica("igor", "consultant"),
    createTestRelay(),
  ];
  const id = await createCompany(ana, { industry: "Health", phone: "+49 30 901820" });
  await settle(relay, ana, igor);
  return { ana, igor, relay, id };
}

const historyOf = async ({ database }: TestReplica, id: string) => (await database.documents.get(id))?.history ?? [];

async function expectEqual(ana: TestReplica, igor: TestReplica, id: string): Promise<StoredRecord> {
  const [left, right] = [await ana.database.records.get(id), await igor.database.records.get(id)];
  expect(shared(left)).toEqual(shared(right));
  if (left === undefined) throw new Error("the record is gone");
  return left;
}

describe("two devices", () => {
  test("acks: confirmed bytes become the snapshot, nothing waits, history says when the relay had it", async () => {
    const { ana, igor, id } = await pair();
    expect(await ana.database.updates.count()).toBe(0);
    expect((await docsOf(ana.database, [id])).every((doc) => doc.snapshot !== undefined)).toBe(true);
    expect((await ana.database.records.get(id))?.pending).toBe(0);
    const changes = await historyOf(ana, id);
    expect(changes.length).toBe(2);
    expect(changes.every((change) => change.receivedAt !== undefined)).toBe(true);
    // On another device the record was made once, however many facets it has.
    const madeOnIgors = await historyOf(igor, id);
    expect(madeOnIgors.map((change) => change.kind)).toEqual(["created"]);
  });

  test("J2 two edits, different fields: both values on both devices, no mark, two entries", async () => {
    const { ana, igor, relay, id } = await pair();
    unwrap(await ana.edit.set(id, { phone: "+49 30 555000" }));
    unwrap(await igor.edit.set(id, { industry: "Hospitals" }));
    await settle(relay, ana, igor);
    const record = await expectEqual(ana, igor, id);
    expect(record.fields).toMatchObject({ industry: "Hospitals", phone: expect.stringContaining("555000") as string });
    expect(record.changedByBoth).toEqual({});
    for (const device of [ana, igor]) {
      const changed = (await historyOf(device, id)).filter((change) => change.kind === "changed");
      expect(changed.map((change) => change.field).sort()).toEqual(["industry", "phone"]);
    }
  });

  for (const [order, first] of [
    ["mine first", "ana"],
    ["theirs first", "igor"],
  ] as const) {
    for (const lostAcks of [false, true]) {
      test(`J3a same field, relay orders ${order}${lostAcks ? ", acks lost" : ""}: same value on both, one mark with both, choosing ends it`, async () => {
        const { ana, igor, relay, id } = await pair();
        unwrap(await ana.edit.set(id, { industry: "Clinics" }));
        unwrap(await igor.edit.set(id, { industry: "Hospitals" }));
        const [one, other] = first === "ana" ? [ana, igor] : [igor, ana];
        await relay.push(one, lostAcks);
        await relay.push(other, lostAcks);
        await settle(relay, ana, igor);
        const record = await expectEqual(ana, igor, id);
        expect(Object.keys(record.changedByBoth)).toEqual(["industry"]);
        const mark = record.changedByBoth["industry"];
        expect([mark?.kept, mark?.other].sort()).toEqual(["Clinics", "Hospitals"]);
        expect(record.fields["industry"]).toBe(mark?.kept);
        const byValue = { Clinics: "ana", Hospitals: "igor" } as const;
        expect(mark?.keptBy).toBe(byValue[mark?.kept as "Clinics"]);
        expect(mark?.otherBy).toBe(byValue[mark?.other as "Clinics"]);

        const historyBefore = (await historyOf(igor, id)).length;
        unwrap(await ana.edit.chooseValue(id, "industry", "other"));
        await settle(relay, ana, igor);
        const settled = await expectEqual(ana, igor, id);
        expect(settled.changedByBoth).toEqual({});
        expect(settled.fields["industry"]).toBe(mark?.other);
        expect((await historyOf(igor, id)).length).toBe(historyBefore + 1);
      });
    }
  }

  test("J3a keeping the shown value ends the mark everywhere; undo brings it back", async () => {
    const { ana, igor, relay, id } = await pair();
    unwrap(await ana.edit.set(id, { industry: "Clinics" }));
    unwrap(await igor.edit.set(id, { industry: "Hospitals" }));
    await relay.push(ana);
    await settle(relay, ana, igor);
    const shown = (await expectEqual(ana, igor, id)).fields["industry"];
    const chosen = unwrap(await igor.edit.chooseValue(id, "industry", "shown"));
    await settle(relay, ana, igor);
    expect((await expectEqual(ana, igor, id)).changedByBoth).toEqual({});
    unwrap(await chosen.undo());
    await settle(relay, ana, igor);
    const record = await expectEqual(ana, igor, id);
    expect(record.fields["industry"]).toBe(shown);
    expect(Object.keys(record.changedByBoth)).toEqual(["industry"]);
  });

  test("the same value by both is no conflict; an edit that saw the other's value is none either", async () => {
    const { ana, igor, relay, id } = await pair();
    unwrap(await ana.edit.set(id, { industry: "Clinics" }));
    unwrap(await igor.edit.set(id, { industry: "Clinics" }));
    await settle(relay, ana, igor);
    expect((await expectEqual(ana, igor, id)).changedByBoth).toEqual({});
    unwrap(await ana.edit.set(id, { industry: "Wards" }));
    await settle(relay, ana, igor);
    unwrap(await igor.edit.set(id, { industry: "Hospitals" }));
    await settle(relay, ana, igor);
    expect((await expectEqual(ana, igor, id)).changedByBoth).toEqual({});
  });

  test("own updates that come back after lost acks are no conflict with later own edits", async () => {
    const { ana, igor, relay, id } = await pair();
    unwrap(await ana.edit.set(id, { industry: "Clinics" }));
    await relay.push(ana, true);
    unwrap(await ana.edit.set(id, { industry: "Wards" }));
    await settle(relay, ana, igor);
    const record = await expectEqual(ana, igor, id);
    expect(record.fields["industry"]).toBe("Wards");
    expect(record.changedByBoth).toEqual({});
    expect(await ana.database.updates.count()).toBe(0);
  });

  test("J3b edited offline, deleted by another: archived, with the words kept", async () => {
    const { ana, igor, relay, id } = await pair();
    unwrap(await ana.edit.set(id, { description: "Roof leaks over room 12" }));
    unwrap(await igor.edit.remove([id]));
    await relay.push(igor);
    await settle(relay, ana, igor);
    const record = await expectEqual(ana, igor, id);
    expect(record.state).toBe("archived");
    expect(record.fields["description"]).toBe("Roof leaks over room 12");
    expect(record.deletedBy).toBe("igor");
    unwrap(await ana.edit.restore([id]));
    await settle(relay, ana, igor);
    expect((await expectEqual(ana, igor, id)).state).toBe("active");
  });
});

describe("not accepted", () => {
  test("W4: the refused update leaves the document, later edits of it are made again under a new client id", async () => {
    const { ana, igor, relay, id } = await pair();
    unwrap(await ana.edit.set(id, { industry: "Forbidden" }));
    unwrap(await ana.edit.set(id, { website: "https://harbor.example" }));
    const [first, second] = await ana.database.updates.orderBy("key").toArray();
    await refuseRow(ana.replica, first?.key ?? 0, { code: 1, reason: "You may not change this here." });
    const record = await ana.database.records.get(id);
    expect(record).toMatchObject({ pending: 1, refused: 1 });
    expect(record?.fields).toMatchObject({ industry: "Health", website: "https://harbor.example" });
    expect(await ana.database.refused.toArray()).toMatchObject([
      { patches: [{ field: "industry", from: "Health", to: "Forbidden" }], by: "ana" },
    ]);
    const { clockRanges } = await import("#shared/doc/update-bytes.ts");
    const retired = [...clockRanges(first?.bytes ?? new Uint8Array()).to.keys()];
    const again = await ana.database.updates.get(second?.key ?? 0);
    expect(
      [...clockRanges(again?.bytes ?? new Uint8Array()).to.keys()].some((client) => retired.includes(client)),
    ).toBe(false);
    await settle(relay, ana, igor);
    expect((await igor.database.records.get(id))?.fields).toMatchObject({
      industry: "Health",
      website: "https://harbor.example",
    });
    expect((await historyOf(ana, id)).some((change) => change.to === "Forbidden")).toBe(false);
  });

  test("a record refused at birth leaves the lists but not the tray", async () => {
    const ana = await openTestReplica();
    const created = unwrap(await ana.edit.create({ type: "task", space: "crm", values: { title: "Call Rosa" } }));
    const [row] = await ana.database.updates.toArray();
    await refuseRow(ana.replica, row?.key ?? 0, { code: 1, reason: "no" });
    expect(await ana.database.records.get(created.id)).toBeUndefined();
    expect(await ana.database.refused.count()).toBe(1);
  });

  test("discarding what waits returns the record to the confirmed state and keeps the acked", async () => {
    const { ana, igor, relay, id } = await pair();
    unwrap(await ana.edit.set(id, { industry: "Clinics" }));
    await relay.push(ana);
    unwrap(await ana.edit.set(id, { industry: "Wards" }));
    await discardWaiting(ana.replica, id);
    const record = await ana.database.records.get(id);
    expect(record).toMatchObject({ pending: 0, fields: { industry: "Clinics" } });
    unwrap(await ana.edit.set(id, { industry: "Hospitals" }));
    await settle(relay, ana, igor);
    expect((await expectEqual(ana, igor, id)).fields["industry"]).toBe("Hospitals");
    const fresh = await createCompany(ana);
    await discardWaiting(ana.replica, fresh);
    expect(await ana.database.records.get(fresh)).toBeUndefined();
    expect(await docsOf(ana.database, [fresh])).toEqual([]);
  });

  test("what was discarded after it had left comes back with the ack's bytes", async () => {
    const { ana, igor, relay, id } = await pair();
    unwrap(await ana.edit.set(id, { industry: "Clinics" }));
    await relay.push(ana, true);
    await discardWaiting(ana.replica, id);
    unwrap(await ana.edit.set(id, { website: "https://harbor.example" }));
    await settle(relay, ana, igor);
    const record = await expectEqual(ana, igor, id);
    expect(record.fields).toMatchObject({ industry: "Clinics", website: "https://harbor.example" });
  });
});
