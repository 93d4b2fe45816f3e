// From HTTP to WebSocket: the origin is checked before (rule E4), the ticket after accepting (rule E3), and only then does a
// gateway see the socket (rule E6). Who keeps coming without a ticket is braked (rule L3). Nothing here knows what travels
// over it.

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Logger } from "pino";
import { WebSocketServer, type WebSocket } from "ws";
import { parseDocId } from "#shared/model/ids.ts";
import { closeCodes } from "#shared/protocol/close-codes.ts";
import { limits } from "#shared/protocol/limits.ts";
import { FEED_SUBPROTOCOL } from "#shared/protocol/version.ts";
import type { Access, Member } from "#sync-server/access/access.ts";
import { createSignInBrake } from "#sync-server/access/sign-in-brake.ts";
import { refuseUpgrade, type UpgradeListener } from "#sync-server/http-listener.ts";
import { createConnectionLogger, type ConnectionLogger } from "./connection-logger.ts";
import type { GatewayLogger } from "./member-socket.ts";
import { isAllowedOrigin } from "./origin.ts";

type UpgradeOptions = {
  readonly access: Access;
  readonly allowedOrigins: readonly string[];
  readonly logger: Logger;
  readonly sessionCheckMs?: number;
  /** A proxy is in front: the address is the one it wrote into the header. */
  readonly behindTls: boolean;
  readonly now?: () => number;
  readonly acceptFeed: (socket: WebSocket, member: Member, logger: GatewayLogger) => void;
  readonly acceptLive: (socket: WebSocket, member: Member, docId: string, logger: GatewayLogger) => void;
};

export type Upgrades = {
  /** For the HTTP server. */
  readonly onUpgrade: UpgradeListener;
  /** No new sockets from now on; the gateways close theirs. */
  stop(): void;
  /** Ends what is left. */
  close(): void;
};

export type UpgradeTarget = { readonly kind: "feed" } | { readonly kind: "live"; readonly docId: string };

/** An ended session is told of at once; one that grew too old is found by looking. */
const SESSION_CHECK_MS = 30_000;
const CLOSE_GRACE_MS = 2_000;
const REFUSAL_WINDOW_MS = 60_000;

/** ws reports a frame over the limit as 1009; the protocol's word for it is 4413. */
const WS_MESSAGE_TOO_BIG = 1009;

function targetOf(path: string): UpgradeTarget | undefined {
  if (path === "/feed") return { kind: "feed" };
  const docId = /^\/live\/([\w.%-]+)$/.exec(path)?.[1];
  return docId === undefined ? undefined : { kind: "live", docId };
}

/** With a proxy in front: what that proxy wrote, which is the last part; what a client put before it counts for nothing. */
function addressOf(request: IncomingMessage, behindTls: boolean): string {
  const header = behindTls ? request.headers["x-forwarded-for"] : undefined;
  const forwarded = (Array.isArray(header) ? header.join(",") : header)?.split(",").at(-1)?.trim() ?? "";
  return forwarded === "" ? (request.socket.remoteAddress ?? "") : forwarded;
}

export function createUpgrades(options: UpgradeOptions): Upgrades {
  const { access, allowedOrigins, acceptFeed, acceptLive } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameBytes,
    perMessageDeflate: false,
    // A client that offers only versions we do not speak still gets its answer (4426) instead of a failed handshake.
    handleProtocols: (offered) => (offered.has(FEED_SUBPROTOCOL) ? FEED_SUBPROTOCOL : ([...offered][0] ?? false)),
  });
  const sessions = new Map<WebSocket, string>();
  const brake = createSignInBrake(limits.refusedUpgradesPerMinute, REFUSAL_WINDOW_MS, options.now ?? Date.now);
  let isStopping = false;

  function endSession(socket: WebSocket): void {
    sessions.delete(socket);
    socket.close(closeCodes.noTicket, "sign in again");
    setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
  }

  const unsubscribe = access.onSessionEnded((ended) => {
    for (const [socket, session] of sessions) if (session === ended) endSession(socket);
  });
  const sessionCheck = setInterval(() => {
    for (const [socket, session] of sessions) if (!access.isLiveSession(session)) endSession(socket);
  }, options.sessionCheckMs ?? SESSION_CHECK_MS);
  sessionCheck.unref();

  /** A flood of these must neither fill the log nor hold sockets open. The first ones of an address are logged like any. */
  function refuseTicket(socket: WebSocket, request: IncomingMessage, logger: ConnectionLogger): void {
    const counted = brake.tryNow([addressOf(request, options.behindTls)]);
    socket.on("error", (error) => logger.debug({ reason: error.message }, "socket failed before it was let in"));
    if (counted) socket.on("close", (code) => logger.info({ code }, "socket closed"));
    if (counted) socket.close(closeCodes.noTicket, "sign in again");
    else socket.close(closeCodes.tooFast, "wait a minute, then try again");
    setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
  }

  function admit(socket: WebSocket, target: UpgradeTarget, ticket: string, request: IncomingMessage): void {
    const logger = createConnectionLogger(options.logger, target.kind);
    // First the ticket, then the brake: colleagues behind one address, or one proxy, never pay for somebody else's tries.
    const admission = access.redeemTicket(ticket, target.kind === "live" ? target.docId : undefined);
    if (admission === undefined) return refuseTicket(socket, request, logger);
    const close = socket.close.bind(socket);
    socket.close = (code, reason) => close(code === WS_MESSAGE_TOO_BIG ? closeCodes.tooLarge : code, reason);
    socket.on("error", (error) => logger.info({ reason: error.message }, "socket failed"));
    socket.on("close", (code) => {
      sessions.delete(socket);
      logger.info({ code }, "socket closed");
    });
    const { member, session } = admission;
    sessions.set(socket, session);
    logger.info({ memberId: member.id }, "socket opened");
    if (target.kind === "feed") {
      return socket.protocol === FEED_SUBPROTOCOL
        ? acceptFeed(socket, member, logger)
        : socket.close(closeCodes.clientTooOld, "update the app");
    }
    if (!parseDocId(target.docId).ok) return socket.close(closeCodes.forbidden, "not yours, or does not exist");
    acceptLive(socket, member, target.docId, logger);
  }

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", (error) => options.logger.debug({ reason: error.message }, "socket failed before the upgrade"));
    const [path = "", query = ""] = (request.url ?? "").split("?");
    const target = targetOf(path);
    if (isStopping) return refuseUpgrade(socket, "503 Service Unavailable");
    if (target === undefined) return refuseUpgrade(socket, "404 Not Found");
    if (!isAllowedOrigin(request.headers.origin, request.headers.host, allowedOrigins))
      return refuseUpgrade(socket, "403 Forbidden");
    const ticket = /(?:^|&)ticket=([\w-]+)/.exec(query)?.[1] ?? "";
    // The answer and the first messages, which go at the end of this turn, leave in one write.
    socket.cork();
    sockets.handleUpgrade(request, socket, head, (webSocket) => admit(webSocket, target, ticket, request));
    setImmediate(() => socket.uncork());
  }

  return {
    onUpgrade,
    stop: () => void (isStopping = true),
    close() {
      unsubscribe();
      clearInterval(sessionCheck);
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}
