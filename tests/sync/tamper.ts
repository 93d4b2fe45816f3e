// What a dishonest relay does: writes past every rule into the log, and shows what nobody signed.

import { join } from "node:path";
import { createFacet, openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import { sealedUpdate } from "#shared/doc/sealed-document.ts";
import { sha256 } from "#shared/model/canonical-json.ts";
import { linkText, parseLink, type ChainEvent } from "#shared/model/decision-chain.ts";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { hashOfSeal, noHead, sealEntry } from "#shared/model/seals.ts";
import type { KeyPair } from "#shared/model/signatures.ts";
import { openUpdateLog } from "#sync-server/log/open-update-log.ts";
import { openSqliteStorage } from "#sync-server/storage/sqlite-storage.ts";
import type { Clinic } from "./clinic.ts";

type UpdateLog = ReturnType<typeof openUpdateLog>;

/** What somebody who owns the relay's machine can do while it is down: write past every rule, chain included. */
export async function tamper(clinic: Clinic, change: (log: UpdateLog) => Promise<void>): Promise<void> {
  await clinic.network.stopRelay();
  const opened = await openSqliteStorage(join(clinic.network.folder, "data"));
  if (!opened.ok) throw new Error(opened.error.message);
  const log = openUpdateLog(opened.value.log);
  await change(log);
  await log.close();
  await opened.value.close();
  await clinic.network.startRelay();
  for (const device of [clinic.igor, clinic.carla, clinic.cem]) device.data.sync.syncNow();
}

/** A decision in Carla's name, signed with a key of the forger's own, chained as the relay would. */
export async function forge(
  clinic: Clinic,
  log: UpdateLog,
  request: string,
  key: KeyPair,
  isEnrolled: boolean,
): Promise<void> {
  const facet = "client-shared";
  const held = [...log.documents()].filter(({ meta }) => meta.space === clinic.space && meta.facet === facet);
  const contents = held.map(({ docId, meta }) => readFacet(openFacetDocument(meta, log.read(docId))));
  const links = contents.flatMap(({ type, fields: { body } }) =>
    type === "chainEntry" && typeof body === "string" ? [body] : [],
  );
  const last = links
    .map((text) => ({ text, link: parseLink(text) }))
    .toSorted((l, r) => (l.link?.seq ?? 0) - (r.link?.seq ?? 0))
    .at(-1);
  let head = { seq: last?.link?.seq ?? 0, hash: sha256(last?.text ?? "") };
  const asked = contents.find((content) => content.seal?.entry.includes(`"record":"${request}"`) === true);
  const entry = {
    type: "decision",
    record: newId(),
    space: clinic.space,
    facet,
    author: clinic.ids.carla,
    at: "2026-05-14T09:00:00.000Z",
    basis: head,
    fields: {
      decision: "approve",
      request,
      decidedBy: clinic.ids.carla,
      revision: asked?.fields["revision"] ?? 1,
      contentHash: asked?.fields["contentHash"] ?? "",
    },
  };
  const seal = await sealEntry(key, entry);
  const put = async (type: string, recordId: string, bytes: Uint8Array): Promise<void> => {
    const meta = { space: clinic.space, type, recordId, facet };
    await log.append({ docId: docIdOf(recordId, facet), bytes, author: "relay", source: {}, meta });
  };
  const link = async (event: ChainEvent): Promise<void> => {
    const at = "2026-05-14T09:00:01.000Z";
    const body = linkText({
      v: 1,
      space: clinic.space,
      facet,
      seq: head.seq + 1,
      prev: head.hash,
      receivedAt: at,
      event,
    });
    const doc = openFacetDocument({ recordId: newId(), facet }, []);
    await put(
      "chainEntry",
      doc.guid.split(".")[0] ?? "",
      createFacet(doc, "chainEntry", { body }, { at, by: "relay" }),
    );
    head = { seq: head.seq + 1, hash: sha256(body) };
  };
  await put("decision", entry.record, sealedUpdate(entry, seal));
  const { id, alg, publicKey } = key;
  if (isEnrolled)
    await link({
      kind: "key",
      key: { id, alg, publicKey, member: clinic.ids.carla, registeredAt: "2026-05-01T00:00:00.000Z" },
    });
  await link({
    kind: "sealed",
    record: entry.record,
    type: "decision",
    author: entry.author,
    key: id,
    seal: hashOfSeal(seal),
  });
}

/** A request in Igor's name that no chain names, signed with a key of the forger's own; resolves with its id. */
export async function showUnchainedRequest(
  clinic: Clinic,
  log: UpdateLog,
  subject: string,
  key: KeyPair,
): Promise<string> {
  const facet = "client-shared";
  const record = newId();
  const title = "M2 Structure";
  const entry = {
    type: "approval",
    record,
    space: clinic.space,
    facet,
    author: clinic.ids.igor,
    at: "2026-05-14T09:00:00.000Z",
    basis: noHead,
    fields: {
      title,
      about: clinic.milestone,
      revision: 9,
      requestedBy: clinic.ids.igor,
      approvers: [clinic.ids.carla],
      required: 1,
      order: "together",
      contentHash: sha256(subject),
      subject,
    },
  };
  const meta = { space: clinic.space, type: "approval", recordId: record, facet };
  const bytes = sealedUpdate(entry, await sealEntry(key, entry));
  await log.append({ docId: docIdOf(record, facet), bytes, author: clinic.ids.igor, source: {}, meta });
  return record;
}
