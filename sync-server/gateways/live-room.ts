// One open live document: its sockets, its awareness, and its state while somebody has it open.

import { bytesEqual, missingFrom } from "#shared/doc/update-bytes.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import { createLiveAwareness, type LiveAwareness, type Told, type Viewer } from "./live-awareness.ts";
import { awarenessMessage, syncMessage } from "./live-messages.ts";
import { liveStateOf, type LiveState } from "./live-states.ts";
import type { MemberSocket } from "./member-socket.ts";
import { wireFramesOf } from "./wire-frames.ts";

export type LiveRoom = {
  readonly docId: string;
  readonly space: string;
  /** Undefined for the presence of a space, which has no content (rule V6). */
  readonly meta: DocumentMeta | undefined;
  readonly sockets: Set<MemberSocket>;
  readonly awareness: LiveAwareness<MemberSocket>;
  state(): LiveState;
  /** Whether an update brings anything the document lacks. */
  isNews(update: Uint8Array): boolean;
  committed(bytes: Uint8Array): void;
  /** Tells the sockets what was committed in this turn. */
  flush(mayRead: (socket: MemberSocket) => boolean): void;
  /** `from` undefined: everybody is told. */
  tellOthers(from: MemberSocket | undefined, told: Told, viewerOf: (socket: MemberSocket) => Viewer): void;
};

/** More updates than this are read again from the log, which folds them. */
const MAX_UPDATES = 256;

export function createLiveRoom(
  docId: string,
  space: string,
  meta: DocumentMeta | undefined,
  read: () => LiveState,
): LiveRoom {
  const sockets = new Set<MemberSocket>();
  let held: LiveState | undefined;
  /** Committed since it was read. */
  let newer: Uint8Array[] = [];
  let toSend: Uint8Array[] = [];

  function state(): LiveState {
    const joined = held === undefined ? read() : newer.length === 0 ? held : liveStateOf([held.update, ...newer]);
    held = joined;
    newer = [];
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
      const current = state();
      const vector = current.stateVector();
      // No structs beyond ours, and the same deletions: what a client in step sends after every connect.
      return !bytesEqual(missingFrom(update, vector), current.missingFrom(vector));
    },
    committed(bytes) {
      toSend.push(bytes);
      if (held === undefined || newer.push(bytes) <= MAX_UPDATES) return;
      held = undefined;
      newer = [];
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
