// The gate with its thread and a real log behind it.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { createFacet, editFacet, openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import { refusalCodes } from "#shared/protocol/close-codes.ts";
import { openGate, type Gate } from "#sync-server/gate/gate.ts";
import { createBackgroundThread } from "#sync-server/background-thread.ts";
import { createByteBudgets, type ByteBudgets } from "#sync-server/gateways/byte-budgets.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import type { CommittedUpdate, UpdateLog } from "#sync-server/log/update-log.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import type { RelayStorage } from "#sync-server/storage/storage.ts";
import { nestedAny, nestedMaps, poison } from "../pipe/hostile-updates.ts";

const meta = { space: "s", type: "milestone", recordId: "r1", facet: "client-shared" };
const docId = "r1.client-shared";
const stamp = (by: string) => ({ at: "2026-03-01T08:00:00.000Z", by });

type World = {
  storage: RelayStorage;
  inner: UpdateLog;
  gate: Gate;
  committed: CommittedUpdate[];
  refusals: string[];
  /** How often the gate read a document from the log. */
  reads: number;
};
const open: World[] = [];
afterEach(async () => {
  for (const { gate, inner, storage } of open.splice(0)) {
    await gate.close();
    await inner.close();
    await storage.close();
  }
});

async function openWorld(
  folder = mkdtempSync(join(tmpdir(), "drawbridge-gate-")),
  earlyMs = 2_000,
  budgets?: ByteBudgets,
): Promise<World> {
  const opened = await openSqliteStorage(folder);
  if (!opened.ok) throw new Error(opened.error.message);
  const storage = opened.value;
  const inner = openUpdateLog(storage.log);
  const log = {
    ...inner,
    read(id: string) {
      world.reads += 1;
      return inner.read(id);
    },
  };
  const refusals: string[] = [];
  const gate = openGate(log, {
    leases: storage.leases,
    isExternal: (memberId) => memberId === "carla" || memberId === "mallory",
    mayTurn: () => true,
    ...(budgets === undefined ? {} : { budgetOf: (memberId: string) => budgets.of(memberId) }),
    onRefused: (_request, why) => void refusals.push(why),
    earlyMs,
  });
  const committed: CommittedUpdate[] = [];
  inner.subscribe((updates) => void committed.push(...updates));
  const world: World = { reads: 0, storage, inner, gate, committed, refusals };
  open.push(world);
  return world;
}

const push = ({ gate }: World, author: string, bytes: Uint8Array) =>
  gate.log.append({ docId, bytes, author, source: {}, meta });

/** The team's milestone, and a copy of it that Carla edits. */
async function withMilestone(world: World): Promise<{ team: Y.Doc; carla: Y.Doc }> {
  const team = openFacetDocument(meta, [], { clientId: 77 });
  const made = createFacet(team, "milestone", { clientNote: "from the team" }, stamp("igor"));
  expect((await push(world, "igor", made)).ok).toBe(true);
  return { team, carla: openFacetDocument(meta, [made], { clientId: 500 }) };
}

const edit = (doc: Y.Doc, note: string, by: string): Uint8Array => {
  const edited = editFacet(doc, "milestone", { clientNote: note }, stamp(by));
  if (edited === undefined) throw new Error("nothing changed");
  return edited.update;
};

describe("the gate", { timeout: 30_000 }, () => {
  it("W8 T20 T21 lets nothing hostile from outside into the log, and the shadow survives each try", async () => {
    const world = await openWorld(undefined, 100);
    const { team, carla } = await withMilestone(world);
    const victimsNext = (() => {
      const forger = openFacetDocument(meta, [Y.encodeStateAsUpdate(team)], { clientId: 77 });
      return edit(forger, "FORGED", "carla");
    })();
    for (const bytes of [
      poison(),
      nestedMaps(5_000),
      nestedAny(2_000),
      victimsNext,
      Uint8Array.from([0, 1, 5, 1, 0, 100]),
    ])
      expect((await push(world, "mallory", bytes)).ok).toBe(false);
    expect(world.committed).toHaveLength(1);
    expect(world.refusals).toHaveLength(5);
    expect((await push(world, "carla", edit(carla, "honest", "carla"))).ok).toBe(true);
    expect((await push(world, "igor", edit(team, "the team goes on", "igor"))).ok).toBe(true);
    const reader = openFacetDocument(meta, world.inner.read(docId));
    expect(reader.store.pendingStructs).toBeNull();
    expect(readFacet(reader).fields["clientNote"]).toMatch(/honest|the team goes on/);
  });

  it("others get the shadow's bytes: what the sender smuggled beside its words stays with the sender", async () => {
    const world = await openWorld();
    const { carla } = await withMilestone(world);
    const before = Y.encodeStateVector(carla);
    carla.transact(() => {
      carla.getText("text/description").insert(0, "words SMUGGLED");
      carla.getText("text/description").delete(5, 9);
    });
    const result = await push(world, "carla", Y.encodeStateAsUpdate(carla, before));
    expect(result.ok).toBe(true);
    expect(Buffer.from(world.committed.at(-1)?.bytes ?? []).toString("latin1")).not.toContain("SMUGGLED");
    expect(Buffer.concat(world.inner.read(docId)).toString("latin1")).not.toContain("SMUGGLED");
  });

  it("L4 T21 who spoils shadows again and again pays for each, and waits; nobody else does", async () => {
    let now = 0;
    const budgets = createByteBudgets({
      bytesPerMinute: 400_000,
      teamFactor: 10,
      isExternal: () => true,
      now: () => now,
    });
    const world = await openWorld(undefined, 100, budgets);
    const { team, carla } = await withMilestone(world);
    team.getText("text/description").insert(0, "A long text. ".repeat(8_000));
    expect((await push(world, "igor", Y.encodeStateAsUpdate(team))).ok).toBe(true);
    const spoil = (client: number): Uint8Array => {
      const doc = new Y.Doc();
      doc.clientID = client;
      doc.getMap("secrets").set("x", 1);
      return Y.encodeStateAsUpdate(doc);
    };
    // About 104 KB each: four are tried and paid for, then nothing is until there is something to pay with.
    const tries = Array.from({ length: 60 }, (_, index) => push(world, "mallory", spoil(9_000 + index)));
    expect((await push(world, "carla", edit(carla, "honest", "carla"))).ok).toBe(true);
    // Others take turns with whoever has sixty waiting.
    expect(world.refusals.length).toBeLessThan(4);
    await expect.poll(() => world.refusals.length).toBe(4);
    expect((await push(world, "carla", edit(carla, "again", "carla"))).ok).toBe(true);
    const reads = world.reads;
    expect((await push(world, "carla", edit(carla, "still here", "carla"))).ok).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([world.refusals.length, world.reads - reads]).toEqual([4, 0]);
    // A quarter of a minute later there is enough for one more.
    now += 15_000;
    expect((await push(world, "carla", edit(carla, "and on", "carla"))).ok).toBe(true);
    await expect.poll(() => world.refusals.length).toBe(5);
    await world.gate.close();
    expect((await Promise.all(tries)).every((result) => !result.ok)).toBe(true);
  });

  it("an update that comes before what it leans on waits for it, and is refused when that never comes", async () => {
    const world = await openWorld();
    const { carla } = await withMilestone(world);
    const first = edit(carla, "first", "carla");
    const second = edit(carla, "second", "carla");
    const late = push(world, "carla", second);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(world.committed).toHaveLength(1);
    expect((await push(world, "carla", first)).ok).toBe(true);
    expect((await late).ok).toBe(true);
    edit(carla, "third, which is lost", "carla");
    const started = performance.now();
    expect(await push(world, "carla", edit(carla, "fourth", "carla"))).toMatchObject({
      error: { code: refusalCodes.early },
    });
    expect(performance.now() - started).toBeGreaterThan(1_500);
    const reader = openFacetDocument(meta, world.inner.read(docId));
    expect(readFacet(reader).fields["clientNote"]).toBe("second");
  });

  it("client ids are leased to whoever writes with them first, also after a restart; an announced one is taken", async () => {
    const folder = mkdtempSync(join(tmpdir(), "drawbridge-gate-"));
    const world = await openWorld(folder);
    const { carla } = await withMilestone(world);
    expect((await push(world, "carla", edit(carla, "mine", "carla"))).ok).toBe(true);
    expect(world.storage.leases.of(docId)).toEqual(new Map([[500, "carla"]]));
    await world.gate.close();
    await world.inner.compact();
    await world.inner.close();
    await world.storage.close();
    open.pop();
    const again = await openWorld(folder);
    const forger = openFacetDocument(meta, again.inner.read(docId), { clientId: 500 });
    expect(await push(again, "mallory", edit(forger, "FORGED", "mallory"))).toMatchObject({
      error: { code: refusalCodes.forbidden },
    });
    expect((await push(again, "carla", edit(carla, "still mine", "carla"))).ok).toBe(true);
    again.gate.announce(docId, 900, "igor");
    const other = openFacetDocument(meta, again.inner.read(docId), { clientId: 900 });
    expect(await push(again, "mallory", edit(other, "FORGED", "mallory"))).toMatchObject({
      error: { code: refusalCodes.forbidden },
    });
  });

  it("keeps the order of keystrokes, beside the team's, and costs little", async () => {
    const world = await openWorld();
    const { team, carla } = await withMilestone(world);
    const strokes: Uint8Array[] = [];
    const body = carla.getText("text/description");
    for (let index = 0; index < 300; index += 1) {
      const before = Y.encodeStateVector(carla);
      body.insert(body.length, String(index % 10));
      strokes.push(Y.encodeStateAsUpdate(carla, before));
    }
    const times: number[] = [];
    const results = strokes.flatMap((bytes, index) => [
      ...(index % 10 === 0 ? [push(world, "igor", edit(team, `note ${index}`, "igor"))] : []),
      push(world, "carla", bytes),
    ]);
    expect((await Promise.all(results)).every((result) => result.ok)).toBe(true);
    const own = world.committed.filter(({ author }) => author === "carla");
    const clocks = own.map(({ bytes }) => Y.parseUpdateMeta(bytes).from.get(500) ?? -1);
    expect(clocks).toEqual(clocks.toSorted((left, right) => left - right));
    for (let index = 0; index < 100; index += 1) {
      const before = Y.encodeStateVector(carla);
      body.insert(body.length, "x");
      const bytes = Y.encodeStateAsUpdate(carla, before);
      const started = performance.now();
      await push(world, "carla", bytes);
      times.push(performance.now() - started);
    }
    times.sort((left, right) => left - right);
    process.stdout.write(
      `gate and commit of a keystroke: median ${times[50]?.toFixed(1)} ms, p95 ${times[95]?.toFixed(1)} ms\n`,
    );
    expect(times[50]).toBeLessThan(50);
    expect(openFacetDocument(meta, world.inner.read(docId)).getText("text/description").toJSON()).toBe(body.toJSON());
  });
});

describe("a background thread", { timeout: 20_000 }, () => {
  it("T21 ends what never ends, or eats all memory, and goes on with the next request", async () => {
    const worker = createBackgroundThread<string, string>(new URL("looping-worker.ts", import.meta.url), 250, 32);
    expect(await worker.ask("work")).toBe("did work");
    const started = performance.now();
    const [looped, next] = await Promise.all([worker.ask("loop"), worker.ask("work")]);
    expect([looped, next]).toEqual([undefined, "did work"]);
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(await worker.ask("eat")).toBeUndefined();
    expect(await worker.ask("work")).toBe("did work");
    await worker.close();
    expect(await worker.ask("work")).toBeUndefined();
  });
});
