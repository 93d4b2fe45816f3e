import { defineRecordType } from "./define-record-type.ts";

export const document = defineRecordType({
  type: "document",
  label: { one: "Document", many: "Documents" },
  home: "project",
  placement: "chosen",
  fields: {
    title: { kind: "text", label: "Title", required: true },
    documentKind: {
      kind: "choice",
      label: "Kind",
      options: { brief: "Brief", contract: "Contract", spec: "Specification", minutes: "Minutes", note: "Note" },
    },
    status: {
      kind: "choice",
      label: "Status",
      options: { draft: "Draft", inReview: "In review", effective: "Effective", archived: "Archived" },
    },
    body: { kind: "richText", label: "Text" },
  },
  title: "title",
  approvable: ["title", "documentKind", "body"],
  list: ["title", "documentKind", "status"],
  form: [{ section: "Document", fields: ["title", "documentKind", "status"] }],
});
