// Who changed what in a record, when and on which device, within the facets that the reader may read. Values, the claimed
// time, author and device stand in the documents; when it was received and from whom the relay knows by itself, and keeps
// when updates are folded (receipts of LogStorage).

import { z } from "zod";
import type { Change } from "#shared/doc/facet-content.ts";
import { openFacetDocument } from "#shared/doc/facet-document.ts";
import { liesIn, placedChanges, type PlacedChange } from "#shared/doc/facet-history.ts";
import { docIdOf } from "#shared/model/ids.ts";
import type { Access, Member } from "#sync-server/access/access.ts";
import type { Audit } from "#sync-server/access/audit-trail.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import type { LogStorage, Receipt } from "#sync-server/storage/storage.ts";

export type HistoryEntry = Change & {
  readonly facet: string;
  /** ISO; absent for what was received before receipts were kept. */
  readonly receivedAt?: string;
  /** Member id of whoever sent it, by the relay's word. */
  readonly sentBy?: string;
  /** It came after its author's right had ended: member id of whoever let it in, and when (ISO). */
  readonly acceptedBy?: string;
  readonly acceptedAt?: string;
};

export type RecordHistory = {
  /** Newest first, by the time it was received, else claimed. Undefined when the member may read nothing of the record. */
  of(member: Member, recordId: string): readonly HistoryEntry[] | undefined;
};

type Dependencies = {
  readonly access: Access;
  readonly log: UpdateLog;
  readonly storage: Pick<LogStorage, "receipts">;
  readonly audit: Pick<Audit, "page">;
};

type Acceptance = { readonly places: string; readonly acceptedBy: string; readonly acceptedAt: string };

const MOST_ACCEPTED = 1_000;
const acceptedDetails = z.object({ accepted: z.literal(true), places: z.string() });

/** The first receipt that covers the entry: what came later only repeated it. */
function receiptOf({ client, clock }: PlacedChange, receipts: readonly Receipt[]): Receipt | undefined {
  return receipts
    .filter((receipt) => receipt.client === client && receipt.until > clock)
    .reduce<Receipt | undefined>(
      (first, one) => (first === undefined || one.until < first.until ? one : first),
      undefined,
    );
}

const sortKey = (entry: HistoryEntry): string => entry.receivedAt ?? entry.at;

export function createRecordHistory({ access, log, storage, audit }: Dependencies): RecordHistory {
  const acceptancesOf = (docId: string): readonly Acceptance[] =>
    audit.page({ action: "edit.decided", target: docId, limit: MOST_ACCEPTED }).flatMap(({ actor, at, details }) => {
      const parsed = acceptedDetails.safeParse(JSON.parse(details));
      if (!parsed.success) return [];
      return [{ places: parsed.data.places, acceptedBy: actor, acceptedAt: new Date(at).toISOString() }];
    });

  return {
    of(member, recordId) {
      const readable = log.documentsOf(recordId).filter((document) => access.mayRead(member.id, document));
      if (readable.length === 0) return undefined;
      const entries = readable.flatMap(({ facet }) => {
        const docId = docIdOf(recordId, facet);
        const doc = openFacetDocument({ recordId, facet }, log.read(docId));
        const receipts = storage.receipts(docId);
        const acceptances = acceptancesOf(docId);
        const ofFacet = placedChanges(doc).map((placed): HistoryEntry => {
          const receipt = receiptOf(placed, receipts);
          const accepted = acceptances.find(({ places }) => liesIn(places, placed));
          return {
            ...placed.change,
            facet,
            ...(receipt === undefined
              ? {}
              : { receivedAt: new Date(receipt.at).toISOString(), sentBy: receipt.author }),
            ...(accepted === undefined ? {} : { acceptedBy: accepted.acceptedBy, acceptedAt: accepted.acceptedAt }),
          };
        });
        doc.destroy();
        return ofFacet;
      });
      return entries.toSorted((left, right) =>
        sortKey(left) < sortKey(right) ? 1 : sortKey(left) > sortKey(right) ? -1 : 0,
      );
    },
  };
}
