// Approvals in words: where one stands, what somebody decided, what a check of the chain found.

import type { ApprovalView, ChainAlarmView, DecisionView } from "#renderer/data/approval-types.ts";
import type { ApprovalOutcome, Decision, DecisionKind } from "#shared/model/approvals.ts";
import type { SealProblem } from "#shared/model/decision-chain.ts";

/** "7be1 03d4 91aa … c25f": enough to compare by eye. */
export const shortHash = (hash: string): string =>
  hash.length < 20 ? hash : `${hash.slice(0, 4)} ${hash.slice(4, 8)} ${hash.slice(8, 12)} … ${hash.slice(-4)}`;

const outcomes: Readonly<Record<ApprovalOutcome, string>> = {
  pending: "Waiting",
  approved: "Approved",
  changesRequested: "Changes requested",
  // What follows is the same: somebody has to change something. Who rejected, and why, stands with the decisions.
  rejected: "Changes requested",
  canceled: "Withdrawn",
};

/** What a request asked now would be: one that was called off keeps its number. */
export const nextRevision = ({ requests }: Pick<ApprovalView, "requests">): number =>
  1 + Math.max(0, ...requests.map((one) => one.revision));

/** The status on a chip. */
export function outcomeWords({
  status,
  isStale,
  request,
}: Pick<ApprovalView, "status" | "isStale" | "request">): string {
  if (isStale && status.outcome === "approved") return `Approved rev ${request.revision}, changed since`;
  return outcomes[status.outcome];
}

export function outcomeTone({
  status,
  isStale,
}: Pick<ApprovalView, "status" | "isStale">): "neutral" | "waits" | "done" | "bad" {
  if (status.outcome === "approved") return isStale ? "waits" : "done";
  if (status.outcome === "pending") return "waits";
  return status.outcome === "canceled" ? "neutral" : "bad";
}

const decisions: Readonly<Record<DecisionKind, string>> = {
  approve: "approved",
  requestChanges: "asked for changes to",
  reject: "rejected",
  withdraw: "withdrew the decision on",
  delegate: "passed on",
  cancel: "withdrew the request for",
};

/** "approved revision 3", "passed on revision 3 to Cem Aydin". */
export const decisionWords = (one: DecisionView, nameOf: (id: string) => string): string =>
  `${decisions[one.decision]} revision ${one.revision}${one.delegate === undefined ? "" : ` to ${nameOf(one.delegate)}`}`;

const yours: Readonly<Partial<Record<DecisionKind, string>>> = {
  approve: "You approved this.",
  requestChanges: "You asked for changes.",
  reject: "You rejected this.",
};

/** To the one who decided. */
export const yourWords = ({ decision }: Pick<Decision, "decision">): string => yours[decision] ?? "You decided this.";

/** Of a recorded decision that says nothing where it stands. */
export const ignoredWords = "Does not count here: a later word, other content, or nobody asked for it.";

export const problemWords: Readonly<Record<SealProblem, string>> = {
  unreadable: "Cannot be read, so it does not count.",
  badSignature: "The signature does not hold. It does not count.",
  unknownKey: "Signed with a key nobody knows. It does not count.",
  notTheSigner: "Signed by somebody else than it says. It does not count.",
  revokedKey: "Signed with a key that had been revoked. It does not count.",
  altered: "Changed after it was signed. It does not count.",
  otherSubject: "Shows something else than what it says it is about. It does not count.",
  waiting: "Delivered, not yet recorded.",
};

const alarms: Readonly<Record<ChainAlarmView["kind"], string>> = {
  regressed: "The server shows an older record of decisions than this device has seen.",
  forked: "The server shows another record of decisions than this device has seen.",
  otherHead: "Somebody was shown another record of decisions than this one.",
  broken: "A part of the record of decisions is missing or does not fit.",
  forged: "The record of decisions holds something whose signature does not hold.",
  foreignKey: "Somebody signs in your name with a key that is on none of your devices.",
  otherSubject: "A request for approval shows something else than what it says it is about. It does not count.",
  missing: "The record of decisions names something that is not here.",
  unsigned: "The record of decisions is not signed by the server as it stands.",
  otherRelay: "The server signs the record of decisions with another key than before.",
};

/** Each sentence once. */
export const alarmWords = (found: readonly ChainAlarmView[]): readonly string[] => [
  ...new Set(found.map((alarm) => alarms[alarm.kind])),
];

/** Whose key it is, and whether there is something to ask about. */
export function newKeyWords({ registeredAt, replaced }: NonNullable<DecisionView["newKey"]>, name: string): string {
  const since = registeredAt === undefined ? "" : `, registered ${stampWords(registeredAt)}`;
  return replaced
    ? `With a new key${since}: the one ${name} used before had ended.`
    : `Another key than ${name} used before${since}. If in doubt, ask whether it was another device.`;
}

const DAY_MS = 86_400_000;

/**
 * What there is to say where the device's clock and the server's differ by more than a day. A decision made offline arrives
 * late; but nobody signs after it arrived, or before his key was registered.
 */
export function clockWords({ at, delivery }: Pick<DecisionView, "at" | "delivery">): string | undefined {
  if (delivery.state !== "counts") return undefined;
  const [signed, received] = [Date.parse(at), Date.parse(delivery.receivedAt)];
  const registered = Date.parse(delivery.key.registeredAt);
  if (signed - received > DAY_MS || registered - signed > DAY_MS)
    return `The device's clock was wrong: it said ${stampWords(at)}.`;
  const days = Math.floor((received - signed) / DAY_MS);
  return days < 1
    ? undefined
    : `Signed ${stampWords(at)} by the device's clock, ${days === 1 ? "a day" : `${days} days`} before it arrived.`;
}

const stampFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});

/** A time with its zone: what belongs on a record. */
export const stampWords = (iso: string): string => {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : stampFormat.format(time);
};
