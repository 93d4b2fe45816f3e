// What links mean for one member in one space beyond a cursor (rules R7 to R9): documents whose home is elsewhere, documents
// of the space itself that came back to it, and those that went. Everything follows from sequence numbers; nothing is kept
// per device.

import { docIdOf } from "#shared/model/ids.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import type { Access } from "#sync-server/access/access.ts";
import type { CatchUpEntry, UpdateLog } from "#sync-server/log/update-log.ts";

type Dependencies = { readonly access: Access; readonly log: UpdateLog };
type Reader = { readonly memberId: string; readonly space: string; readonly cursor: number };

const idOf = ({ recordId, facet }: DocumentMeta): string => docIdOf(recordId, facet);

/**
 * When a document was last taken out of a space through which this member might have had it. What happens to it in spaces
 * where the member reads nothing of it is none of theirs: not even when.
 */
const unlinkedSeq = (access: Access, memberId: string, document: DocumentMeta): number =>
  access.links.unlinkedSeq(document.recordId, (space) => access.readsIn(space, memberId, document));

/** Documents linked into the space: whole when the link, an unlink of the record or a change of the member's rights is newer. */
export function* linkedSince(
  { access, log }: Dependencies,
  { memberId, space, cursor }: Reader,
): Generator<CatchUpEntry> {
  for (const { recordId, sources, seq } of access.links.inSpace(space)) {
    if (sources.length === 0) continue;
    for (const document of log.documentsOf(recordId)) {
      if (access.carrierOf(memberId, document) !== space) continue;
      const isNew = Math.max(seq, unlinkedSeq(access, memberId, document), access.grantSeq(memberId)) > cursor;
      yield* log.entriesOf(idOf(document), isNew ? 0 : cursor);
    }
  }
}

/** Documents at home in the space that the member may have had through another one until now. */
export function* returnedSince(
  { access, log }: Dependencies,
  { memberId, space, cursor }: Reader,
): Generator<CatchUpEntry> {
  // From the beginning everything comes anyway.
  if (cursor === 0) return;
  for (const recordId of access.links.atHome(space)) {
    for (const document of log.documentsOf(recordId)) {
      if (Math.max(unlinkedSeq(access, memberId, document), access.grantSeq(memberId)) <= cursor) continue;
      if (access.carrierOf(memberId, document) === space) yield* log.entriesOf(idOf(document), 0);
    }
  }
}

/** Documents of linked records that were erased for everybody. */
function erasedSince({ access, log }: Dependencies, { memberId, space, cursor }: Reader): readonly DocumentMeta[] {
  const homes = new Set([...access.links.inSpace(space)].map(({ home }) => home));
  return [...homes]
    .flatMap((home) => log.erasedSince(home, cursor))
    .filter((document) => access.links.find(document.recordId, space) !== undefined)
    .filter((document) => access.readsIn(space, memberId, document));
}

/** Documents that were erased or taken out of the space, and that no other space of the member grants. */
export function removedSince(deps: Dependencies, reader: Reader): readonly string[] {
  const { access, log } = deps;
  const { memberId, space, cursor } = reader;
  if (cursor === 0) return [];
  const unlinked = [...access.links.inSpace(space)]
    .filter(({ sources, seq }) => sources.length === 0 && seq > cursor)
    .flatMap(({ recordId }) => log.documentsOf(recordId))
    .filter((document) => access.readsIn(space, memberId, document))
    .filter((document) => access.carrierOf(memberId, document) === undefined);
  return [...unlinked, ...erasedSince(deps, reader)].map(idOf);
}

/** The newest link, unlink or change of rights that this member may know of in the space: their cursor may go up to it. */
export function newestPlacement(
  { access, log }: Dependencies,
  { memberId, space }: Pick<Reader, "memberId" | "space">,
): number {
  let newest = access.grantSeq(memberId);
  const note = (recordId: string, linkSeq: number): void => {
    for (const document of log.documentsOf(recordId))
      if (access.readsIn(space, memberId, document))
        newest = Math.max(newest, linkSeq, unlinkedSeq(access, memberId, document));
  };
  for (const { recordId, seq } of access.links.inSpace(space)) note(recordId, seq);
  for (const recordId of access.links.atHome(space)) note(recordId, 0);
  return newest;
}
