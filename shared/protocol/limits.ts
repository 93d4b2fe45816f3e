// Limits of the wire (PROTOCOL.md, section 6). Bytes, milliseconds, counts.

export const limits = {
  updateBytes: 256 * 1024,
  documentBytes: 2 * 1024 * 1024,
  frameBytes: 1024 * 1024,
  updatesPerSecond: 100,
  updateBurst: 300,
  /** Of updates, per member from outside; ten times as many for one of the team. */
  kilobytesPerMinute: 5 * 1024,
  teamBytesFactor: 10,
  structsPerUpdate: 10_000,
  /** Links of a chain in one request (rule S9). */
  linksHandedBack: 200,
  ticketMs: 60_000,
  /** Live documents that one request may ask tickets for, and tickets of one session that may wait to be used when it asks. */
  ticketsAtOnce: 1_000,
  waitingTickets: 4_000,
  heartbeatMs: 20_000,
  /** An open socket that stayed silent this long is treated as dead. */
  silenceMs: 45_000,
  helloMs: 5_000,
  batchEntries: 500,
  fileBytes: 25_000_000,
  /** A device sends a file in parts of this size, and goes on after the last one that arrived. */
  filePartBytes: 1_000_000,
  /** Bytes of files a minute, as a multiple of those of updates: a photograph does not slow down words. */
  fileBytesFactor: 10,
  awarenessBytes: 1024,
  /** Sockets without a valid ticket, per address. */
  refusedUpgradesPerMinute: 60,
} as const;

/** What one push may be: larger ones are split (rule L1). */
export const onePush = { bytes: limits.updateBytes, structs: limits.structsPerUpdate } as const;
