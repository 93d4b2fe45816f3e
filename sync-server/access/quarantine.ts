// Edits of people who lost their right to make them before the relay had them: applied to nothing, kept 30 days, shown to
// their author and to owners and managers, who decide one by one. The relay's order counts, whatever a device's clock says.

import { createHash } from "node:crypto";
import { openFacetDocument } from "#shared/doc/facet-document.ts";
import { placesFilled } from "#shared/doc/facet-history.ts";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { facetOfField } from "#shared/model/policy.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import type { LateEdit } from "#shared/model/late-edit.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { refusalCodes, refusalSentences } from "#shared/protocol/close-codes.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import { writesDeparted } from "#sync-server/policy/departed-fields.ts";
import { projectFacet } from "#sync-server/read-model/project-facet.ts";
import type { DirectoryStorage, QuarantineRow } from "#sync-server/storage/storage.ts";
import { notAllowed } from "./access-errors.ts";
import { manages, type AccessError, type Member } from "./access.ts";
import type { Audit } from "./audit-trail.ts";
import type { OpenAccess } from "./open-access.ts";

export type Quarantine = {
  /** Takes an edit in, when its author could have made it once. Never throws: the author is refused either way. */
  take(author: string, document: DocumentMeta, bytes: Uint8Array): void;
  /** One's own, without what is in them; to owners and managers also those of documents that they read. Oldest first. */
  list(by: Member): readonly LateEdit[];
  /**
   * Applies it in its author's name, past the right to make it; the record's history and the audit say who accepted it. For
   * owners and managers who may write the document themselves.
   */
  accept(by: Member, id: string): Promise<Result<void, AccessError>>;
  /** Owners and managers who read the document, and authors of their own. */
  dismiss(by: Member, id: string): Promise<Result<void, AccessError>>;
};

type Dependencies = {
  readonly storage: Pick<DirectoryStorage, "quarantine" | "saveQuarantine" | "removeQuarantine">;
  readonly access: Pick<
    OpenAccess,
    "couldWrite" | "departedFields" | "mayRead" | "mayWrite" | "memberById" | "policyFor"
  >;
  readonly log: Pick<UpdateLog, "find" | "read" | "append" | "documentsOf" | "isErased" | "onErased">;
  readonly audit: Pick<Audit, "record">;
  readonly now: () => number;
  readonly onProblem: (error: unknown) => void;
};

const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
/** Per member: far beyond a month without a network, and no way to fill the disk. */
const MOST_EDITS = 2_000;
const MOST_BYTES = 16 * 1024 * 1024;

/** Without its type no facet counts as retired: rights follow from its name, and what came late for it is seen by somebody. */
const asWhenWritten = (meta: DocumentMeta): DocumentMeta => ({ ...meta, type: "" });

export function openQuarantine({ storage, access, log, audit, now, onProblem }: Dependencies): Quarantine {
  const rows = new Map(storage.quarantine().map((row) => [row.id, row]));
  const source = {};

  const fresh = (): readonly QuarantineRow[] => {
    for (const row of rows.values()) {
      if (row.at > now() - KEPT_MS && access.memberById(row.memberId) !== undefined) continue;
      rows.delete(row.id);
      storage.removeQuarantine(row.id).catch(onProblem);
    }
    return [...rows.values()];
  };

  // What is erased is erased here too.
  log.onErased((documents) => {
    const erased = new Set(documents.map(({ docId }) => docId));
    for (const row of rows.values()) if (erased.has(row.docId)) end(row.id).catch(onProblem);
  });

  /** Where its document lies; of one that never came to be, where it would lie. */
  const metaOf = ({ docId, meta }: QuarantineRow): DocumentMeta => log.find(docId) ?? meta;
  const heldOf = (docId: string): readonly Uint8Array[] => (log.find(docId) === undefined ? [] : log.read(docId));

  /** All documents of a record have one space and one type (rule W3): what does not fit could never be accepted. */
  const fitsItsRecord = ({ recordId, space, type }: DocumentMeta): boolean =>
    log.documentsOf(recordId).every((one) => one.space === space && one.type === type);

  function changesOf(by: Member, row: QuarantineRow): LateEdit["changes"] {
    const meta = metaOf(row);
    const definition = findRecordType(meta.type);
    const policy = access.policyFor(by.id);
    /** Where a field lies now counts, wherever it lay when it was written. */
    const isReadable = (field: string): boolean =>
      definition?.fields[field] === undefined ||
      access.mayRead(by.id, { ...meta, facet: facetOfField(definition, field, meta.facet, policy) });
    try {
      const held = heldOf(row.docId);
      const before = projectFacet(meta, held, 0).fields;
      const after = projectFacet(meta, [...held, row.bytes], 0).fields;
      return [...new Set([...Object.keys(before), ...Object.keys(after)])]
        .filter((field) => isReadable(field) && JSON.stringify(before[field]) !== JSON.stringify(after[field]))
        .map((field) => ({ field, from: before[field] ?? null, to: after[field] ?? null }));
    } catch {
      // Bytes that say nothing to a document: accepting them is refused by the log as well.
      return [];
    }
  }

  /** Which entries of the history it brings: the record's history shows who accepted them. */
  function placesOf({ docId, meta, bytes }: QuarantineRow): string {
    const doc = openFacetDocument(meta, heldOf(docId));
    try {
      return placesFilled(doc, bytes);
    } catch {
      // Bytes that are no update: the log refuses them.
      return "";
    } finally {
      doc.destroy();
    }
  }

  /** A manager need not read every facet: what lies in others is not shown to him, nor his to decide. */
  const isShownTo = (by: Member, row: QuarantineRow): boolean =>
    manages(by) && access.mayRead(by.id, asWhenWritten(metaOf(row)));

  async function end(id: string): Promise<void> {
    await storage.removeQuarantine(id);
    rows.delete(id);
  }

  return {
    take(author, document, bytes) {
      const docId = docIdOf(document.recordId, document.facet);
      if (!access.couldWrite(author, document) || log.isErased(docId) || !fitsItsRecord(document)) return;
      const own = fresh().filter((row) => row.memberId === author);
      const hash = createHash("sha256").update(bytes).digest("base64url");
      const isKnown = own.some((row) => row.hash === hash && row.docId === docId);
      const held = own.reduce((total, row) => total + row.bytes.length, 0);
      if (isKnown || own.length >= MOST_EDITS || held + bytes.length > MOST_BYTES) return;
      const { space, type, recordId, facet } = document;
      const meta = { space, type, recordId, facet };
      const row = { id: newId(), memberId: author, docId, meta, hash, at: now(), bytes };
      rows.set(row.id, row);
      storage.saveQuarantine(row).catch((error: unknown) => {
        rows.delete(row.id);
        onProblem(error);
      });
    },
    list: (by) =>
      fresh()
        .filter((row) => row.memberId === by.id || isShownTo(by, row))
        .map((row) => ({
          id: row.id,
          author: row.memberId,
          authorName: access.memberById(row.memberId)?.name ?? "",
          recordId: row.meta.recordId,
          type: row.meta.type,
          isNew: log.documentsOf(row.meta.recordId).length === 0,
          receivedAt: row.at,
          changes: isShownTo(by, row) ? changesOf(by, row) : [],
        })),
    async accept(by, id): Promise<Result<void, AccessError>> {
      const row = rows.get(id);
      if (row === undefined || !manages(by)) return notAllowed();
      const meta = metaOf(row);
      if (!access.mayWrite(by.id, asWhenWritten(meta))) return notAllowed();
      const { docId, bytes, memberId } = row;
      const places = placesOf(row);
      const reason =
        !access.mayWrite(by.id, meta) || writesDeparted({ access, log }, docId, meta, bytes)
          ? refusalSentences[refusalCodes.moved]
          : await log
              .append({ docId, bytes, author: memberId, source, meta })
              .then((applied) => (applied.ok ? undefined : applied.error.reason));
      if (reason !== undefined) return err({ type: "BadInput", message: `It cannot be applied: ${reason}` });
      await end(id);
      await audit.record({
        action: "edit.decided",
        actor: by.id,
        target: row.docId,
        details: { author: row.memberId, accepted: true, ...(places === "" ? {} : { places }) },
      });
      return ok(undefined);
    },
    async dismiss(by, id): Promise<Result<void, AccessError>> {
      const row = rows.get(id);
      if (row === undefined || !(row.memberId === by.id || isShownTo(by, row))) return notAllowed();
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
