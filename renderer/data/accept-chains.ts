// Somebody looked at an alarm and goes by what the relay has now: links of a branch that it does not have leave the device,
// and from here on the chain is measured by how it stands.

import { parseLink } from "#shared/model/decision-chain.ts";
import { sha256 } from "#shared/model/canonical-json.ts";
import { docIdOf } from "#shared/model/ids.ts";
import { noHead, type ChainHead } from "#shared/model/seals.ts";
import { chainEntry } from "#shared/record-types/index.ts";
import { readAnnounced } from "./announced-heads.ts";
import { acceptChainKey } from "./chain-key.ts";
import { checkSpace, sealedRows } from "./check-seals.ts";
import type { StoredRecord } from "./database.ts";
import { dropDocuments } from "./outbox.ts";
import type { Replica } from "./replica.ts";
import { checkKey, facetOfRow, headsKey, readCheck, type FacetCheck } from "./seal-checks.ts";

export async function acceptChains(replica: Replica, space: string): Promise<void> {
  const { database, me } = replica;
  const announced = await readAnnounced(database, space);
  const rows = (await sealedRows(database, space).toArray()).filter((row) => row.type === chainEntry.type);
  const gone = announced.heads.flatMap((head) =>
    linksBeside(
      head,
      rows.filter((row) => facetOfRow(row) === head.facet),
    ).map(({ id }) => docIdOf(id, head.facet)),
  );
  await dropDocuments(replica, gone);
  const accepted: Record<string, FacetCheck> = {};
  for (const [facet, check] of Object.entries(await readCheck(database, space)))
    accepted[facet] = { ...check, witnessed: noHead, alarms: [] };
  await database.settings.bulkPut([
    { key: checkKey(space), value: accepted },
    {
      key: headsKey(space),
      value: { ...announced, heads: announced.heads.map((head) => ({ ...head, seenBefore: 0 })) },
    },
  ]);
  await acceptChainKey(database);
  await checkSpace(database, space, me.id, { accepting: true });
}

/** Links on no way from the first one to this head or on from it. None, as long as the head itself has not arrived. */
function linksBeside(head: ChainHead, rows: readonly StoredRecord[]): readonly StoredRecord[] {
  const links = rows.flatMap((row) => {
    const { body } = row.fields;
    const link = typeof body === "string" ? parseLink(body) : undefined;
    return link === undefined || typeof body !== "string" ? [] : [{ row, link, hash: sha256(body) }];
  });
  const byHash = new Map(links.map((one) => [one.hash, one]));
  if (head.seq > 0 && !byHash.has(head.hash)) return [];
  const stays = new Set<string>();
  for (let hash = head.hash; byHash.has(hash); hash = byHash.get(hash)?.link.prev ?? "") stays.add(hash);
  const isNewer = ({ link }: (typeof links)[number]): boolean =>
    link.prev === head.hash || (stays.has(link.prev) && link.seq > head.seq + 1);
  for (const one of links.toSorted((left, right) => left.link.seq - right.link.seq))
    if (isNewer(one)) stays.add(one.hash);
  return links.filter((one) => !stays.has(one.hash)).map(({ row }) => row);
}
