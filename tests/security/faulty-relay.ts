// A relay with faults: the real one behind a server that adds to its answers and to what its sockets say. What it lets out
// goes over real connections to a real device, and is recorded there like everything else.

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { decodeRelayFrame } from "#shared/protocol/frames.ts";

export type Answered = { readonly status: number; readonly headers: Record<string, string>; readonly body: Buffer };

export type Faults = {
  /** What becomes of an answer to `METHOD /path`. */
  answer(asked: string, answered: Answered): Answered;
  /** Messages that follow the first catch-up of a feed, and the first word of an open document. */
  readonly feed: readonly Uint8Array[];
  readonly live: readonly Uint8Array[];
};

export type FaultyRelay = { readonly port: number; close(): Promise<void> };

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

export async function openFaultyRelay(address: string, faults: Faults): Promise<FaultyRelay> {
  const server = createServer((request, response) => {
    void (async () => {
      const { method = "GET", url = "/", headers } = request;
      const body = await bodyOf(request);
      const passed = ["authorization", "content-type"].flatMap((name): [string, string][] => {
        const value = headers[name];
        return typeof value === "string" ? [[name, value]] : [];
      });
      const own = await fetch(address + url, {
        method,
        headers: passed,
        ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
      });
      const kept = [...own.headers].filter(([name]) => !/^(connection|content-length|keep-alive|transfer-)/.test(name));
      const answered = faults.answer(`${method} ${url}`, {
        status: own.status,
        headers: Object.fromEntries(kept),
        body: Buffer.from(await own.arrayBuffer()),
      });
      response.writeHead(answered.status, answered.headers).end(answered.body);
    })();
  });
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on("upgrade", (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (inside) => {
      const { url = "/" } = request;
      const outside = new WebSocket(address.replace("http", "ws") + url, inside.protocol === "" ? [] : inside.protocol);
      const waiting: Buffer[] = [];
      let leaks = url.startsWith("/feed") ? faults.feed : faults.live;
      const isTime = (bytes: Buffer): boolean => {
        if (!url.startsWith("/feed")) return true;
        const frame = decodeRelayFrame(bytes);
        return frame.ok && frame.value.kind === "upToDate";
      };
      inside.on("message", (bytes: Buffer) =>
        outside.readyState === WebSocket.OPEN ? outside.send(bytes) : waiting.push(bytes),
      );
      outside.on("open", () => {
        for (const bytes of waiting) outside.send(bytes);
      });
      outside.on("message", (bytes: Buffer) => {
        inside.send(bytes);
        if (!isTime(bytes)) return;
        for (const leak of leaks) inside.send(leak);
        leaks = [];
      });
      inside.on("close", () => outside.close());
      outside.on("close", () => inside.close());
      for (const side of [inside, outside]) side.on("error", () => inside.terminate());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
