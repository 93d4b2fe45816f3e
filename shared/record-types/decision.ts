import { defineRecordType } from "./define-record-type.ts";

/** What one person decided about one request. A later one of the same person supersedes it; none is ever changed. */
export const decision = defineRecordType({
  type: "decision",
  label: { one: "Decision", many: "Decisions" },
  home: "project",
  placement: "chosen",
  sealed: {
    author: "decidedBy",
    check: ({ decision: kind, reason, delegate }) => {
      const hasReason = typeof reason === "string" && reason.trim() !== "";
      if ((kind === "reject" || kind === "requestChanges") && !hasReason)
        return "Say why: the others need a reason to act on.";
      return kind === "delegate" && typeof delegate !== "string" ? "Choose who decides instead." : undefined;
    },
  },
  fields: {
    decision: {
      kind: "choice",
      label: "Decision",
      options: {
        approve: "Approved",
        requestChanges: "Asked for changes",
        reject: "Rejected",
        withdraw: "Withdrew the decision",
        delegate: "Passed it on",
        cancel: "Withdrew the request",
      },
      required: true,
    },
    request: { kind: "relation", label: "Request", to: "approval", required: true },
    decidedBy: { kind: "person", label: "Decided by", required: true },
    revision: { kind: "number", label: "Revision", min: 1, required: true },
    contentHash: { kind: "text", label: "Content", required: true, hidden: true },
    reason: { kind: "longText", label: "Reason" },
    delegate: { kind: "person", label: "Passed on to" },
  },
  title: "decision",
  list: ["decision", "revision"],
  form: [{ section: "Decision", fields: ["decision", "decidedBy", "revision", "reason", "delegate"] }],
  parent: "request",
});
