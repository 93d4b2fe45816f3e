// The exam every relay storage sits. It knows no SQL: a folder of its own and an opener is all it gets.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { assert, type Result } from "#shared/model/result.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import type {
  AuditQuery,
  AuditRow,
  FacetRow,
  RelayStorage,
  StorageError,
  StoredTails,
  Wanted,
} from "#sync-server/storage/storage.ts";
import { openTailReader } from "#sync-server/storage/tail-reader.ts";

export type OpenStorage = (folder: string) => Promise<Result<RelayStorage, StorageError>>;

const metaOf = (recordId: string, space = "crm", facet = "internal"): DocumentMeta => ({
  space,
  type: "company",
  recordId,
  facet,
});
const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

export function storageExam(open: OpenStorage): void {
  let folder: string;
  let storage: RelayStorage;

  async function reopen(): Promise<void> {
    await storage.close();
    await start();
  }

  async function start(): Promise<void> {
    const opened = await open(folder);
    assert(opened.ok, opened.ok ? "" : opened.error.message);
    storage = opened.value;
  }

  /** Appends one update per recordId. */
  const append = (...updates: readonly [recordId: string, value: number, space?: string][]) =>
    storage.log.append(
      updates.map(([recordId, value, space]) => ({
        docId: `${recordId}.internal`,
        bytes: bytes(value),
        author: "ana",
        meta: metaOf(recordId, space),
      })),
    );

  const entries = (seq: number, space: string, wanted?: Wanted) =>
    [...storage.log.entriesSince(seq, space, wanted)].map((entry) => [entry.seq, entry.docId, ...entry.bytes]);

  beforeEach(async () => {
    folder = join(mkdtempSync(join(tmpdir(), "drawbridge-exam-")), "made", "when-missing");
    await start();
  });

  afterEach(() => storage.close());

  describe("log", () => {
    test("sequence numbers are consecutive, in order, and go on after reopening", async () => {
      const first = await append(["r1", 1], ["r2", 2]);
      expect(first.map((place) => place.seq)).toEqual([1, 2]);
      expect(Math.abs((first[0]?.at ?? 0) - Date.now())).toBeLessThan(5_000);
      const together = await Promise.all([append(["r3", 3]), append(["r3", 4]), append(["r1", 5])]);
      expect(together.flat().map((place) => place.seq)).toEqual([3, 4, 5]);
      const { logId } = storage.log;
      expect(logId.length).toBeGreaterThan(10);
      await reopen();
      expect(storage.log.logId).toBe(logId);
      expect((await append(["r9", 9]))[0]?.seq).toBe(6);
    });

    test("what comes while it closes is on the disk or refused; what came before is on the disk", async () => {
      // More than fits into a small commit, so that the closing finds it under way.
      const before = append(...Array.from({ length: 500 }, (_, index): [string, number] => [`r${index}`, 1]));
      const closing = storage.close();
      const late: Promise<unknown>[] = [];
      const saved: string[] = [];
      for (let index = 0; index < 200; index += 1) {
        const recordId = `late${index}`;
        const done = append([recordId, 1]).then(
          () => saved.push(recordId),
          (error: unknown) => expect(String(error)).toMatch(/closed/),
        );
        late.push(done);
        if (index % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(await before).toHaveLength(500);
      await Promise.all([closing, storage.close(), ...late]);
      await expect(append(["later", 1])).rejects.toThrow(/closed/);
      await start();
      const kept = [...storage.log.documents()].map(({ docId }) => docId);
      expect(kept).toHaveLength(500 + saved.length);
      expect(kept).toEqual(expect.arrayContaining(saved.map((recordId) => `${recordId}.internal`)));
    });

    test("documents keep their metadata, with positions and sizes", async () => {
      await append(["r1", 1], ["r2", 2, "p1"], ["r1", 3]);
      for (const each of ["fresh", "reopened"]) {
        if (each === "reopened") await reopen();
        const rows = [...storage.log.documents()].sort((left, right) => left.docId.localeCompare(right.docId));
        expect(rows.map(({ docId }) => storage.log.find(docId))).toEqual(rows);
        expect([...storage.log.documents(({ space }) => space === "p1")]).toEqual(rows.slice(1));
        expect(rows).toEqual([
          {
            docId: "r1.internal",
            ...metaOf("r1"),
            lastSeq: 3,
            snapshotSeq: 0,
            snapshotBytes: 0,
            tailUpdates: 2,
            tailBytes: 2,
          },
          {
            docId: "r2.internal",
            ...metaOf("r2", "p1"),
            lastSeq: 2,
            snapshotSeq: 0,
            snapshotBytes: 0,
            tailUpdates: 1,
            tailBytes: 1,
          },
        ]);
      }
    });

    test("the first update of a document needs metadata; a refused batch leaves nothing", async () => {
      const bad = storage.log.append([
        { docId: "r1.internal", bytes: bytes(1), author: "ana", meta: metaOf("r1") },
        { docId: "r2.internal", bytes: bytes(2), author: "ana" },
      ]);
      await expect(bad).rejects.toThrow(/metadata/);
      expect([...storage.log.documents()]).toEqual([]);
      expect((await append(["r1", 1]))[0]?.seq).toBe(1);
    });

    test("R2 entries beyond a cursor, by space, ascending, filtered before they are read", async () => {
      await append(["r1", 1], ["r2", 2, "p1"], ["r3", 3], ["r1", 4]);
      expect(entries(0, "crm")).toEqual([
        [1, "r1.internal", 1],
        [3, "r3.internal", 3],
        [4, "r1.internal", 4],
      ]);
      expect(entries(3, "crm")).toEqual([[4, "r1.internal", 4]]);
      expect(entries(0, "p1")).toEqual([[2, "r2.internal", 2]]);
      expect(entries(0, "nothing")).toEqual([]);
      expect(entries(0, "crm", ({ docId }) => docId === "r3.internal")).toEqual([[3, "r3.internal", 3]]);
      expect(storage.log.countSince(0, "crm", ({ docId }) => docId !== "r3.internal")).toBe(2);
    });

    test("a snapshot replaces the updates it covers, also after reopening; an older one changes nothing", async () => {
      await append(["r1", 1], ["r1", 2], ["r2", 3], ["r1", 4]);
      await storage.log.writeSnapshots([{ seq: 2, docId: "r1.internal", bytes: bytes(12), receipts: [] }]);
      await storage.log.writeSnapshots([{ seq: 1, docId: "r1.internal", bytes: bytes(99), receipts: [] }]);
      for (const each of ["fresh", "reopened"]) {
        if (each === "reopened") await reopen();
        expect(entries(0, "crm")).toEqual([
          [2, "r1.internal", 12],
          [3, "r2.internal", 3],
          [4, "r1.internal", 4],
        ]);
        expect(entries(2, "crm")).toEqual([
          [3, "r2.internal", 3],
          [4, "r1.internal", 4],
        ]);
        expect([...storage.log.entriesSince(0, "crm")][0]?.at).toBe(0);
        const { snapshot, updates } = storage.log.readDocument("r1.internal");
        expect(snapshot).toEqual({ seq: 2, docId: "r1.internal", bytes: bytes(12) });
        expect(updates.map((update) => update.seq)).toEqual([4]);
        const beyond = [0, 1, 2, 3, 4].map((after) => {
          const part = storage.log.readDocument("r1.internal", after);
          return [part.snapshot?.seq, part.updates.map(({ seq }) => seq), storage.log.tailLength("r1.internal", after)];
        });
        expect(beyond).toEqual([
          [2, [4], 1],
          [2, [4], 1],
          [undefined, [4], 1],
          [undefined, [4], 1],
          [undefined, [], 0],
        ]);
      }
      await storage.log.writeSnapshots([{ seq: 4, docId: "r1.internal", bytes: bytes(14), receipts: [] }]);
      expect(entries(0, "crm")).toEqual([
        [3, "r2.internal", 3],
        [4, "r1.internal", 14],
      ]);
      expect(storage.log.readDocument("nothing.internal")).toEqual({ updates: [] });
    });

    test("another thread reads what is stored of documents, as it was when it was asked where that lies", async () => {
      await append(["r1", 1], ["r2", 2], ["r1", 3], ["r1", 4], ["r1", 5]);
      const lengths = (): readonly number[] => ["r1", "r2", "no"].map((id) => storage.log.tailLength(`${id}.internal`));
      const read = ({ path, tails }: StoredTails) =>
        openTailReader(path)
          .read(structuredClone(tails))
          .map(
            (tail) =>
              tail && [
                tail.docId,
                tail.lastSeq,
                tail.snapshot?.[0],
                ...tail.updates.received().map((each) => each.bytes[0]),
              ],
          );
      const where = () => storage.log.tailsOf(["r1.internal", "no.internal", "r2.internal"]);
      expect(lengths()).toEqual([4, 1, 0]);
      const before = where();
      await append(["r1", 6], ["r2", 7]);
      expect(read(before)).toEqual([
        ["r1.internal", 5, undefined, 1, 3, 4, 5],
        ["r2.internal", 2, undefined, 2],
      ]);
      await storage.log.writeSnapshots([{ seq: 3, docId: "r1.internal", bytes: bytes(13), receipts: [] }]);
      for (const each of ["fresh", "reopened", "without what was replaced"]) {
        if (each === "reopened") await reopen();
        if (each === "without what was replaced") await storage.log.removeReplaced();
        expect(lengths(), each).toEqual([3, 2, 0]);
        expect(read(where()), each).toEqual([
          ["r1.internal", 6, 13, 4, 5, 6],
          ["r2.internal", 7, undefined, 2, 7],
        ]);
      }
      await storage.log.writeSnapshots([{ seq: 6, docId: "r1.internal", bytes: bytes(16), receipts: [] }]);
      expect(lengths()).toEqual([0, 2, 0]);
      expect(read(where())[0]).toEqual(["r1.internal", 6, 16]);
    });

    test("what a snapshot replaced is part of nothing, whether its rows are gone or not; its receipts stay", async () => {
      await append(["r1", 1], ["r2", 2], ["r1", 3], ["r2", 4], ["r3", 5]);
      const receipt = { client: 7, until: 3, at: 1_700_000_000_000, author: "ana" };
      await storage.log.writeSnapshots([
        { seq: 3, docId: "r1.internal", bytes: bytes(13), receipts: [receipt] },
        { seq: 2, docId: "r2.internal", bytes: bytes(12), receipts: [] },
      ]);
      for (const each of ["fresh", "reopened", "removed", "reopened again"]) {
        if (each.startsWith("reopened")) await reopen();
        if (each === "removed") await storage.log.removeReplaced();
        expect(entries(0, "crm"), each).toEqual([
          [2, "r2.internal", 12],
          [3, "r1.internal", 13],
          [4, "r2.internal", 4],
          [5, "r3.internal", 5],
        ]);
        expect(storage.log.readDocument("r1.internal").updates, each).toEqual([]);
        expect(storage.log.receipts("r1.internal"), each).toEqual([receipt]);
        const sizes = [...storage.log.documents()].map(({ docId, tailUpdates }) => [docId, tailUpdates]);
        expect(sizes, each).toEqual([
          ["r1.internal", 0],
          ["r2.internal", 1],
          ["r3.internal", 1],
        ]);
      }
      await storage.log.writeSnapshots([{ seq: 4, docId: "r2.internal", bytes: bytes(14), receipts: [] }]);
      await storage.log.erase(["r2.internal"]);
      await storage.log.removeReplaced();
      await reopen();
      expect(entries(0, "crm").map(([, docId]) => docId)).toEqual(["r1.internal", "r3.internal"]);
    });

    test("the sequence goes on after the newest update was folded", async () => {
      await append(["r1", 1], ["r1", 2]);
      await storage.log.writeSnapshots([{ seq: 2, docId: "r1.internal", bytes: bytes(12), receipts: [] }]);
      await reopen();
      expect((await append(["r1", 3]))[0]?.seq).toBe(3);
    });

    test("R2 a slow reader misses nothing that is folded or written meanwhile", async () => {
      const many = Array.from({ length: 900 }, (_, index): [string, number] => [`r${index % 90}`, index % 251]);
      await append(...many);
      const seen = new Map<string, number>();
      let last = 0;
      let round = 0;
      for (const entry of storage.log.entriesSince(0, "crm")) {
        expect(entry.seq).toBeGreaterThan(last);
        last = entry.seq;
        seen.set(entry.docId, entry.at === 0 ? Math.max(seen.get(entry.docId) ?? 0, 1_000) : entry.seq);
        if (++round % 100 !== 0) continue;
        const chosen = [...storage.log.documents()].filter((_, index) => index % 9 === (round / 100) % 9);
        await storage.log.writeSnapshots(
          chosen.map(({ docId, lastSeq }) => ({ docId, seq: lastSeq, bytes: bytes(7, 7), receipts: [] })),
        );
        if (round % 200 === 0) await storage.log.removeReplaced();
      }
      // Of every document either its last update came, or a snapshot that holds it.
      for (const { docId, lastSeq } of storage.log.documents())
        expect(seen.get(docId)).toBeGreaterThanOrEqual(Math.min(lastSeq, 900));
      expect(seen.size).toBe(90);
    });

    test("a space's read costs what changed, not what there is", async () => {
      for (let batch = 0; batch < 20; batch++)
        await append(
          ...Array.from({ length: 1_000 }, (_, index): [string, number, string] => [
            `b${batch}x${index}`,
            1,
            `space${index % 10}`,
          ]),
        );
      // The fastest of many: other work on the machine only ever makes one slower.
      const time = (read: () => void): number =>
        Math.min(
          ...Array.from({ length: 20 }, () => {
            const started = performance.now();
            read();
            return performance.now() - started;
          }),
        );
      const warm = time(() => expect([...storage.log.entriesSince(19_980, "space3")]).toHaveLength(2));
      const cold = time(() => expect([...storage.log.entriesSince(0, "space3")]).toHaveLength(2_000));
      expect(warm * 5).toBeLessThan(cold);
    });
  });

  test("directory: rows are written through and updated in place", async () => {
    const { directory } = storage;
    expect(directory.organization()).toBeUndefined();
    expect(directory.offlineTerms()).toBeUndefined();
    await directory.saveOfflineTerms({ teamHours: 720, outsideHours: 24 });
    await directory.saveOfflineTerms({ teamHours: 48, outsideHours: 24 });
    expect(directory.offlineTerms()).toEqual({ teamHours: 48, outsideHours: 24 });
    await directory.saveOrganization({ id: "o1", name: "Northwind" });
    const ana = { id: "m1", name: "Ana", email: "ana@example.com", passwordHash: "h", persona: "owner" } as const;
    await directory.saveMember(ana);
    await directory.saveMember({ ...ana, name: "Ana Lima" });
    await directory.saveSpace({ id: "crm", kind: "crm", name: "CRM" });
    await directory.saveSpace({ id: "p1", kind: "project", name: "Bridge" });
    await directory.saveMembership({ spaceId: "crm", memberId: "m1", persona: "owner" });
    await directory.saveMembership({ spaceId: "p1", memberId: "m1", persona: "owner" });
    await directory.saveMembership({ spaceId: "p1", memberId: "m1", persona: "client" });
    const together = {
      space: { id: "p1", kind: "project", name: "Bridge" },
      member: { ...ana, id: "m9", email: "m9@example.com" },
      memberships: [{ spaceId: "p1", memberId: "m9", persona: "owner" }],
    } as const;
    // One of its rows cannot be written: none is.
    const halfMade = { ...together, space: { ...together.space, name: "Roof" } };
    await expect(
      directory.saveTogether({ ...halfMade, member: { ...together.member, email: ana.email } }),
    ).rejects.toThrow();
    expect(directory.spaces()).toContainEqual(together.space);
    expect(directory.memberships()).toHaveLength(2);
    await directory.saveTogether(together);
    expect(directory.spaces()).toContainEqual(together.space);
    expect(directory.memberships()).toContainEqual(together.memberships[0]);
    await directory.removeMember(together.member);
    const joined = await directory.changeMembership({ spaceId: "p1", memberId: "m1", persona: "manager" });
    const left = await directory.removeMembership("crm", "m1");
    expect(left).toBe(joined + 1);
    const linked = await directory.saveLinks([
      { recordId: "r1", spaceId: "p1", home: "crm", sources: ["hand"] },
      { recordId: "r2", spaceId: "p1", home: "crm", sources: ["hand"] },
    ]);
    expect(linked).toBe(left + 1);
    expect(await directory.saveLinks([{ recordId: "r2", spaceId: "p1", home: "crm", sources: [] }])).toBe(linked + 1);
    // It is there as before: for one more reason.
    await directory.saveLinks([{ recordId: "r1", spaceId: "p1", home: "crm", sources: ["hand", "rule-1"] }]);
    await directory.saveLinks([{ recordId: "r1", spaceId: "p1", home: "crm", sources: ["hand"] }]);
    expect(directory.links()).toEqual([
      { recordId: "r1", spaceId: "p1", home: "crm", sources: ["hand"], seq: linked },
      { recordId: "r2", spaceId: "p1", home: "crm", sources: [], seq: linked + 1 },
    ]);
    expect([...directory.grants()]).toEqual([["m1", left]]);
    expect(storage.log.lastSeq()).toBe(linked + 3);
    await directory.saveSession({ tokenHash: "t1", memberId: "m1", expiresAt: 5 });
    await directory.saveSession({ tokenHash: "t2", memberId: "m1", expiresAt: 6 });
    await directory.removeSession("t1");
    await reopen();
    const read = storage.directory;
    expect(read.organization()).toEqual({ id: "o1", name: "Northwind" });
    expect(read.members()).toEqual([{ ...ana, name: "Ana Lima" }]);
    expect(read.spaces()).toEqual([
      { id: "crm", kind: "crm", name: "CRM" },
      { id: "p1", kind: "project", name: "Bridge" },
    ]);
    expect(read.memberships()).toEqual([{ spaceId: "p1", memberId: "m1", persona: "manager" }]);
    expect(read.sessions()).toEqual([{ tokenHash: "t2", memberId: "m1", expiresAt: 6 }]);
  });

  test("accounts: a password, a link to set one, a role everywhere, an end and access again survive a restart whole", async () => {
    const { directory, log } = storage;
    const ana = { id: "m1", name: "Ana", email: "ana@example.com", passwordHash: "h", persona: "manager" } as const;
    await directory.saveMember(ana);
    for (const spaceId of ["crm", "p1"]) {
      await directory.saveSpace({ id: spaceId, kind: spaceId === "crm" ? "crm" : "project", name: spaceId });
      await directory.saveMembership({ spaceId, memberId: "m1", persona: "manager" });
    }
    for (const tokenHash of ["t1", "t2"]) await directory.saveSession({ tokenHash, memberId: "m1", expiresAt: 5 });
    const reset = { memberId: "m1", secretHash: "s1", madeBy: "m2", expiresAt: 9 };
    await directory.savePasswordReset(reset);
    await directory.savePasswordReset({ ...reset, secretHash: "s2" });
    expect(directory.passwordResets()).toEqual([{ ...reset, secretHash: "s2" }]);
    await directory.savePassword("m1", "h2", "t2");
    expect(directory.passwordResets()).toEqual([]);
    expect(directory.sessions().map(({ tokenHash }) => tokenHash)).toEqual(["t2"]);
    const before = log.lastSeq();
    // What others handed out stays.
    await directory.savePasswordReset(reset);
    for (const memberId of ["m3", "m4"])
      await directory.savePasswordReset({ memberId, secretHash: `of ${memberId}`, madeBy: "m1", expiresAt: 9 });
    await directory.changeRole("m1", "owner", false);
    expect(directory.passwordResets()).toHaveLength(3);
    const changed = await directory.changeRole("m1", "sales", true);
    expect(directory.passwordResets()).toEqual([reset]);
    expect(changed).toBeGreaterThan(before);
    expect(directory.memberships().map(({ persona }) => persona)).toEqual(["sales", "sales"]);
    const invitation = { secretHash: "i1", email: "b@example.com", persona: "client", spaceId: "p1" } as const;
    await directory.saveInvitation({
      ...invitation,
      id: "i1",
      invitedBy: "m1",
      createdAt: 1,
      expiresAt: 2,
      state: "open",
    });
    await directory.savePasswordReset({ ...reset, memberId: "m3", madeBy: "m1" });
    const ended = await directory.endMember("m1", 77);
    expect(ended).toBe(changed + 1);
    await reopen();
    const read = storage.directory;
    const kept = { ...ana, passwordHash: "h2", persona: "sales" };
    expect(read.members()).toEqual([{ ...kept, endedAt: 77 }]);
    expect([read.memberships(), read.passwordResets(), read.invitations().map(({ state }) => state)]).toEqual([
      [],
      [],
      ["cancelled"],
    ]);
    // Their devices are told by them what has become of the account.
    expect(read.sessions().map(({ tokenHash }) => tokenHash)).toEqual(["t2"]);
    expect([...read.grants()]).toEqual([["m1", ended]]);
    expect(read.formerMemberships()).toHaveLength(6);
    await read.restoreMember("m1", "sales", [{ spaceId: "crm", memberId: "m1", persona: "sales" }]);
    expect([read.members(), read.sessions()]).toEqual([[kept], []]);
    expect(read.memberships()).toEqual([{ spaceId: "crm", memberId: "m1", persona: "sales" }]);
  });

  test("read model: facets of a record, and keyset pages by type and readable facets", async () => {
    const row = (recordId: string, facet: string, state: FacetRow["state"] = "active"): FacetRow => ({
      docId: `${recordId}.${facet}`,
      recordId,
      facet,
      space: "crm",
      type: "company",
      fields: { name: recordId, tags: ["a", "b"], size: 3 },
      createdAt: "2026-01-01",
      createdBy: "m1",
      updatedAt: "2026-01-02",
      updatedBy: "m2",
      state,
      seq: 4,
    });
    const { readModel } = storage;
    expect(readModel.projectedSeq()).toBe(0);
    await readModel.saveFacets(
      [row("r1", "internal"), row("r1", "shared"), row("r2", "internal"), row("r3", "shared", "deleted")],
      7,
    );
    await readModel.saveFacets([{ ...row("r1", "shared"), fields: { name: "changed" } }], 8);
    await reopen();
    expect(storage.readModel.projectedSeq()).toBe(8);
    expect(storage.readModel.facetsOfRecord("r1")).toEqual([
      row("r1", "internal"),
      { ...row("r1", "shared"), fields: { name: "changed" } },
    ]);
    expect(storage.readModel.facetsOfRecord("r3")[0]?.state).toBe("deleted");
    const page = (facets: readonly string[], after = "", limit = 10) =>
      storage.readModel.recordIds({ space: "crm", type: "company", facets, after, limit });
    expect(page(["internal", "shared"])).toEqual(["r1", "r2", "r3"]);
    expect(page(["internal", "shared"], "r1", 1)).toEqual(["r2"]);
    expect(page(["shared"])).toEqual(["r1", "r3"]);
    expect(page([])).toEqual([]);
  });

  describe("audit", () => {
    const row = (seq: number, changes: Partial<AuditRow> = {}): AuditRow => ({
      seq,
      at: 1_000 * seq,
      action: "session.opened",
      actor: "ana",
      target: "ana",
      details: "{}",
      hash: `hash ${seq}`,
      ...changes,
    });
    const seqs = (query: Omit<AuditQuery, "limit">) =>
      storage.audit.page({ limit: 10, ...query }).map(({ seq }) => seq);

    test("empty at first; appended rows come back as they were, after reopening too, and their head is remembered apart", async () => {
      expect([storage.audit.last(), storage.audit.rememberedHead(), ...storage.audit.rows()]).toEqual([
        undefined,
        undefined,
      ]);
      const rows = [row(1, { details: '{"why":"ö"}' }), row(2)];
      await storage.audit.append(rows);
      await reopen();
      expect([...storage.audit.rows()]).toEqual(rows);
      expect(storage.audit.last()).toEqual(rows[1]);
      expect(storage.audit.rememberedHead()).toEqual({ seq: 2, at: 2_000, hash: "hash 2" });
    });

    test("pages newest first, by action, actor, target, time and all of them", async () => {
      await storage.audit.append([
        row(1),
        row(2, { action: "write.denied", actor: "carla", target: "d1.internal" }),
        row(3, { actor: "olga", target: "ana" }),
        row(4, { action: "write.denied", actor: "carla", target: "d2.internal" }),
      ]);
      expect(seqs({})).toEqual([4, 3, 2, 1]);
      expect(seqs({ before: 3 })).toEqual([2, 1]);
      expect(storage.audit.page({ limit: 2 }).map(({ seq }) => seq)).toEqual([4, 3]);
      expect(seqs({ action: "write.denied" })).toEqual([4, 2]);
      expect(seqs({ actor: "ana" })).toEqual([1]);
      expect(seqs({ target: "ana" })).toEqual([3, 1]);
      expect(seqs({ from: 2_000, to: 4_000 })).toEqual([3, 2]);
      expect(seqs({ action: "write.denied", actor: "carla", target: "d1.internal", from: 1, to: 9_000 })).toEqual([2]);
      expect(seqs({ action: "write.denied' OR 1=1 --" })).toEqual([]);
    });

    test("a sequence number is given once: a row is never written over", async () => {
      await storage.audit.append([row(1)]);
      await expect(storage.audit.append([row(1, { hash: "other" })])).rejects.toThrow();
      expect([...storage.audit.rows()]).toEqual([row(1)]);
      expect(storage.audit.rememberedHead()?.hash).toBe("hash 1");
    });
  });
}
