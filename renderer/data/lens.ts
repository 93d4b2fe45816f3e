// The lens: records as somebody else's device would show them, rebuilt by the same code from exactly the facets that a
// persona reads. Nothing can be changed through it.

import { canReadFacet } from "#shared/model/facets.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { facetOfField, viewFor, type Policy, type PolicyView } from "#shared/model/policy.ts";
import { err } from "#shared/model/result.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { Data, RecordRow } from "./types.ts";

export type Lens = {
  readonly persona: Persona;
  /** The space of what is looked at: somebody from outside is shown nothing of another one. */
  readonly space: string;
  /** A policy that is being prepared: shown as if it counted. */
  readonly proposed?: Policy | undefined;
};

const readOnly = err({
  type: "NotAllowed" as const,
  message: "You are looking through the lens: nothing can be changed here. Leave it first.",
});

/**
 * What would be held once the relay had moved the values: of this member's own row, the fields that would lie in facets the
 * persona reads. Records whose authors picked the audience do not move.
 */
function proposedRow(
  held: RecordRow | undefined,
  own: RecordRow | undefined,
  persona: Persona,
  proposed: Policy,
): RecordRow | undefined {
  const definition = own === undefined ? undefined : findRecordType(own.type);
  if (own === undefined || definition === undefined || definition.placement === "chosen") return held;
  const isSeen = (field: string): boolean => canReadFacet(facetOfField(definition, field, "", proposed), persona);
  const fields = Object.fromEntries(Object.entries(own.fields).filter(([field]) => isSeen(field)));
  if (held === undefined && Object.keys(fields).length === 0) return undefined;
  const names = typeof definition.title === "string" ? [definition.title] : definition.title;
  return { ...own, fields, title: names.some(isSeen) ? own.title : "" };
}

/** Everything the screens ask for, as that persona's device would answer. */
export function throughLens(data: Data, lens: Lens): Data {
  const { proposed } = lens;
  const counting = (): PolicyView => {
    const policy = data.policy.now();
    return proposed === undefined ? policy : { ...policy, ...proposed, version: policy.version + 1 };
  };
  const view = (): PolicyView => viewFor(counting(), [lens.persona], !isInternal(lens.persona));
  const rowOf = async (id: string): Promise<RecordRow | undefined> => {
    const held = await data.lens.record(id, lens, view());
    return proposed === undefined ? held : proposedRow(held, await data.query.record(id), lens.persona, proposed);
  };
  const rowsOf = async (rows: readonly RecordRow[]): Promise<readonly RecordRow[]> =>
    (await Promise.all(rows.map((row) => rowOf(row.id)))).filter((row) => row !== undefined);
  let shown = { from: data.policy.now(), view: view() };
  const now = (): PolicyView => {
    const from = data.policy.now();
    // The same answer to the same question: screens compare by identity.
    if (shown.from !== from) shown = { from, view: view() };
    return shown.view;
  };
  const refuse = async () => readOnly;
  return {
    ...data,
    policy: { ...data.policy, now },
    edit: {
      create: refuse,
      createProject: refuse,
      makeNext: refuse,
      setMany: refuse,
      set: refuse,
      remove: refuse,
      restore: refuse,
      chooseValue: refuse,
      createMany: refuse,
    },
    query: {
      ...data.query,
      record: rowOf,
      records: async (query) => {
        const page = await data.query.records(query);
        const rows = await rowsOf(page.rows);
        return { rows, total: page.total - (page.rows.length - rows.length) };
      },
      byIds: (ids) => Promise.all(ids.map(rowOf)),
      referring: async (id, type) => rowsOf(await data.query.referring(id, type)),
      count: async (query) => (await rowsOf((await data.query.records({ ...query, limit: 1_000 })).rows)).length,
    },
    live: { ...data.live, open: async () => err({ message: readOnly.error.message }) },
    changes: async (id) => (await data.changes(id)).filter((change) => canReadFacet(change.facet, lens.persona)),
    spaces: async () =>
      (await data.spaces())
        .filter((space) => isInternal(lens.persona) || space.id === lens.space)
        .map((space) => ({ ...space, persona: lens.persona })),
  };
}
