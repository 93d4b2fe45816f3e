import { sha256 } from "#shared/model/canonical-json.ts";
import { subjectProblem } from "#shared/model/subject-binding.ts";
import { defineRecordType } from "./define-record-type.ts";

/**
 * A request to approve something exactly as it is: the subject is canonical JSON (shared/model/approval-subject.ts), and
 * `contentHash` its SHA-256. Sealed: nobody changes afterwards who was asked, or for what.
 */
export const approval = defineRecordType({
  type: "approval",
  label: { one: "Approval", many: "Approvals" },
  home: "project",
  placement: "chosen",
  sealed: {
    author: "requestedBy",
    by: "team",
    check: (fields, space) => {
      const { approvers, required, subject, contentHash } = fields;
      if (typeof subject !== "string" || sha256(subject) !== contentHash)
        return "The hash is not the one of the subject.";
      const unbound = subjectProblem(fields, space);
      if (unbound !== undefined) return unbound;
      const count = Array.isArray(approvers) ? new Set(approvers).size : 0;
      if (count === 0) return "Choose who has to approve.";
      return typeof required === "number" && Number.isInteger(required) && required <= count
        ? undefined
        : `Ask for at most as many approvals as there are approvers (${count}).`;
    },
  },
  fields: {
    title: { kind: "text", label: "Title", required: true },
    about: { kind: "relation", label: "What is approved", to: "*", required: true },
    revision: { kind: "number", label: "Revision", min: 1, required: true },
    requestedBy: { kind: "person", label: "Asked by", required: true },
    approvers: { kind: "relations", label: "Approvers", to: "*", required: true },
    required: { kind: "number", label: "Approvals needed", min: 1, required: true },
    order: {
      kind: "choice",
      label: "Order",
      options: { together: "All at once", inOrder: "One after the other" },
      required: true,
    },
    dueDate: { kind: "date", label: "Due" },
    message: { kind: "longText", label: "Message" },
    previous: { kind: "relation", label: "Asked before as", to: "approval" },
    contentHash: { kind: "text", label: "Content", required: true, hidden: true },
    subject: { kind: "longText", label: "Subject", required: true, hidden: true },
  },
  title: "title",
  list: ["title", "revision", "dueDate"],
  form: [
    { section: "Approval", fields: ["title", "revision", "approvers", "required", "order", "dueDate", "message"] },
  ],
  parent: "about",
});
