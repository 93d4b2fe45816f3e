// R27 in its one-machine form: a backup taken while people work, restored into a new folder. What was acknowledged after it
// is on no server any more, only on devices: they notice by the log id and offer it again.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { backUpFolder, restoreBackup } from "#sync-server/storage/backup.ts";
import { createCompany, networkOfTest, signIn, synced, twoColleagues, until } from "./network.ts";

test("R27 R4 a backup under load, restored: devices offer again every edit acknowledged after it, offline edits follow", async () => {
  const network = await networkOfTest();
  const { olga, igor, crm } = await twoColleagues(network);
  const data = join(network.folder, "data");
  const harbor = await createCompany(olga, crm, "Harbor Clinic");
  await synced(olga);
  const tablet = await signIn(network, "igor@northwind.example");
  tablet.link.setOn(false);

  // Load while the backup runs, and acknowledged edits after it.
  const written: [string, string][] = [];
  const write = async (name: string): Promise<void> => {
    const id = await createCompany(olga, crm, name);
    written.push([id, name]);
  };
  const load = (async () => {
    for (let index = 0; index < 30; index += 1) await write(`During ${index}`);
  })();
  await until(() => written.length > 5, "the load is on");
  const backup = join(network.folder, "monday.backup");
  const made = backUpFolder(data, backup);
  expect(made).toMatchObject({ ok: true });
  await load;
  for (let index = 0; index < 10; index += 1) await write(`After ${index}`);
  await olga.data.edit.set(harbor, { website: "https://after.example" });
  await igor.data.edit.set(harbor, { internalNotes: "seen after the backup" });
  await synced(olga);
  await synced(igor);
  // Somebody offline all the while.
  expect((await tablet.data.edit.set(harbor, { industry: "Health" })).ok).toBe(true);

  await network.stopRelay();
  rmSync(data, { recursive: true });
  const restored = restoreBackup(backup, data, { endsSessions: false });
  expect(restored.ok).toBe(true);
  await network.startRelay();
  tablet.link.setOn(true);
  for (const device of [olga, igor, tablet]) device.data.sync.syncNow();
  for (const device of [olga, igor, tablet]) await synced(device);

  const fresh = await signIn(network, "igor@northwind.example");
  await until(async () => {
    const names = await Promise.all(written.map(async ([id]) => (await fresh.data.query.record(id))?.title));
    return names.every((name, index) => name === written[index]?.[1]);
  }, "a new device has every company that was acknowledged");
  await until(async () => {
    const fields = (await fresh.data.query.record(harbor))?.fields;
    return (
      fields?.["website"] === "https://after.example" &&
      fields["internalNotes"] === "seen after the backup" &&
      fields["industry"] === "Health"
    );
  }, "and every edit of the old one");
  for (const device of [olga, igor, tablet]) expect(device.data.sync.status().refused).toBe(0);
});
