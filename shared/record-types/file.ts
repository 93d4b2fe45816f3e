import { defineRecordType } from "./define-record-type.ts";

/**
 * A file beside a record. The record says what it is and by which hash its bytes are known; they travel on their own, to who
 * reads this record (PROTOCOL.md, section 9). Another content is another file.
 */
export const file = defineRecordType({
  type: "file",
  label: { one: "File", many: "Files" },
  home: "any",
  placement: "chosen",
  fields: {
    name: { kind: "text", label: "Name", required: true },
    mimeType: { kind: "text", label: "Type" },
    size: { kind: "number", label: "Bytes", min: 0, required: true },
    sha256: { kind: "text", label: "SHA-256", required: true },
    about: { kind: "relation", label: "Attached to", to: "*" },
  },
  title: "name",
  authored: ["name", "mimeType", "size", "sha256", "about"],
  approvable: ["name", "mimeType", "size", "sha256"],
  list: ["name", "size"],
  form: [{ section: "File", fields: ["name", "mimeType", "size", "sha256"] }],
  parent: "about",
});
