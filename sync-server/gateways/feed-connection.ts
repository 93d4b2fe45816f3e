// One device's feed: its spaces, how far each has been sent, and the acks that wait their turn.

import { canReadFacet } from "#shared/model/facets.ts";
import { isPersona } from "#shared/model/personas.ts";
import { closeCodes, refusalCodes, refusalSentences, type RefusalCode } from "#shared/protocol/close-codes.ts";
import {
  decodeClientFrame,
  encodeRelayFrame,
  type Ack,
  type ClientFrame,
  type DocumentMeta,
  type SpaceInfo,
} from "#shared/protocol/frames.ts";
import { limits } from "#shared/protocol/limits.ts";
import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { writesDeparted } from "#sync-server/policy/departed-fields.ts";
import { isSoundMeta } from "#sync-server/log/open-update-log.ts";
import type { CatchUpEntry } from "#sync-server/log/update-log.ts";
import { catchUpFrames, encodeAcks, encodeEntry, placedFrames } from "./feed-batches.ts";
import { linkedSince, newestPlacement, removedSince, returnedSince } from "./feed-placements.ts";
import type { GatewayDependencies, MemberSocket } from "./member-socket.ts";

type Push = Extract<ClientFrame, { kind: "push" }>;
type Hello = Extract<ClientFrame, { kind: "hello" }>;

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
  /** Pushed by this device while it was catching up: not echoed. */
  readonly ownSeqs: Set<number>;
  /** Acks may not overtake the entries before them (rule W1). */
  heldAcks: Ack[];
};

export type FeedConnection = {
  readonly socket: MemberSocket;
  readonly subscriptions: ReadonlyMap<string, Subscription>;
  readonly isGreeted: boolean;
  receive(bytes: Uint8Array): void;
  /** Sends the acks that are due; called after the batches of a turn. */
  flushAcks(): void;
  /** The member's spaces changed: welcome again, drop what was lost, catch up what was gained (rule F5). */
  updateSpaces(): void;
  /** Documents that are gone for everybody: the device drops those it may read. */
  tellRemoved(space: string, documents: readonly { readonly docId: string; readonly facet: string }[]): void;
  /** What a space holds for this member changed by links: catch up again from `seq`, up to which everything was sent. */
  catchUpAgain(space: string, seq: number): void;
  ended(): void;
};

export type FeedRegistry = {
  add(subscription: Subscription): void;
  remove(subscription: Subscription): void;
  /** Every commit up to here was given to the subscriptions that are live. */
  deliveredUpTo(): number;
  /** Asks for flushAcks at the end of this turn. */
  wantFlush(connection: FeedConnection): void;
};

/** `facets`: all there are; a name no version will know stands for the unknown ones (rule W6). */
const readsAlike = (before: string, after: string, facets: readonly string[]): boolean =>
  before === after ||
  (isPersona(before) &&
    isPersona(after) &&
    [...facets, "unknown-facet"].every((facet) => canReadFacet(facet, before) === canReadFacet(facet, after)));

const pong = encodeRelayFrame({ kind: "pong" });

export function createFeedConnection(
  socket: MemberSocket,
  { log, access, audit, logger, meters, tookTooLate, headsOf, helloMs = limits.helloMs }: GatewayDependencies,
  registry: FeedRegistry,
): FeedConnection {
  const subscriptions = new Map<string, Subscription>();
  const memberId = socket.member.id;
  let isGreeted = false;
  let acks: Ack[] = [];
  let toCatchUp: Subscription[] = [];
  let isCatchingUp = false;
  /** Pushes behind one whose space is being made: a document's updates stay in order. */
  let waitingPushes: Push[] | undefined;

  const helloTimer = setTimeout(() => socket.close(closeCodes.noTicket, "no hello"), helloMs);

  const mayRead = (document: DocumentMeta): boolean => access.mayRead(memberId, document);

  function subscribe(info: SpaceInfo, cursor: number): void {
    const subscription: Subscription = {
      connection,
      space: info.id,
      persona: info.persona,
      isLive: false,
      isEnded: false,
      sentUpTo: cursor,
      toldUpTo: cursor,
      hasNews: true,
      ownSeqs: new Set(),
      heldAcks: [],
    };
    subscriptions.set(info.id, subscription);
    registry.add(subscription);
    toCatchUp.push(subscription);
  }

  function unsubscribe(subscription: Subscription): void {
    subscription.isEnded = true;
    subscriptions.delete(subscription.space);
    registry.remove(subscription);
    // The updates are on disk; the device hears of it although the space is gone for it.
    if (subscription.heldAcks.length > 0) queueAcks(subscription.heldAcks);
  }

  function welcome(spaces: readonly SpaceInfo[]): void {
    const told = spaces.map((space) => {
      const heads = (headsOf?.(space.id) ?? []).filter(({ facet }) =>
        mayRead({ space: space.id, type: "", recordId: "", facet }),
      );
      return heads.length === 0 ? space : { ...space, heads };
    });
    const policy = access.policyFor(memberId);
    const decided = policy.version === 0 ? {} : { policy };
    const offlineHours = access.offlineHoursFor(memberId);
    const { logId } = log;
    socket.send(encodeRelayFrame({ kind: "welcome", logId, memberId, spaces: told, ...decided, offlineHours }));
  }

  function tellRemoved(space: string, documents: readonly { readonly docId: string; readonly facet: string }[]): void {
    const isReadable = (facet: string): boolean => mayRead({ space, type: "", recordId: "", facet });
    const docIds = documents.filter(({ facet }) => isReadable(facet)).map(({ docId }) => docId);
    if (docIds.length > 0) socket.send(encodeRelayFrame({ kind: "removed", space, docIds }));
  }

  function queueAcks(more: readonly Ack[]): void {
    acks.push(...more);
    registry.wantFlush(connection);
  }

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
      if (subscription.ownSeqs.has(entry.seq)) continue;
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

  function greet(hello: Hello): void {
    clearTimeout(helloTimer);
    if (hello.protocol < OLDEST_PROTOCOL_VERSION) {
      socket.close(closeCodes.clientTooOld, "this app is too old for the server: update it");
      return;
    }
    if (hello.protocol > PROTOCOL_VERSION) {
      socket.close(closeCodes.badFrame, "this app is newer than the server");
      return;
    }
    isGreeted = true;
    const spaces = access.spacesOf(memberId);
    welcome(spaces);
    for (const info of spaces) {
      const cursor = hello.logId === log.logId ? (hello.cursors.get(info.id) ?? 0) : 0;
      const isLost = log.isLost(cursor);
      // Newer entries would hide that this device was further once: it is told first (rule R4).
      if (isLost && cursor <= log.seq) socket.send(encodeRelayFrame({ kind: "upToDate", space: info.id, seq: 0 }));
      subscribe(info, isLost ? 0 : cursor);
    }
    void catchUpAll();
  }

  function refuse({ n, docId }: Push, code: RefusalCode, reason: string = refusalSentences[code]): void {
    if (code === refusalCodes.forbidden)
      audit?.noteRefusal({ action: "write.denied", actor: memberId, target: docId, details: { over: "feed" } });
    meters?.refused(code);
    socket.send(encodeRelayFrame({ kind: "refused", n, code, reason }));
  }

  /** Rule W12: what was allowed once is kept for whoever decides. A link that ended since names the home it led to. */
  function refuseForbidden(frame: Push, meta: DocumentMeta): void {
    const space = access.links.find(meta.recordId, meta.space)?.home ?? meta.space;
    tookTooLate?.(memberId, { ...meta, space }, frame.bytes);
    refuse(frame, refusalCodes.forbidden);
  }

  function receivePush(frame: Push): void {
    if (waitingPushes === undefined) handlePush(frame);
    else waitingPushes.push(frame);
  }

  function handlePush(frame: Push): void {
    const known = log.find(frame.docId);
    const meta = known ?? homeMeta(frame.meta);
    // Judged by itself, before anything is looked up: it must not tell whether the document exists (rule E5).
    if (frame.meta !== undefined && !isSoundMeta(frame.docId, frame.meta)) refuse(frame, refusalCodes.badMeta);
    // Not yours and does not exist: one answer (rule E5).
    else if (meta === undefined) refuse(frame, refusalCodes.forbidden);
    else if (known === undefined && access.personaIn(meta.space, memberId) === undefined) void makeSpace(frame, meta);
    else append(frame, meta);
  }

  /** Rule W9: who holds a record through a link knows its home by that space only. */
  function homeMeta(meta: DocumentMeta | undefined): DocumentMeta | undefined {
    const link = meta === undefined ? undefined : access.links.find(meta.recordId, meta.space);
    return meta === undefined || link === undefined || link.sources.length === 0 ? meta : { ...meta, space: link.home };
  }

  /** Rule W5. What arrives meanwhile waits, because it may lean on this push. */
  async function makeSpace(frame: Push, meta: DocumentMeta): Promise<void> {
    const waiting: Push[] = [];
    waitingPushes = waiting;
    try {
      if (await access.ensureSpace(memberId, meta)) append(frame, meta);
      else refuseForbidden(frame, meta);
    } catch (error) {
      logger.error({ err: error, memberId }, "a space could not be made");
      socket.close(closeCodes.catchUp, "try again");
    }
    waitingPushes = undefined;
    // Handled like new arrivals: one of them may make a space too.
    for (const next of waiting) receivePush(next);
  }

  function append(frame: Push, meta: DocumentMeta): void {
    const { docId, bytes } = frame;
    if (!access.mayWrite(memberId, meta)) {
      refuseForbidden(frame, meta);
      return;
    }
    if (writesDeparted({ access, log }, docId, meta, bytes)) {
      refuse(frame, refusalCodes.moved);
      return;
    }
    log
      .append({
        docId,
        bytes,
        author: memberId,
        source: connection,
        ...(frame.meta === undefined ? {} : { meta: homeMeta(frame.meta) ?? frame.meta }),
      })
      .then(
        (result) => {
          if (!result.ok) {
            refuse(frame, result.error.code, result.error.reason);
            return;
          }
          const { seq, at } = result.value;
          const subscription = subscriptions.get(access.carrierOf(memberId, result.value) ?? "");
          if (subscription === undefined || subscription.isLive) queueAcks([{ n: frame.n, seq, at }]);
          else subscription.heldAcks.push({ n: frame.n, seq, at });
        },
        (error: unknown) => {
          logger.error({ err: error, memberId }, "an update could not be stored");
          socket.close(closeCodes.catchUp, "try again");
        },
      );
  }

  const connection: FeedConnection = {
    socket,
    subscriptions,
    get isGreeted() {
      return isGreeted;
    },
    receive(bytes) {
      const decoded = decodeClientFrame(bytes);
      if (!decoded.ok) {
        socket.close(closeCodes.badFrame, "unreadable frame");
        return;
      }
      const frame = decoded.value;
      if ((frame.kind === "hello") === isGreeted) socket.close(closeCodes.badFrame, "hello comes first and once");
      else if (frame.kind === "hello") greet(frame);
      else if (frame.kind === "push") {
        socket.countUpdate(frame.bytes.length);
        receivePush(frame);
      } else if (frame.kind === "ping") socket.send(pong);
    },
    flushAcks() {
      if (acks.length === 0) return;
      socket.send(encodeAcks(acks));
      acks = [];
    },
    updateSpaces() {
      if (!isGreeted || !socket.isOpen) return;
      const spaces = access.spacesOf(memberId);
      const byId = new Map(spaces.map((info) => [info.id, info]));
      let hasChangedReading = false;
      let hasLost = false;
      for (const subscription of subscriptions.values()) {
        const info = byId.get(subscription.space);
        const isAlike = info !== undefined && readsAlike(subscription.persona, info.persona, access.facets());
        hasLost ||= !isAlike;
        if (!isAlike) unsubscribe(subscription);
        else subscription.persona = info.persona;
        hasChangedReading ||= info !== undefined && !isAlike;
      }
      // Another persona reads other facets: the device drops the space and gets it anew, as that persona sees it.
      if (hasChangedReading) welcome(spaces.filter((info) => subscriptions.has(info.id)));
      welcome(spaces);
      // What was read in the lost space may be read through a link in another one (rule R9).
      const seq = registry.deliveredUpTo();
      if (hasLost) for (const space of subscriptions.keys()) connection.catchUpAgain(space, seq);
      for (const info of spaces) if (!subscriptions.has(info.id)) subscribe(info, 0);
      void catchUpAll();
    },
    tellRemoved,
    catchUpAgain(space, seq) {
      const subscription = subscriptions.get(space);
      // One that is catching up comes upon it by itself.
      if (subscription === undefined || !subscription.isLive) return;
      subscription.isLive = false;
      subscription.sentUpTo = Math.max(subscription.sentUpTo, seq);
      toCatchUp.push(subscription);
      void catchUpAll();
    },
    ended() {
      clearTimeout(helloTimer);
      for (const subscription of subscriptions.values()) unsubscribe(subscription);
      toCatchUp = [];
      acks = [];
    },
  };
  return connection;
}
