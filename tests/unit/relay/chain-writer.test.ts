// The chain of decisions over a disk that has no room for links: what could not be written stays first in line, is tried
// again by itself, and stands in its order in the end.

import { expect, it, onTestFinished } from "vitest";
import { sealedUpdate } from "#shared/doc/sealed-document.ts";
import { openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import { checkChain } from "#shared/model/decision-chain.ts";
import { sha256 } from "#shared/model/canonical-json.ts";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { assert } from "#shared/model/result.ts";
import { noHead, sealEntry, type Seal } from "#shared/model/seals.ts";
import { claimKey, generateKeyPairOf } from "#shared/model/signatures.ts";
import { chainEntry } from "#shared/record-types/index.ts";
import { openDeviceKeys } from "#sync-server/access/device-keys.ts";
import { openChainKey } from "#sync-server/log/chain-key.ts";
import { openChainWriter } from "#sync-server/log/chain-writer.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import { createMemoryDirectory } from "#tests/unit/access/memory-directory.ts";
import { until } from "#tests/sync/network.ts";
import { newFolder, openStorage } from "./test-relay.ts";

const SPACE = "s1";
const FACET = "client-shared";

async function openScene() {
  const storage = await openStorage();
  const log = openUpdateLog(storage.log);
  const signer = await openChainKey(newFolder());
  assert(signer.ok, "the key is made");
  const keys = openDeviceKeys({
    storage: createMemoryDirectory(),
    audit: { record: async () => undefined },
    now: Date.now,
  });
  const carla = { id: "carla", name: "Carla", email: "carla@harbor.example", persona: "client" } as const;
  const key = await generateKeyPairOf("ed25519");
  expect((await keys.register(carla, await claimKey(key, carla.id, "Phone"))).ok).toBe(true);
  const disk = { hasRoom: true, tries: 0 };
  const logged: object[] = [];
  const full: typeof log = {
    ...log,
    get seq() {
      return log.seq;
    },
    async append(request) {
      if (request.meta?.type === chainEntry.type) {
        disk.tries += 1;
        if (!disk.hasRoom) throw new Error("database or disk is full");
      }
      return log.append(request);
    },
  };
  const seals = new Map<string, Seal>();
  onTestFinished(async () => {
    await log.close();
    await storage.close();
  });
  return {
    keys,
    key,
    carla,
    disk,
    logged,
    open: () =>
      openChainWriter({
        log: full,
        keys,
        signer: signer.value,
        restMs: 5,
        logger: { error: (details) => void logged.push(details) },
      }),
    /** Acknowledged: it is on the disk. */
    async decide(): Promise<string> {
      const record = newId();
      const fields = { decision: "approve", request: "r1", decidedBy: carla.id, revision: 1, contentHash: "0" };
      const at = "2026-05-14T09:14:00.000Z";
      const entry = {
        type: "decision",
        record,
        space: SPACE,
        facet: FACET,
        author: carla.id,
        at,
        basis: noHead,
        fields,
      };
      const seal = await sealEntry(key, entry);
      const meta = { space: SPACE, type: "decision", recordId: record, facet: FACET };
      const docId = docIdOf(record, FACET);
      const bytes = sealedUpdate(entry, seal);
      expect((await full.append({ docId, bytes, author: carla.id, source: {}, meta })).ok).toBe(true);
      seals.set(record, seal);
      return record;
    },
    /** The records in the order of the chain, and what is wrong with it. */
    async chain() {
      const links: string[] = [];
      const signatures = new Map<string, string>();
      for (const { docId, meta } of log.documents()) {
        if (meta.type !== chainEntry.type) continue;
        const { body, signature } = readFacet(openFacetDocument(meta, log.read(docId))).fields;
        if (typeof body !== "string" || typeof signature !== "string") continue;
        links.push(body);
        signatures.set(sha256(body), signature);
      }
      const relay = signer.value.publicKey;
      const { alarms, verdicts, ended } = await checkChain({
        space: SPACE,
        facet: FACET,
        links,
        signatures,
        seals,
        relay,
      });
      const counting = [...verdicts].filter(([, verdict]) => verdict.counts).map(([record]) => record);
      return { alarms, counting, ended: [...ended.keys()] };
    },
  };
}

it("P5: what the disk did not take is chained once there is room, in the order of the log, and logged with its ids", async () => {
  const scene = await openScene();
  const writer = await scene.open();
  const decided = [await scene.decide()];
  await writer.settled();
  scene.disk.hasRoom = false;
  const before = scene.disk.tries;
  decided.push(await scene.decide(), await scene.decide());
  expect((await scene.keys.revoke(scene.carla, scene.key.id)).ok).toBe(true);
  await until(() => scene.disk.tries > before + 2 && writer.readings().waiting === 3, "it is tried again and again");
  expect(scene.logged[0]).toMatchObject({ space: SPACE, facet: FACET, recordId: decided[1] });
  expect((await scene.chain()).counting).toEqual(decided.slice(0, 1));
  scene.disk.hasRoom = true;
  await writer.settled();
  expect(writer.readings()).toEqual({ waiting: 0, stopped: 0 });
  expect(await scene.chain()).toEqual({ alarms: [], counting: decided, ended: [scene.key.id] });
  await writer.close();
});

it("P5: closed, and opened, while there is no room: it serves, and writes what is missing when there is", async () => {
  const scene = await openScene();
  const first = await scene.open();
  scene.disk.hasRoom = false;
  const decided = [await scene.decide(), await scene.decide()];
  await until(() => scene.logged.length > 0, "it could not be written");
  await first.close();
  const second = await scene.open();
  expect(second.readings().waiting).toBeGreaterThan(1);
  decided.push(await scene.decide());
  scene.disk.hasRoom = true;
  await second.settled();
  expect(second.readings().waiting).toBe(0);
  expect(await scene.chain()).toEqual({ alarms: [], counting: decided, ended: [] });
  await second.close();
});
