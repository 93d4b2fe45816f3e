// A device on the relay's feed: one socket, a cursor, batches in, pushes out. Rooms are documents of one facet in the
// account's only space.

import { inflateRawSync } from "node:zlib";
import * as decoding from "lib0/decoding";
import { docIdOf } from "#shared/model/ids.ts";
import { decodeRelayFrame, encodeClientFrame } from "#shared/protocol/frames.ts";
import { FEED_SUBPROTOCOL, PROTOCOL_VERSION } from "#shared/protocol/version.ts";
import { FACET, RECORD_TYPE, type Account } from "./accounts.ts";
import { openLoopbackSocket, type LoopbackSocket } from "./loopback-socket.ts";
import { emptyUpdate, type Channel, type JoinHandlers, type Session } from "./session.ts";
import { fetchTicket } from "./tickets.ts";

/** Tags of the two frames that carry entries (rule F3); they are read here without a copy. */
const BATCH = 2;
const DEFLATED_BATCH = 3;

type Cursor = { readonly logId: string; readonly seq: number };

/** How far a device got that held nothing before: what those with a state vector start from. */
const cursors = new Map<string, Cursor>();

/** `isKnown`: the relay has told of the document, or acked an update of it; a device says what it is until then. */
type Room = { readonly handlers: JoinHandlers; isUpToDate: boolean; isKnown: boolean };

export function openFeedSession(url: string, accountOf: (room: string) => Account): Session {
  const rooms = new Map<string, Room>();
  /** Arrived before anybody joined. */
  const early = new Map<string, Uint8Array[]>();
  const waiting: Uint8Array[] = [];
  const acks = new Map<number, Room>();
  let socket: LoopbackSocket | undefined;
  let account: Account | undefined;
  let onlyRoom: { readonly docId: Buffer; readonly room: Room } | undefined;
  let bytesForTicket = 0;
  let logId = "";
  let isUpToDate = false;
  let isEnded = false;
  let isNew = true;
  let nextN = 1;

  function fail(error: Error): void {
    if (isEnded) return;
    isEnded = true;
    for (const { handlers } of rooms.values()) handlers.onError?.(error);
  }

  function send(frame: Uint8Array): void {
    if (socket === undefined) waiting.push(frame);
    else socket.send(frame);
  }

  function deliver(room: Room, bytes: Uint8Array): void {
    room.isKnown ||= bytes !== emptyUpdate;
    if (room.isUpToDate) room.handlers.onUpdate?.(bytes);
    else {
      room.isUpToDate = true;
      room.handlers.onStep2?.(bytes);
    }
  }

  function roomOf(docId: Uint8Array): Room | undefined {
    // The usual case of the fan-out: a socket with one document. Comparing bytes saves making a string.
    if (onlyRoom !== undefined && onlyRoom.docId.equals(docId)) return onlyRoom.room;
    return rooms.get(Buffer.from(docId.buffer, docId.byteOffset, docId.length).toString("latin1"));
  }

  function receiveEntries(input: decoding.Decoder): void {
    for (let count = decoding.readVarUint(input); count > 0; count--) {
      decoding.readVarUint(input);
      const docId = decoding.readVarUint8Array(input);
      decoding.readVarUint(input);
      const bytes = decoding.readVarUint8Array(input);
      const room = roomOf(docId);
      if (room !== undefined) deliver(room, bytes);
      else {
        const name = Buffer.from(docId).toString("latin1");
        const before = early.get(name);
        if (before === undefined) early.set(name, [bytes]);
        else before.push(bytes);
      }
    }
  }

  function becomeUpToDate(seq: number): void {
    isUpToDate = true;
    if (isNew) cursors.set(url, { logId, seq });
    for (const room of rooms.values()) if (!room.isUpToDate) deliver(room, emptyUpdate);
  }

  function receive(frame: Uint8Array): void {
    if (frame[0] === BATCH || frame[0] === DEFLATED_BATCH) {
      const input = decoding.createDecoder(frame);
      decoding.readVarUint(input);
      decoding.readVarUint8Array(input);
      if (frame[0] === BATCH) receiveEntries(input);
      else receiveEntries(decoding.createDecoder(inflateRawSync(decoding.readVarUint8Array(input))));
      return;
    }
    const decoded = decodeRelayFrame(frame);
    if (!decoded.ok) return fail(new Error("unreadable frame"));
    const { value } = decoded;
    if (value.kind === "welcome") logId = value.logId;
    else if (value.kind === "upToDate") becomeUpToDate(value.seq);
    else if (value.kind === "ping") send(encodeClientFrame({ kind: "pong" }));
    else if (value.kind === "refused") fail(new Error(`refused: ${value.reason}`));
    else if (value.kind === "ack") {
      for (const { n } of value.acks) {
        const room = acks.get(n);
        acks.delete(n);
        if (room === undefined) continue;
        room.isKnown = true;
        room.handlers.onAck?.();
      }
    }
  }

  async function open(owner: Account): Promise<void> {
    const ticket = await fetchTicket(url, owner.token);
    bytesForTicket = ticket.bytes;
    if (isEnded) return;
    const opening = openLoopbackSocket(`${url}/feed?ticket=${ticket.ticket}`, {
      protocol: FEED_SUBPROTOCOL,
      open() {
        const cursor = isNew ? undefined : cursors.get(url);
        opening.send(
          encodeClientFrame({
            kind: "hello",
            protocol: PROTOCOL_VERSION,
            deviceId: "bench",
            logId: cursor?.logId ?? "",
            cursors: new Map(cursor === undefined ? [] : [[owner.space, cursor.seq]]),
          }),
        );
        socket = opening;
        for (const frame of waiting) opening.send(frame);
      },
      message: receive,
      closed: fail,
    });
  }

  function push(docId: string, recordId: string, room: Room, bytes: Uint8Array): void {
    const n = nextN++;
    if (!room.isKnown || room.handlers.onAck !== undefined) acks.set(n, room);
    const meta = { space: account?.space ?? "", type: RECORD_TYPE, recordId, facet: FACET };
    send(encodeClientFrame({ kind: "push", n, docId, bytes, ...(room.isKnown ? {} : { meta }) }));
  }

  return {
    join(name, handlers): Channel {
      const docId = docIdOf(name, FACET);
      const room: Room = { handlers, isUpToDate: false, isKnown: false };
      rooms.set(docId, room);
      onlyRoom = rooms.size === 1 ? { docId: Buffer.from(docId), room } : undefined;
      if (account === undefined) {
        account = accountOf(name);
        isNew = handlers.sv === undefined;
        open(account).catch(fail);
      }
      // Joining is nothing that the relay would ack: whoever counts two acks gets the first one here.
      queueMicrotask(() => {
        handlers.onAck?.();
        for (const bytes of early.get(docId) ?? (isUpToDate ? [emptyUpdate] : [])) deliver(room, bytes);
        early.delete(docId);
      });
      return { update: (bytes) => push(docId, name, room, bytes), leave: () => void rooms.delete(docId) };
    },
    stats: () => ({
      sockets: 1,
      bytesIn: (socket?.bytesIn ?? 0) + bytesForTicket,
      bytesOut: socket?.bytesOut ?? 0,
    }),
    close() {
      isEnded = true;
      socket?.close();
    },
    kill() {
      isEnded = true;
      socket?.kill();
    },
  };
}
