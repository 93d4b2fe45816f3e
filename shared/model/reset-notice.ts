/** What whoever holds the link for a new password is told: enough to see that it is theirs. */
export type ResetNotice = {
  readonly organization: string;
  readonly name: string;
  readonly emailHint: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
};
