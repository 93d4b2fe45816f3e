// What the organization's audit can say: one word for code and filters, one for people. Events name people, spaces and
// records by id only, never by value, so that erasing somebody's data leaves the audit whole.

export const auditActions = {
  "organization.set-up": "Set up the organization",
  "organization.offline-terms": "Changed how long devices may go without contact",
  "session.opened": "Signed in",
  "session.refused": "Sign-in refused",
  "session.closed": "Signed out",
  "member.added": "Added a person",
  "member.removed": "Removed a person",
  "member.changed": "Changed a person's role",
  "member.ended": "Ended somebody's access",
  "member.restored": "Gave somebody access again",
  "password.changed": "Changed the password",
  "password.reset-made": "Made a link to set a password",
  "password.reset": "Set a password by link",
  "password.refused": "Password refused",
  "invitation.made": "Invited somebody",
  "invitation.accepted": "Invitation accepted",
  "invitation.cancelled": "Invitation cancelled",
  "invitation.refused": "Invitation refused",
  "space.made": "Made a space",
  "space.archived": "Archived a space",
  "space.joined": "Added to a space",
  "space.persona-changed": "Changed a persona in a space",
  "space.left": "Removed from a space",
  "record.linked": "Linked a record",
  "record.unlinked": "Unlinked a record",
  "rule.saved": "Saved a share rule",
  "rule.removed": "Removed a share rule",
  "policy.changed": "Changed who sees what",
  "persona.changed": "Changed a persona",
  "write.denied": "Write denied",
  "edit.decided": "Decided on a late edit",
  "lens.opened": "Viewed as somebody",
  "export.made": "Exported data",
  "key.enrolled": "Enrolled a device key",
  "key.revoked": "Revoked a device key",
  "consent.withdrawn": "Consent withdrawn",
  "consent.given": "Consent given again",
  "erasure.requested": "Erasure requested",
  "erasure.declined": "Erasure declined",
  "erasure.done": "Data erased",
  "relay.restored": "Server restored from a backup",
} as const satisfies Record<string, string>;

export type AuditAction = keyof typeof auditActions;

export const isAuditAction = (text: string): text is AuditAction => Object.hasOwn(auditActions, text);

/** Words about an event: ids, numbers, names of fields, facets and personas. No value of a field, no name, no address. */
export type AuditDetails = Readonly<Record<string, string | number | boolean>>;
