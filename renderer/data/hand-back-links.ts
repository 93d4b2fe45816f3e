// A relay restored from a backup lacks the newest links of its chains. They carry its own signature, so it takes them back
// from any device that has them (rule S9), with the sealed records they name: what was acknowledged keeps its place.

import { parseLink, type ChainLink } from "#shared/model/decision-chain.ts";
import { sha256 } from "#shared/model/canonical-json.ts";
import type { ChainHead, Seal } from "#shared/model/seals.ts";
import { limits } from "#shared/protocol/limits.ts";
import { chainEntry } from "#shared/record-types/index.ts";
import { announcedAnew, readAnnounced } from "./announced-heads.ts";
import { sealedRows } from "./check-seals.ts";
import type { StoredRecord } from "./database.ts";
import { isOffering } from "./feed-welcome.ts";
import type { HttpError, RelayHttp } from "./relay-http.ts";
import { writing, type Replica } from "./replica.ts";
import { facetOfRow } from "./seal-checks.ts";
import { ok, type Result } from "#shared/model/result.ts";

type Deps = { readonly http: RelayHttp; readonly token: () => string | undefined };

type HeldLink = { readonly record: string; readonly body: string; readonly signature: string; readonly seal?: Seal };

/** About so many characters in one request: seals hold the whole subject. */
const PAGE_CHARACTERS = 300_000;

/** In step with a space, and before anything of it is pushed: a decision that arrived first would be chained anew. */
export async function handBackLinks(replica: Replica, deps: Deps, space: string): Promise<Result<void, HttpError>> {
  const { database } = replica;
  const { heads } = await readAnnounced(database, space);
  const wasOffered = await isOffering(database);
  const behind = heads.filter((told) => wasOffered || told.seq < told.seenBefore);
  if (behind.length === 0) return ok(undefined);
  const rows = await sealedRows(database, space).toArray();
  for (const told of behind) {
    const tail = linksAfter(
      told,
      rows.filter((row) => facetOfRow(row) === told.facet),
    );
    for (const links of pagesOf(tail)) {
      const answer = await deps.http.call<ChainHead>("POST", `/spaces/${encodeURIComponent(space)}/chain`, {
        token: deps.token(),
        body: { facet: told.facet, links },
      });
      if (!answer.ok) return answer;
      await writing(replica, () => announcedAnew(database, space, { facet: told.facet, ...answer.value }));
    }
  }
  return ok(undefined);
}

/** The links held here that follow on a head, in order. */
function linksAfter(head: ChainHead, rows: readonly StoredRecord[]): readonly HeldLink[] {
  const seals = new Map(rows.flatMap((row) => (row.seal === undefined ? [] : [[row.id, row.seal] as const])));
  const byPrev = new Map<string, { readonly link: ChainLink; readonly held: HeldLink }>();
  for (const { id: record, type, fields } of rows) {
    const { body, signature } = fields;
    if (type !== chainEntry.type || typeof body !== "string" || typeof signature !== "string") continue;
    const link = parseLink(body);
    if (link === undefined) continue;
    const seal = link.event.kind === "sealed" ? seals.get(link.event.record) : undefined;
    byPrev.set(link.prev, { link, held: { record, body, signature, ...(seal === undefined ? {} : { seal }) } });
  }
  const tail: HeldLink[] = [];
  let { seq } = head;
  for (let next = byPrev.get(head.hash); next?.link.seq === seq + 1; next = byPrev.get(sha256(next.held.body))) {
    tail.push(next.held);
    seq += 1;
  }
  return tail;
}

function pagesOf(links: readonly HeldLink[]): readonly (readonly HeldLink[])[] {
  const pages: HeldLink[][] = [];
  let room = 0;
  for (const link of links) {
    const size = link.body.length + (link.seal?.entry.length ?? 0);
    const page = pages.at(-1);
    if (page === undefined || size > room || page.length === limits.linksHandedBack) {
      pages.push([link]);
      room = PAGE_CHARACTERS - size;
    } else {
      page.push(link);
      room -= size;
    }
  }
  return pages;
}
