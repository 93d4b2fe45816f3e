// The lens: records as somebody else's device would show them, rebuilt by the same code from exactly the facets that a
// persona reads. Nothing can be changed through it.

import { canReadFacet } from "#shared/model/facets.ts";
import { isInternal, type Persona } from "#shared/model/personas.ts";
import { facetOfField, isRetired, viewFor, type Policy, type PolicyView } from "#shared/model/policy.ts";
import { err } from "#shared/model/result.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { noPart, partIn } from "./my-part.ts";
import { asPlaced, isBefore, type LensEyes } from "./lens-eyes.ts";
import { compareRows, matchesPlan, planQuery } from "./query-plan.ts";
import type { Data, RecordPage, RecordQuery, RecordRow, SessionState } from "./types.ts";

export type Lens = LensEyes & {
  /** Whose eyes these are, when it is a person's and not a persona's. */
  readonly member?: { readonly id: string; readonly name: string } | undefined;
  /** A policy that is being prepared: shown as if it counted. */
  readonly proposed?: Policy | undefined;
};

const why = "You are looking through the lens: nothing can be changed here. Leave it first.";
const readOnly = err({ type: "NotAllowed" as const, message: why });
const refuse = async () => readOnly;
const nothing = async (): Promise<void> => undefined;

/** An API with some of its methods replaced. Not copied: an API whose code is not there yet has no members to copy. */
const over = <Api extends object>(api: Api, methods: Partial<Api>): Api =>
  Object.assign(Object.create(api) as Api, methods);

/**
 * What the lens makes of each door of an API: `reads` leaves it open. The compiler asks for every one of them, also of an API
 * whose code is not there yet: a new door is not open because nobody thought of the lens.
 */
type Doors<Api> = { readonly [Door in keyof Api]: Api[Door] | "reads" };

function behind<Api extends object>(api: Api, doors: Doors<Api>): Api {
  const closed = Object.entries(doors).filter(([, door]) => door !== "reads");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is left of the doors are methods of the API
  return over(api, Object.fromEntries(closed) as Partial<Api>);
}

/** Every door of the data layer that changes something, closed; what only reads stays as it is. */
const withoutWriting = (data: Data): Data => ({
  ...data,
  readOnly: why,
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
  approvals: behind(data.approvals, {
    request: refuse,
    decide: refuse,
    takeBack: nothing,
    acceptChain: nothing,
    overview: "reads",
    alarms: "reads",
    heads: "reads",
    chainKey: "reads",
    exportFolder: "reads",
  }),
  files: behind(data.files, { attach: refuse, states: "reads", open: "reads" }),
  keys: behind(data.keys, { seen: nothing, revoke: refuse, state: "reads" }),
  inbox: behind(data.inbox, { change: nothing, get: "reads" }),
  live: behind(data.live, { open: refuse, setVisible: nothing, joinSpace: "reads", visible: "reads" }),
  people: behind(data.people, {
    add: refuse,
    addToSpace: refuse,
    removeFromSpace: refuse,
    changePassword: refuse,
    makeReset: refuse,
    changeRole: refuse,
    endAccess: refuse,
    restoreAccess: refuse,
    all: "reads",
    ended: "reads",
    lookAtReset: "reads",
  }),
  policy: behind(data.policy, {
    decide: refuse,
    takeBack: refuse,
    addPersona: refuse,
    renamePersona: refuse,
    removePersona: refuse,
    now: "reads",
    subscribe: "reads",
    state: "reads",
    versions: "reads",
    preview: "reads",
  }),
  sharing: behind(data.sharing, {
    acceptLateEdit: refuse,
    dismissLateEdit: refuse,
    saveRule: refuse,
    removeRule: refuse,
    changeOfflineTerms: refuse,
    makeSpace: refuse,
    renameSpace: refuse,
    archiveSpace: refuse,
    share: refuse,
    unshare: refuse,
    invite: refuse,
    cancelInvitation: refuse,
    lateEdits: "reads",
    contentsOf: "reads",
    rules: "reads",
    previewRule: "reads",
    offlineTerms: "reads",
    placesOf: "reads",
    previewShare: "reads",
    invitations: "reads",
    lookAtInvitation: "reads",
  }),
  sync: behind(data.sync, {
    retryRefused: nothing,
    discardRefused: nothing,
    discardPending: nothing,
    takeIn: refuse,
    status: "reads",
    subscribe: "reads",
    syncNow: "reads",
    pending: "reads",
    refused: "reads",
    exportPending: "reads",
  }),
  trust: behind(data.trust, {
    ask: refuse,
    giveConsentAgain: refuse,
    answer: refuse,
    received: "reads",
    historyFile: "reads",
    audit: "reads",
    auditFile: "reads",
    // That the lens is used is written down.
    report: "reads",
    notices: "reads",
    myData: "reads",
    myDataFile: "reads",
    privacyRequests: "reads",
  }),
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

const recordStates = ["active", "archived", "deleted"] as const;

/** A reference they do not read is none to them. */
const refersTo = (row: RecordRow, id: string): boolean =>
  Object.values(row.fields).some((value) => value === id || (Array.isArray(value) && value.includes(id)));

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
    if (proposed === undefined) return held;
    const own = await data.query.record(id);
    // What is not before their eyes no policy brings there.
    if (own === undefined || !isBefore(lens, own)) return held;
    const row = proposedRow(held, own, lens.persona, proposed);
    return row === undefined ? undefined : asPlaced(lens, row);
  };
  /** A colleague who reads every facet of a record holds the very row that is here. */
  const isWhole = (row: RecordRow, policy: PolicyView): boolean =>
    proposed === undefined &&
    isInternal(lens.persona) &&
    Object.keys(row.docs).every((facet) => canReadFacet(facet, lens.persona) && !isRetired(policy, row.type, facet));
  const rowsOf = async (rows: readonly RecordRow[]): Promise<readonly RecordRow[]> =>
    (
      await Promise.all(
        rows.filter((row) => isBefore(lens, row)).map(async (row) => (isWhole(row, view()) ? row : rowOf(row.id))),
      )
    ).filter((row) => row !== undefined);
  /** Filtered, sorted and counted by what they hold: an order or a number by what they do not would tell it. */
  const recordsOf = async (query: RecordQuery): Promise<RecordPage> => {
    const all = await data.query.records({ type: query.type, states: recordStates });
    const plan = planQuery(query);
    const rows = (await rowsOf(all.rows)).filter((row) => matchesPlan(plan, row)).toSorted(compareRows(plan.sort));
    return { rows: rows.slice(plan.offset, plan.offset + plan.limit), total: rows.length };
  };
  let shown = { from: data.policy.now(), view: view() };
  const now = (): PolicyView => {
    const from = data.policy.now();
    // The same answer to the same question: screens compare by identity.
    if (shown.from !== from) shown = { from, view: view() };
    return shown.view;
  };
  // Nobody has the empty id: a persona is asked for nothing and has written nothing.
  const { id: meId, name } = lens.member ?? { id: "", name: "" };
  let eyes: { readonly from: SessionState; readonly as: SessionState } | undefined;
  const whose = (): SessionState => {
    const from = data.session.state();
    if (eyes?.from !== from) {
      const as = { id: meId, name, email: "", persona: lens.persona };
      eyes = { from, as: from.kind === "signedIn" ? { ...from, me: as } : from };
    }
    return eyes.as;
  };
  const closed = withoutWriting(data);
  return {
    ...closed,
    session: over(data.session, { state: whose }),
    policy: over(closed.policy, { now }),
    live: over(closed.live, { open: (id, field) => data.lens.text(id, field, lens, view()) }),
    approvals: over(closed.approvals, {
      overview: async (space) =>
        Promise.all(
          (await data.approvals.overview(space))
            .filter(
              (view) =>
                canReadFacet(view.facet, lens.persona) && (isInternal(lens.persona) || view.space === lens.space),
            )
            .map(async (view) => {
              const mine = view.delivery.state === "counts" ? partIn(view.status, meId) : noPart;
              const about = view.about === undefined ? undefined : await rowOf(view.about.id);
              return { ...view, about, mineHere: undefined, mine, needsMe: !view.isStale && mine.isAsked };
            }),
        ),
    }),
    query: over(data.query, {
      record: rowOf,
      records: recordsOf,
      byIds: (ids) => Promise.all(ids.map(rowOf)),
      referring: async (id, type) =>
        (await rowsOf(await data.query.referring(id, type))).filter((row) => refersTo(row, id)),
      count: async (query) => (await recordsOf(query)).total,
    }),
    changes: async (id) => {
      const own = await data.query.record(id);
      if (own === undefined || !isBefore(lens, own)) return [];
      return (await data.changes(id)).filter((change) => canReadFacet(change.facet, lens.persona));
    },
    spaces: async () =>
      (await data.spaces())
        .filter((space) => isInternal(lens.persona) || space.id === lens.space)
        .map((space) => ({ ...space, persona: lens.persona })),
  };
}
