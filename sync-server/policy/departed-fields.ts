// Rule W10: a field that moved to another facet is not written in the old one any more, or those who read the old one would
// receive it. Asked before an update is appended; nearly always answered without opening the document.

import { openFacetDocument } from "#shared/doc/facet-document.ts";
import { fieldsTouched } from "#shared/doc/move-fields.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import type { Access } from "#sync-server/access/access.ts";
import { unlessDamaged } from "#sync-server/storage/damaged-document.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";

type Dependencies = {
  readonly access: Pick<Access, "departedFields">;
  readonly log: Pick<UpdateLog, "find" | "read">;
};

export function writesDeparted(
  { access, log }: Dependencies,
  docId: string,
  meta: DocumentMeta,
  bytes: Uint8Array,
): boolean {
  const departed = access.departedFields(meta.type, meta.facet);
  if (departed.length === 0) return false;
  const open = () => openFacetDocument(meta, log.find(docId) === undefined ? [] : log.read(docId));
  // The log refuses what is for a damaged document.
  return unlessDamaged(() => fieldsTouched(open, bytes, departed).length > 0) ?? false;
}
