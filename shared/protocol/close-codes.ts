// Why a socket was closed. 44xx is final for the same credential (stock y-websocket clients stop too); 1012 and 4503 mean try again.

export const closeCodes = {
  restarting: 1012,
  badFrame: 4400,
  noTicket: 4401,
  /** Not yours, or does not exist: one answer for both. */
  forbidden: 4403,
  tooLarge: 4413,
  clientTooOld: 4426,
  tooFast: 4429,
  /** A reader that fell behind: reconnect and catch up from the cursor. */
  catchUp: 4503,
} as const;

/** Why a push was refused. The device shows `refusalSentences` in its "Not accepted" tray. */
export const refusalCodes = {
  forbidden: 1,
  badMeta: 2,
  tooLarge: 3,
  badUpdate: 4,
  documentFull: 5,
  /** A sealed record, and the one who sends it is not the one who signed it. */
  notTheSigner: 6,
  /** A sealed record whose signature does not hold, or that says what such a record may not say. */
  badSeal: 7,
  /** Signed with a key that is revoked, or that is not registered for a device of the author. */
  keyNotLive: 8,
  /** A sealed record is never changed, deleted or replaced. */
  sealed: 9,
  /** A field of it lies in another facet now (rule W10). */
  moved: 10,
  /** What the relay has of the document is damaged: the device keeps the change and sends it again (rule W13). */
  damaged: 11,
  /** From outside, and it leans on what the relay does not have: the device keeps it and tries again (rule W8). */
  early: 12,
} as const;

export type RefusalCode = (typeof refusalCodes)[keyof typeof refusalCodes];

export const refusalSentences: Readonly<Record<RefusalCode, string>> = {
  1: "You may not change this here. Ask a manager of the space, or keep your words as a comment.",
  2: "The server did not recognise where this belongs. Copy your words and enter them again.",
  3: "This single change is too large. Split it into smaller ones.",
  4: "The server could not read this change. Copy your words and enter them again.",
  5: "This document is full (2 MB). Move some of it to a new document.",
  6: "This was signed by somebody else. Everybody sends what he signed himself.",
  7: "The signature does not hold for this. Open it and sign it again.",
  8: "The key of this device no longer signs for you. Sign in again, then sign once more.",
  9: "This is signed and recorded. It cannot be changed or deleted; what you decide anew is recorded beside it.",
  10: "Who may see this was changed meanwhile. Look at it again, then try again or discard it.",
  11: "What the server has of this is damaged. The change stays on this device and is sent again when that is restored.",
  12: "The server lacks what this builds on. It stays on this device and is sent again.",
};
