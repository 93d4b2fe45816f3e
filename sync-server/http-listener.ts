// The relay's port, open before there is anything to serve: whoever asks while the log is still being read is told to come
// back in a moment, and a port that is taken is found before a data folder is touched.

import { lookup } from "node:dns/promises";
import { once } from "node:events";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { assert, err, ok, type Result } from "#shared/model/result.ts";
import { readUpgrade } from "./upgrade-request.ts";

// An import would read everything it exports, and what it exports of WebSockets loads an HTTP client: 40 ms of each start.
const { createServer } = process.getBuiltinModule("node:http");

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

type Handlers = { readonly request: RequestListener; readonly upgrade: UpgradeListener };

export type HttpListener = {
  readonly port: number;
  readonly server: Server;
  /** From now on requests and upgrades go there. */
  serve(handlers: Handlers): void;
  close(): Promise<void>;
};

/** `silent`: connections of which nothing came yet; the server does not know them. */
type Bound = { readonly server: Server; readonly silent: ReadonlySet<Socket> };

type Address = { readonly port: number; readonly host: string };

/** Longer than proxies keep a connection, so that none sends a request into one that is being closed. */
const KEEP_ALIVE_MS = 72_000;
const RETRY_AFTER_SECONDS = "1";

/** A page asks again by itself, and the desktop app, which comes from another origin, may read what it is told. */
const sayLoading: RequestListener = ({ url }, response) => {
  const isAlive = url === "/healthz";
  const again = { "retry-after": RETRY_AFTER_SECONDS, refresh: RETRY_AFTER_SECONDS };
  response.writeHead(isAlive ? 200 : 503, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "access-control-allow-origin": "*",
    ...(isAlive ? {} : again),
  });
  response.end(JSON.stringify({ status: isAlive ? "ok" : "loading" }));
};

const refuseWhileLoading: UpgradeListener = (_request, socket) => {
  // It is gone either way.
  socket.on("error", () => socket.destroy());
  refuseUpgrade(socket, "503 Service Unavailable", `Retry-After: ${RETRY_AFTER_SECONDS}\r\n`);
};

export function refuseUpgrade(socket: Duplex, status: string, headers = ""): void {
  socket.end(`HTTP/1.1 ${status}\r\n${headers}Connection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** `localhost` has an address in each family, and callers try either. */
const addressesOf = async (host: string): Promise<readonly string[]> =>
  host === "localhost" ? (await lookup(host, { all: true })).map(({ address }) => address) : [host];

/**
 * WebSockets go to `upgrade` from the first bytes of their connection; every other connection goes on to the HTTP server as if
 * nobody had looked. Returns the connections of which nothing came yet.
 */
function takeUpgrades(server: Server, upgrade: UpgradeListener): ReadonlySet<Socket> {
  const silent = new Set<Socket>();
  const [toHttp] = server.listeners("connection");
  assert(toHttp !== undefined, "an HTTP server listens to its connections");
  server.removeAllListeners("connection");
  server.on("connection", (socket) => {
    const giveUp = (): void => void socket.destroy();
    silent.add(socket);
    socket.setTimeout(server.headersTimeout);
    socket.once("timeout", giveUp);
    socket.once("end", giveUp);
    socket.on("error", giveUp);
    socket.once("close", () => silent.delete(socket));
    socket.once("data", (bytes: Buffer) => {
      silent.delete(socket);
      socket.setTimeout(0);
      socket.off("timeout", giveUp);
      socket.off("end", giveUp);
      socket.off("error", giveUp);
      const found = readUpgrade(socket, bytes);
      if (found !== undefined) return upgrade(found.request, socket, found.head);
      socket.pause();
      socket.unshift(bytes);
      toHttp.call(server, socket);
      // Its parser reads from the system; what was read here is given to it by the stream.
      process.nextTick(() => socket.resume());
    });
  });
  return silent;
}

export async function listen({ port, host }: Address): Promise<Result<HttpListener, { readonly message: string }>> {
  let handlers: Handlers = { request: sayLoading, upgrade: refuseWhileLoading };

  async function bind(address: string, onPort: number): Promise<Bound> {
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) =>
      handlers.request(request, response),
    );
    const upgrade: UpgradeListener = (request, socket, head) => handlers.upgrade(request, socket, head);
    server.on("upgrade", upgrade);
    const silent = takeUpgrades(server, upgrade);
    server.listen({ host: address, port: onPort });
    await once(server, "listening");
    return { server, silent };
  }

  try {
    const [first = host, ...others] = await addressesOf(host);
    const main = await bind(first, port);
    const taken = (main.server.address() as AddressInfo).port;
    // Not every machine has the other family.
    const bound = await Promise.allSettled(others.map((address) => bind(address, taken)));
    const all = [main, ...bound.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []))];
    return ok({
      port: taken,
      server: main.server,
      serve: (served) => void (handlers = served),
      close: async () => void (await Promise.all(all.map(end))),
    });
  } catch (error) {
    return err({ message: listenSentence(error, { port, host }) });
  }
}

async function end({ server, silent }: Bound): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  for (const socket of silent) socket.destroy();
  await closed;
}

function listenSentence(error: unknown, { port, host }: Address): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE")
    return `Port ${port} is already in use. Stop the program that uses it, or choose another port with --port.`;
  if (code === "EACCES")
    return `Port ${port} needs more rights than this user has. Choose a port from 1024 on with --port.`;
  return `Cannot listen on ${host}. Choose an address of this machine with --host.`;
}
