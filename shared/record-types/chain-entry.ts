import { defineRecordType } from "./define-record-type.ts";

/** One link of a project's chain of decisions (shared/model/decision-chain.ts). Each facet has a chain of its own. */
export const chainEntry = defineRecordType({
  type: "chainEntry",
  label: { one: "Chain entry", many: "Chain entries" },
  home: "project",
  placement: "chosen",
  writtenBy: "relay",
  fields: {
    body: { kind: "text", label: "Entry", required: true, hidden: true },
    /** The relay's, of the head that this link was. */
    signature: { kind: "text", label: "Signature", required: true, hidden: true },
  },
  title: "body",
  list: ["body"],
  form: [],
});
