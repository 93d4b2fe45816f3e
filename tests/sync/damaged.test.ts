// A row of the log that is not what was written any more, seen from devices, the API and a live document: nothing of that
// document is given out, what people write for it waits on their devices, and a restored backup brings all of it together.

import { expect, test } from "vitest";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { closeCodes, refusalCodes } from "#shared/protocol/close-codes.ts";
import { DATABASE_FILE } from "#sync-server/storage/schema.ts";
import { createCompany, networkOfTest, signIn, synced, twoColleagues, until } from "./network.ts";
import { openRawFeed, signInRaw, ticketFor } from "./raw-feed.ts";

/** Flips a bit of everything the relay holds of a record; answers one of its documents. */
function damage(folder: string, recordId: string): string {
  const database = new DatabaseSync(join(folder, "data", DATABASE_FILE));
  const documents = database.prepare("SELECT number, doc_id FROM documents WHERE record_id = ?").all(recordId);
  for (const { number = 0 } of documents)
    for (const table of ["updates", "snapshots"])
      for (const row of database.prepare(`SELECT rowid AS id, bytes FROM ${table} WHERE document = ?`).all(number)) {
        const bytes = Buffer.from(row["bytes"] as Uint8Array);
        bytes[bytes.length >>> 1] = (bytes[bytes.length >>> 1] ?? 0) ^ 1;
        database.prepare(`UPDATE ${table} SET bytes = ? WHERE rowid = ?`).run(bytes, row["id"] as number);
      }
  database.close();
  return String(documents[0]?.["doc_id"]);
}

test("W13 R27 a damaged document is left out at every door, edits of it wait, the others go on; a backup brings it back", async () => {
  const network = await networkOfTest();
  const { olga, igor, crm } = await twoColleagues(network);
  const harbor = await createCompany(olga, crm, "Harbor Clinic");
  const delta = await createCompany(olga, crm, "Delta Supply");
  await synced(olga);
  await network.stopRelay();
  const backup = network.backUp();
  await network.startRelay();
  for (const device of [olga, igor]) device.data.sync.syncNow();
  await olga.data.edit.set(harbor, { website: "https://after-the-backup.example" });
  await synced(olga);
  await synced(igor);
  await network.stopRelay();
  const docId = damage(network.folder, harbor);
  await network.startRelay();
  for (const device of [olga, igor]) device.data.sync.syncNow();

  // A new device gets the others, and nothing of this one: not a part, not an empty record.
  const tablet = await signIn(network, "igor@northwind.example");
  expect((await tablet.data.query.record(delta))?.title).toBe("Delta Supply");
  expect(await tablet.data.query.record(harbor)).toBeUndefined();
  const { address } = olga.link;
  const raw = await openRawFeed(address, "olga@northwind.example");
  expect(await raw.push(docId, Uint8Array.from([0, 0]))).toBe(refusalCodes.damaged);
  raw.close();
  const token = await signInRaw(address, "olga@northwind.example");
  const live = new WebSocket(
    `${address.replace("http", "ws")}/live/${docId}?ticket=${await ticketFor(address, token)}`,
  );
  const code = await new Promise<number>((resolve) => live.addEventListener("close", (event) => resolve(event.code)));
  expect(code).toBe(closeCodes.catchUp);
  const answer = await fetch(`${address}/api/v1/records/${harbor}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ fields: { industry: "Health" } }),
  });
  expect(answer.status).toBe(503);
  expect(((await answer.json()) as { error: { code: string } }).error.code).toBe("Damaged");

  // What Igor writes meanwhile waits on his device; everything else of his is delivered.
  await igor.data.edit.set(harbor, { industry: "Written meanwhile" });
  await igor.data.edit.set(delta, { website: "https://delta.example" });
  await until(async () => (await tablet.data.query.record(delta))?.fields["website"] !== undefined, "others go on");
  await until(async () => {
    const waiting = await igor.data.sync.pending();
    return waiting.length === 1 && waiting[0]?.recordId === harbor;
  }, "only what is for the damaged document waits");
  expect(igor.data.sync.status().refused).toBe(0);

  await network.stopRelay();
  network.restore(backup);
  await network.startRelay();
  for (const device of [olga, igor]) device.data.sync.syncNow();
  for (const device of [olga, igor]) await synced(device);
  const whole = { website: "https://after-the-backup.example", industry: "Written meanwhile" };
  const fresh = await signIn(network, "igor@northwind.example");
  for (const device of [olga, igor, fresh])
    await until(
      async () => (await device.data.query.record(harbor))?.fields["industry"] === whole.industry,
      "everybody has what was written meanwhile",
    );
  for (const device of [olga, igor, fresh])
    expect((await device.data.query.record(harbor))?.fields).toMatchObject({ name: "Harbor Clinic", ...whole });
});
