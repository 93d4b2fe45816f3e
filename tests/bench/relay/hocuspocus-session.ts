// A client of Hocuspocus: many rooms on one socket, each frame begins with the room's name.

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { receiveSync, syncFrame } from "./live-session.ts";
import { openLoopbackSocket } from "./loopback-socket.ts";
import { emptyStateVector, type JoinHandlers, type Session } from "./session.ts";

const types = { sync: 0, auth: 2, syncReply: 4, close: 7, status: 8 } as const;
const DENIED = 1;
const CLIENT_VERSION = "4.7.0";

export function openHocuspocusSession(url: string): Session {
  const rooms = new Map<string, JoinHandlers>();
  let waiting: Uint8Array[] | undefined = [];
  const send = (frame: Uint8Array): void => {
    if (waiting === undefined) socket.send(frame);
    else waiting.push(frame);
  };
  const named = (room: string) => (out: encoding.Encoder) => encoding.writeVarString(out, room);

  function authFrame(room: string): Uint8Array {
    const out = encoding.createEncoder();
    encoding.writeVarString(out, room);
    encoding.writeVarUint(out, types.auth);
    encoding.writeVarUint(out, 0);
    encoding.writeVarString(out, "token");
    encoding.writeVarString(out, CLIENT_VERSION);
    return encoding.toUint8Array(out);
  }

  function closeFrame(room: string): Uint8Array {
    const out = encoding.createEncoder();
    encoding.writeVarString(out, room);
    encoding.writeVarUint(out, types.close);
    encoding.writeVarString(out, "bye");
    return encoding.toUint8Array(out);
  }

  const socket = openLoopbackSocket(url, {
    open() {
      const frames = waiting ?? [];
      waiting = undefined;
      for (const frame of frames) socket.send(frame);
    },
    message(frame) {
      const input = decoding.createDecoder(frame);
      const room = decoding.readVarString(input);
      const type = decoding.readVarUint(input);
      const handlers = rooms.get(room);
      if (handlers === undefined) return;
      if (type === types.sync || type === types.syncReply)
        receiveSync(input, handlers, (kind, bytes) => send(syncFrame(named(room), kind, bytes)));
      else if (type === types.status) handlers.onAck?.();
      else if (type === types.auth && decoding.readVarUint(input) === DENIED) handlers.onError?.(new Error("denied"));
      else if (type === types.close) handlers.onError?.(new Error("room closed"));
    },
    closed(error) {
      for (const handlers of rooms.values()) handlers.onError?.(error);
    },
  });

  return {
    join(room, handlers) {
      rooms.set(room, handlers);
      send(authFrame(room));
      send(syncFrame(named(room), "step1", handlers.sv ?? emptyStateVector));
      return {
        update: (bytes) => send(syncFrame(named(room), "update", bytes)),
        leave() {
          send(closeFrame(room));
          rooms.delete(room);
        },
      };
    },
    stats: () => ({ sockets: 1, bytesIn: socket.bytesIn, bytesOut: socket.bytesOut }),
    close: () => socket.close(),
    kill: () => socket.kill(),
  };
}
