// Requests and decisions as screens get them, for tests of what screens make of them.

import type { ApprovalView, DecisionView } from "#renderer/data/approval-types.ts";
import { approvalStatus, type Decision, type Request } from "#shared/model/approvals.ts";

export const FACET = "client-shared";

export const requestView = (over: Partial<Request> = {}): Request => ({
  id: "r1",
  about: "m2",
  title: "M2 Structure",
  revision: 3,
  requestedBy: "igor",
  approvers: ["carla"],
  required: 1,
  order: "together",
  contentHash: "h3",
  subject: "{}",
  seq: 2,
  at: "2026-05-11T08:00:00.000Z",
  ...over,
});

type Over = Partial<DecisionView> & { readonly receivedAt?: string; readonly registeredAt?: string };

/** Recorded, unless `over` says otherwise. */
export function decisionView(id: string, over: Over = {}): DecisionView {
  const { receivedAt = "2026-05-14T11:00:00.000Z", registeredAt = "2026-05-01T08:00:00.000Z", ...rest } = over;
  const key = { id: "k1", alg: "ed25519" as const, publicKey: "", member: "carla", registeredAt };
  return {
    id,
    request: "r1",
    decision: "approve",
    decidedBy: "carla",
    revision: 3,
    contentHash: "h3",
    seq: 4,
    at: "2026-05-14T10:00:00.000Z",
    keyId: key.id,
    newKey: undefined,
    delivery: { state: "counts", receivedAt, key, seq: 4 },
    ...rest,
  };
}

export function approvalView(requests: readonly Request[], decisions: readonly DecisionView[]): ApprovalView {
  const request = requests.at(-1) ?? requestView();
  const counting: readonly Decision[] = decisions.filter((one) => one.delivery.state === "counts");
  const ignored = requests.flatMap((one) => approvalStatus(one, counting).ignored.map(({ id }) => id));
  return {
    space: "roof",
    facet: FACET,
    request,
    requests,
    decisions,
    ignored: new Set(ignored),
    status: approvalStatus(request, counting),
    isStale: false,
    isOverdue: false,
    delivery: { state: "delivered" },
    about: undefined,
    subjectNow: undefined,
    approvedBefore: undefined,
    needsMe: false,
    mine: { isAsked: false, mayObject: false, decided: undefined, passedOnTo: undefined },
    mineHere: undefined,
  };
}
