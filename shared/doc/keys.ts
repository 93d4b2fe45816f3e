// The document version and the names of everything inside a facet's Y.Doc. Documents change additively: absent = empty,
// unknown = carried. Three version numbers exist and are never mixed: the protocol's (shared/protocol), this one, and
// the Dexie tables' (renderer/data).

export const DOCUMENT_VERSION = 1;

export const keys = {
  /** Y.Map { v, type, createdAt, createdBy } */
  meta: "meta",
  /** Y.Map field -> JSON value (last writer wins) */
  fields: "fields",
  /** Y.Map `field/digest of member` -> member: sets merge by member (older documents: `field/member` -> true) */
  sets: "sets",
  /** Y.Array of Change, append-only: who changed what in this facet */
  changes: "changes",
  /** Y.Map field -> ChangedByBoth */
  changedByBoth: "changedByBoth",
  /** Y.Map { deleted?: Deletion } */
  life: "life",
  /** Y.Map { entry, signature }: all of a sealed record (sealed-document.ts) */
  seal: "seal",
  /** Y.Text per long text field, Y.XmlFragment per rich text field */
  text: (field: string): string => `text/${field}`,
  rich: (field: string): string => `rich/${field}`,
} as const;
