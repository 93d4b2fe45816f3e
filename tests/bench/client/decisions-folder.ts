// A relay's data folder with one project in it whose milestones were decided on thousands of times: signed by one key, chained
// and signed by the relay's own chain writer, so that a relay started on it has nothing left to do.

import { pino } from "pino";
import { openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import { mergeFacets } from "#shared/doc/merge-record.ts";
import { sealedUpdate } from "#shared/doc/sealed-document.ts";
import { newSalt, subjectText } from "#shared/model/approval-subject.ts";
import { sha256 } from "#shared/model/canonical-json.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { shippedPolicy } from "#shared/model/policy.ts";
import { assert } from "#shared/model/result.ts";
import { noHead, sealEntry } from "#shared/model/seals.ts";
import { claimKey, generateKeyPair } from "#shared/model/signatures.ts";
import { openDeviceKeys } from "#sync-server/access/device-keys.ts";
import { openAccess } from "#sync-server/access/open-access.ts";
import type { DemoRecord } from "#sync-server/demo/demo-record.ts";
import { recordUpdates, type DocumentUpdate } from "#sync-server/demo/record-updates.ts";
import { openChainKey } from "#sync-server/log/chain-key.ts";
import { openChainWriter } from "#sync-server/log/chain-writer.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { openReadModel } from "#sync-server/read-model/open-read-model.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import { ana } from "./data-folder.ts";

const PER_MILESTONE = 20;
const BATCH = 400;
const FACET = "client-shared";
const source = {};

async function appendAll(log: UpdateLog, updates: readonly DocumentUpdate[]): Promise<void> {
  for (let start = 0; start < updates.length; start += BATCH) {
    const results = await Promise.all(
      updates.slice(start, start + BATCH).map((update) => log.append({ ...update, source })),
    );
    for (const result of results) assert(result.ok, "the log takes every record");
  }
}

/** The chain writer waits for the disk at every link. This folder is used once it is whole: here it need not. */
function hasty(log: UpdateLog): { readonly log: UpdateLog; readonly settled: () => Promise<void> } {
  let under: Promise<unknown>[] = [];
  return {
    log: {
      ...log,
      append: async (request) => {
        under.push(log.append(request));
        if (under.length >= BATCH) await Promise.all(under.splice(0));
        const meta = request.meta ?? log.find(request.docId);
        assert(meta !== undefined, "a link says where it lies");
        return { ok: true, value: { ...meta, ...request, seq: 0, at: 0 } };
      },
    },
    settled: async () => {
      await Promise.all(under);
      under = [];
    },
  };
}

export type DecidedProject = {
  readonly id: string;
  /** Requests and decisions. */
  readonly sealed: number;
};

export async function fillDecisions(folder: string, decisions: number): Promise<DecidedProject> {
  const storage = await openSqliteStorage(folder);
  assert(storage.ok, "the folder can be used");
  const { directory, log: rows } = storage.value;
  const log = openUpdateLog(rows);
  const readModel = openReadModel({
    log,
    storage: storage.value,
    logger: pino({ level: "silent" }),
    onProjected: async () => undefined,
  });
  try {
    const access = openAccess(directory, { signInTries: 10 });
    const owner = await access.setUp({ organization: "Bench", ...ana });
    assert(owner.ok, "an empty folder can be set up");
    const { id: me } = owner.value;
    const space = newId();
    const made = { type: "project", space, recordId: space, facet: "published" };
    assert(await access.ensureSpace(me, made), "the owner may make a project's space");
    await access.renameSpace(space, "Clinic roof");
    const created = { at: "2026-05-01T08:00:00.000Z", by: me };
    const project: DemoRecord = { id: space, type: "project", space, values: { name: "Clinic roof" }, created };
    const milestones = Array.from({ length: Math.ceil(decisions / PER_MILESTONE) }, (_one, index): DemoRecord => ({
      id: newId(),
      type: "milestone",
      space,
      values: { title: `Step ${String(index).padStart(4, "0")}`, targetDate: "2026-08-01", status: "planned" },
      created,
    }));
    await appendAll(log, [project, ...milestones].flatMap(recordUpdates));

    const keys = openDeviceKeys({ storage: directory, audit: { record: async () => undefined }, now: Date.now });
    const key = await generateKeyPair();
    assert((await keys.register(owner.value, await claimKey(key, me, "Bench"))).ok, "a new key can be registered");
    const seal = async (type: string, fields: Readonly<Record<string, FieldValue>>): Promise<DocumentUpdate> => {
      const record = newId();
      const meta = { space, type, recordId: record, facet: FACET };
      const entry = { type, record, space, facet: FACET, author: me, at: created.at, basis: noHead, fields };
      return {
        docId: docIdOf(record, FACET),
        meta,
        author: me,
        bytes: sealedUpdate(entry, await sealEntry(key, entry)),
      };
    };
    const sealed: DocumentUpdate[] = [];
    for (const milestone of milestones) {
      const contents = recordUpdates(milestone).map(({ meta, bytes }) => readFacet(openFacetDocument(meta, [bytes])));
      const about = { ...mergeFacets(milestone.id, contents, shippedPolicy), space };
      const subject = subjectText({
        record: about,
        facet: FACET,
        attachments: [],
        salt: newSalt(),
        policy: shippedPolicy,
      });
      const bound = { revision: 1, contentHash: sha256(subject) };
      const asks = { requestedBy: me, approvers: [me], required: 1, order: "together" };
      const request = await seal("approval", { ...bound, ...asks, title: about.title, about: about.id, subject });
      sealed.push(request);
      for (let n = 0; n < PER_MILESTONE; n += 1)
        sealed.push(
          await seal("decision", {
            ...bound,
            request: request.meta.recordId,
            decision: n % 2 === 1 ? "approve" : "requestChanges",
            decidedBy: me,
            ...(n % 2 === 1 ? {} : { reason: "Anchors" }),
          }),
        );
    }
    const signer = await openChainKey(folder);
    assert(signer.ok, "the folder takes the relay's key");
    const quick = hasty(log);
    const chain = await openChainWriter({ log: quick.log, keys, signer: signer.value });
    await appendAll(log, sealed);
    await chain.settled();
    await quick.settled();
    await chain.close();
    await readModel.upTo(log.seq);
    return { id: space, sealed: sealed.length };
  } finally {
    await log.close();
    await readModel.close();
    await storage.value.close();
  }
}
