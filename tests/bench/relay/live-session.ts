// A stock client of a y-websocket server: one socket per room.

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import { openLoopbackSocket, type LoopbackSocket } from "./loopback-socket.ts";
import { emptyStateVector, emptyUpdate, type JoinHandlers, type Session } from "./session.ts";

const SYNC = 0;
const syncTypes = { step1: 0, step2: 1, update: 2 } as const;

/** A sync message, behind whatever the wire puts before it. */
export function syncFrame(prefix: (out: encoding.Encoder) => void, kind: keyof typeof syncTypes, bytes: Uint8Array) {
  const out = encoding.createEncoder();
  prefix(out);
  encoding.writeVarUint(out, SYNC);
  encoding.writeVarUint(out, syncTypes[kind]);
  encoding.writeVarUint8Array(out, bytes);
  return encoding.toUint8Array(out);
}

const nothingBefore = (): void => undefined;

/** Hands a sync message to the room; `reply` sends the answer to a step 1, which is that nothing is missing. */
export function receiveSync(
  input: decoding.Decoder,
  handlers: JoinHandlers,
  reply: (kind: "step2", bytes: Uint8Array) => void,
): void {
  const type = decoding.readVarUint(input);
  const payload = decoding.readVarUint8Array(input);
  if (type === syncTypes.step1) reply("step2", emptyUpdate);
  else if (type === syncTypes.step2) handlers.onStep2?.(payload);
  else handlers.onUpdate?.(payload);
}

/** Where a room is found, with its credential; what finding it cost on the wire counts. */
export type RoomAddress = { readonly path: string; readonly bytes: number };

export function openLiveSession(url: string, addressOf: (room: string) => Promise<RoomAddress>): Session {
  const sockets = new Set<LoopbackSocket>();
  let opened = 0;
  let bytesForAddresses = 0;
  let isEnded = false;

  return {
    join(room, handlers) {
      let socket: LoopbackSocket | undefined;
      async function open(): Promise<void> {
        const { path, bytes } = await addressOf(room);
        bytesForAddresses += bytes;
        if (isEnded) return;
        opened += 1;
        const own = openLoopbackSocket(`${url}/${path}`, {
          open: () => own.send(syncFrame(nothingBefore, "step1", handlers.sv ?? emptyStateVector)),
          message(frame) {
            const input = decoding.createDecoder(frame);
            if (decoding.readVarUint(input) !== SYNC) return;
            receiveSync(input, handlers, (kind, payload) => own.send(syncFrame(nothingBefore, kind, payload)));
          },
          closed: (error) => handlers.onError?.(error),
        });
        socket = own;
        sockets.add(own);
      }
      open().catch((error: unknown) => handlers.onError?.(error instanceof Error ? error : new Error(String(error))));
      return {
        update: (bytes) => socket?.send(syncFrame(nothingBefore, "update", bytes)),
        leave() {
          if (socket === undefined) return;
          sockets.delete(socket);
          socket.close();
        },
      };
    },
    stats() {
      const all = [...sockets];
      return {
        sockets: opened,
        bytesIn: all.reduce((total, { bytesIn }) => total + bytesIn, 0) + bytesForAddresses,
        bytesOut: all.reduce((total, { bytesOut }) => total + bytesOut, 0),
      };
    },
    close() {
      isEnded = true;
      for (const socket of sockets) socket.close();
    },
    kill() {
      isEnded = true;
      for (const socket of sockets) socket.kill();
    },
  };
}

/** What of a client's own edits an update brings back. */
export const clockOf = (update: Uint8Array, client: number): number => Y.parseUpdateMeta(update).to.get(client) ?? 0;
