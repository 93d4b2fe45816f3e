// What certificate, activity and lists say of an approval: no more than is recorded and counts.

import { describe, expect, it } from "vitest";
import type { ChainAlarmView } from "#renderer/data/approval-types.ts";
import { withNewKeys } from "#renderer/data/new-keys.ts";
import { certificateFacts } from "#renderer/features/approvals/certificate-facts.ts";
import { toActivity } from "#renderer/features/projects/activity-entries.ts";
import { clockWords, outcomeWords } from "#renderer/fields/approval-words.ts";
import { approvalView, decisionView, FACET, requestView } from "./approval-views.ts";

const alarm = (kind: ChainAlarmView["kind"], facet = FACET): ChainAlarmView => ({ kind, seq: 4, space: "roof", facet });

describe("the certificate", () => {
  const first = requestView({ id: "r0", revision: 2, contentHash: "h2", seq: 1 });
  const own = decisionView("d1");
  const decisions = [
    decisionView("d0", { request: "r0", revision: 2, contentHash: "h2", seq: 3 }),
    own,
    decisionView("d2", { decidedBy: "cem", decision: "reject", reason: "No", seq: 5 }),
    decisionView("d3", { contentHash: "another", seq: 6 }),
  ];
  const view = approvalView([first, requestView()], decisions);

  it("shows the decisions of its own request, and marks those that do not count", () => {
    const facts = certificateFacts(view, view.request, []);
    expect(facts.decisions.map(({ decision, doesNotCount }) => [decision.id, doesNotCount])).toEqual([
      ["d1", false],
      ["d2", true],
      ["d3", true],
    ]);
    expect(facts).toMatchObject({ outcome: "Approved", warnings: [], isSigned: true });
    const before = certificateFacts(view, first, []);
    expect(before.decisions.map(({ decision }) => decision.id)).toEqual(["d0"]);
    expect(before.outcome).toBe("Approved rev 2, changed since");
  });

  it.each(["unsigned", "forked", "foreignKey", "otherRelay", "regressed"] as const)(
    "says first what is wrong with its chain: %s",
    (kind) => {
      const facts = certificateFacts(view, view.request, [alarm(kind), alarm("broken", "internal")]);
      expect(facts.warnings).toHaveLength(1);
      expect(facts.isSigned).toBe(kind !== "unsigned" && kind !== "otherRelay");
    },
  );

  it("says nothing of a request that is not recorded but that", () => {
    const { seq: _seq, ...unrecorded } = requestView();
    const facts = certificateFacts(approvalView([unrecorded], [own]), unrecorded, []);
    expect(facts.outcome).toBe("Waiting");
    expect(facts.warnings.join()).toContain("not recorded");
    expect(facts.decisions[0]?.doesNotCount).toBe(true);
  });
});

describe("the activity", () => {
  it("holds requests and decisions that count, and nothing else that was signed", () => {
    const { seq: _seq, ...unrecorded } = requestView({ id: "r9" });
    const view = approvalView(
      [requestView(), unrecorded],
      [
        decisionView("d1"),
        decisionView("d2", { decidedBy: "cem" }),
        decisionView("d3", { delivery: { state: "delivered" } }),
        decisionView("d4", { request: "r9" }),
      ],
    );
    expect(toActivity([], new Map(), [view]).map(({ id, at }) => [id, at])).toEqual([
      ["d1", "2026-05-14T11:00:00.000Z"],
      ["r1", "2026-05-11T08:00:00.000Z"],
    ]);
  });
});

describe("words", () => {
  it("J6: rejected is said as what has to happen now", () => {
    const view = approvalView([requestView()], [decisionView("d1", { decision: "reject", reason: "Anchors" })]);
    expect(view.status.outcome).toBe("rejected");
    expect(outcomeWords(view)).toBe("Changes requested");
  });

  it("a clock ten years off is said, ahead or behind; a week in a cellar is no wrong clock", () => {
    expect(clockWords(decisionView("d"))).toBeUndefined();
    for (const at of ["2036-05-14T10:00:00.000Z", "2016-05-14T10:00:00.000Z"])
      expect(clockWords(decisionView("d", { at }))).toMatch(/clock was wrong: it said 14 May 20[13]6/);
    const cellar = decisionView("d", { at: "2026-05-07T10:00:00.000Z" });
    expect(clockWords(cellar)).toMatch(/7 days before it arrived/);
    expect(clockWords(decisionView("d", { delivery: { state: "here" } }))).toBeUndefined();
  });
});

describe("another key", () => {
  it("is a replacement only when the one before ended in the chain where it signed", () => {
    const decisions = [
      decisionView("d1", { keyId: "old" }),
      decisionView("d2", { keyId: "new", registeredAt: "2026-06-01T08:00:00.000Z" }),
    ];
    const replaced = (facet: string): boolean | undefined =>
      withNewKeys(decisions, () => FACET, { [facet]: { ended: { old: "2026-05-20T08:00:00.000Z" } } })[1]?.newKey
        ?.replaced;
    expect([replaced(FACET), replaced("internal")]).toEqual([true, false]);
  });
});
