// What `doctor` finds in the chains of decisions of a folder: nothing in an honest one, and every way to change one.

import { join } from "node:path";
import { expect, it } from "vitest";
import { createFacet, openFacetDocument } from "#shared/doc/facet-document.ts";
import { sealedUpdate } from "#shared/doc/sealed-document.ts";
import { parseLink } from "#shared/model/decision-chain.ts";
import { sha256 } from "#shared/model/canonical-json.ts";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { assert } from "#shared/model/result.ts";
import { chainEntry } from "#shared/record-types/index.ts";
import { examineFolder, type Finding } from "#sync-server/commands/examine-folder.ts";
import { lookUpChainKey, openChainKey } from "#sync-server/log/chain-key.ts";
import { inspectFolder } from "#sync-server/storage/inspect-folder.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import { temporaryFolder } from "#tests/contracts/api-harness.ts";
import { FACET, makeChain, SPACE } from "./make-chain.ts";

type Kept = { readonly link: (text: string, index: number) => boolean; readonly seal: (record: string) => boolean };

/** A folder as a relay leaves it, but for what is not kept; and what doctor finds in it. */
async function examined(kept: Partial<Kept> = {}, isSigned = true): Promise<readonly Finding[]> {
  const folder = join(temporaryFolder(), "data");
  const opened = await openSqliteStorage(folder);
  assert(opened.ok, "the folder opens");
  const storage = opened.value;
  const { directory, log } = storage;
  await directory.saveSpace({ id: SPACE, kind: "project", name: "Clinic roof" });
  const signer = await openChainKey(folder);
  assert(signer.ok, "the key is made");
  const { chain } = await makeChain();
  const append = async (type: string, recordId: string, bytes: Uint8Array): Promise<void> => {
    const docId = docIdOf(recordId, FACET);
    await log.append([{ docId, meta: { space: SPACE, type, recordId, facet: FACET }, bytes, author: "carla" }]);
  };
  for (const [record, seal] of chain.seals)
    if (kept.seal?.(record) !== false)
      await append(record === "r1" ? "approval" : "decision", record, sealedUpdate({ record, facet: FACET }, seal));
  for (const [index, body] of chain.links.entries()) {
    if (kept.link?.(body, index) === false) continue;
    const recordId = newId();
    const head = { space: SPACE, facet: FACET, seq: parseLink(body)?.seq ?? 0, hash: sha256(body) };
    const signature = isSigned ? await signer.value.sign(head) : "nobody's";
    const stamp = { at: "2026-05-14T09:00:00.000Z", by: "relay" };
    const meta = { space: SPACE, type: chainEntry.type, recordId, facet: FACET };
    await append(meta.type, recordId, createFacet(openFacetDocument(meta, []), meta.type, { body, signature }, stamp));
  }
  await storage.close();
  const inspected = inspectFolder(folder);
  assert(inspected.ok, "the folder is looked at");
  const { findings } = await examineFolder(inspected.value, lookUpChainKey(folder));
  inspected.value.close();
  return findings.filter(({ says }) => /decision|chain/.test(says));
}

it("an honest chain holds", async () => {
  expect(await examined()).toEqual([{ level: "ok", says: "The chains of 3 decisions hold." }]);
});

it.each([
  [
    "a link taken out of the middle",
    { link: (_: string, index: number) => index !== 2 },
    true,
    /link 3: a link is miss/,
  ],
  ["a decision taken out", { seal: (record: string) => record !== "d1" }, true, /link 4: .*that is not here/],
  ["a head that another key signed", {}, false, /link 6: its head was not signed/],
])("%s is a problem", async (_what, kept, isSigned, sentence) => {
  const found = await examined(kept, isSigned);
  expect(found.map(({ level, says }) => `${level}: ${says}`).join("\n")).toMatch(
    new RegExp(`problem: A chain of decisions was changed: space ${SPACE}.*${sentence.source}`),
  );
});

it("a tail that is not chained yet is a note", async () => {
  const found = await examined({ link: (_text, index) => index < 4 });
  expect(found.map(({ level, says }) => [level, says])).toEqual([
    ["ok", "The chains of 3 decisions hold."],
    ["note", "1 decision is not chained yet."],
  ]);
});
