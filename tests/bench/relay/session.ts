// What every driver of the bench offers, whatever wire it speaks: documents ("rooms") are joined, updated and left.

export type JoinHandlers = {
  /** State vector of what the client already holds. */
  readonly sv?: Uint8Array | undefined;
  /** What the room holds beyond that; the empty update when nothing is new. */
  readonly onStep2?: ((bytes: Uint8Array) => void) | undefined;
  readonly onUpdate?: ((bytes: Uint8Array) => void) | undefined;
  readonly onAck?: (() => void) | null | undefined;
  readonly onError?: ((error: Error) => void) | undefined;
};

export type Channel = { update(bytes: Uint8Array): void; leave(): void };

export type SessionStats = { readonly sockets: number; readonly bytesIn: number; readonly bytesOut: number };

/** One client of a server. */
export type Session = {
  join(room: string, handlers: JoinHandlers): Channel;
  stats(): SessionStats;
  close(): void;
  kill(): void;
};

export const emptyUpdate = new Uint8Array([0, 0]);
export const emptyStateVector = new Uint8Array([0]);
