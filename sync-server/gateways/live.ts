// The live gateway (PROTOCOL.md, section 7): plain y-websocket over the same log as the feed, so both always agree.

import type { WebSocket } from "ws";
import { isEmptyUpdate } from "#shared/doc/update-bytes.ts";
import { parseDocId } from "#shared/model/ids.ts";
import { isInternal, isPersona } from "#shared/model/personas.ts";
import { closeCodes, refusalCodes, refusalSentences, type RefusalCode } from "#shared/protocol/close-codes.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { Member } from "#sync-server/access/access.ts";
import { awarenessMessage, readMessage, syncMessage, type LiveMessage } from "./live-messages.ts";
import type { Viewer } from "./live-awareness.ts";
import { createLiveRoom, type LiveRoom } from "./live-room.ts";
import { createLiveStates, emptyStateVector, isNewReader, liveStateOf, type LiveState } from "./live-states.ts";
import { DamagedDocument, unlessDamaged } from "#sync-server/storage/damaged-document.ts";
import { writesDeparted } from "#sync-server/policy/departed-fields.ts";
import {
  closeAll,
  createMemberSocket,
  type GatewayDependencies,
  type GatewayLogger,
  type MemberSocket,
} from "./member-socket.ts";

export type LiveGateway = {
  /** Takes over a socket whose ticket was accepted. */
  accept(socket: WebSocket, member: Member, docId: string, logger?: GatewayLogger): void;
  /** Told of documents that a member is about to open: they are read in one go. Nothing is said of them. */
  expect(memberId: string, docIds: readonly string[]): void;
  /** Closes every socket with 1012. */
  close(): Promise<void>;
  stats(): { readonly connections: number; readonly documents: number; readonly waitingBytes: number };
};

const PRESENCE = "presence";
const nothing = liveStateOf([]);
/** Of documents that were read lately. */
const STATE_BYTES = 8 * 1024 * 1024;
/** What a client that has all of it may as well send back. */
const SMALL_BYTES = 4 * 1024;
/** Read ahead for one request, which is a few milliseconds' work. */
const EXPECTED_BYTES = 1024 * 1024;
const keepAlive = awarenessMessage([]);
/** Rule W13; a close frame has room for 123 bytes. */
const damaged = "what the server has of this is damaged: try again when it was restored";
const notYours = "not yours, or does not exist";

/** A stock client takes 44xx as final: what it would only send again and again must end here. */
function closeCodeOf(code: RefusalCode): number {
  if (code === refusalCodes.tooLarge || code === refusalCodes.documentFull) return closeCodes.tooLarge;
  if (code === refusalCodes.damaged) return closeCodes.catchUp;
  return code === refusalCodes.badUpdate || code === refusalCodes.early ? closeCodes.badFrame : closeCodes.forbidden;
}

export function createLiveGateway(deps: GatewayDependencies): LiveGateway {
  const { log, access, audit, logger, heartbeatMs = limits.heartbeatMs } = deps;
  const silenceMs = deps.silenceMs ?? (heartbeatMs * limits.silenceMs) / limits.heartbeatMs;
  const states = createLiveStates(log, STATE_BYTES);
  const rooms = new Map<string, LiveRoom>();
  const roomsBySocket = new Map<MemberSocket, LiveRoom>();
  const asked = new WeakSet<MemberSocket>();
  let dirty = new Set<LiveRoom>();
  let isClosed = false;

  const mayRead = ({ member }: MemberSocket, { meta, space }: Pick<LiveRoom, "meta" | "space">): boolean =>
    meta === undefined ? access.personaIn(space, member.id) !== undefined : access.mayRead(member.id, meta);

  /** What a docId stands for here, or undefined when there is nothing of that name. */
  function findRoom(docId: string): LiveRoom | undefined {
    const parsed = parseDocId(docId);
    if (!parsed.ok) return undefined;
    const open = rooms.get(docId);
    if (open !== undefined) return open;
    if (parsed.value.facet === PRESENCE) return createLiveRoom(docId, parsed.value.recordId, undefined, () => nothing);
    const meta = log.find(docId);
    return meta === undefined ? undefined : createLiveRoom(docId, meta.space, meta, () => states.of(docId));
  }

  /** Outsiders are not told of members of the team who only look on (rule V8). */
  const viewerIn =
    ({ space }: LiveRoom) =>
    ({ member }: MemberSocket): Viewer => {
      const persona = access.personaIn(space, member.id) ?? member.persona;
      return isPersona(persona) && isInternal(persona) ? "team" : "outside";
    };

  function enter(socket: MemberSocket, room: LiveRoom): void {
    rooms.set(room.docId, room);
    room.sockets.add(socket);
    roomsBySocket.set(socket, room);
    const present = room.awareness.all(viewerIn(room)(socket));
    if (present.length > 0) socket.send(awarenessMessage(present));
  }

  /**
   * A client with nothing has nothing to bring either, or what little came to it meanwhile: a small document is not gone through
   * for that. It is asked all the same, for edits of others may wait in it for what they were made on.
   */
  const questionTo = (stateVector: Uint8Array, state: LiveState): Uint8Array =>
    isNewReader(stateVector) && state.update.length <= SMALL_BYTES ? emptyStateVector : state.stateVector();

  /** What the client lacks; before the first of these answers, the question what the relay lacks. */
  function answerStep1(socket: MemberSocket, room: LiveRoom, stateVector: Uint8Array): void {
    const state = room.state();
    if (!asked.has(socket)) socket.send(syncMessage("step1", questionTo(stateVector, state)));
    asked.add(socket);
    socket.send(syncMessage("step2", state.missingFrom(stateVector)));
  }

  function leave(socket: MemberSocket): void {
    const room = roomsBySocket.get(socket);
    if (room === undefined) return;
    roomsBySocket.delete(socket);
    room.sockets.delete(socket);
    room.tellOthers(socket, room.awareness.leave(socket), viewerIn(room));
    if (room.sockets.size === 0) rooms.delete(room.docId);
  }

  function write(socket: MemberSocket, room: LiveRoom, kind: "step2" | "update", bytes: Uint8Array): void {
    const { docId, meta } = room;
    if (meta === undefined || isEmptyUpdate(bytes)) return;
    if (!access.mayWrite(socket.member.id, meta)) {
      // A reader's stock client repeats what it was sent in its step 2: only what is new to the document is an attempt.
      if (kind === "update" || bytes.length > limits.updateBytes || room.isNews(bytes))
        audit?.noteRefusal({
          action: "write.denied",
          actor: socket.member.id,
          target: docId,
          details: { over: "live" },
        });
      return;
    }
    if (writesDeparted({ access, log }, docId, meta, bytes)) {
      socket.close(closeCodes.forbidden, refusalSentences[refusalCodes.moved]);
      return;
    }
    // Within the limit first: looking for news costs what the update costs. The log refuses the rest.
    if (kind === "step2" && bytes.length <= limits.updateBytes && !room.isNews(bytes)) return;
    log.append({ docId, bytes, author: socket.member.id, source: socket }).then(
      (result) => {
        if (result.ok) {
          if (roomsBySocket.get(socket) === room)
            room.tellOthers(socket, room.awareness.typed(socket, Date.now()), viewerIn(room));
          return;
        }
        deps.meters?.refused(result.error.code);
        const { code, reason } = result.error;
        socket.close(closeCodeOf(code), code === refusalCodes.damaged ? damaged : reason);
      },
      (error: unknown) => {
        logger.error({ err: error, memberId: socket.member.id }, "an update could not be stored");
        socket.close(closeCodes.catchUp, "try again");
      },
    );
  }

  function handle(socket: MemberSocket, room: LiveRoom, message: LiveMessage): void {
    switch (message.kind) {
      case "step1":
        answerStep1(socket, room, message.bytes);
        return;
      case "step2":
      case "update":
        write(socket, room, message.kind, message.bytes);
        return;
      case "awareness": {
        const { id, name, persona } = socket.member;
        const identity = { memberId: id, name, persona: access.personaIn(room.space, id) ?? persona };
        const told = room.awareness.receive(socket, identity, message.entries);
        for (const { clientId } of told.team) deps.announce?.(room.docId, clientId, id);
        room.tellOthers(socket, told, viewerIn(room));
        return;
      }
      case "other":
    }
  }

  function receive(socket: MemberSocket, bytes: Uint8Array): void {
    const room = roomsBySocket.get(socket);
    if (room === undefined) return;
    socket.countUpdate(bytes.length);
    const message = readMessage(bytes);
    try {
      if (message.ok) handle(socket, room, message.value);
      else socket.close(closeCodes.badFrame, "unreadable message");
    } catch (error) {
      // Bytes inside a well-formed message that are no state vector or no update.
      if (!(error instanceof DamagedDocument)) socket.close(closeCodes.badFrame, "unreadable content");
      else socket.close(closeCodes.catchUp, damaged);
    }
  }

  function flush(): void {
    const flushing = dirty;
    dirty = new Set();
    for (const room of flushing) room.flush((socket) => mayRead(socket, room));
  }

  const unsubscribeLog = log.subscribe((committed) => {
    for (const { docId, bytes } of committed) {
      const room = rooms.get(docId);
      if (room === undefined) continue;
      room.committed(bytes);
      if (dirty.size === 0) setImmediate(flush);
      dirty.add(room);
    }
  });

  const unsubscribeErased = log.onErased((documents) => {
    for (const { docId } of documents) {
      states.forget(docId);
      for (const socket of rooms.get(docId)?.sockets ?? []) socket.close(closeCodes.forbidden, notYours);
    }
  });

  function closeForbidden(concerns: (socket: MemberSocket) => boolean): void {
    for (const [socket, room] of roomsBySocket)
      if (concerns(socket) && !mayRead(socket, room)) socket.close(closeCodes.forbidden, notYours);
  }

  const unsubscribeAccess = access.onSpacesChanged((memberIds) => {
    const changed = new Set(memberIds);
    closeForbidden(({ member }) => changed.has(member.id));
  });
  const unsubscribeLinks = access.onLinksChanged(() => closeForbidden(() => true));

  // One timer for all. The empty awareness update keeps a stock client from giving up a quiet document (rule V7).
  const heartbeat = setInterval(() => {
    for (const room of rooms.values()) room.tellOthers(undefined, room.awareness.rest(Date.now()), viewerIn(room));
    for (const socket of roomsBySocket.keys()) {
      if (socket.silence() > silenceMs) {
        socket.terminate();
        continue;
      }
      if (socket.idle() * 4 >= heartbeatMs) socket.send(keepAlive);
      socket.ping();
    }
  }, heartbeatMs);
  heartbeat.unref();

  return {
    accept(webSocket, member, docId, socketLogger = logger) {
      const socket = createMemberSocket(webSocket, member, deps, socketLogger, {
        message: (bytes) => receive(socket, bytes),
        closed: () => leave(socket),
      });
      const room = findRoom(docId);
      if (isClosed) socket.close(closeCodes.restarting, "the server restarts");
      else if (room === undefined || !mayRead(socket, room)) socket.close(closeCodes.forbidden, notYours);
      else if (!access.isSettledFor(member.id)) socket.close(closeCodes.catchUp, "try again");
      else if (log.isDamaged(docId)) socket.close(closeCodes.catchUp, damaged);
      else enter(socket, room);
    },
    expect(memberId, docIds) {
      let left = EXPECTED_BYTES;
      for (const docId of docIds) {
        const meta = log.find(docId);
        if (meta === undefined || rooms.has(docId) || !access.mayRead(memberId, meta)) continue;
        left -= unlessDamaged(() => states.of(docId))?.update.length ?? 0;
        if (left < 0) return;
      }
    },
    async close() {
      isClosed = true;
      clearInterval(heartbeat);
      unsubscribeAccess();
      unsubscribeLinks();
      flush();
      await closeAll([...roomsBySocket.keys()], () => roomsBySocket.size === 0);
      unsubscribeLog();
      unsubscribeErased();
    },
    stats: () => ({
      connections: roomsBySocket.size,
      documents: rooms.size,
      waitingBytes: [...roomsBySocket.keys()].reduce((total, socket) => total + socket.waitingBytes(), 0),
    }),
  };
}
