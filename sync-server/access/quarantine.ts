// Edits of people who lost their right to make them before the relay had them: applied to nothing, kept 30 days, shown to
// their author and to owners and managers, who decide one by one. The relay's order counts, whatever a device's clock says.

import { createHash } from "node:crypto";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import type { LateEdit } from "#shared/model/late-edit.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { projectFacet } from "#sync-server/read-model/project-facet.ts";
import type { DirectoryStorage, QuarantineRow } from "#sync-server/storage/storage.ts";
import { notAllowed } from "./access-errors.ts";
import { manages, type AccessError, type Member } from "./access.ts";
import type { Audit } from "./audit-trail.ts";

export type Quarantine = {
  /** Takes an edit in, when its author could have made it once. Never throws: the author is refused either way. */
  take(author: string, document: DocumentMeta, bytes: Uint8Array): void;
  /** All of them for owners and managers, one's own for everybody else; oldest first. */
  list(by: Member): readonly LateEdit[];
  /** Applies it in its author's name; the audit says who accepted it. */
  accept(by: Member, id: string): Promise<Result<void, AccessError>>;
  /** Managers, and authors of their own. */
  dismiss(by: Member, id: string): Promise<Result<void, AccessError>>;
};

type Dependencies = {
  readonly storage: Pick<DirectoryStorage, "quarantine" | "saveQuarantine" | "removeQuarantine">;
  readonly access: {
    couldWrite(memberId: string, document: DocumentMeta): boolean;
    memberById(id: string): Member | undefined;
  };
  readonly log: Pick<UpdateLog, "find" | "read" | "append">;
  readonly audit: Pick<Audit, "record">;
  readonly now: () => number;
  readonly onProblem: (error: unknown) => void;
};

const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
/** Per member: far beyond a month without a network, and no way to fill the disk. */
const MOST_EDITS = 2_000;

export function openQuarantine({ storage, access, log, audit, now, onProblem }: Dependencies): Quarantine {
  const rows = new Map(storage.quarantine().map((row) => [row.id, row]));
  const source = {};

  const fresh = (): readonly QuarantineRow[] => {
    for (const row of rows.values()) {
      if (row.at > now() - KEPT_MS) continue;
      rows.delete(row.id);
      storage.removeQuarantine(row.id).catch(onProblem);
    }
    return [...rows.values()];
  };

  function changesOf({ docId, bytes }: QuarantineRow): LateEdit["changes"] {
    const meta = log.find(docId);
    if (meta === undefined) return [];
    try {
      const held = log.read(docId);
      const before = projectFacet(meta, held, 0).fields;
      const after = projectFacet(meta, [...held, bytes], 0).fields;
      return [...new Set([...Object.keys(before), ...Object.keys(after)])]
        .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
        .map((field) => ({ field, from: before[field] ?? null, to: after[field] ?? null }));
    } catch {
      // Bytes that say nothing to a document: accepting them is refused by the log as well.
      return [];
    }
  }

  async function end(id: string): Promise<void> {
    await storage.removeQuarantine(id);
    rows.delete(id);
  }

  return {
    take(author, document, bytes) {
      if (!access.couldWrite(author, document)) return;
      const own = fresh().filter((row) => row.memberId === author);
      const hash = createHash("sha256").update(bytes).digest("base64url");
      const docId = docIdOf(document.recordId, document.facet);
      const isKnown = own.some((row) => row.hash === hash && row.docId === docId);
      if (isKnown || own.length >= MOST_EDITS) return;
      const row = { id: newId(), memberId: author, docId, hash, at: now(), bytes };
      rows.set(row.id, row);
      storage.saveQuarantine(row).catch((error: unknown) => {
        rows.delete(row.id);
        onProblem(error);
      });
    },
    list: (by) =>
      fresh()
        .filter((row) => manages(by) || row.memberId === by.id)
        .map((row) => ({
          id: row.id,
          author: row.memberId,
          authorName: access.memberById(row.memberId)?.name ?? "",
          recordId: log.find(row.docId)?.recordId ?? "",
          type: log.find(row.docId)?.type ?? "",
          receivedAt: row.at,
          changes: manages(by) ? changesOf(row) : [],
        })),
    async accept(by, id): Promise<Result<void, AccessError>> {
      const row = manages(by) ? rows.get(id) : undefined;
      if (row === undefined) return notAllowed();
      const applied = await log.append({ docId: row.docId, bytes: row.bytes, author: row.memberId, source });
      if (!applied.ok) return err({ type: "BadInput", message: `It cannot be applied: ${applied.error.reason}` });
      await end(id);
      await audit.record({
        action: "edit.decided",
        actor: by.id,
        target: row.docId,
        details: { author: row.memberId, accepted: true },
      });
      return ok(undefined);
    },
    async dismiss(by, id): Promise<Result<void, AccessError>> {
      const row = rows.get(id);
      if (row === undefined || !(manages(by) || row.memberId === by.id)) return notAllowed();
      await end(id);
      await audit.record({
        action: "edit.decided",
        actor: by.id,
        target: row.docId,
        details: { author: row.memberId, accepted: false },
      });
      return ok(undefined);
    },
  };
}
