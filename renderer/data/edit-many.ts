// Many new records in few transactions, for imports. The documents are made fresh, so nothing has to be read first; the
// next chunk is made while the one before is being written, a chunk is small enough to leave the screen responsive, and
// what is in stays in when somebody stops.

import { createFacet, readChanges, readFacet } from "#shared/doc/facet-document.ts";
import type { Stamp } from "#shared/doc/facet-content.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import type { PolicyView } from "#shared/model/policy.ts";
import { assert, err, ok, type Result } from "#shared/model/result.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { DocumentState, RecordDocuments, StoredRecord } from "./database.ts";
import { checkWritable, chosenFacet, placeValues } from "./edit-parse.ts";
import { outboxRow, stampOf } from "./edit-writes.ts";
import { madeOnce, openNew, toChangeRows } from "./held-record.ts";
import { projectRecord } from "./projection.ts";
import { stateOf } from "./record-rows.ts";
import { writing, type Replica } from "./replica.ts";
import type { ChangeRow, EditApi, EditError } from "./types.ts";

const CHUNK = 100;

type Incoming = Parameters<EditApi["createMany"]>[0][number];
type Options = Parameters<EditApi["createMany"]>[1];

type Prepared = {
  readonly chunk: readonly Incoming[];
  readonly author: Author;
  readonly documents: RecordDocuments[];
  readonly updates: ReturnType<typeof outboxRow>[];
  readonly records: StoredRecord[];
};

export async function createMany(
  replica: Replica,
  records: readonly Incoming[],
  options: Options = {},
): Promise<Result<{ readonly created: number }, EditError>> {
  const allowed = await checkAll(replica, records);
  if (!allowed.ok) return allowed;
  replica.importing.set(true);
  try {
    return ok({ created: await writeChunks(replica, records, allowed.value, options) });
  } finally {
    replica.importing.set(false);
  }
}

async function writeChunks(
  replica: Replica,
  records: readonly Incoming[],
  personas: ReadonlyMap<string, Persona>,
  { signal, onProgress }: NonNullable<Options>,
): Promise<number> {
  const isStopped = (): boolean => signal?.aborted === true;
  const prepareAt = (start: number, author: Author): Prepared =>
    prepare(records.slice(start, start + CHUNK), personas, { ...author, stamp: stampOf(replica) });
  let created = 0;
  let author = await authorNow(replica);
  let ready = prepareAt(0, author);
  while (created < records.length && !isStopped()) {
    const written = writeChunk(replica, ready, personas);
    // Told below, should it fail while the next chunk is made.
    written.catch(() => undefined);
    await nextTask();
    const { length } = ready.chunk;
    ready = prepareAt(created + length, author);
    author = await written;
    created += length;
    onProgress?.(created);
    await nextTask();
  }
  return created;
}

const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

type Placed = { readonly groups: ReturnType<typeof placeValues>; readonly persona: Persona };

/** All or nothing: rights are asked before the first record is written. */
async function checkAll(
  replica: Replica,
  records: readonly Incoming[],
): Promise<Result<ReadonlyMap<string, Persona>, EditError>> {
  const personas = new Map((await replica.database.spaces.toArray()).map((space) => [space.id, space.persona]));
  const policy = await replica.policy();
  for (const record of records) {
    const persona = personas.get(record.space);
    if (persona === undefined) return err({ type: "NotFound", message: "You are no longer in this space." });
    // As long as nothing else was decided, the team may write every facet; only outsiders need the check per record.
    if (policy.version === 0 && isInternal(persona)) continue;
    const { groups } = place(record, persona, policy);
    const definition = findRecordType(record.type);
    const writable = definition === undefined ? ok(undefined) : checkWritable(definition, groups, persona);
    if (!writable.ok) return writable;
  }
  return ok(personas);
}

function place(record: Incoming, persona: Persona, policy: PolicyView): Placed {
  const definition = findRecordType(record.type);
  assert(definition !== undefined, "an import makes records of known types");
  return { groups: placeValues(definition, record.values, chosenFacet(persona, undefined), policy), persona };
}

type Author = { readonly clientId: number; readonly stamp: Stamp; readonly policy: PolicyView };

/** Under which everything is made until a write finds that it changed. */
const authorNow = (replica: Replica): Promise<Author> =>
  writing(replica, async () => ({
    clientId: await replica.clientId(),
    stamp: stampOf(replica),
    policy: await replica.policy(),
  }));

async function writeChunk(replica: Replica, ready: Prepared, personas: ReadonlyMap<string, Persona>): Promise<Author> {
  const { database } = replica;
  return writing(replica, async () => {
    const [clientId, policy] = [await replica.clientId(), await replica.policy()];
    const author: Author = { ...ready.author, clientId, policy };
    // Made under a client id that was retired meanwhile, or a policy that changed: made again.
    const isCurrent = ready.author.clientId === clientId && ready.author.policy.version === policy.version;
    const { documents, updates, records } = isCurrent ? ready : prepare(ready.chunk, personas, author);
    await Promise.all([
      database.documents.bulkAdd(documents),
      database.updates.bulkAdd(updates),
      database.records.bulkAdd(records),
    ]);
    return author;
  });
}

function prepare(chunk: readonly Incoming[], personas: ReadonlyMap<string, Persona>, author: Author): Prepared {
  const prepared: Prepared = { chunk, author, documents: [], updates: [], records: [] };
  for (const record of chunk) {
    const persona = personas.get(record.space);
    assert(persona !== undefined, "rights were checked before");
    prepareRecord(prepared, record, persona);
  }
  return prepared;
}

function prepareRecord(out: Prepared, record: Incoming, persona: Persona): void {
  const { clientId, stamp, policy } = out.author;
  const changes: ChangeRow[] = [];
  const facets: Record<string, DocumentState> = {};
  const contents = [...place(record, persona, policy).groups].map(([facet, values]) => {
    const { row, doc } = openNew({ recordId: record.id, facet, space: record.space, type: record.type }, clientId);
    const update = createFacet(doc, record.type, values as Incoming["values"], stamp);
    const patches = Object.entries(values as Incoming["values"]).map(([field, to]) => ({ field, from: null, to }));
    facets[facet] = stateOf(row);
    out.updates.push(outboxRow(row, update, patches, stamp));
    changes.push(...toChangeRows(row, readChanges(doc)));
    return readFacet(doc);
  });
  const projected = projectRecord(record.id, record.space, contents, { pending: true, refused: false }, policy);
  out.records.push(projected);
  out.documents.push({ id: record.id, facets, history: madeOnce(changes, projected) });
}
