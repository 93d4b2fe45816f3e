import { defineRecordType } from "./define-record-type.ts";

export const comment = defineRecordType({
  type: "comment",
  label: { one: "Comment", many: "Comments" },
  home: "any",
  placement: "chosen",
  parent: "about",
  authored: ["body", "about", "quote", "mentions"],
  fields: {
    body: { kind: "longText", label: "Comment", required: true },
    about: { kind: "relation", label: "About", to: "*" },
    /** The words in the document a comment points at, kept as text: an anchor that survives edits by both sides. */
    quote: { kind: "text", label: "Quoted text" },
    mentions: { kind: "people", label: "Mentions" },
    resolvedAt: { kind: "dateTime", label: "Resolved" },
  },
  title: "body",
  list: ["body", "about"],
  form: [{ section: "Comment", fields: ["body"] }],
});
