// What a certificate may say: no more than is proven. Decisions of this very request, those marked that do not count, the
// outcome that follows from what is recorded, and what the checks of the chain found wrong.

import type { ApprovalView, ChainAlarmView, DecisionView } from "#renderer/data/approval-types.ts";
import { alarmWords, outcomeWords } from "#renderer/fields/approval-words.ts";
import { approvalStatus, type Request } from "#shared/model/approvals.ts";

export type CertificateFacts = {
  /** What stands against the record as a whole: said before anything else. */
  readonly warnings: readonly string[];
  readonly outcome: string;
  readonly decisions: readonly { readonly decision: DecisionView; readonly doesNotCount: boolean }[];
  /** The server's signature of the chain as it is shown holds. */
  readonly isSigned: boolean;
};

const UNSIGNED: ReadonlySet<ChainAlarmView["kind"]> = new Set(["unsigned", "otherRelay"]);

export function certificateFacts(
  view: Pick<ApprovalView, "request" | "decisions" | "ignored" | "isStale" | "facet">,
  request: Request,
  alarms: readonly ChainAlarmView[],
): CertificateFacts {
  const here = alarms.filter((alarm) => alarm.facet === view.facet);
  const decisions = view.decisions.filter((one) => one.request === request.id);
  const isRecorded = request.seq !== undefined;
  const counting = decisions.filter((one) => one.delivery.state === "counts");
  const status = approvalStatus(request, isRecorded ? counting : []);
  const isStale = request.id === view.request.id ? view.isStale : true;
  return {
    warnings: [...alarmWords(here), ...(isRecorded ? [] : ["This request is not recorded. Nothing about it counts."])],
    outcome: outcomeWords({ request, status, isStale }),
    decisions: decisions.map((decision) => ({
      decision,
      doesNotCount: view.ignored.has(decision.id) || (!isRecorded && decision.delivery.state === "counts"),
    })),
    isSigned: !here.some((alarm) => UNSIGNED.has(alarm.kind)),
  };
}
