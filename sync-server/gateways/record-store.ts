// Records as the HTTP API gives and takes them, under the caller's persona. Reads come from the read model; writes are Yjs
// updates like anybody else's, appended to the same log. Refusals are thrown: api.ts turns them into replies.

import { createFacet, deleteFacet, editFacet, openFacetDocument, type FieldEdits } from "#shared/doc/facet-document.ts";
import { groupByFacet, mergeFacets } from "#shared/doc/merge-record.ts";
import { facetOfAudience, type AudienceChoice } from "#shared/model/audience.ts";
import { parseField } from "#shared/model/field-kinds.ts";
import type { FieldValue } from "#shared/model/field-value.ts";
import { docIdOf, newId } from "#shared/model/ids.ts";
import { isInternal } from "#shared/model/personas.ts";
import { facetOfField, titleFacetOf } from "#shared/model/policy.ts";
import { refusalCodes } from "#shared/protocol/close-codes.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { Audit } from "#sync-server/access/audit-trail.ts";
import type { Access, Member } from "#sync-server/access/access.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import type { ReadModel } from "#sync-server/read-model/open-read-model.ts";
import { contentOfRow } from "#sync-server/read-model/row-content.ts";
import type { FacetRow, ReadModelStorage } from "#sync-server/storage/storage.ts";
import { ApiRefusal, refusals } from "./api-errors.ts";
import type { ByteBudgets } from "./byte-budgets.ts";

export type ApiRecord = {
  id: string;
  type: string;
  space: string;
  fields: Record<string, FieldValue>;
  docs: Record<string, string>;
};

type RawFields = Readonly<Record<string, unknown>>;
type NewRecord = {
  readonly space?: string | undefined;
  readonly type: string;
  readonly fields: RawFields;
  readonly audience?: AudienceChoice | undefined;
};
type Page = { readonly space: string; readonly type: string; readonly cursor: string; readonly limit: number };

export type RecordStore = {
  read(member: Member, recordId: string): Promise<ApiRecord>;
  list(member: Member, page: Page): Promise<{ records: ApiRecord[]; cursor?: string }>;
  create(member: Member, record: NewRecord): Promise<ApiRecord>;
  edit(member: Member, recordId: string, fields: RawFields): Promise<ApiRecord>;
  remove(member: Member, recordId: string): Promise<void>;
};

type Dependencies = {
  readonly access: Access;
  readonly audit: Pick<Audit, "noteRefusal">;
  readonly log: UpdateLog;
  readonly budgets: ByteBudgets;
  readonly readModel: ReadModel;
  readonly rows: ReadModelStorage;
};

const typeNamed = (type: string): RecordTypeDefinition => {
  const definition = findRecordType(type);
  if (definition === undefined)
    throw refusals.badInput("There is no record type of this name. The API description lists them.");
  return definition;
};

/** Parses every field or refuses with a sentence for each that cannot be used. */
function parseFields(definition: RecordTypeDefinition, raw: RawFields, names: Iterable<string>): FieldEdits {
  const edits: Record<string, FieldValue | null> = {};
  const problems: Record<string, string> = {};
  for (const name of names) {
    const spec = definition.fields[name];
    const parsed = spec === undefined ? undefined : parseField(raw[name], spec);
    if (parsed === undefined) problems[name] = `${definition.label.one} has no field of this name.`;
    else if (parsed.ok) edits[name] = parsed.value;
    else problems[name] = parsed.error.message;
  }
  if (Object.keys(problems).length > 0) throw refusals.badFields(problems);
  return edits;
}

export function createRecordStore({ access, audit, log, readModel, budgets, rows }: Dependencies): RecordStore {
  const source = {};

  /** The facets of a record that this member reads, and the space through which (rule R7). */
  function readable(
    member: Member,
    recordId: string,
  ): { readonly facets: readonly FacetRow[]; readonly space: string } {
    const carried = rows.facetsOfRecord(recordId).flatMap((row) => {
      const space = access.carrierOf(member.id, row);
      return space === undefined ? [] : [{ row, space }];
    });
    const place = carried.find(({ row, space }) => row.space === space) ?? carried[0];
    return { facets: carried.map(({ row }) => row), space: place?.space ?? "" };
  }

  function find(member: Member, recordId: string): { record: ApiRecord; facets: readonly FacetRow[] } | undefined {
    const { facets, space } = readable(member, recordId);
    const [first] = facets;
    const merged = mergeFacets(recordId, facets.map(contentOfRow), access.policyFor(member.id));
    if (first === undefined || merged.state === "deleted") return undefined;
    return {
      record: {
        id: recordId,
        type: first.type,
        space,
        fields: { ...merged.fields },
        docs: { ...merged.docs },
      },
      facets,
    };
  }

  async function findNow(
    member: Member,
    recordId: string,
  ): Promise<{ record: ApiRecord; facets: readonly FacetRow[] }> {
    await readModel.upTo(log.seq);
    const found = find(member, recordId);
    if (found === undefined) throw refusals.notFound();
    return found;
  }

  /** For writing: a record of a type that only newer versions know can be read here, not changed. */
  async function findKnown(
    member: Member,
    recordId: string,
  ): Promise<{ record: ApiRecord; facets: readonly FacetRow[]; definition: RecordTypeDefinition }> {
    const found = await findNow(member, recordId);
    return { ...found, definition: typeNamed(found.record.type) };
  }

  async function append(
    member: Member,
    updates: readonly { readonly meta: DocumentMeta; readonly bytes: Uint8Array }[],
  ): Promise<void> {
    const budget = budgets.of(member.id);
    if (budget.wait() > 0) throw refusals.tooManyRequests();
    budget.spend(updates.reduce((total, { bytes }) => total + bytes.length, 0));
    const results = await Promise.all(
      updates.map(({ meta, bytes }) =>
        log.append({ docId: docIdOf(meta.recordId, meta.facet), bytes, author: member.id, source, meta }),
      ),
    );
    const refused = results.find((result) => !result.ok);
    if (refused !== undefined && !refused.ok) {
      const { code } = refused.error;
      if (code === refusalCodes.damaged) throw refusals.damaged();
      if (code === refusalCodes.forbidden || code === refusalCodes.badMeta) throw refusals.notAllowed();
      const isSeal = code >= refusalCodes.notTheSigner && code <= refusalCodes.sealed;
      throw new ApiRefusal(isSeal ? 409 : 413, "NotAccepted", refused.error.reason);
    }
    await readModel.upTo(log.seq);
  }

  const stampOf = (member: Member): { at: string; by: string } => ({ at: new Date().toISOString(), by: member.id });

  function requireWritable(member: Member, metas: Iterable<DocumentMeta>): void {
    for (const meta of metas) {
      if (access.mayWrite(member.id, meta)) continue;
      const target = docIdOf(meta.recordId, meta.facet);
      audit.noteRefusal({ action: "write.denied", actor: member.id, target, details: { over: "api" } });
      throw refusals.notAllowed();
    }
  }

  /** Where a new record goes: the space asked for, or, for a project, the space it makes. */
  async function placeNew(
    member: Member,
    asked: string | undefined,
    definition: RecordTypeDefinition,
  ): Promise<{ id: string; space: string }> {
    const id = newId();
    if (definition.type === "project") {
      const meta = { space: id, type: "project", recordId: id, facet: "published" };
      if (asked !== undefined) throw refusals.badInput("A project makes its own space. Leave the space out.");
      if (!(await access.ensureSpace(member.id, meta))) throw refusals.notAllowed();
      return { id, space: id };
    }
    const space = access.spacesOf(member.id).find((one) => one.id === asked);
    if (space === undefined) throw refusals.notFound();
    if (definition.home !== "any" && definition.home !== space.kind) {
      throw refusals.badInput(
        `${definition.label.many} are kept in ${definition.home === "crm" ? "the CRM" : "a project"}. Choose that space.`,
      );
    }
    return { id, space: space.id };
  }

  return {
    read: async (member, recordId) => (await findNow(member, recordId)).record,
    async list(member, { space, type, cursor, limit }) {
      const persona = access.personaIn(space, member.id);
      if (persona === undefined) throw refusals.notFound();
      typeNamed(type);
      await readModel.upTo(log.seq);
      const facets = access.facets().filter((facet) => access.mayRead(member.id, { space, type, recordId: "", facet }));
      const records: ApiRecord[] = [];
      let after = cursor;
      // Deleted records leave gaps in a page of ids: read on until the page is full or the list ends.
      while (records.length < limit) {
        const wanted = limit - records.length;
        const ids = rows.recordIds({ space, type, facets, after, limit: wanted });
        for (const id of ids) {
          const record = find(member, id)?.record;
          if (record?.type === type) records.push({ ...record, space });
        }
        after = ids.at(-1) ?? after;
        if (ids.length < wanted) return { records };
      }
      return { records, cursor: after };
    },
    async create(member, { space: asked, type, fields, audience }) {
      const definition = typeNamed(type);
      const outsider = !isInternal(member.persona);
      const chosenFacet = facetOfAudience[audience ?? (outsider ? "everyone" : "internal")];
      const required = Object.keys(definition.fields).filter((name) => definition.fields[name]?.required === true);
      const values = parseFields(definition, fields, new Set([...required, ...Object.keys(fields)]));
      const { id, space } = await placeNew(member, asked, definition);
      const groups = new Map(groupByFacet(definition, values, chosenFacet, access.policyFor(member.id)));
      if (groups.size === 0) groups.set(titleFacetOf(definition, chosenFacet, access.policyFor(member.id)), {});
      const parts = [...groups].map(([facet, group]) => ({ meta: { space, type, recordId: id, facet }, group }));
      requireWritable(
        member,
        parts.map((part) => part.meta),
      );
      const stamp = stampOf(member);
      await append(
        member,
        parts.map(({ meta, group }) => ({ meta, bytes: createFacet(openFacetDocument(meta, []), type, group, stamp) })),
      );
      return (await findNow(member, id)).record;
    },
    async edit(member, recordId, fields) {
      const { record, facets, definition } = await findKnown(member, recordId);
      const chosenFacet = facets[0]?.facet ?? "internal";
      const names = Object.keys(fields);
      const policy = access.policyFor(member.id);
      const home = facets[0]?.space ?? record.space;
      const metaOf = (facet: string): DocumentMeta => ({ space: home, type: record.type, recordId, facet });
      // Rights before values: whether a value would do is nothing to tell somebody who may not set it.
      requireWritable(
        member,
        names.map((name) => metaOf(facetOfField(definition, name, chosenFacet, policy))),
      );
      const edits = parseFields(definition, fields, names);
      const stamp = stampOf(member);
      const updates = [...groupByFacet(definition, edits, chosenFacet, policy)].flatMap(([facet, group]) => {
        const meta = metaOf(facet);
        const docId = docIdOf(recordId, facet);
        const doc = openFacetDocument(meta, log.find(docId) === undefined ? [] : log.read(docId));
        const edited = editFacet(doc, record.type, group, stamp);
        return edited === undefined ? [] : [{ meta, bytes: edited.update }];
      });
      await append(member, updates);
      return (await findNow(member, recordId)).record;
    },
    async remove(member, recordId) {
      const { record, facets, definition } = await findKnown(member, recordId);
      const chosenFacet = facets[0]?.facet ?? "internal";
      const titleFacet = titleFacetOf(definition, chosenFacet, access.policyFor(member.id));
      // Whoever may change a record's name may delete it; a note field on somebody else's record gives no such right.
      const home = facets[0]?.space ?? record.space;
      requireWritable(member, [{ space: home, type: record.type, recordId, facet: titleFacet }]);
      const stamp = stampOf(member);
      const updates = facets
        .filter((row) => access.mayWrite(member.id, row))
        .flatMap(({ space, type, facet, docId }) => {
          const meta = { space, type, recordId, facet };
          const bytes = deleteFacet(openFacetDocument(meta, log.read(docId)), stamp);
          return bytes === undefined ? [] : [{ meta, bytes }];
        });
      await append(member, updates);
    },
  };
}
