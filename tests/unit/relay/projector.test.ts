// A document that people go on writing is projected from its shadow: the row is the same as from all of it, and only what came
// since is read.

import fc from "fast-check";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { createFacet, editFacet, openFacetDocument } from "#shared/doc/facet-document.ts";
import { assert } from "#shared/model/result.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { projectFacet } from "#sync-server/read-model/project-facet.ts";
import { createProjector, type Projector } from "#sync-server/read-model/projector.ts";
import { createShadows } from "#sync-server/read-model/shadows.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import type { RelayStorage } from "#sync-server/storage/storage.ts";
import { seedFor } from "#tests/seed.ts";
import { poison } from "../pipe/hostile-updates.ts";
import { newFolder } from "./test-relay.ts";

const docId = "r1.internal";
const meta = { space: "crm", type: "task", recordId: "r1", facet: "internal" };
const stamp = { at: "2026-11-28T08:00:00.000Z", by: "m1" };

let storage: RelayStorage;
let log: UpdateLog;
let projector: Projector;

beforeEach(async () => {
  const opened = await openSqliteStorage(newFolder());
  assert(opened.ok, "the folder opens");
  storage = opened.value;
  log = openUpdateLog(storage.log);
  projector = createProjector(log, pino({ level: "silent" }));
});
afterEach(async () => {
  await log.close();
  await projector.close();
  await storage.close();
});

async function append(bytes: Uint8Array, id = docId): Promise<void> {
  const recordId = id.slice(0, id.indexOf("."));
  const result = await log.append({ docId: id, bytes, author: "m1", source: {}, meta: { ...meta, recordId } });
  expect(result.ok).toBe(true);
}

/** The row, which has to be that of the whole document. */
async function expectWhole(): Promise<void> {
  const rows = await projector.project(docId, log.seq);
  expect(rows).toEqual([projectFacet(meta, log.read(docId), log.seq)]);
  expect(projector.heldUpTo(docId)).toBe(log.seq);
}

/** Of a document whose updates take 20 kB from the start on, or next to nothing. */
async function write(isLarge: boolean): Promise<Y.Doc> {
  const doc = openFacetDocument(meta, []);
  await append(createFacet(doc, "task", { title: "First", ...(isLarge ? { notes: "x".repeat(20_000) } : {}) }, stamp));
  return doc;
}

async function edit(doc: Y.Doc, title: string): Promise<void> {
  const edited = editFacet(doc, "task", { title }, stamp);
  if (edited !== undefined) await append(edited.update);
}

for (const isLarge of [false, true]) {
  const where = isLarge ? "a large document, in the thread" : "a small document";

  test(`${where}: only what came since is read`, async () => {
    const doc = await write(isLarge);
    for (let index = 1; index <= 20; index += 1) await edit(doc, `Title ${index}`);
    await expectWhole();
    const entriesOf = vi.spyOn(log, "entriesOf");
    for (const title of ["Once", "Twice"]) {
      await edit(doc, title);
      await expectWhole();
      expect(entriesOf).toHaveBeenCalledOnce();
      expect(entriesOf.mock.results[0]?.value).toHaveLength(1);
      entriesOf.mockClear();
    }
  });

  test(`${where}: read anew after it was folded, and the same`, async () => {
    const doc = await write(isLarge);
    for (const title of ["One", "Two"]) await edit(doc, title);
    await expectWhole();
    await edit(doc, "Three");
    await log.fold([docId]);
    await edit(doc, "Four");
    await expectWhole();
    expect((await projector.project(docId, log.seq))[0]?.fields).toMatchObject({ title: "Four" });
  });

  test(`${where}: what does not apply costs its shadow, and nothing else`, async () => {
    const doc = await write(isLarge);
    await expectWhole();
    await append(poison());
    await edit(doc, "After it");
    await expectWhole();
    await edit(doc, "And on");
    await expectWhole();
    expect((await projector.project(docId, log.seq))[0]?.fields).toMatchObject({ title: "And on" });
  });
}

test("a shadow that grows too large for the main thread moves to the other one", async () => {
  const doc = await write(false);
  await expectWhole();
  const entriesOf = vi.spyOn(log, "entriesOf");
  for (let index = 0; index < 12; index += 1) {
    await edit(doc, `${index} ${"y".repeat(10_000)}`);
    await expectWhole();
  }
  await edit(doc, "Short");
  await expectWhole();
  expect(
    entriesOf.mock.calls.filter(([, after]) => after === 0),
    "read whole once, when it moved",
  ).toHaveLength(1);
});

test("an erased document has no row", async () => {
  const doc = await write(false);
  await edit(doc, "Seen");
  await expectWhole();
  await log.erase([docId]);
  expect(await projector.project(docId, log.seq)).toEqual([]);
});

test("a damaged document keeps its row", async () => {
  await write(false);
  await expectWhole();
  vi.spyOn(log, "isDamaged").mockReturnValue(true);
  expect(await projector.project(docId, log.seq)).toEqual([]);
});

test("shadows make room for one another, and answer cold when they are gone", () => {
  const update = createFacet(openFacetDocument(meta, []), "task", { title: "T" }, stamp);
  const shadows = createShadows(3 * (8 * 1024 + update.length));
  const ask = (index: number, after: number) =>
    shadows.project({
      meta: { ...meta, recordId: `r${index}` },
      after,
      updates: after === 0 ? [update] : [],
      upTo: 7,
      seq: 7,
    });
  for (const index of [1, 2, 3]) expect(ask(index, 0)).toHaveProperty("row");
  expect(ask(1, 7)).toHaveProperty("row");
  expect(ask(4, 0)).toHaveProperty("row");
  expect(ask(2, 7)).toBe("cold");
  for (const index of [1, 3, 4]) expect(ask(index, 7)).toHaveProperty("row");
  expect(ask(3, 6), "it holds something else").toBe("cold");
  shadows.forget("r4.internal");
  expect(ask(4, 7)).toBe("cold");
});

const seed = seedFor("PROPERTY_SEED", "projector");
test(`whatever is written, folded and projected in whatever order, the row is that of the whole document (PROPERTY_SEED=${seed})`, async () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("edit" as const), who: fc.nat(2), words: fc.string() }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("project" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("fold" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("withhold" as const), who: fc.nat(2) }) },
  );
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fc.boolean(), async (steps, isLarge) => {
      const own = { ...meta, recordId: `p${(runs += 1)}` };
      const id = `${own.recordId}.internal`;
      const origin = openFacetDocument(own, []);
      const first = createFacet(
        origin,
        "task",
        { title: "T", ...(isLarge ? { notes: "n".repeat(20_000) } : {}) },
        stamp,
      );
      await append(first, id);
      const writers = [0, 1, 2].map(() => openFacetDocument(own, [first]));
      /** Updates that others come before: what leans on them has to wait. */
      const withheld: Uint8Array[] = [];
      for (const each of [...steps, { kind: "project" as const }]) {
        if (each.kind === "fold") await log.fold([id]);
        else if (each.kind === "project") {
          expect(await projector.project(id, log.seq)).toEqual([projectFacet(own, log.read(id), log.seq)]);
        } else {
          const writer = writers[each.who];
          assert(writer !== undefined, "there are three");
          const words = each.kind === "edit" ? each.words : "withheld";
          const edited = editFacet(writer, "task", { title: words, tags: [words.slice(0, 3)] }, stamp);
          if (edited === undefined) continue;
          if (each.kind === "withhold") withheld.push(edited.update);
          else await append(edited.update, id);
        }
      }
      for (const update of withheld) await append(update, id);
      const [row] = await projector.project(id, log.seq);
      expect(row).toEqual(projectFacet(own, log.read(id), log.seq));
    }),
    { seed, numRuns: 40 },
  );
  expect(runs).toBeGreaterThanOrEqual(40);
});
