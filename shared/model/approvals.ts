// Where an approval stands, from the request and the decisions that count. One pure function for every device, the relay and
// the tests, so that nobody can be of two minds about it. Order is the chain's, never a clock's.

import type { FieldValue } from "./field-value.ts";

export type Request = {
  readonly id: string;
  readonly about: string;
  readonly title: string;
  readonly revision: number;
  readonly requestedBy: string;
  readonly approvers: readonly string[];
  readonly required: number;
  readonly order: "together" | "inOrder";
  readonly contentHash: string;
  readonly subject: string;
  readonly dueDate?: string;
  readonly message?: string;
  readonly previous?: string;
  /** Its place in the chain; undefined while it is not delivered. */
  readonly seq?: number;
  readonly at: string;
};

export type DecisionKind = "approve" | "requestChanges" | "reject" | "withdraw" | "delegate" | "cancel";

export type Decision = {
  readonly id: string;
  readonly request: string;
  readonly decision: DecisionKind;
  readonly decidedBy: string;
  readonly revision: number;
  readonly contentHash: string;
  readonly reason?: string;
  readonly delegate?: string;
  /** Its place in the chain; undefined while it waits on its author's device. */
  readonly seq?: number;
  /** The author's clock. */
  readonly at: string;
};

export type ApprovalOutcome = "pending" | "approved" | "changesRequested" | "rejected" | "canceled";

/** One approver's place: who decides for it now, and what was decided. */
export type Slot = {
  readonly approver: string;
  /** The approver, or whom the approver passed it on to. */
  readonly decidedBy: string;
  readonly decision?: Decision;
};

export type ApprovalStatus = {
  readonly outcome: ApprovalOutcome;
  readonly slots: readonly Slot[];
  readonly approvals: number;
  readonly required: number;
  /** Whose turn it is: nobody's once it is settled. */
  readonly waitingFor: readonly string[];
  /** Who has not spoken where it is approved already: their no still beats the others' yes. */
  readonly mayObject: readonly string[];
  /** Decisions that say nothing here: of somebody who was not asked, about other content, superseded. */
  readonly ignored: readonly Decision[];
};

/** By the chain; what is not delivered comes last, by id, which its own device made. */
const inOrder = (left: Decision, right: Decision): number =>
  (left.seq ?? Infinity) - (right.seq ?? Infinity) || (left.id < right.id ? -1 : left.id > right.id ? 1 : 0);

const isAbout = (request: Request, decision: Decision): boolean =>
  decision.request === request.id &&
  decision.contentHash === request.contentHash &&
  decision.revision === request.revision;

/** A decision that says why is needed for everything that stops the work. */
const isWhole = ({ decision, reason }: Decision): boolean =>
  (decision !== "reject" && decision !== "requestChanges") || (reason !== undefined && reason.trim() !== "");

/** `decisions`: those that count (verified), of any request, in any order, repeated or not. */
export function approvalStatus(request: Request, decisions: readonly Decision[]): ApprovalStatus {
  const own = [...new Map(decisions.filter((one) => one.request === request.id).map((one) => [one.id, one])).values()];
  const sound = own.filter((one) => isAbout(request, one) && isWhole(one)).toSorted(inOrder);
  const canceled = sound.find((one) => one.decision === "cancel" && one.decidedBy === request.requestedBy);
  const { holders, heard } = voicesOf(request, sound);
  const latest = new Map<string, Decision>();
  for (const one of sound) if (one.decision !== "delegate" && one.decision !== "cancel") latest.set(one.decidedBy, one);
  const slots = request.approvers.map((approver): Slot => {
    const decidedBy = holders.get(approver) ?? approver;
    const decision = latest.get(decidedBy);
    return { approver, decidedBy, ...(decision === undefined || decision.decision === "withdraw" ? {} : { decision }) };
  });
  const says = (kind: DecisionKind): boolean => slots.some((slot) => slot.decision?.decision === kind);
  const counted = request.order === "inOrder" ? prefixOf(slots) : slots;
  const approvals = counted.filter((slot) => slot.decision?.decision === "approve").length;
  const outcome: ApprovalOutcome =
    canceled !== undefined
      ? "canceled"
      : says("reject")
        ? "rejected"
        : says("requestChanges")
          ? "changesRequested"
          : approvals >= request.required
            ? "approved"
            : "pending";
  const open = slots.filter((slot) => slot.decision === undefined).map((slot) => slot.decidedBy);
  const used = new Set([canceled?.id, ...heard, ...slots.map((slot) => slot.decision?.id)]);
  return {
    outcome,
    slots,
    approvals,
    required: request.required,
    waitingFor: outcome !== "pending" ? [] : request.order === "inOrder" ? open.slice(0, 1) : open,
    mayObject: outcome === "approved" ? open : [],
    ignored: own.filter((one) => !used.has(one.id)),
  };
}

/** In order: an approval counts once everybody before has approved. */
function prefixOf(slots: readonly Slot[]): readonly Slot[] {
  const open = slots.findIndex((slot) => slot.decision?.decision !== "approve");
  return open === -1 ? slots : slots.slice(0, open);
}

type Voices = {
  readonly holders: ReadonlyMap<string, string>;
  /** Ids of what moved a voice or took a word back. */
  readonly heard: readonly string[];
};

/**
 * Passing on moves a voice to somebody who has none yet, and never to who asked: nobody ever has two, nobody answers
 * himself. Deciding oneself, or withdrawing, takes it back.
 */
function voicesOf(request: Request, sound: readonly Decision[]): Voices {
  const holders = new Map(request.approvers.map((approver) => [approver, approver]));
  const everHeld = new Set(request.approvers);
  const heard: string[] = [];
  for (const { id, decision, decidedBy, delegate = "" } of sound) {
    if (decision === "delegate") {
      const slot = [...holders].find(([, holder]) => holder === decidedBy)?.[0];
      const isFree = ![request.requestedBy, ...holders.keys(), ...holders.values()].includes(delegate);
      if (slot === undefined || delegate === "" || !isFree) continue;
      holders.set(slot, delegate);
      everHeld.add(delegate);
      heard.push(id);
    } else if (decision !== "cancel") {
      if (holders.has(decidedBy)) holders.set(decidedBy, decidedBy);
      if (decision === "withdraw" && everHeld.has(decidedBy)) heard.push(id);
    }
  }
  return { holders, heard };
}

/** What the standing request about something says of it as it is now. */
export type Coverage = {
  readonly request: Request;
  readonly status: ApprovalStatus;
  /** The content has changed since: what was decided holds for its revision only. */
  readonly isStale: boolean;
  readonly isOverdue: boolean;
};

const newest = (left: Request, right: Request): number =>
  left.revision - right.revision || (left.seq ?? Infinity) - (right.seq ?? Infinity) || (left.id < right.id ? -1 : 1);

/** Requests about one thing, oldest first. */
export const inRevisionOrder = (requests: readonly Request[]): readonly Request[] => requests.toSorted(newest);

/**
 * The request that speaks for what it is about: the newest that was not called off. One that was leaves what was decided
 * before as it was.
 */
export const standingRequest = (
  requests: readonly Request[],
  isCanceled: (request: Request) => boolean,
): Request | undefined => {
  const ordered = inRevisionOrder(requests);
  return ordered.findLast((one) => !isCanceled(one)) ?? ordered.at(-1);
};

/** `isCurrent`: whether what the request is about is still what it says (`subjectNow`, approval-subject.ts). */
export function coverageOf(
  requests: readonly Request[],
  decisions: readonly Decision[],
  isCurrent: (request: Request) => boolean,
  today: string,
): Coverage | undefined {
  const request = standingRequest(requests, (one) => approvalStatus(one, decisions).outcome === "canceled");
  if (request === undefined) return undefined;
  const status = approvalStatus(request, decisions);
  return {
    request,
    status,
    isStale: !isCurrent(request),
    isOverdue: status.outcome === "pending" && request.dueDate !== undefined && request.dueDate < today,
  };
}

const text = (value: FieldValue | undefined): string => (typeof value === "string" ? value : "");
const optional = <Key extends string>(key: Key, value: FieldValue | undefined): { readonly [K in Key]?: string } =>
  (typeof value === "string" && value !== "" ? { [key]: value } : {}) as { readonly [K in Key]?: string };

type Sealed = {
  readonly id: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly seq?: number | undefined;
};

const seqOf = ({ seq }: Sealed): { readonly seq?: number } => (seq === undefined ? {} : { seq });

export const requestOf = (row: Sealed): Request => ({
  id: row.id,
  about: text(row.fields["about"]),
  title: text(row.fields["title"]),
  revision: Number(row.fields["revision"] ?? 0),
  requestedBy: row.createdBy,
  approvers: Array.isArray(row.fields["approvers"]) ? [...new Set(row.fields["approvers"])] : [],
  required: Number(row.fields["required"] ?? 1),
  order: row.fields["order"] === "inOrder" ? "inOrder" : "together",
  contentHash: text(row.fields["contentHash"]),
  subject: text(row.fields["subject"]),
  at: row.createdAt,
  ...optional("dueDate", row.fields["dueDate"]),
  ...optional("message", row.fields["message"]),
  ...optional("previous", row.fields["previous"]),
  ...seqOf(row),
});

export const decisionOf = (row: Sealed): Decision => ({
  id: row.id,
  request: text(row.fields["request"]),
  decision: text(row.fields["decision"]) as DecisionKind,
  decidedBy: row.createdBy,
  revision: Number(row.fields["revision"] ?? 0),
  contentHash: text(row.fields["contentHash"]),
  at: row.createdAt,
  ...optional("reason", row.fields["reason"]),
  ...optional("delegate", row.fields["delegate"]),
  ...seqOf(row),
});
