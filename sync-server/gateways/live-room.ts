// One open live document: its sockets, its awareness, and its state as merged bytes while somebody has it open. No Y.Doc.

import { bytesEqual, isEmptyUpdate, joinUpdates, missingFrom, stateVectorOf } from "#shared/doc/update-bytes.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import { createLiveAwareness, type LiveAwareness, type Told, type Viewer } from "./live-awareness.ts";
import { awarenessMessage, syncMessage } from "./live-messages.ts";
import type { MemberSocket } from "./member-socket.ts";
import { wireFramesOf } from "./wire-frames.ts";

export type LiveRoom = {
  readonly docId: string;
  readonly space: string;
  /** Undefined for the presence of a space, which has no content (rule V6). */
  readonly meta: DocumentMeta | undefined;
  readonly sockets: Set<MemberSocket>;
  readonly awareness: LiveAwareness<MemberSocket>;
  /** Everything the document holds, as one update. */
  state(): Uint8Array;
  /** Whether an update brings anything the document lacks. */
  isNews(update: Uint8Array): boolean;
  committed(bytes: Uint8Array): void;
  /** Tells the sockets what was committed in this turn. */
  flush(mayRead: (socket: MemberSocket) => boolean): void;
  /** `from` undefined: everybody is told. */
  tellOthers(from: MemberSocket | undefined, told: Told, viewerOf: (socket: MemberSocket) => Viewer): void;
};

const emptyUpdate = new Uint8Array([0, 0]);
/** More parts than this are read again from the log, which folds them. */
const MAX_PARTS = 256;

/** Joins what can be joined: an update that decodes may still not merge with the others, and must not cost them. */
function joinReadable(parts: readonly Uint8Array[]): Uint8Array {
  // The first update of a document that was made to be opened live is often an empty one.
  const updates = parts.filter((part) => !isEmptyUpdate(part));
  try {
    return updates.length === 0 ? emptyUpdate : joinUpdates(updates);
  } catch {
    if (updates.length === 1) return emptyUpdate;
    const middle = updates.length >>> 1;
    const halves = [joinReadable(updates.slice(0, middle)), joinReadable(updates.slice(middle))].filter(
      (half) => !isEmptyUpdate(half),
    );
    try {
      return halves.length === 0 ? emptyUpdate : joinUpdates(halves);
    } catch {
      return halves[0] ?? emptyUpdate;
    }
  }
}

export function createLiveRoom(
  docId: string,
  space: string,
  meta: DocumentMeta | undefined,
  read: () => readonly Uint8Array[],
): LiveRoom {
  const sockets = new Set<MemberSocket>();
  let parts: Uint8Array[] | undefined;
  let toSend: Uint8Array[] = [];

  function state(): Uint8Array {
    if (meta === undefined) return emptyUpdate;
    const joined = joinReadable(parts ?? read());
    parts = [joined];
    return joined;
  }

  return {
    docId,
    space,
    meta,
    sockets,
    awareness: createLiveAwareness(),
    state,
    isNews(update) {
      const held = state();
      const vector = stateVectorOf(held);
      // No structs beyond ours, and the same deletions: what a client in step sends after every connect.
      return !bytesEqual(missingFrom(update, vector), missingFrom(held, vector));
    },
    committed(bytes) {
      toSend.push(bytes);
      if (parts !== undefined && parts.push(bytes) > MAX_PARTS) parts = undefined;
    },
    flush(mayRead) {
      // One message per update, all in one write: joining them would cost more than it saves.
      const frames = wireFramesOf(toSend.map((update) => syncMessage("update", update)));
      toSend = [];
      for (const socket of sockets) if (mayRead(socket)) socket.sendShared(frames);
    },
    tellOthers(from, told, viewerOf) {
      const framesOf = (entries: Told[Viewer]) =>
        entries.length === 0 ? undefined : wireFramesOf([awarenessMessage(entries)]);
      const frames = { team: framesOf(told.team), outside: framesOf(told.outside) };
      if (frames.team === undefined && frames.outside === undefined) return;
      for (const socket of sockets) {
        const own = socket === from ? undefined : frames[viewerOf(socket)];
        if (own !== undefined) socket.sendShared(own);
      }
    },
  };
}
