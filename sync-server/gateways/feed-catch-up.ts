// How a space gets to a device: what lies beyond its cursor, space after space, until nothing is left and commits go out as
// they happen (section 3 of PROTOCOL.md).

import { closeCodes } from "#shared/protocol/close-codes.ts";
import { encodeRelayFrame, type Ack, type DocumentMeta } from "#shared/protocol/frames.ts";
import { isSnapshot, type CatchUpEntry } from "#sync-server/log/update-log.ts";
import { catchUpFrames, encodeEntry, placedFrames } from "./feed-batches.ts";
import type { FeedConnection } from "./feed-connection.ts";
import { linkedSince, newestPlacement, removedSince, returnedSince } from "./feed-placements.ts";
import type { GatewayDependencies, MemberSocket } from "./member-socket.ts";

/** A space on its way to a device. Until it is live, commits are left to the catch-up. */
export type Subscription = {
  readonly connection: FeedConnection;
  readonly space: string;
  persona: string;
  isLive: boolean;
  isEnded: boolean;
  /** Everything up to here was sent, or is the device's own. */
  sentUpTo: number;
  /** The newest number the device was told: of something it may read. Of what lies beyond it learns nothing, not even when. */
  toldUpTo: number;
  /** Whether the device has to hear that it is up to date: at first, and when something was sent. */
  hasNews: boolean;
  /** Updates that this device pushed while it was catching up: not echoed. */
  readonly ownSeqs: Set<number>;
  /** Acks may not overtake the entries before them (rule W1). */
  heldAcks: Ack[];
};

export type CatchUp = {
  /** Puts a subscription behind those that wait; `start` goes on with them. */
  add(subscription: Subscription): void;
  start(): void;
  /** Nothing more is caught up. */
  clear(): void;
};

type Connection = {
  readonly tellRemoved: FeedConnection["tellRemoved"];
  readonly queueAcks: (acks: readonly Ack[]) => void;
};

export function createCatchUp(
  socket: MemberSocket,
  { log, access, logger, meters }: GatewayDependencies,
  { tellRemoved, queueAcks }: Connection,
): CatchUp {
  const memberId = socket.member.id;
  const mayRead = (document: DocumentMeta): boolean => access.mayRead(memberId, document);
  let toCatchUp: Subscription[] = [];
  let isCatchingUp = false;

  /** Rules R7 to R9: what links brought into the space, brought back, and took out of it. */
  async function sendPlacements(subscription: Subscription): Promise<void> {
    const { space, sentUpTo: cursor } = subscription;
    const reader = { memberId, space, cursor };
    const send = async (isLinked: boolean, entries: Iterable<CatchUpEntry>): Promise<void> => {
      for (const frame of placedFrames(space, isLinked, encodeForeign(entries, subscription))) {
        if (subscription.isEnded || !socket.isOpen) return;
        await socket.sendAndWait(frame);
      }
    };
    await send(true, linkedSince({ access, log }, reader));
    await send(false, returnedSince({ access, log }, reader));
    if (subscription.isEnded) return;
    const docIds = removedSince({ access, log }, reader);
    if (docIds.length === 0) return;
    subscription.hasNews = true;
    socket.send(encodeRelayFrame({ kind: "removed", space, docIds }));
  }

  /** Sends what lies beyond the cursor until nothing is left, and goes live in the same turn: no gap, no duplicate. */
  async function catchUp(subscription: Subscription): Promise<void> {
    const { space } = subscription;
    // A value this member does not read any more may still lie in a document he does (rule F8).
    if (!access.isSettledFor(memberId)) await access.settledFor(memberId);
    if (subscription.isEnded || !socket.isOpen) return;
    // A device that starts from nothing holds nothing to drop.
    if (subscription.sentUpTo > 0) tellRemoved(space, log.erasedSince(space, subscription.sentUpTo));
    subscription.isLive = false;
    const startedAt = log.seq;
    const erasedBefore = log.erasedSince(space, startedAt).length;
    const { count } = log.catchUp(space, subscription.sentUpTo, mayRead);
    // A link of something hidden is no news: neither this frame nor `upToDate` may tell of it.
    if (count > 0) subscription.hasNews = true;
    if (subscription.hasNews) socket.send(encodeRelayFrame({ kind: "catchUp", space, entries: count }));
    while (subscription.sentUpTo < log.seq) {
      const upTo = log.seq;
      const { entries } = log.catchUp(space, subscription.sentUpTo, mayRead);
      for await (const frame of catchUpFrames(space, encodeForeign(entries, subscription))) {
        if (subscription.isEnded || !socket.isOpen) return;
        meters?.caughtUp(frame.length);
        await socket.sendAndWait(frame);
      }
      await sendPlacements(subscription);
      if (subscription.isEnded || !socket.isOpen) return;
      subscription.sentUpTo = upTo;
    }
    // Told of when it happened; an entry of it may have been on its way then.
    const erased = log.erasedSince(space, startedAt);
    if (erased.length > erasedBefore) tellRemoved(space, erased);
    const placed = newestPlacement({ access, log }, { memberId, space });
    subscription.toldUpTo = Math.max(subscription.toldUpTo, Math.min(placed, subscription.sentUpTo));
    subscription.isLive = true;
    subscription.ownSeqs.clear();
    if (subscription.hasNews) socket.send(encodeRelayFrame({ kind: "upToDate", space, seq: subscription.toldUpTo }));
    subscription.hasNews = false;
    if (subscription.heldAcks.length > 0) queueAcks(subscription.heldAcks);
    subscription.heldAcks = [];
  }

  function* encodeForeign(entries: Iterable<CatchUpEntry>, subscription: Subscription): Generator<Uint8Array> {
    for (const entry of entries) {
      subscription.toldUpTo = Math.max(subscription.toldUpTo, entry.seq);
      // A snapshot may bear the number of such a push, and holds what others wrote before it as well.
      if (!isSnapshot(entry) && subscription.ownSeqs.has(entry.seq)) continue;
      subscription.hasNews = true;
      yield encodeEntry(entry);
    }
  }

  async function catchUpAll(): Promise<void> {
    if (isCatchingUp) return;
    isCatchingUp = true;
    try {
      for (let next = toCatchUp.shift(); next !== undefined; next = toCatchUp.shift()) {
        if (!next.isEnded && socket.isOpen) await catchUp(next);
      }
    } catch (error) {
      logger.error({ err: error, memberId }, "catch-up failed");
      socket.close(closeCodes.catchUp, "try again");
    } finally {
      isCatchingUp = false;
    }
  }

  return {
    add: (subscription) => void toCatchUp.push(subscription),
    start: () => void catchUpAll(),
    clear() {
      toCatchUp = [];
    },
  };
}
