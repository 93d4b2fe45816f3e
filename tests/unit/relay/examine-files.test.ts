// What `doctor` says of attached files: whole, changed on the disk, and still on somebody's device.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createFacet, openFacetDocument } from "#shared/doc/facet-document.ts";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { assert } from "#shared/model/result.ts";
import { examineFolder } from "#sync-server/commands/examine-folder.ts";
import { FILES_FOLDER, nameOfFile } from "#sync-server/files/file-store.ts";
import { inspectFolder } from "#sync-server/storage/inspect-folder.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import { temporaryFolder } from "#tests/contracts/api-harness.ts";

const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Three file records: the bytes of the first are there, those of the second are other ones, those of the third are missing. */
async function makeFolder(): Promise<{ folder: string; names: readonly string[]; docIds: readonly string[] }> {
  const folder = join(temporaryFolder(), "data");
  const opened = await openSqliteStorage(folder);
  assert(opened.ok, "the folder opens");
  const { log, directory } = opened.value;
  await directory.saveSpace({ id: "crm", kind: "crm", name: "CRM" });
  mkdirSync(join(folder, FILES_FOLDER), { recursive: true });
  const names: string[] = [];
  const docIds: string[] = [];
  for (const text of ["plan", "offer", "photo"]) {
    const recordId = newId();
    const meta = { space: "crm", type: "file", recordId, facet: "internal" };
    const docId = docIdOf(recordId, meta.facet);
    const values = { name: `${text}.pdf`, sha256: sha256Of(text), size: text.length };
    const bytes = createFacet(openFacetDocument(meta, []), "file", values, {
      at: "2026-03-01T08:00:00.000Z",
      by: "ana",
    });
    await log.append([{ docId, meta, bytes, author: "ana" }]);
    docIds.push(docId);
    names.push(nameOfFile({ docId, sha256: sha256Of(text) }));
  }
  writeFileSync(join(folder, FILES_FOLDER, names[0] ?? ""), "plan");
  writeFileSync(join(folder, FILES_FOLDER, names[1] ?? ""), "0ffer");
  writeFileSync(join(folder, FILES_FOLDER, `${names[2] ?? ""}.ana.upload`), "ph");
  await opened.value.close();
  return { folder, names, docIds };
}

it("bytes that are other ones are a problem by name, bytes that are not here yet a note", async () => {
  const { folder, names, docIds } = await makeFolder();
  const inspected = inspectFolder(folder);
  assert(inspected.ok, "the folder is looked at");
  const { findings } = await examineFolder(inspected.value);
  inspected.value.close();
  expect(findings.filter(({ says }) => says.includes("attached")).map(({ level, says }) => [level, says])).toEqual([
    ["problem", `1 attached file with other bytes than were brought: ${names[1] ?? ""}.`],
    ["note", `1 attached file without bytes here: ${docIds[2] ?? ""}.`],
  ]);
});
