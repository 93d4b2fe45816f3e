// One device's feed: who it is, which spaces it has, and the acks that wait their turn. What it is sent to catch up lies in
// feed-catch-up.ts, what it pushes in feed-pushes.ts.

import { canReadFacet } from "#shared/model/facets.ts";
import { isPersona } from "#shared/model/personas.ts";
import { closeCodes } from "#shared/protocol/close-codes.ts";
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
import type { CommittedUpdate } from "#sync-server/log/update-log.ts";
import { encodeAcks } from "./feed-batches.ts";
import { createCatchUp, type Subscription } from "./feed-catch-up.ts";
import { createFeedPushes } from "./feed-pushes.ts";
import type { GatewayDependencies, MemberSocket } from "./member-socket.ts";

type Hello = Extract<ClientFrame, { kind: "hello" }>;

export type FeedConnection = {
  readonly socket: MemberSocket;
  readonly subscriptions: ReadonlyMap<string, Subscription>;
  readonly isGreeted: boolean;
  receive(bytes: Uint8Array): void;
  /** Sends the acks that are due; called after the batches of a turn. */
  flushAcks(): void;
  /**
   * The member's spaces may have changed: welcome again, drop what was lost, catch up what was gained (rule F5). Where nothing
   * of it did and there is no other news, not even that somebody decided something is told.
   */
  updateSpaces(isNews: boolean): void;
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
  deps: GatewayDependencies,
  registry: FeedRegistry,
): FeedConnection {
  const { log, access, headsOf, helloMs = limits.helloMs } = deps;
  const subscriptions = new Map<string, Subscription>();
  const memberId = socket.member.id;
  let isGreeted = false;
  let acks: Ack[] = [];

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
    catchUp.add(subscription);
  }

  function unsubscribe(subscription: Subscription): void {
    subscription.isEnded = true;
    subscriptions.delete(subscription.space);
    registry.remove(subscription);
    // The updates are on disk; the device hears of it although the space is gone for it.
    if (subscription.heldAcks.length > 0) queueAcks(subscription.heldAcks);
  }

  let lastWelcome = "";

  function welcome(spaces: readonly SpaceInfo[], isNews: boolean): void {
    const policy = access.policyFor(memberId);
    const offlineHours = access.offlineHoursFor(memberId);
    // Without the heads: they come with the records of their chains.
    const content = JSON.stringify([spaces, policy, offlineHours]);
    if (content === lastWelcome && !isNews) return;
    lastWelcome = content;
    const told = spaces.map((space) => {
      const heads = (headsOf?.(space.id) ?? []).filter(({ facet }) =>
        mayRead({ space: space.id, type: "", recordId: "", facet }),
      );
      return heads.length === 0 ? space : { ...space, heads };
    });
    const decided = policy.version === 0 ? {} : { policy };
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

  function acked(n: number, update: CommittedUpdate): void {
    const { seq, at } = update;
    const subscription = subscriptions.get(access.carrierOf(memberId, update) ?? "");
    if (subscription === undefined || subscription.isLive) queueAcks([{ n, seq, at }]);
    else subscription.heldAcks.push({ n, seq, at });
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
    welcome(spaces, true);
    for (const info of spaces) {
      const cursor = hello.logId === log.logId ? (hello.cursors.get(info.id) ?? 0) : 0;
      const isLost = log.isLost(cursor);
      // Newer entries would hide that this device was further once: it is told first (rule R4).
      if (isLost && cursor <= log.seq) socket.send(encodeRelayFrame({ kind: "upToDate", space: info.id, seq: 0 }));
      subscribe(info, isLost ? 0 : cursor);
    }
    catchUp.start();
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
    updateSpaces(isNews) {
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
      if (hasChangedReading)
        welcome(
          spaces.filter((info) => subscriptions.has(info.id)),
          true,
        );
      welcome(spaces, isNews);
      // What was read in the lost space may be read through a link in another one (rule R9).
      const seq = registry.deliveredUpTo();
      if (hasLost) for (const space of subscriptions.keys()) connection.catchUpAgain(space, seq);
      for (const info of spaces) if (!subscriptions.has(info.id)) subscribe(info, 0);
      catchUp.start();
    },
    tellRemoved,
    catchUpAgain(space, seq) {
      const subscription = subscriptions.get(space);
      // One that is catching up comes upon it by itself.
      if (subscription === undefined || !subscription.isLive) return;
      subscription.isLive = false;
      subscription.sentUpTo = Math.max(subscription.sentUpTo, seq);
      catchUp.add(subscription);
      catchUp.start();
    },
    ended() {
      clearTimeout(helloTimer);
      for (const subscription of subscriptions.values()) unsubscribe(subscription);
      catchUp.clear();
      acks = [];
    },
  };
  const catchUp = createCatchUp(socket, deps, { tellRemoved, queueAcks });
  const receivePush = createFeedPushes(socket, deps, { source: connection, acked });
  return connection;
}
