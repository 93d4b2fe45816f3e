// Where every approval stands on this device: requests and decisions that count by the chain's checks, against what the
// records say now.

import { subjectNow } from "#shared/model/approval-subject.ts";
import {
  approvalStatus,
  coverageOf,
  decisionOf,
  inRevisionOrder,
  requestOf,
  standingRequest,
  type Request,
} from "#shared/model/approvals.ts";
import { subjectProblem } from "#shared/model/subject-binding.ts";
import { entryOf, type Seal } from "#shared/model/seals.ts";
import type { ApprovalView, DecisionView, Delivery } from "./approval-types.ts";
import { withNewKeys } from "./new-keys.ts";
import { noPart, partIn } from "./my-part.ts";
import { facetOfRow, readCheck, type SpaceCheck } from "./seal-checks.ts";
import type { Database, StoredRecord } from "./database.ts";
import { pause } from "./query-pace.ts";
import type { Replica } from "./replica.ts";
import { withFormats } from "./row-formats.ts";
import { keepSealed } from "./sealed-rows.ts";

/** So many approvals are worked out before the page may draw. */
const VIEWS_IN_ONE_GO = 50;
const DECISIONS_IN_ONE_GO = 500;

type Sealed = { readonly id: string; readonly facet: string; readonly isHere: boolean };

const sealedOf = (row: StoredRecord): Sealed => ({ id: row.id, facet: facetOfRow(row), isHere: row.pending === 1 });

const requestsIn = keepSealed("approval", (row) => ({
  ...sealedOf(row),
  request: requestOf(row),
  // A request that is not of what it says asks nobody for anything.
  isBound: subjectProblem(row.fields, row.space) === undefined,
}));

const decisionsIn = keepSealed("decision", (row) => ({
  ...sealedOf(row),
  decision: decisionOf(row),
  seal: row.seal,
}));

export const deliveryOfRow = (row: StoredRecord, check: SpaceCheck): Delivery => deliveryOf(sealedOf(row), check);

function deliveryOf({ id, facet, isHere }: Sealed, check: SpaceCheck): Delivery {
  if (isHere) return { state: "here" };
  const verdict = check[facet]?.verdicts[id];
  if (verdict === undefined) return { state: "delivered" };
  if (verdict.counts) return { state: "counts", receivedAt: verdict.receivedAt, key: verdict.key, seq: verdict.seq };
  return verdict.problem === "waiting" ? { state: "delivered" } : { state: "void", problem: verdict.problem };
}

/** What the check has found out is not parsed again. */
const keyIdOf = (seal: Seal | undefined, delivery: Delivery): string =>
  delivery.state === "counts" ? delivery.key.id : seal === undefined ? "" : (entryOf(seal)?.key ?? "");

const placed = <T extends object>(one: T, delivery: Delivery): T & { readonly seq?: number } =>
  delivery.state === "counts" ? { ...one, seq: delivery.seq } : one;

const bySeq = (left: DecisionView, right: DecisionView): number =>
  (left.seq ?? Infinity) - (right.seq ?? Infinity) || (left.id < right.id ? -1 : 1);

/** Thousands of them would hold the page up: it breathes after every few. */
async function inGoes<T, R>(items: readonly T[], inOneGo: number, make: (item: T) => R): Promise<R[]> {
  const made: R[] = [];
  for (const [index, item] of items.entries()) {
    // By Dexie's own promise, which does not leave the live query around it.
    if (index % inOneGo === inOneGo - 1) await Promise.resolve(pause(0));
    made.push(make(item));
  }
  return made;
}

/** Every decision of a space that this device holds. */
export async function decisionsOf(database: Database, space: string): Promise<readonly DecisionView[]> {
  const [held, check] = await Promise.all([decisionsIn(database, space), readCheck(database, space)]);
  const facets = new Map(held.map(({ id, facet }) => [id, facet] as const));
  const decisions = await inGoes(held, DECISIONS_IN_ONE_GO, (one) => {
    const delivery = deliveryOf(one, check);
    return { ...placed(one.decision, delivery), delivery, keyId: keyIdOf(one.seal, delivery), newKey: undefined };
  });
  return withNewKeys(decisions.toSorted(bySeq), ({ id }) => facets.get(id) ?? "", check);
}

type Held = { readonly request: Request; readonly facet: string; readonly delivery: Delivery };

/**
 * What was decided as its author knows it: what counts, and his own words on their way there, so that he is never asked
 * again for what he has signed.
 */
export const withOwnWords = (decisions: readonly DecisionView[], me: string): readonly DecisionView[] =>
  decisions.filter(
    ({ delivery, decidedBy }) => delivery.state === "counts" || (decidedBy === me && delivery.state !== "void"),
  );

/** The chain names it, or this member asked it: anything else nobody has checked, and it stands behind what was. */
const isKnown = ({ delivery, request }: Held, me: string): boolean =>
  delivery.state === "counts" || request.requestedBy === me;

async function overviewOf(replica: Replica, space: string): Promise<readonly ApprovalView[]> {
  const { database, me } = replica;
  const sealed = await requestsIn(database, space);
  if (sealed.length === 0) return [];
  const check = await readCheck(database, space);
  const decided = Map.groupBy(await decisionsOf(database, space), (one) => one.request);
  const held = sealed.flatMap((one): Held[] => {
    const delivery = deliveryOf(one, check);
    if (delivery.state === "void" || !one.isBound) return [];
    return [{ facet: one.facet, delivery, request: placed(one.request, delivery) }];
  });
  // Nothing counts about a request that does not count itself.
  const counted = new Set(held.flatMap(({ delivery, request }) => (delivery.state === "counts" ? [request.id] : [])));
  const countingFor = (id: string): readonly DecisionView[] =>
    counted.has(id) ? (decided.get(id) ?? []).filter((one) => one.delivery.state === "counts") : [];
  const subjects = new Set(held.flatMap(({ request }) => [request.about, ...attachedTo(request.subject)]));
  const policy = await replica.policy();
  const rows = (await database.records.bulkGet([...subjects])).filter((row) => row !== undefined);
  const records = new Map((await withFormats(database, rows, policy)).map((row) => [row.id, row] as const));
  const find = (id: string): StoredRecord | undefined => {
    const row = records.get(id);
    return row?.state === "deleted" ? undefined : row;
  };
  const today = localDay(replica.now());
  function viewOf(group: readonly Held[]): readonly ApprovalView[] {
    const requests = inRevisionOrder(group.map(({ request }) => request));
    const statuses = new Map(requests.map((one) => [one.id, approvalStatus(one, countingFor(one.id))] as const));
    const known = group.filter((one) => isKnown(one, me.id));
    const speaking = standingRequest(
      (known.length === 0 ? group : known).map(({ request }) => request),
      ({ id }) => statuses.get(id)?.outcome === "canceled",
    );
    const standing = group.find(({ request }) => request.id === speaking?.id);
    if (standing === undefined) return [];
    const { request, facet } = standing;
    const now = subjectNow(request.subject, facet, find, policy);
    const coverage = coverageOf([request], countingFor(request.id), () => now === request.subject, today);
    if (coverage === undefined) return [];
    const own = requests.flatMap(({ id }) => decided.get(id) ?? []).toSorted(bySeq);
    const mineHere = own.findLast(
      (one) => one.delivery.state === "here" && one.decidedBy === me.id && one.request === request.id,
    );
    const mine = counted.has(request.id) ? partIn(approvalStatus(request, withOwnWords(own, me.id)), me.id) : noPart;
    return [
      {
        ...coverage,
        space,
        facet,
        delivery: standing.delivery,
        about: find(request.about),
        requests,
        decisions: own,
        ignored: new Set([...statuses.values()].flatMap(({ ignored }) => ignored.map(({ id }) => id))),
        subjectNow: now,
        approvedBefore: requests.findLast(
          (one) => one.id !== request.id && statuses.get(one.id)?.outcome === "approved",
        ),
        mine,
        needsMe: mineHere === undefined && !coverage.isStale && mine.isAsked,
        mineHere,
      },
    ];
  }

  return (
    await inGoes([...Map.groupBy(held, ({ request }) => request.about).values()], VIEWS_IN_ONE_GO, viewOf)
  ).flat();
}

function attachedTo(subject: string): readonly string[] {
  return [...subject.matchAll(/[{,]"id":"([A-Za-z0-9_-]{1,64})","sha256"/g)].map((match) => match[1] ?? "");
}

const localDay = (now: Date): string =>
  `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;

const urgency = (view: ApprovalView): string => `${view.needsMe ? 0 : 1} ${view.request.dueDate ?? "9999"}`;

export async function approvalOverview(replica: Replica, spaces: readonly string[]): Promise<readonly ApprovalView[]> {
  const views = await Promise.all(spaces.map((space) => overviewOf(replica, space)));
  return views
    .flat()
    .toSorted(
      (left, right) => urgency(left).localeCompare(urgency(right)) || left.request.id.localeCompare(right.request.id),
    );
}
