// S5: a key may end while what it signed is on its way to the disk. What was accepted before is chained before its end.

import { afterEach, beforeEach, expect, test } from "vitest";
import { openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import { checkChain } from "#shared/model/decision-chain.ts";
import { newId } from "#shared/model/ids.ts";
import { assert } from "#shared/model/result.ts";
import type { Seal } from "#shared/model/seals.ts";
import { claimKey, generateKeyPair } from "#shared/model/signatures.ts";
import { openDeviceKeys } from "#sync-server/access/device-keys.ts";
import { openChainKey } from "#sync-server/log/chain-key.ts";
import { openChainWriter } from "#sync-server/log/chain-writer.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import { withSeals } from "#sync-server/log/sealed-log.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import type { RelayStorage } from "#sync-server/storage/storage.ts";
import { requestFields, seal } from "#tests/sync/signing.ts";
import { newFolder, openStorage } from "./test-relay.ts";

const SPACE = "roof";
const FACET = "client-shared";
const igor = { id: "igor", name: "Igor", email: "igor@northwind.example", persona: "consultant" } as const;

let storage: RelayStorage;
let log: UpdateLog;
let folder: string;

beforeEach(async () => {
  folder = newFolder();
  storage = await openStorage(folder);
});
afterEach(async () => {
  await log.close();
  await storage.close();
});

test.each([0, 1])(
  "S5: accepted, then its key ends before the disk has it (%i signed before): it counts",
  async (before) => {
    let commit = (): void => undefined;
    let held = Promise.resolve();
    log = openUpdateLog({
      ...storage.log,
      append: async (updates) => {
        await held;
        return storage.log.append(updates);
      },
    });
    const keys = openDeviceKeys({
      storage: storage.directory,
      audit: { record: async () => undefined },
      now: Date.now,
    });
    const signer = await openChainKey(folder);
    assert(signer.ok, "a new folder takes a key");
    const chain = await openChainWriter({ log, keys, signer: signer.value });
    const sealed = withSeals({ log, keys, personaIn: () => "consultant" });
    const key = await generateKeyPair();
    assert((await keys.register(igor, await claimKey(key, igor.id, "Phone"))).ok, "a new key can be registered");

    const sign = () =>
      seal(key, {
        type: "approval",
        record: newId(),
        space: SPACE,
        facet: FACET,
        author: igor.id,
        fields: requestFields(igor.id, SPACE, ["carla"]),
      });
    const push = async () => {
      const { docId, bytes, meta } = await sign();
      return sealed.append({ docId, bytes, meta, author: igor.id, source: {} });
    };
    for (let n = 0; n < before; n += 1) expect((await push()).ok).toBe(true);
    await chain.settled();
    held = new Promise((resolve) => void (commit = resolve));
    const first = push();
    while (log.documentsIn("approval", FACET).length === before) await new Promise(setImmediate);
    await keys.revoke(igor, key.id);
    const late = await push();
    commit();
    expect((await first).ok, "accepted while the key was live").toBe(true);
    expect(late.ok, "signed after its end").toBe(false);
    await chain.settled();

    const links: string[] = [];
    const seals = new Map<string, Seal>();
    for (const { docId, meta } of log.documents()) {
      const content = readFacet(openFacetDocument(meta, log.read(docId)));
      const body = content.fields["body"];
      if (typeof body === "string") links.push(body);
      if (content.seal !== undefined) seals.set(meta.recordId, content.seal);
    }
    const report = await checkChain({ space: SPACE, facet: FACET, links, seals });
    expect(report.alarms).toEqual([]);
    expect([...report.verdicts.values()].map((verdict) => verdict.counts)).toEqual(Array(before + 1).fill(true));
    expect([...report.ended.keys()]).toEqual([key.id]);
    await chain.close();
  },
);
