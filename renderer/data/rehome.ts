// What waits in the outbox when the policy moved a field: made again where the field lies now, under its author's stamp. Not
// lost and not sent to the old place: what the new place does not let this member write goes to the tray.

import type { Stamp } from "#shared/doc/facet-content.ts";
import { createFacet, deleteFacet, editFacet, readFacet } from "#shared/doc/facet-document.ts";
import { canWriteFacet } from "#shared/model/facets.ts";
import { facetOfField, isRetired, type PolicyView } from "#shared/model/policy.ts";
import { refusalCodes, refusalSentences } from "#shared/protocol/close-codes.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { EditPatch, UpdateRow } from "./database.ts";
import { writeRecord, type FacetChange } from "./edit-writes.ts";
import { openHeld, reprojectRecord } from "./held-record.ts";
import { dropDocuments, dropRows, forgetEmptyDocs, moveToRefused } from "./outbox.ts";
import { retireClientIds, writing, type Replica } from "./replica.ts";
import { docRows, findDoc, findDocs, updatesOf, type DocRow } from "./record-rows.ts";

/** Whether the relay would refuse it where it stands: nothing of it is pushed until it has been made again elsewhere. */
export const isMisplaced = (row: UpdateRow, doc: DocRow, policy: PolicyView): boolean =>
  policy.version > 0 &&
  (isRetired(policy, doc.type, doc.facet) ||
    (row.patches ?? []).some((patch) => homeOf(doc, patch, policy) !== doc.facet));

/**
 * For spaces this device has caught up with: before, the new place may hold values it has not seen. A field that is still
 * on its way waits for the relay to say that it has arrived.
 */
export async function rehomeWaiting(replica: Replica, readySpaces: ReadonlySet<string>): Promise<void> {
  const { database } = replica;
  const policy = await replica.policy();
  if (policy.version === 0) return;
  const waiting = await database.updates.toArray();
  const docs = await findDocs(
    database,
    waiting.map((row) => row.docId),
  );
  for (const doc of docs.values()) {
    if (!readySpaces.has(doc.space)) continue;
    const rows = waiting.filter((row) => row.docId === doc.docId);
    if (!rows.some((row) => isMisplaced(row, doc, policy))) continue;
    const isMoving = (patch: EditPatch): boolean => policy.moving[doc.type]?.[patch.field] !== undefined;
    if (!rows.some((row) => row.patches?.some(isMoving) === true))
      await writing(replica, () => rehomeDocument(replica, doc.docId, policy));
  }
  await dropRetired(replica, policy);
}

/** Documents of facets that hold no field any more have nothing to say; what waits in one goes home first. */
export async function dropRetired(replica: Replica, policy: PolicyView): Promise<void> {
  if (Object.keys(policy.retired).length === 0) return;
  const { database } = replica;
  const gone: string[] = [];
  await database.documents.each((held) => {
    for (const { docId, type, facet } of docRows(held)) if (isRetired(policy, type, facet)) gone.push(docId);
  });
  const waiting = await database.updates.where("docId").anyOf(gone).toArray();
  const busy = new Set(waiting.map((row) => row.docId));
  await dropDocuments(
    replica,
    gone.filter((docId) => !busy.has(docId)),
  );
}

function homeOf(doc: DocRow, patch: EditPatch, policy: PolicyView): string {
  const definition = findRecordType(doc.type);
  // A field of a newer version stays where its author's app put it.
  if (definition === undefined || definition.fields[patch.field] === undefined) return doc.facet;
  return facetOfField(definition, patch.field, doc.facet, policy);
}

async function rehomeDocument(replica: Replica, docId: string, policy: PolicyView): Promise<void> {
  const { database } = replica;
  const doc = await findDoc(database, docId);
  if (doc === undefined) return;
  const rows = (await updatesOf(database, [doc.recordId]).sortBy("key")).filter((row) => row.docId === docId);
  const persona = (await database.spaces.get(doc.space))?.persona;
  const { deletion } = readFacet(openHeld(doc, rows).doc);
  await retireClientIds(database);
  await dropRows(database, rows);
  await forgetEmptyDocs(database, doc.recordId);
  for (const row of rows) {
    const stamp = { at: row.at ?? "", by: row.by ?? replica.me.id };
    const byFacet = Map.groupBy(row.patches ?? [], (patch) => homeOf(doc, patch, policy));
    const [allowed, closed] = split(byFacet, (facet) => persona !== undefined && canWriteFacet(facet, persona));
    if (closed.length > 0) await refuse(replica, row, closed);
    if (allowed.size === 0) continue;
    const changes = new Map([...allowed].map(([facet, patches]) => [facet, changeOf(doc.type, patches, stamp)]));
    await writeRecord(replica, { recordId: doc.recordId, type: doc.type, space: doc.space, changes }, stamp);
  }
  const wasDeletedHere = deletion !== undefined && rows.some((row) => row.at === deletion.at);
  const isHeld = (await findDoc(database, docId)) !== undefined;
  if (wasDeletedHere && isHeld && !isRetired(policy, doc.type, doc.facet)) {
    const change: FacetChange = (facet) => {
      const update = deleteFacet(facet, deletion);
      return update === undefined ? undefined : { update, patches: [] };
    };
    const changes = new Map([[doc.facet, change]]);
    await writeRecord(replica, { recordId: doc.recordId, type: doc.type, space: doc.space, changes }, deletion);
  }
  await reprojectRecord(database, doc.recordId);
}

type Patches = readonly EditPatch[];

function split(
  byFacet: ReadonlyMap<string, Patches>,
  isAllowed: (facet: string) => boolean,
): readonly [ReadonlyMap<string, Patches>, Patches] {
  const allowed = new Map([...byFacet].filter(([facet]) => isAllowed(facet)));
  return [allowed, [...byFacet].flatMap(([facet, patches]) => (isAllowed(facet) ? [] : patches))];
}

const changeOf =
  (type: string, patches: Patches, stamp: Stamp): FacetChange =>
  (doc) => {
    const edits = Object.fromEntries(patches.map((patch) => [patch.field, patch.to ?? null]));
    // A record made while this waited is made again, facet by facet.
    if (doc.store.clients.size === 0) return { update: createFacet(doc, type, edits, stamp), patches };
    const edited = editFacet(doc, type, edits, stamp);
    return edited === undefined ? undefined : { update: edited.update, patches: edited.changed };
  };

const refuse = (replica: Replica, row: UpdateRow, patches: Patches): Promise<void> =>
  moveToRefused(replica, [{ ...row, patches }], {
    code: refusalCodes.moved,
    reason: refusalSentences[refusalCodes.moved],
  });
