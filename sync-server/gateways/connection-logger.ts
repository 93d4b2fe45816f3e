// The log of one connection, under an id of its own. It is made when there is something to say: a thousand clients that come and
// go leave nothing where only warnings are written.

import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { GatewayLogger } from "./member-socket.ts";

type Level = "debug" | "info" | "warn" | "error";
export type ConnectionLogger = GatewayLogger & Record<"debug", (details: object, message: string) => void>;

export function createConnectionLogger(parent: Logger, endpoint: string): ConnectionLogger {
  let own: Logger | undefined;

  function write(level: Level, details: object, message: string): void {
    if (!parent.isLevelEnabled(level)) return;
    own ??= parent.child({ connection: randomUUID(), endpoint });
    own[level](details, message);
  }

  return {
    debug: (details, message) => write("debug", details, message),
    info: (details, message) => write("info", details, message),
    warn: (details, message) => write("warn", details, message),
    error: (details, message) => write("error", details, message),
  };
}
