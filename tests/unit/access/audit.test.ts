// T19: whoever changes the audit's table is found out: every kind of tampering at random points, by SQL, on the real database.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { assert } from "#shared/model/result.ts";
import { openAudit, type Audit } from "#sync-server/access/audit-trail.ts";
import { verifyAudit } from "#sync-server/access/verify-audit.ts";
import { auditRows } from "#sync-server/storage/audit-tables.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import type { RelayStorage } from "#sync-server/storage/storage.ts";

const ROWS = 60;
const never = (error: unknown): never => {
  throw error;
};

let folder: string;
let storage: RelayStorage;
let audit: Audit;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "drawbridge-audit-"));
  const opened = await openSqliteStorage(folder);
  assert(opened.ok, opened.ok ? "" : opened.error.message);
  storage = opened.value;
  audit = openAudit(storage.audit, { onProblem: never });
});

afterEach(() => storage.close());

const fill = async (count: number): Promise<void> => {
  for (let each = 0; each < count; each += 1) {
    await audit.record({
      action: each % 3 === 0 ? "write.denied" : "space.joined",
      actor: `member ${each % 7}`,
      target: `target ${each % 5}`,
      details: { each },
    });
  }
};

describe("the trail", () => {
  test("goes on where it ended, after a restart, and verifies", async () => {
    await fill(3);
    await Promise.all([audit.record({ action: "export.made", actor: "a", target: "" }), fill(2)]);
    await storage.close();
    const opened = await openSqliteStorage(folder);
    assert(opened.ok, "opens again");
    storage = opened.value;
    audit = openAudit(storage.audit, { onProblem: never });
    await fill(2);
    const { rows, problems, head } = verifyAudit({
      rows: storage.audit.rows(),
      rememberedHead: storage.audit.rememberedHead(),
    });
    expect([rows, problems]).toEqual([8, []]);
    expect(head).toEqual(audit.head());
  });

  test("times never go back, whatever the clock does", async () => {
    let time = 5_000;
    const skewed = openAudit(storage.audit, { now: () => time, onProblem: never });
    await skewed.record({ action: "session.opened", actor: "a", target: "a" });
    time = 1_000;
    await skewed.record({ action: "session.closed", actor: "a", target: "a" });
    expect([...storage.audit.rows()].map(({ at }) => at)).toEqual([5_000, 5_000]);
  });

  test("a thousand refusals alike are two rows: the first at once, the rest counted; different ones cannot fill the disk", async () => {
    const counting = openAudit(storage.audit, { onProblem: never });
    const refusal = { action: "write.denied", actor: "mallory", target: "d1.internal" } as const;
    for (let each = 0; each < 1_000; each += 1) counting.noteRefusal(refusal);
    await counting.close();
    expect(counting.page({ limit: 10 }).map(({ details }) => details)).toEqual(['{"times":999}', "{}"]);
    for (let each = 0; each < 10_000; each += 1)
      counting.noteRefusal({ ...refusal, target: `${"x".repeat(5_000)}${each}` });
    for (let each = 0; each < 10_000; each += 1) counting.noteRefusal({ ...refusal, target: `guess ${each}` });
    await counting.close();
    const rows = [...storage.audit.rows()];
    expect(rows.length).toBeLessThan(300);
    expect(Math.max(...rows.map(({ target }) => target.length))).toBeLessThanOrEqual(100);
    const counted = rows.reduce(
      (sum, { details }) =>
        sum + 1 + ((JSON.parse(details) as { times?: number }).times ?? 0) - (details.includes("times") ? 1 : 0),
      0,
    );
    expect(counted).toBe(21_000);
  });
});

describe("T19: an insider with the database", () => {
  /** Runs the tampering in a transaction that is taken back, and tells what verification says meanwhile. */
  function problemsAfter(database: DatabaseSync, tamper: (database: DatabaseSync) => void, keepsHead = true): string[] {
    database.exec("BEGIN");
    try {
      tamper(database);
      const rememberedHead = keepsHead ? storage.audit.rememberedHead() : undefined;
      return verifyAudit({ rows: auditRows(database), rememberedHead }).problems.map(({ type }) => type);
    } finally {
      database.exec("ROLLBACK");
    }
  }

  test("T19: edit, delete, reorder, truncate, insert at 1,000 random points: flagged 1,000 times", async () => {
    await fill(ROWS);
    const database = new DatabaseSync(join(folder, "drawbridge.db"), { timeout: 5_000 });
    const columns = ["at", "action", "actor", "target", "details", "hash"];
    const sql =
      (text: string, ...values: (string | number)[]) =>
      (on: DatabaseSync) =>
        void on.prepare(text).run(...values);
    const seq = fc.integer({ min: 1, max: ROWS });
    const tampering = fc.oneof(
      fc.tuple(seq, fc.constantFrom(...columns), fc.string({ minLength: 1 })).map(([at, column, text]) => ({
        what: `edit ${column} of ${at}`,
        run: sql(`UPDATE audit SET ${column} = ? WHERE seq = ?`, column === "at" ? text.length : `${text}!`, at),
      })),
      seq.map((at) => ({ what: `delete ${at}`, run: sql("DELETE FROM audit WHERE seq = ?", at) })),
      seq.map((at) => ({
        what: `delete ${at} and close the gap`,
        run: (on: DatabaseSync) => {
          sql("DELETE FROM audit WHERE seq = ?", at)(on);
          sql("UPDATE audit SET seq = -seq WHERE seq > ?", at)(on);
          sql("UPDATE audit SET seq = -seq - 1 WHERE seq < 0")(on);
        },
      })),
      fc.uniqueArray(seq, { minLength: 2, maxLength: 2 }).map(([one = 1, other = 2]) => ({
        what: `swap ${one} and ${other}`,
        run: (on: DatabaseSync) => {
          sql("UPDATE audit SET seq = -1 WHERE seq = ?", one)(on);
          sql("UPDATE audit SET seq = ? WHERE seq = ?", one, other)(on);
          sql("UPDATE audit SET seq = ? WHERE seq = -1", other)(on);
        },
      })),
      seq.map((at) => ({ what: `truncate from ${at}`, run: sql("DELETE FROM audit WHERE seq >= ?", at) })),
      seq.map((at) => ({
        what: `insert at ${at}`,
        run: (on: DatabaseSync) => {
          sql("UPDATE audit SET seq = -seq WHERE seq >= ?", at)(on);
          sql("UPDATE audit SET seq = -seq + 1 WHERE seq < 0")(on);
          sql(
            "INSERT INTO audit SELECT ?, at, 'write.denied', actor, target, details, hash FROM audit LIMIT 1",
            at,
          )(on);
        },
      })),
      fc.constant({
        what: "append a row that was never recorded",
        run: sql(
          "INSERT INTO audit SELECT seq + 1, at, action, actor, target, details, hash FROM audit ORDER BY seq DESC LIMIT 1",
        ),
      }),
    );
    expect(problemsAfter(database, () => undefined)).toEqual([]);
    let flagged = 0;
    fc.assert(
      fc.property(tampering, ({ what, run }) => {
        expect(problemsAfter(database, run), what).not.toEqual([]);
        flagged += 1;
      }),
      { numRuns: 1_000 },
    );
    expect(flagged).toBe(1_000);
    // What the remembered head is for: without it a cut-off tail is a shorter audit that verifies.
    const cut = sql("DELETE FROM audit WHERE seq > 40");
    expect([problemsAfter(database, cut, false), problemsAfter(database, cut)]).toEqual([[], ["CutOff"]]);
    database.close();
  });

  test("T19: who rewrites the table and the head's file alike is found by a head that was kept elsewhere", async () => {
    await fill(10);
    const kept = audit.head();
    await fill(5);
    const database = new DatabaseSync(join(folder, "drawbridge.db"), { timeout: 5_000 });
    database.exec("DELETE FROM audit WHERE seq >= 8");
    database.close();
    const rewriting = openAudit(storage.audit, { onProblem: never });
    for (let each = 0; each < 8; each += 1)
      await rewriting.record({ action: "session.opened", actor: "x", target: "x" });
    const rewritten = { rememberedHead: storage.audit.rememberedHead() };
    const rows = [...storage.audit.rows()];
    expect(verifyAudit({ rows, rememberedHead: rewritten.rememberedHead }).problems).toEqual([]);
    const { problems } = verifyAudit({ rows, rememberedHead: rewritten.rememberedHead }, [kept]);
    expect(problems).toMatchObject([{ type: "Replaced", seq: 10 }]);
  });

  test("a head's file that is gone or unreadable hides nothing inside the chain", async () => {
    await fill(5);
    writeFileSync(join(folder, "audit-head.json"), "not json");
    expect(storage.audit.rememberedHead()).toBeUndefined();
    await audit.record({ action: "session.opened", actor: "a", target: "a" });
    expect(JSON.parse(readFileSync(join(folder, "audit-head.json"), "utf8"))).toMatchObject({ seq: 6 });
  });
});
