// A record's facets as they are now, for whoever cannot wait until the read model has caught up: what is newer in the log is
// projected at once.

import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { unlessDamaged } from "#sync-server/storage/damaged-document.ts";
import type { FacetRow, ReadModelStorage } from "#sync-server/storage/storage.ts";
import { docIdOf } from "#shared/model/ids.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import { projectFacet } from "./project-facet.ts";

type Dependencies = {
  readonly log: Pick<UpdateLog, "documentsOf" | "lastSeqOf" | "read">;
  readonly rows: Pick<ReadModelStorage, "facetsOfRecord">;
};

/** A larger one takes longer than a turn may: its stored row has to do until the read model is there. */
const MOST_BYTES = 64 * 1024;

export function createFreshFacets({ log, rows }: Dependencies): (recordId: string) => readonly FacetRow[] {
  function project(meta: DocumentMeta, docId: string, seq: number): FacetRow | undefined {
    const updates = unlessDamaged(() => log.read(docId));
    if (updates === undefined) return undefined;
    if (updates.reduce((total, update) => total + update.length, 0) > MOST_BYTES) return undefined;
    try {
      return projectFacet(meta, updates, seq);
    } catch {
      // No Yjs document: the read model says so, and leaves the row what it was.
      return undefined;
    }
  }

  return (recordId) => {
    const stored = new Map(rows.facetsOfRecord(recordId).map((row) => [row.docId, row]));
    for (const meta of log.documentsOf(recordId)) {
      const docId = docIdOf(recordId, meta.facet);
      const seq = log.lastSeqOf(docId) ?? 0;
      if (seq <= (stored.get(docId)?.seq ?? 0)) continue;
      const row = project(meta, docId, seq);
      if (row !== undefined) stored.set(docId, row);
    }
    return [...stored.values()];
  };
}
