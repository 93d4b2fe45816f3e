// R3: what a torn write leaves of the write-ahead log: cut off or with a flipped bit at a random place. The folder opens, and
// holds a beginning of what was committed, each update whole; or it says that it is damaged. Never something else. What is
// missing is on the devices, which notice by the sequence number (rule R4).

import { cpSync, mkdtempSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newId } from "#shared/model/ids.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import { DATABASE_FILE } from "#sync-server/storage/schema.ts";
import { chance, sizes, timeFor } from "./sizes.ts";

const UPDATES = 60;

test(
  `R3 ${sizes.tornPoints} torn or flipped places: a whole beginning of the log, or a clear word, never wrong data`,
  { timeout: timeFor(sizes.tornPoints, 1) },
  async () => {
    const random = chance("R3");
    const work = mkdtempSync(join(tmpdir(), "drawbridge-torn-"));
    const folder = join(work, "data");
    const opened = await openSqliteStorage(folder);
    if (!opened.ok) throw new Error(opened.error.message);
    const written: Uint8Array[] = [];
    for (let index = 0; index < UPDATES; index += 1) {
      const bytes = Uint8Array.from({ length: 200 + random.below(6_000) }, () => random.below(256));
      written.push(bytes);
      const recordId = newId();
      const meta = { space: "crm", type: "company", recordId, facet: "internal" };
      await opened.value.log.append([{ docId: `${recordId}.internal`, bytes, author: "ana", meta }]);
    }
    // As a killed process leaves it: everything in the write-ahead log, nothing checkpointed.
    const killed = join(work, "killed");
    cpSync(folder, killed, { recursive: true });
    await opened.value.close();
    const walSize = statSync(join(killed, `${DATABASE_FILE}-wal`)).size;
    expect(walSize).toBeGreaterThan(100_000);

    const kept: number[] = [];
    let damaged = 0;
    for (let point = 0; point < sizes.tornPoints; point += 1) {
      const copy = join(work, `torn-${point}`);
      cpSync(killed, copy, { recursive: true });
      const wal = join(copy, `${DATABASE_FILE}-wal`);
      const place = random.below(walSize);
      if (random.chance(0.5)) truncateSync(wal, place);
      else {
        const bytes = readFileSync(wal);
        bytes[place] = (bytes[place] ?? 0) ^ (1 << random.below(8));
        writeFileSync(wal, bytes);
      }
      const where = `seed ${random.seed}, point ${point} at ${place}`;
      const again = await openSqliteStorage(copy);
      if (!again.ok) {
        expect(again.error.message, where).toMatch(/damaged|Restore/);
        damaged += 1;
        continue;
      }
      const held = [...again.value.log.entriesSince(0, "crm")].map((entry) => entry.bytes);
      kept.push(held.length);
      expect(held.length, where).toBeLessThanOrEqual(UPDATES);
      for (const [index, bytes] of held.entries())
        expect(Buffer.compare(bytes, written[index] ?? new Uint8Array()), `${where}, update ${index}`).toBe(0);
      // And it goes on from there.
      const recordId = newId();
      const meta = { space: "crm", type: "company", recordId, facet: "internal" };
      const [next] = await again.value.log.append([
        { docId: `${recordId}.internal`, bytes: Uint8Array.from([0, 0]), author: "ana", meta },
      ]);
      expect(next?.seq, where).toBeGreaterThan(held.length === 0 ? 0 : held.length - 1);
      await again.value.close();
    }
    process.stdout.write(
      `R3: ${damaged} refused, the others kept ${Math.min(...kept)} to ${Math.max(...kept)} of ${UPDATES}\n`,
    );
    expect(Math.min(...kept), "some were torn early").toBeLessThan(UPDATES);
  },
);
