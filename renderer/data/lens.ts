// The lens: records as somebody else's device would show them, rebuilt by the same code from exactly the facets that a
// persona reads. Nothing can be changed through it.

import { canReadFacet } from "#shared/model/facets.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { viewFor, type PolicyView } from "#shared/model/policy.ts";
import { err } from "#shared/model/result.ts";
import type { Data, RecordRow } from "./types.ts";

export type Lens = {
  readonly persona: Persona;
  /** The space of what is looked at: somebody from outside is shown nothing of another one. */
  readonly space: string;
};

const readOnly = err({
  type: "NotAllowed" as const,
  message: "You are looking through the lens: nothing can be changed here. Leave it first.",
});

/** Everything the screens ask for, as that persona's device would answer. */
export function throughLens(data: Data, lens: Lens): Data {
  const view = (): PolicyView => viewFor(data.policy.now(), [lens.persona], !isInternal(lens.persona));
  const rowOf = (id: string): Promise<RecordRow | undefined> => data.lens.record(id, lens, view());
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
