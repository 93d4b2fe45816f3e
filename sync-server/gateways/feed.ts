// The feed gateway (PROTOCOL.md, sections 2 to 6): commits of a turn become one batch per space and kind of reader, shared
// by every device that reads the same.

import type { WebSocket } from "ws";
import { closeCodes } from "#shared/protocol/close-codes.ts";
import { encodeRelayFrame } from "#shared/protocol/frames.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { Member } from "#sync-server/access/access.ts";
import type { CommittedUpdate } from "#sync-server/log/update-log.ts";
import { createLiveBatch, encodeEntry, placedFrames, type LiveBatch } from "./feed-batches.ts";
import type { Subscription } from "./feed-catch-up.ts";
import { createFeedConnection, type FeedConnection } from "./feed-connection.ts";
import { closeAll, createMemberSocket, type GatewayDependencies, type GatewayLogger } from "./member-socket.ts";
import type { WireFrames } from "./wire-frames.ts";

export type FeedGateway = {
  /** Takes over a socket whose ticket was accepted. */
  accept(socket: WebSocket, member: Member, logger?: GatewayLogger): void;
  /** Closes every socket with 1012. */
  close(): Promise<void>;
  stats(): { readonly connections: number; readonly subscriptions: number; readonly waitingBytes: number };
};

const ping = encodeRelayFrame({ kind: "ping" });

export function createFeedGateway(deps: GatewayDependencies): FeedGateway {
  const { log, access, logger, heartbeatMs = limits.heartbeatMs } = deps;
  const silenceMs = deps.silenceMs ?? (heartbeatMs * limits.silenceMs) / limits.heartbeatMs;
  /** By themselves: a connection is also the source of what it appends. */
  const connections = new Map<object, FeedConnection>();
  const subscriptionsBySpace = new Map<string, Set<Subscription>>();
  let committed: CommittedUpdate[] = [];
  let wantingFlush = new Set<FeedConnection>();
  let isFlushScheduled = false;
  let isClosed = false;
  let deliveredSeq = 0;

  function scheduleFlush(): void {
    if (isFlushScheduled) return;
    isFlushScheduled = true;
    setImmediate(flush);
  }

  function flush(): void {
    isFlushScheduled = false;
    const updates = committed;
    const connectionsToFlush = wantingFlush;
    committed = [];
    wantingFlush = new Set();
    for (const [space, inSpace] of Map.groupBy(updates, (update) => update.space)) deliver(space, inSpace);
    deliverLinked(updates);
    deliveredSeq = Math.max(deliveredSeq, updates.at(-1)?.seq ?? 0);
    // After the batches: an ack lets the device move its cursor past them (rule W1).
    for (const connection of connectionsToFlush) connection.flushAcks();
  }

  function deliver(space: string, updates: readonly CommittedUpdate[]): void {
    const subscriptions = subscriptionsBySpace.get(space);
    if (subscriptions === undefined) return;
    const firstSeq = updates[0]?.seq ?? 0;
    const sources = new Set(updates.map((update) => update.source));
    const batchByPersona = new Map<string, LiveBatch<CommittedUpdate>>();

    /** Rights hang on the persona in the space and the facet, so one member of a persona stands for all. */
    function batchFor(memberId: string, persona: string): LiveBatch<CommittedUpdate> {
      let batch = batchByPersona.get(persona);
      if (batch === undefined) {
        const readable = updates.filter((update) => access.readsIn(space, memberId, update));
        batchByPersona.set(persona, (batch = createLiveBatch(space, readable)));
      }
      return batch;
    }

    function framesFor(subscription: Subscription, persona: string): readonly WireFrames[] {
      const { connection, sentUpTo } = subscription;
      const batch = batchFor(connection.socket.member.id, persona);
      subscription.toldUpTo = Math.max(subscription.toldUpTo, batch.newestSeq);
      return sentUpTo < firstSeq && !sources.has(connection)
        ? batch.frames()
        : batch.framesWithout((update) => update.seq <= sentUpTo || update.source === connection);
    }

    for (const subscription of subscriptions) {
      if (!subscription.isLive) continue;
      // Asked again for every batch: whoever lost the space a moment ago gets nothing more.
      const persona = access.personaIn(space, subscription.connection.socket.member.id);
      if (persona === undefined) continue;
      for (const frame of framesFor(subscription, persona)) subscription.connection.socket.sendShared(frame);
    }
  }

  /** Rule R8: updates of documents whose home is elsewhere, to those who get them through a link. */
  function deliverLinked(updates: readonly CommittedUpdate[]): void {
    const updatesBySpace = new Map<string, CommittedUpdate[]>();
    for (const update of updates)
      for (const space of access.links.spacesOf(update.recordId)) {
        const linked = updatesBySpace.get(space);
        if (linked === undefined) updatesBySpace.set(space, [update]);
        else linked.push(update);
      }
    for (const [space, linked] of updatesBySpace) {
      for (const subscription of subscriptionsBySpace.get(space) ?? []) {
        const { connection, isLive, sentUpTo } = subscription;
        if (!isLive) continue;
        const { id } = connection.socket.member;
        const readable = linked.filter((update) => access.carrierOf(id, update) === space);
        // Of this turn's last update it would learn that it was, readable or not.
        const seq = (subscription.toldUpTo = Math.max(subscription.toldUpTo, readable.at(-1)?.seq ?? 0));
        const toSend = readable.filter((update) => update.seq > sentUpTo && update.source !== connection);
        if (toSend.length === 0) continue;
        for (const frame of placedFrames(space, true, toSend.map(encodeEntry))) connection.socket.send(frame);
        connection.socket.send(encodeRelayFrame({ kind: "upToDate", space, seq }));
      }
    }
  }

  function noteOwn(update: CommittedUpdate): void {
    const connection = connections.get(update.source);
    if (connection === undefined) return;
    const space = access.carrierOf(connection.socket.member.id, update) ?? "";
    const subscription = connection.subscriptions.get(space);
    if (subscription !== undefined && !subscription.isLive) subscription.ownSeqs.add(update.seq);
  }

  const unsubscribeLog = log.subscribe((updates) => {
    for (const update of updates) {
      committed.push(update);
      noteOwn(update);
    }
    scheduleFlush();
  });

  const unsubscribeAccess = access.onSpacesChanged((memberIds, isNews) => {
    const changed = new Set(memberIds);
    for (const connection of connections.values())
      if (changed.has(connection.socket.member.id)) connection.updateSpaces(isNews);
  });

  /** Told whether the document was readable: its name is no secret to those who hold it. */
  const unsubscribeErased = log.onErased((documents) => {
    const places = documents.flatMap((document) =>
      [document.space, ...access.links.spacesOf(document.recordId)].map((space) => ({ space, document })),
    );
    for (const [space, erased] of Map.groupBy(places, (place) => place.space)) {
      const gone = erased.map(({ document }) => document);
      for (const { connection } of subscriptionsBySpace.get(space) ?? []) connection.tellRemoved(space, gone);
    }
  });

  const unsubscribeLinks = access.onLinksChanged((spaces) => {
    const seq = registry.deliveredUpTo();
    for (const space of spaces)
      for (const { connection } of subscriptionsBySpace.get(space) ?? []) connection.catchUpAgain(space, seq);
  });

  // One timer for all: an open socket is no proof of a network (rule F6).
  const heartbeat = setInterval(() => {
    for (const { socket, isGreeted } of connections.values()) {
      if (socket.silence() > silenceMs) socket.terminate();
      else if (isGreeted) socket.send(ping);
    }
  }, heartbeatMs);
  heartbeat.unref();

  const registry = {
    add(subscription: Subscription): void {
      const { space } = subscription;
      const subscriptions = subscriptionsBySpace.get(space) ?? new Set<Subscription>();
      subscriptionsBySpace.set(space, subscriptions.add(subscription));
    },
    remove(subscription: Subscription): void {
      const subscriptions = subscriptionsBySpace.get(subscription.space);
      subscriptions?.delete(subscription);
      if (subscriptions?.size === 0) subscriptionsBySpace.delete(subscription.space);
    },
    deliveredUpTo(): number {
      // What is committed belongs before the change that asks.
      flush();
      return deliveredSeq;
    },
    wantFlush(connection: FeedConnection): void {
      wantingFlush.add(connection);
      scheduleFlush();
    },
  };

  return {
    accept(webSocket, member, socketLogger = logger) {
      const socket = createMemberSocket(webSocket, member, deps, socketLogger, {
        message: (bytes) => connection.receive(bytes),
        closed() {
          connections.delete(connection);
          connection.ended();
        },
      });
      const connection = createFeedConnection(socket, { ...deps, logger: socketLogger }, registry);
      connections.set(connection, connection);
      if (isClosed) socket.close(closeCodes.restarting, "the server restarts");
    },
    async close() {
      isClosed = true;
      clearInterval(heartbeat);
      unsubscribeAccess();
      unsubscribeLinks();
      // What is already committed still goes out, acks included.
      flush();
      await closeAll(
        [...connections.values()].map(({ socket }) => socket),
        () => connections.size === 0,
      );
      unsubscribeLog();
      unsubscribeErased();
    },
    stats: () => ({
      connections: connections.size,
      subscriptions: [...connections.values()].reduce((total, connection) => total + connection.subscriptions.size, 0),
      waitingBytes: [...connections.values()].reduce((total, { socket }) => total + socket.waitingBytes(), 0),
    }),
  };
}
