// What a welcome means for this device: its spaces and who is in them, spaces it lost, and (rule R4) a relay that was
// restored from a backup, to which everything confirmed is offered again.

import { applyUpdate } from "yjs";
import { captureUpdate, openFacetDocument } from "#shared/doc/facet-document.ts";
import { missingFrom, stateVectorOf } from "#shared/doc/update-bytes.ts";
import { canReadFacet, canWriteFacet, facetNames } from "#shared/model/facets.ts";
import { docIdOf } from "#shared/model/ids.ts";
import { isSealedType, isSettledType } from "#shared/doc/sealed-document.ts";
import { shippedPolicy, type PolicyView } from "#shared/model/policy.ts";
import { isInternal, isPersona, type Persona } from "#shared/model/personas.ts";
import type { RelayFrame, SpaceInfo } from "#shared/protocol/frames.ts";
import { noteHeads } from "./announced-heads.ts";
import { keepEnded, noteAccessEnded } from "./ended-access.ts";
import { membersKey, type Database, type UpdateRow } from "./database.ts";
import { noteOfflineHours } from "./offline-term.ts";
import { dropDocuments } from "./outbox.ts";
import { readPolicy, savePolicy } from "./policy.ts";
import { dropRetired } from "./rehome.ts";
import { doubtKeys } from "./signing-keys.ts";
import { writing, type Replica } from "./replica.ts";
import type { MemberRow, SpaceRow } from "./types.ts";
import { changeDocuments, clearPending, docsOf, findDocs, markPending, type DocRow } from "./record-rows.ts";

type Welcome = Extract<RelayFrame, { kind: "welcome" }>;

const LOG_ID = "logId";
/** Set while offers may be in the outbox: looking through all of it is not for every start. */
const OFFERING = "offering";

export async function readLogId(database: Database): Promise<string> {
  const value = (await database.settings.get(LOG_ID))?.value;
  return typeof value === "string" ? value : "";
}

const personaOf = (text: string): Persona => (isPersona(text) ? text : "customer");

/** `reconnect`: this member may read more of a space than before, and its cursor has to start over. */
export async function applyWelcome(replica: Replica, welcome: Welcome): Promise<"reconnect" | "goOn"> {
  const { database } = replica;
  if ((await readLogId(database)) !== welcome.logId) await offerAgain(replica, welcome.logId);
  await dropLostSpaces(replica, new Set(welcome.spaces.map((space) => space.id)));
  const readsMore = await followPersonas(replica, welcome.spaces);
  await followPolicy(replica, welcome.policy ?? shippedPolicy);
  await writing(replica, async () => {
    const titles = await database.records.bulkGet(welcome.spaces.map((space) => space.id));
    await database.spaces.bulkPut(
      welcome.spaces.map(({ id, kind, name, persona, archived }, index): SpaceRow => {
        const title = kind === "project" ? (titles[index]?.title ?? "") : "";
        const row = { id, kind, name: title === "" ? name : title, persona: personaOf(persona) };
        return archived === true ? { ...row, archived } : row;
      }),
    );
    await database.members.clear();
    await database.members.bulkPut(membersOf(welcome.spaces));
    await database.settings.bulkPut(
      welcome.spaces.map((space) => ({
        key: membersKey(space.id),
        value: space.members.map((member): MemberRow => ({ ...member, persona: personaOf(member.persona) })),
      })),
    );
    await database.cursors.bulkDelete([...readsMore]);
    await keepEnded(database, welcome.spaces);
    await noteOfflineHours(replica, welcome.offlineHours);
    for (const space of welcome.spaces) await noteHeads(database, space);
  });
  return readsMore.length > 0 ? "reconnect" : "goOn";
}

/**
 * The persona in a space changed while this device was away: what may no longer be read leaves the device. Returns the
 * spaces in which there is more to read now.
 */
async function followPersonas(replica: Replica, spaces: readonly SpaceInfo[]): Promise<readonly string[]> {
  const { database } = replica;
  const readsMore: string[] = [];
  const known = await database.spaces.bulkGet(spaces.map((space) => space.id));
  for (const [index, space] of spaces.entries()) {
    const before = known[index]?.persona;
    const after = personaOf(space.persona);
    if (before === undefined || before === after) continue;
    const docIds = await docIdsOf(database, space.id);
    await dropDocuments(
      replica,
      docIds.filter((docId) => !canReadFacet(docId.slice(docId.indexOf(".") + 1), after)),
    );
    // Facets beyond the shipped ones are the organization's, and this device knows only those it could read.
    if (!isInternal(after) || facetNames.some((facet) => canReadFacet(facet, after) && !canReadFacet(facet, before)))
      readsMore.push(space.id);
  }
  return readsMore;
}

/** Fields may lie elsewhere now, and documents of facets that hold no field any more leave the device (rule F7). */
async function followPolicy(replica: Replica, policy: PolicyView): Promise<void> {
  const { database } = replica;
  const before = await readPolicy(database);
  if (JSON.stringify(before) === JSON.stringify(policy)) return;
  await writing(replica, () => savePolicy(database, policy));
  await dropRetired(replica, policy);
}

/** A walk over all documents: leaving a space is rare, and an index would be paid for by every record that arrives. */
async function docIdsOf(database: Database, space: string): Promise<readonly string[]> {
  const docIds: string[] = [];
  await database.documents.each(({ id, facets }) => {
    for (const [facet, state] of Object.entries(facets)) if (state.space === space) docIds.push(docIdOf(id, facet));
  });
  return docIds;
}

function membersOf(spaces: readonly SpaceInfo[]): readonly (MemberRow & { readonly spaces: readonly string[] })[] {
  const members = new Map<string, MemberRow & { readonly spaces: readonly string[] }>();
  for (const space of spaces) {
    for (const { id, name, persona } of space.members) {
      const known = members.get(id);
      members.set(id, {
        id,
        name,
        persona: known?.persona ?? personaOf(persona),
        spaces: [...(known?.spaces ?? []), space.id],
      });
    }
  }
  for (const { former = [] } of spaces)
    for (const { id, name, persona } of former)
      if (!members.has(id)) members.set(id, { id, name, persona: personaOf(persona), spaces: [], former: true });
  return [...members.values()];
}

async function dropLostSpaces(replica: Replica, present: ReadonlySet<string>): Promise<void> {
  const { database } = replica;
  for (const space of await database.spaces.toArray()) {
    if (present.has(space.id) || (await isOwnNewSpace(database, space))) continue;
    const docIds = await docIdsOf(database, space.id);
    await dropDocuments(replica, docIds);
    await writing(replica, async () => {
      await database.spaces.delete(space.id);
      await database.cursors.delete(space.id);
      await database.settings.delete(membersKey(space.id));
      await noteAccessEnded(replica, space);
    });
  }
}

/** A space made here whose first push the relay has not seen: it cannot be in a welcome yet (rule W5). */
async function isOwnNewSpace(database: Database, space: SpaceRow): Promise<boolean> {
  const isOwn = space.kind === "personal" || (space.kind === "project" && isInternal(space.persona));
  if (!isOwn) return false;
  const docs = await docsOf(database, [space.id]);
  return docs.length > 0 && docs.every((doc) => doc.snapshot === undefined);
}

/**
 * Another log: what this device holds counts as unconfirmed. Every document it may write goes back into the outbox; what
 * the catch-up then shows the relay to have is taken out again before anything is pushed (dropSettledOffers). Steps are
 * repeatable: the log id is written last.
 */
export async function offerAgain(replica: Replica, logId: string): Promise<void> {
  const { database } = replica;
  const personas = new Map((await database.spaces.toArray()).map((space) => [space.id, space.persona]));
  const held = await database.documents.toCollection().primaryKeys();
  for (let start = 0; start < held.length; start += 250) {
    await writing(replica, async () => {
      const docs = await docsOf(database, held.slice(start, start + 250));
      const own = await ownSealed(replica, docs);
      await offer(
        database,
        docs.filter(
          (doc) => mayWrite(doc, personas.get(doc.space)) && (!isSettledType(doc.type) || own.has(doc.docId)),
        ),
      );
    });
  }
  for (const id of await database.files.toCollection().primaryKeys())
    await writing(replica, () => offerBytes(database, id, personas));
  await doubtKeys(database);
  await writing(replica, async () => {
    await database.cursors.clear();
    await database.settings.put({ key: OFFERING, value: true });
    await database.settings.put({ key: LOG_ID, value: logId });
  });
}

/** The bytes of a file that this member may bring: the relay is asked how much of them it has, and gets the rest. */
async function offerBytes(database: Database, id: string, personas: ReadonlyMap<string, Persona>): Promise<void> {
  const inTray = (await database.refused.where("recordId").equals(id).count()) > 0;
  const docs = await docsOf(database, [id]);
  if (!inTray && docs.some((doc) => mayWrite(doc, personas.get(doc.space))))
    await database.files.update(id, { waits: 1 });
}

/**
 * A folder that was copied back keeps its log id: that the relay is in step before the point where this device was is how
 * it shows (rules R1 and R4).
 */
export async function isRolledBack({ database }: Replica, space: string, seq: number): Promise<boolean> {
  const cursor = await database.cursors.get(space);
  return cursor !== undefined && cursor.seq > seq;
}

/** Documents that this member signed: he, and only he, offers them again. */
async function ownSealed({ database, me }: Replica, docs: readonly DocRow[]): Promise<ReadonlySet<string>> {
  const sealed = docs.filter((doc) => isSealedType(doc.type));
  const rows = await database.records.bulkGet(sealed.map((doc) => doc.recordId));
  return new Set(sealed.filter((_doc, index) => rows[index]?.createdBy === me.id).map((doc) => doc.docId));
}

const mayWrite = (doc: DocRow, persona: Persona | undefined): boolean =>
  persona !== undefined && canWriteFacet(doc.facet, persona);

async function offer(database: Database, docs: readonly DocRow[]): Promise<void> {
  const offers = docs.flatMap(({ docId, recordId, snapshot }): Omit<UpdateRow, "key">[] =>
    snapshot === undefined ? [] : [{ docId, recordId, bytes: snapshot }],
  );
  await database.updates.bulkAdd(offers);
  const offered = new Set(offers.map((row) => row.docId));
  const recordIds = [...new Set(offers.map((row) => row.recordId))];
  await changeDocuments(database, recordIds, (held) => ({
    ...held,
    facets: Object.fromEntries(
      Object.entries(held.facets).map(([facet, { snapshot, ...state }]) => [
        facet,
        snapshot === undefined || offered.has(docIdOf(held.id, facet)) ? state : { ...state, snapshot },
      ]),
    ),
  }));
  await markPending(database, recordIds);
}

/** Whether there may be something that this log lacks and devices have. */
export const isOffering = async (database: Database): Promise<boolean> =>
  (await database.settings.get(OFFERING)) !== undefined;

/** An offer has no author. After the catch-up of its space: keep only what the relay lacks. */
export async function dropSettledOffers(replica: Replica, space: string): Promise<void> {
  const { database } = replica;
  if (!(await isOffering(database))) return;
  const offers = await database.updates.filter((row) => row.by === undefined).primaryKeys();
  if (offers.length === 0) await database.settings.delete(OFFERING);
  for (let start = 0; start < offers.length; start += 250) {
    await writing(replica, async () => {
      const rows = (await database.updates.bulkGet(offers.slice(start, start + 250))).filter(
        (row) => row !== undefined,
      );
      const docs = await findDocs(
        database,
        rows.map((row) => row.docId),
      );
      const known = rows.flatMap((row) => {
        const doc = docs.get(row.docId);
        return doc?.space !== space || doc.snapshot === undefined ? [] : [{ row, snapshot: doc.snapshot }];
      });
      const settled = known.flatMap(({ row, snapshot }) => (addsNothing(row, snapshot) ? [row] : []));
      for (const { row, snapshot } of known)
        if (!settled.includes(row))
          await database.updates.update(row.key, { bytes: missingFrom(row.bytes, stateVectorOf(snapshot)) });
      await database.updates.bulkDelete(settled.map((row) => row.key));
      const recordIds = [...new Set(settled.map((row) => row.recordId))];
      await clearPending(database, recordIds);
    });
  }
}

function addsNothing(row: UpdateRow, snapshot: Uint8Array): boolean {
  const doc = openFacetDocument({ recordId: row.recordId, facet: row.docId.slice(row.recordId.length + 1) }, [
    snapshot,
  ]);
  try {
    return captureUpdate(doc, () => applyUpdate(doc, row.bytes)) === undefined;
  } catch {
    // Offered as it is: what of it applies elsewhere is not for this device to say.
    return false;
  }
}
