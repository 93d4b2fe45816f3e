// Chains what was sealed: one link per sealed record, in the order of the log, per space and facet. Links are documents of
// the log themselves, so they reach everybody who may read what they are about. The chain follows from the log: what a
// crash cut short is written at the next start, the same way, and what the disk did not take is tried again. What a restored
// backup lacks, devices hand back.

import { createFacet, editFacet, openFacetDocument, readFacet } from "#shared/doc/facet-document.ts";
import { isSealedType } from "#shared/doc/sealed-document.ts";
import {
  isHeadSignedBy,
  linkText,
  parseLink,
  type ChainEvent,
  type ChainKey,
  type ChainLink,
} from "#shared/model/decision-chain.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { sha256 } from "#shared/model/canonical-json.ts";
import { assert } from "#shared/model/result.ts";
import { hashOfSeal, noHead, type ChainHead } from "#shared/model/seals.ts";
import type { PublicKey } from "#shared/model/signatures.ts";
import type { DocumentMeta, SpaceHead } from "#shared/protocol/frames.ts";
import { chainEntry } from "#shared/record-types/index.ts";
import type { DeviceKeys } from "#sync-server/access/device-keys.ts";
import type { DeviceKeyRow } from "#sync-server/storage/storage.ts";
import { unlessDamaged } from "#sync-server/storage/damaged-document.ts";
import type { ChainSigner } from "./chain-key.ts";
import { createPatientQueue } from "./patient-queue.ts";
import { bringBack, nextLink, type ReturnedLink } from "./returned-links.ts";
import { sealedIn } from "./sealed-log.ts";
import type { UpdateLog } from "./update-log.ts";

export const RELAY_AUTHOR = "relay";

export type ChainWriter = {
  /** What the heads are signed with. */
  readonly publicKey: PublicKey;
  /** The heads of a space's chains. */
  heads(space: string): readonly SpaceHead[];
  /**
   * Takes links that this relay wrote and lost, in order, as far as they go on where its chain ends. Answers where the chain
   * ends then.
   */
  takeBack(
    place: { readonly space: string; readonly facet: string },
    links: readonly ReturnedLink[],
  ): Promise<ChainHead>;
  /** Links that could not be written yet, and chains nothing is added to: somebody else wrote them, or they are damaged. */
  readings(): { readonly waiting: number; readonly stopped: number };
  /** Resolves when everything sealed so far is chained. */
  settled(): Promise<void>;
  close(): Promise<void>;
};

type Chain = {
  readonly space: string;
  readonly facet: string;
  head: ChainHead;
  /** Keys introduced here, by id. */
  readonly introduced: Map<string, ChainKey>;
  /** Ids of keys that ended here. */
  readonly ended: Set<string>;
  /** Somebody else wrote into it: nothing is added, or this relay would sign for what it did not write. */
  isForeign: boolean;
};

type Dependencies = {
  /** The log itself, not the one that refuses what only the relay may write. */
  readonly log: UpdateLog;
  readonly keys: DeviceKeys;
  readonly signer: ChainSigner;
  readonly logger?: { error(details: object, message: string): void };
  /** Until what could not be written is tried again (ms). */
  readonly restMs?: number;
};

type Held = {
  readonly docId: string;
  readonly meta: DocumentMeta;
  readonly link: ChainLink;
  readonly text: string;
  readonly signature: FieldValue | undefined;
};
type ToChain = { readonly meta: DocumentMeta; readonly at: number };

const iso = (ms: number): string => new Date(ms).toISOString();

export async function openChainWriter({ log, keys, signer, logger, restMs }: Dependencies): Promise<ChainWriter> {
  const chains = new Map<string, Chain>();
  const chained = new Set<string>();
  /** Chains with a link that cannot be read: nothing is put in its place, and nothing behind it. */
  const damaged = new Set<Chain>();
  const source = {};
  const queue = createPatientQueue({
    onFailed: (error, about) => logger?.error({ err: error, ...about }, "a chain of decisions could not be written"),
    ...(restMs === undefined ? {} : { restMs }),
  });
  /** Keys that ended, until their end is in line. */
  let ending: Promise<void> = Promise.resolve();

  const findChain = (space: string, facet: string): Chain | undefined => chains.get(`${space} ${facet}`);

  function chainOf(space: string, facet: string): Chain {
    const known = findChain(space, facet);
    if (known !== undefined) return known;
    const chain = { space, facet, head: noHead, introduced: new Map(), ended: new Set<string>(), isForeign: false };
    chains.set(`${space} ${facet}`, chain);
    return chain;
  }

  const isStopped = (chain: Chain): boolean => chain.isForeign || damaged.has(chain);
  const isLive = (chain: Chain, keyId: string): boolean => chain.introduced.has(keyId) && !chain.ended.has(keyId);

  function follow(chain: Chain, link: ChainLink, text: string): void {
    const { event } = link;
    if (event.kind === "key") chain.introduced.set(event.key.id, event.key);
    else if (event.kind === "revoked") chain.ended.add(event.key);
    else chained.add(event.record);
    chain.head = { seq: link.seq, hash: sha256(text) };
  }

  async function append(chain: Chain, event: ChainEvent, at: number): Promise<void> {
    if (isStopped(chain)) return;
    const { space, facet, head } = chain;
    const link: ChainLink = { v: 1, space, facet, seq: head.seq + 1, prev: head.hash, receivedAt: iso(at), event };
    const body = linkText(link);
    const signature = await signer.sign({ space, facet, seq: link.seq, hash: sha256(body) });
    await write(chain, link, { record: newId(), body, signature });
  }

  async function write(chain: Chain, link: ChainLink, { record, body, signature }: ReturnedLink): Promise<void> {
    const { space, facet } = chain;
    const meta = { space, type: chainEntry.type, recordId: record, facet };
    const stamp = { at: link.receivedAt, by: RELAY_AUTHOR };
    const bytes = createFacet(openFacetDocument(meta, []), meta.type, { body, signature }, stamp);
    const appended = await log.append({
      docId: docIdOf(record, facet),
      bytes,
      author: RELAY_AUTHOR,
      source,
      meta,
    });
    assert(appended.ok, "the log takes the relay's own links");
    follow(chain, link, body);
  }

  async function chainSealed({ meta, at }: ToChain): Promise<void> {
    if (chained.has(meta.recordId)) return;
    const sealed = unlessDamaged(() => sealedIn(meta, log.read(docIdOf(meta.recordId, meta.facet))));
    if (sealed === undefined) return;
    const { entry, seal } = sealed;
    const chain = chainOf(meta.space, meta.facet);
    const key = keys.find(entry.key);
    if (key !== undefined && !chain.introduced.has(key.id)) {
      const { id, alg, publicKey, memberId: member, registeredAt } = key;
      const introduced = { id, alg, publicKey, member, registeredAt: iso(registeredAt) };
      await append(chain, { kind: "key", key: introduced }, at);
    }
    const { record, type, author } = entry;
    await append(chain, { kind: "sealed", record, type, author, key: entry.key, seal: hashOfSeal(seal) }, at);
  }

  async function chainRevocation(row: DeviceKeyRow): Promise<void> {
    for (const chain of chains.values())
      if (isLive(chain, row.id)) await append(chain, { kind: "revoked", key: row.id }, row.revokedAt ?? 0);
  }

  async function takeLinks({ space, facet }: Pick<Chain, "space" | "facet">, links: readonly ReturnedLink[]) {
    for (const one of links) {
      const { head = noHead } = findChain(space, facet) ?? {};
      const link = await nextLink(one, { space, facet, head }, signer.publicKey);
      // Here already, or the chain went another way: whoever asked sees it by the head.
      if (link === undefined) continue;
      const chain = chainOf(space, facet);
      const { event } = link;
      if (
        isStopped(chain) ||
        (event.kind === "sealed" && !(await bringBack(log, event, { ...one, space, facet }, source)))
      )
        break;
      // The id it had, so that devices know it for the same document.
      const record = log.documentsOf(one.record).length === 0 ? one.record : newId();
      await write(chain, link, { ...one, record });
      const ended = event.kind === "revoked" ? chain.introduced.get(event.key) : undefined;
      if (ended !== undefined) await keys.endAgain(ended, Date.parse(link.receivedAt));
    }
    return findChain(space, facet)?.head ?? noHead;
  }

  const addSealed = (sealed: ToChain): void => {
    const { space, facet, recordId } = sealed.meta;
    queue.add(() => chainSealed(sealed), { space, facet, recordId });
  };
  const addRevocation = (row: DeviceKeyRow): void => queue.add(() => chainRevocation(row), { key: row.id });

  /** The head has to be one this relay signed; with a new key (a first start, or the old one was lost) it signs it now. */
  async function checkHead({ docId, meta, link, text, signature }: Held): Promise<void> {
    const { space, facet } = link;
    const chain = chainOf(space, facet);
    if (damaged.has(chain) || chain.head.hash !== sha256(text)) return;
    const head = { space, facet, ...chain.head };
    if (typeof signature === "string" && (await isHeadSignedBy(signer.publicKey, head, signature))) return;
    if (!signer.isNew) {
      chain.isForeign = true;
      logger?.error({ space, facet, seq: link.seq }, "a chain of decisions was not written by this relay");
      return;
    }
    const stamp = { at: iso(Date.now()), by: RELAY_AUTHOR };
    const doc = openFacetDocument(meta, log.read(docId));
    const edited = editFacet(doc, meta.type, { signature: await signer.sign(head) }, stamp);
    if (edited !== undefined) await log.append({ docId, bytes: edited.update, author: RELAY_AUTHOR, source, meta });
  }

  /** Reads the links there are, then writes those that a crash kept from being written. */
  async function recover(): Promise<void> {
    const links: Held[] = [];
    const sealed: (ToChain & { readonly seq: number })[] = [];
    for (const { docId, meta, lastSeq } of log.documents(
      ({ type }) => isSealedType(type) || type === chainEntry.type,
    )) {
      if (isSealedType(meta.type)) sealed.push({ meta, at: 0, seq: lastSeq });
      if (meta.type !== chainEntry.type) continue;
      const updates = unlessDamaged(() => log.read(docId));
      if (updates === undefined) damaged.add(chainOf(meta.space, meta.facet));
      const { body: text, signature } = readFacet(openFacetDocument(meta, updates ?? [])).fields;
      const link = typeof text === "string" ? parseLink(text) : undefined;
      if (link !== undefined && typeof text === "string") links.push({ docId, meta, link, text, signature });
    }
    const inOrder = links.toSorted((left, right) => left.link.seq - right.link.seq);
    for (const { link, text } of inOrder) follow(chainOf(link.space, link.facet), link, text);
    for (const one of inOrder) await checkHead(one);
    const missing = sealed.filter(({ meta }) => !chained.has(meta.recordId));
    for (const { meta } of missing.toSorted((left, right) => left.seq - right.seq))
      addSealed({ meta, at: log.receivedAt(docIdOf(meta.recordId, meta.facet)) ?? Date.now() });
    // Behind them, and of what they introduce.
    queue.add(endKeys, {});
  }

  async function endKeys(): Promise<void> {
    const introduced = new Set([...chains.values()].flatMap((chain) => [...chain.introduced.keys()]));
    for (const id of introduced) {
      const row = keys.find(id);
      if (row?.revokedAt !== undefined) await chainRevocation(row);
    }
  }

  await recover();

  const unsubscribeLog = log.subscribe((committed) => {
    for (const { space, type, recordId, facet, at } of committed)
      if (isSealedType(type)) addSealed({ meta: { space, type, recordId, facet }, at });
  });
  const unsubscribeKeys = keys.onChanged((row) => {
    if (row.revokedAt === undefined) return;
    // What it signed and the log has accepted may be on its way to the disk: that is chained first.
    ending = ending.then(() => log.settled()).then(() => addRevocation(row));
  });
  const settled = (): Promise<void> => ending.then(() => queue.settled());
  // A disk that is full now is no reason not to serve what is there.
  await queue.tried();

  return {
    publicKey: signer.publicKey,
    heads: (space) =>
      [...chains.values()]
        .filter((chain) => chain.space === space && chain.head.seq > 0 && !damaged.has(chain))
        .map(({ facet, head }) => ({ facet, ...head })),
    takeBack: (place, links) => queue.run(() => takeLinks(place, links)),
    readings: () => ({ waiting: queue.waiting(), stopped: [...chains.values()].filter(isStopped).length }),
    settled,
    async close() {
      unsubscribeLog();
      unsubscribeKeys();
      await ending;
      await queue.close();
    },
  };
}
