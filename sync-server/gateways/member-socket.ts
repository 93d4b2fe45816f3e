// An accepted WebSocket of a member, for both gateways: writes of one turn leave in one system call, a reader that falls
// behind is closed, a writer that is too fast is read more slowly.

import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import { closeCodes, type RefusalCode } from "#shared/protocol/close-codes.ts";
import type { SpaceHead } from "#shared/protocol/frames.ts";
import { limits } from "#shared/protocol/limits.ts";
import type { Audit } from "#sync-server/access/audit-trail.ts";
import type { DocumentMeta } from "#shared/protocol/frames.ts";
import type { Access, Member } from "#sync-server/access/access.ts";
import type { UpdateLog } from "#sync-server/log/update-log.ts";
import type { ByteBudgets } from "./byte-budgets.ts";
import { wireFrameOf, type WireFrames } from "./wire-frames.ts";

export type GatewayLogger = Record<"info" | "warn" | "error", (details: object, message: string) => void>;

/** What monitoring counts of the gateways. */
export type GatewayMeters = {
  refused(code: RefusalCode): void;
  closed(code: number): void;
  caughtUp(bytes: number): void;
};

export type GatewayDependencies = {
  readonly log: UpdateLog;
  readonly access: Access;
  /** Told of updates refused to somebody who may once have been allowed to make them. */
  readonly tookTooLate?: (author: string, document: DocumentMeta, bytes: Uint8Array) => void;
  readonly logger: GatewayLogger;
  readonly meters?: GatewayMeters;
  /** Told which client ids members announce in live documents. */
  readonly announce?: (docId: string, client: number, memberId: string) => void;
  /** Told of writes that were refused for want of a right. */
  readonly audit?: Pick<Audit, "noteRefusal">;
  /** The heads of a space's chains of decisions, told with every welcome. */
  readonly headsOf?: (space: string) => readonly SpaceHead[];
  readonly now?: () => number;
  readonly heartbeatMs?: number;
  readonly silenceMs?: number;
  readonly helloMs?: number;
  /** Rule L2; an operator or a measurement may raise them. */
  readonly updatesPerSecond?: number;
  readonly updateBurst?: number;
  /** Rule L4; without them bytes are not counted. */
  readonly budgets?: ByteBudgets;
};

/** Rule R5. */
const BUFFERED_BYTES = 4 * 1024 * 1024;
/** Rule L2: so many seconds' worth over the limit, although the relay reads slower. */
const DEBT_SECONDS = 10;
const CLOSE_GRACE_MS = 2_000;

export type MemberSocket = {
  readonly member: Member;
  readonly isOpen: boolean;
  /** ms since something was last received. */
  silence(): number;
  /** ms since something was last sent. */
  idle(): number;
  /** Bytes that were sent and have not left: what a slow reader costs. */
  waitingBytes(): number;
  send(frame: Uint8Array): void;
  /** Sends frames that others get too, without a copy. */
  sendShared(frames: WireFrames): void;
  /** Resolves when the frame left the process (or the socket is gone): for catch-up, which waits for its reader. */
  sendAndWait(frame: Uint8Array): Promise<void>;
  /** Counts one update against the limits: may pause the socket or close it. */
  countUpdate(bytes: number): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
};

/** Sockets that have something to send at the end of this turn. */
let toFlush: (() => void)[] = [];

function flushAll(): void {
  const flushing = toFlush;
  toFlush = [];
  for (const flush of flushing) flush();
}

function flushLater(flush: () => void): void {
  if (toFlush.length === 0) setImmediate(flushAll);
  toFlush.push(flush);
}

type Handlers = { message(bytes: Uint8Array): void; closed(): void };

/**
 * The socket under a WebSocket: only there can several frames be joined into one write, and shared by many readers. Nothing is
 * compressed, so ws writes its own frames (pong, close) there at once as well, and the order holds.
 */
const rawSocketOf = (socket: WebSocket): Duplex | undefined => (socket as unknown as { _socket?: Duplex })._socket;

const bytesOf = (data: RawData): Uint8Array => {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
};

export function createMemberSocket(
  socket: WebSocket,
  member: Member,
  deps: GatewayDependencies,
  logger: GatewayLogger,
  handlers: Handlers,
): MemberSocket {
  const now = deps.now ?? Date.now;
  const perSecond = deps.updatesPerSecond ?? limits.updatesPerSecond;
  const burst = deps.updateBurst ?? limits.updateBurst;
  let lastReceived = now();
  let lastSent = now();
  let queued: WireFrames[] = [];
  let queuedDone: (() => void)[] | undefined;
  let isClosing = false;
  let closedWith: number | undefined;
  const budget = deps.budgets?.of(member.id);
  let tokens = burst;
  let refilledAt = now();
  let resumeTimer: NodeJS.Timeout | undefined;

  function close(code: number, reason: string): void {
    if (isClosing) return;
    // What was sent before arrives before.
    flush();
    if (isClosing) return;
    closedWith = code;
    isClosing = true;
    // A paused socket would never see the other side's close frame.
    socket.resume();
    socket.close(code, reason);
    if (code !== 1000) logger.info({ memberId: member.id, code, reason }, "socket closed");
    setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
  }

  /** Everything that was sent in this turn, in one write. */
  function flush(): void {
    const frames = queued;
    const done = queuedDone;
    queued = [];
    queuedDone = undefined;
    const [first] = frames;
    if (first === undefined) return;
    const raw = rawSocketOf(socket);
    const whenWritten = done === undefined ? undefined : () => done.forEach((tell) => tell());
    if (raw === undefined || raw.destroyed) {
      whenWritten?.();
      return;
    }
    raw.write(frames.length === 1 ? first : Buffer.concat(frames), whenWritten);
    if (raw.writableLength > BUFFERED_BYTES) close(closeCodes.catchUp, "too slow: catch up from your cursor");
  }

  function write(frames: WireFrames, done?: () => void): void {
    if (isClosing || socket.readyState !== socket.OPEN) {
      done?.();
      return;
    }
    if (queued.length === 0) flushLater(flush);
    lastSent = now();
    queued.push(frames);
    if (done !== undefined) (queuedDone ??= []).push(done);
  }

  function refill(): void {
    const at = now();
    tokens = Math.min(burst, tokens + ((at - refilledAt) / 1000) * perSecond);
    refilledAt = at;
  }

  /** Some spare tokens before reading again, or every update would pause anew. What was already read still counts. */
  function resumeLater(): void {
    const spare = ((perSecond / 10 - tokens) / perSecond) * 1000;
    resumeTimer = setTimeout(
      () => {
        refill();
        lastReceived = now();
        if (tokens < 1 || (budget?.wait() ?? 0) > 0) resumeLater();
        else socket.resume();
      },
      Math.max(spare, budget?.wait() ?? 0),
    );
  }

  socket.on("message", (data, isBinary) => {
    // Closed by whoever accepted it (the session ended): what still arrives before the other side agrees is not heard.
    if (isClosing || socket.readyState !== socket.OPEN) return;
    lastReceived = now();
    const bytes = bytesOf(data);
    if (!isBinary) close(closeCodes.badFrame, "binary frames only");
    else if (bytes.length > limits.frameBytes) close(closeCodes.tooLarge, "frame over 1 MiB");
    else handlers.message(bytes);
  });
  socket.on("pong", () => (lastReceived = now()));
  // ws closes the socket itself; without a listener the error would end the process.
  socket.on("error", (error) => logger.info({ memberId: member.id, reason: error.message }, "socket failed"));
  socket.on("close", (code) => {
    // Whoever does not read does not take the close frame either: what counts is why it was closed here.
    deps.meters?.closed(closedWith ?? code);
    isClosing = true;
    clearTimeout(resumeTimer);
    handlers.closed();
  });

  return {
    member,
    get isOpen() {
      return !isClosing && socket.readyState === socket.OPEN;
    },
    // While the relay itself does not read, silence says nothing.
    silence: () => (socket.isPaused ? 0 : now() - lastReceived),
    idle: () => now() - lastSent,
    waitingBytes: () => rawSocketOf(socket)?.writableLength ?? 0,
    send: (frame) => write(wireFrameOf([frame])),
    sendShared: (frames) => write(frames),
    sendAndWait: (frame) => new Promise((resolve) => write(wireFrameOf([frame]), () => resolve())),
    countUpdate(bytes) {
      if (budget?.isHostile() === true) {
        close(closeCodes.tooFast, "too many updates that cannot be applied");
        return;
      }
      refill();
      tokens -= 1;
      const wait = budget?.spend(bytes) ?? 0;
      if (tokens >= 0 && wait === 0) return;
      if (tokens < -perSecond * DEBT_SECONDS || budget?.isFlooded() === true) {
        close(closeCodes.tooFast, "too many updates");
        return;
      }
      if (socket.isPaused || isClosing) return;
      socket.pause();
      resumeLater();
    },
    ping() {
      if (socket.readyState === socket.OPEN) socket.ping();
    },
    close,
    terminate: () => socket.terminate(),
  };
}

/** Closes sockets and waits until they are gone, the unwilling ones included. */
export async function closeAll(sockets: Iterable<MemberSocket>, isEmpty: () => boolean): Promise<void> {
  for (const socket of sockets) socket.close(closeCodes.restarting, "the server restarts");
  const deadline = Date.now() + CLOSE_GRACE_MS + 500;
  while (!isEmpty() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
}
