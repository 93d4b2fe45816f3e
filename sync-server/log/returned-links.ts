// What devices hand back to a relay that was restored from a backup (rule S9): links it wrote once and lost, with the sealed
// records they name. Its own signature under each head says that it wrote them, and each link what comes before it.

import { sealedUpdate } from "#shared/doc/sealed-document.ts";
import { isHeadSignedBy, parseLink, type ChainEvent, type ChainLink } from "#shared/model/decision-chain.ts";
import { sha256 } from "#shared/model/canonical-json.ts";
import { docIdOf } from "#shared/model/ids.ts";
import { entryOf, hashOfSeal, type ChainHead, type Seal } from "#shared/model/seals.ts";
import type { PublicKey } from "#shared/model/signatures.ts";
import { sealedIn } from "./sealed-log.ts";
import type { AppendRequest, UpdateLog } from "./update-log.ts";

export type ReturnedLink = {
  /** Id of the `chainEntry`. */
  readonly record: string;
  readonly body: string;
  readonly signature: string;
  /** Of the record that the link names, where it names one. */
  readonly seal?: Seal | undefined;
};

type Place = { readonly space: string; readonly facet: string; readonly head: ChainHead };

/** The link, when the relay with this key wrote it as the next one after the head. */
export async function nextLink(
  { body, signature }: ReturnedLink,
  { space, facet, head }: Place,
  key: PublicKey,
): Promise<ChainLink | undefined> {
  const link = parseLink(body);
  if (link?.space !== space || link.facet !== facet || link.seq !== head.seq + 1 || link.prev !== head.hash)
    return undefined;
  const signed = { space, facet, seq: link.seq, hash: sha256(body) };
  return (await isHeadSignedBy(key, signed, signature)) ? link : undefined;
}

/** Puts the sealed record that a link names back into the log, where it is missing. False when it cannot be had. */
export async function bringBack(
  log: Pick<UpdateLog, "find" | "read" | "append">,
  event: Extract<ChainEvent, { kind: "sealed" }>,
  { space, facet, seal }: Omit<Place, "head"> & Pick<ReturnedLink, "seal">,
  source: AppendRequest["source"],
): Promise<boolean> {
  const docId = docIdOf(event.record, facet);
  const held = log.find(docId);
  if (held !== undefined) {
    const there = sealedIn(held, log.read(docId));
    return there !== undefined && hashOfSeal(there.seal) === event.seal;
  }
  const entry = seal === undefined ? undefined : entryOf(seal);
  if (seal === undefined || entry === undefined || hashOfSeal(seal) !== event.seal) return false;
  if (entry.record !== event.record || entry.space !== space || entry.facet !== facet || entry.type !== event.type)
    return false;
  const meta = { space, type: event.type, recordId: event.record, facet };
  return (await log.append({ docId, bytes: sealedUpdate(entry, seal), author: entry.author, source, meta })).ok;
}
