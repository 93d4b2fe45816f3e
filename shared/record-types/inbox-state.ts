import { defineRecordType } from "./define-record-type.ts";

/**
 * What one member has read, put off and switched off in the inbox. It lies in a space that only they are in, one record with
 * the id of that space, in a facet whatever persona they have may write. Sets, so that their devices merge.
 */
export const inboxState = defineRecordType({
  type: "inboxState",
  label: { one: "Inbox state", many: "Inbox states" },
  home: "personal",
  fields: {
    read: { kind: "multiChoice", label: "Read", options: {}, facet: "shared", hidden: true },
    /** `<ISO time> <item>`: away until then. */
    snoozed: { kind: "multiChoice", label: "Put off", options: {}, facet: "shared", hidden: true },
    muted: { kind: "multiChoice", label: "Switched off", options: {}, facet: "shared", hidden: true },
  },
  title: [],
  list: [],
  form: [],
});
