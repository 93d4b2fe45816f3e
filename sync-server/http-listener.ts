// The relay's port, open before there is anything to serve: whoever asks while the log is still being read is told to come
// back in a moment, and a port that is taken is found before a data folder is touched.

import { lookup } from "node:dns/promises";
import { once } from "node:events";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { err, ok, type Result } from "#shared/model/result.ts";

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

export async function listen({ port, host }: Address): Promise<Result<HttpListener, { readonly message: string }>> {
  let handlers: Handlers = { request: sayLoading, upgrade: refuseWhileLoading };

  async function bind(address: string, onPort: number): Promise<Server> {
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) =>
      handlers.request(request, response),
    );
    server.on("upgrade", (request, socket, head) => handlers.upgrade(request, socket, head));
    server.listen({ host: address, port: onPort });
    await once(server, "listening");
    return server;
  }

  try {
    const [first = host, ...others] = await addressesOf(host);
    const server = await bind(first, port);
    const taken = (server.address() as AddressInfo).port;
    // Not every machine has the other family.
    const bound = await Promise.allSettled(others.map((address) => bind(address, taken)));
    const servers = [server, ...bound.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []))];
    return ok({
      port: taken,
      server,
      serve: (served) => void (handlers = served),
      close: async () => void (await Promise.all(servers.map(end))),
    });
  } catch (error) {
    return err({ message: listenSentence(error, { port, host }) });
  }
}

async function end(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
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
