// Where every approval stands on this device: requests and decisions that count by the chain's checks, against what the
// records say now.

import { subjectNow } from "#shared/model/approval-subject.ts";
import {
  approvalStatus,
  coverageOf,
  decisionOf,
  inRevisionOrder,
  requestOf,
  type Request,
} from "#shared/model/approvals.ts";
import { subjectProblem } from "#shared/model/subject-binding.ts";
import { entryOf } from "#shared/model/seals.ts";
import type { ApprovalView, DecisionView, Delivery } from "./approval-types.ts";
import { readCheck, type SpaceCheck } from "./seal-checks.ts";
import type { Database, StoredRecord } from "./database.ts";
import type { Replica } from "./replica.ts";

const rowsOf = (database: Database, space: string, type: string): Promise<StoredRecord[]> =>
  database.records.where("[space+type]").equals([space, type]).toArray();

export const facetOfRow = (row: Pick<StoredRecord, "docs">): string => Object.keys(row.docs)[0] ?? "";

function deliveryOf(row: StoredRecord, check: SpaceCheck): Delivery {
  if (row.pending === 1) return { state: "here" };
  const verdict = check[facetOfRow(row)]?.verdicts[row.id];
  if (verdict === undefined) return { state: "delivered" };
  if (verdict.counts) return { state: "counts", receivedAt: verdict.receivedAt, key: verdict.key, seq: verdict.seq };
  return verdict.problem === "waiting" ? { state: "delivered" } : { state: "void", problem: verdict.problem };
}

const seqOf = (delivery: Delivery): number | undefined => (delivery.state === "counts" ? delivery.seq : undefined);
const keyIdOf = (row: StoredRecord): string => (row.seal === undefined ? "" : (entryOf(row.seal)?.key ?? ""));

const bySeq = (left: DecisionView, right: DecisionView): number =>
  (left.seq ?? Infinity) - (right.seq ?? Infinity) || (left.id < right.id ? -1 : 1);

/** Every decision of a space that this device holds. */
export async function decisionsOf(database: Database, space: string): Promise<readonly DecisionView[]> {
  const [rows, check] = await Promise.all([rowsOf(database, space, "decision"), readCheck(database, space)]);
  const decisions = rows.map((row) => {
    const delivery = deliveryOf(row, check);
    return { ...decisionOf({ ...row, seq: seqOf(delivery) }), delivery, keyId: keyIdOf(row), newKey: undefined };
  });
  const ended = Object.assign({}, ...Object.values(check).map((facet) => facet.ended)) as Readonly<
    Record<string, string>
  >;
  const usedBefore = new Map<string, readonly string[]>();
  return decisions.toSorted(bySeq).map((one): DecisionView => {
    const before = usedBefore.get(one.decidedBy) ?? [];
    if (before.length === 0 || before[0] === one.keyId) {
      usedBefore.set(one.decidedBy, before.length === 0 ? [one.keyId] : before);
      return one;
    }
    const others = before.filter((id) => id !== one.keyId);
    usedBefore.set(one.decidedBy, [...others, one.keyId]);
    const registeredAt = one.delivery.state === "counts" ? one.delivery.key.registeredAt : undefined;
    const replaced = others.every((id) => (ended[id] ?? "9999") <= (registeredAt ?? one.at));
    return { ...one, newKey: { registeredAt, replaced } };
  });
}

type Held = { readonly request: Request; readonly row: StoredRecord; readonly delivery: Delivery };

async function overviewOf(replica: Replica, space: string): Promise<readonly ApprovalView[]> {
  const { database, me } = replica;
  const rows = await rowsOf(database, space, "approval");
  if (rows.length === 0) return [];
  const check = await readCheck(database, space);
  const decisions = await decisionsOf(database, space);
  const counting = decisions.filter((one) => one.delivery.state === "counts");
  const held = rows.flatMap((row): Held[] => {
    const delivery = deliveryOf(row, check);
    // A request that does not hold asks nobody for anything.
    const isVoid = delivery.state === "void" || subjectProblem(row.fields, row.space) !== undefined;
    return isVoid ? [] : [{ row, delivery, request: requestOf({ ...row, seq: seqOf(delivery) }) }];
  });
  const subjects = new Set(held.flatMap(({ request }) => [request.about, ...attachedTo(request.subject)]));
  const records = new Map(
    (await database.records.bulkGet([...subjects])).flatMap((row) =>
      row === undefined ? [] : [[row.id, row] as const],
    ),
  );
  const find = (id: string): StoredRecord | undefined => {
    const row = records.get(id);
    return row?.state === "deleted" ? undefined : row;
  };
  const today = localDay(replica.now());
  const policy = await replica.policy();
  return [...Map.groupBy(held, ({ request }) => request.about).values()].flatMap((group): ApprovalView[] => {
    const requests = inRevisionOrder(group.map(({ request }) => request));
    const newest = group.find(({ request }) => request.id === requests.at(-1)?.id);
    if (newest === undefined) return [];
    const facet = facetOfRow(newest.row);
    const now = subjectNow(newest.request.subject, facet, find, policy);
    const coverage = coverageOf(requests, counting, () => now === newest.request.subject, today);
    if (coverage === undefined) return [];
    const own = decisions.filter((one) => requests.some((request) => request.id === one.request)).toSorted(bySeq);
    const mineHere = own.findLast(
      (one) => one.delivery.state === "here" && one.decidedBy === me.id && one.request === newest.request.id,
    );
    return [
      {
        ...coverage,
        space,
        facet,
        delivery: newest.delivery,
        about: find(newest.request.about),
        requests,
        decisions: own,
        subjectNow: now,
        approvedBefore: requests.findLast(
          (request) => request.id !== newest.request.id && approvalStatus(request, counting).outcome === "approved",
        ),
        needsMe: mineHere === undefined && !coverage.isStale && coverage.status.waitingFor.includes(me.id),
        mineHere,
      },
    ];
  });
}

function attachedTo(subject: string): readonly string[] {
  return [...subject.matchAll(/\{"id":"([A-Za-z0-9_-]{1,64})","sha256"/g)].map((match) => match[1] ?? "");
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
