// A relay in this process, on a free port and a folder of its own, and a small client for its HTTP API.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { assert } from "#shared/model/result.ts";
import { configWith, type Config } from "#sync-server/config.ts";
import { syncMessage } from "#sync-server/gateways/live-messages.ts";
import { openRelay, type Relay } from "#sync-server/relay.ts";

/** What an answer says; tests read it by path and compare. */
export type Json = { readonly [key: string]: Json } & readonly Json[] & string;

export type Answer = { readonly status: number; readonly text: string; readonly headers: Headers; json(): Json };
export type Client = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

export type Harness = {
  readonly relay: Relay;
  readonly folder: string;
  client(token?: string): Client;
  signIn(email: string, password?: string): Promise<Client>;
  /** Opens a WebSocket and tells how it ended, or what came first. */
  socket(path: string, options?: { readonly origin?: string; readonly protocols?: readonly string[] }): SocketWatch;
  close(): Promise<void>;
};

export type SocketWatch = {
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  readonly refused: Promise<number>;
  readonly frames: Buffer[];
};

/** A live document's socket that has asked, as every stock client does, and was answered. */
export async function joined(watch: SocketWatch): Promise<SocketWatch> {
  const { socket, frames } = watch;
  await new Promise<void>((resolve) => socket.once("open", () => resolve()));
  const answered = new Promise<void>((resolve) => socket.once("message", () => resolve()));
  socket.send(syncMessage("step1", new Uint8Array([0])));
  await answered;
  assert(frames.length > 0, "the answer is among the frames");
  return watch;
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "drawbridge-api-"));

export async function openHarness(
  changes: Partial<Config> = {},
  folder = temporaryFolder(),
  dependencies: Parameters<typeof openRelay>[1] = {},
): Promise<Harness> {
  const opened = await openRelay(configWith({ port: 0, data: folder, ...changes }), dependencies);
  assert(opened.ok, opened.ok ? "" : opened.error.message);
  const relay = opened.value;

  function client(token?: string): Client {
    return async (method, path, body, headers = {}) => {
      const response = await fetch(relay.address + path, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, text, headers: response.headers, json: () => JSON.parse(text) };
    };
  }

  return {
    relay,
    folder,
    client,
    async signIn(email, password = "drawbridge") {
      const answer = await client()("POST", "/api/v1/auth/sign-in", { email, password });
      assert(answer.status === 200, answer.text);
      return client(answer.json().token);
    },
    socket(path, { origin, protocols = [] } = {}) {
      const socket = new WebSocket(
        relay.address.replace("http", "ws") + path,
        [...protocols],
        origin === undefined ? {} : { origin },
      );
      const frames: Buffer[] = [];
      socket.on("message", (data: Buffer) => frames.push(data));
      socket.on("error", () => undefined);
      return {
        socket,
        frames,
        closed: new Promise((resolve) => socket.on("close", resolve)),
        refused: new Promise((resolve) =>
          socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0)),
        ),
      };
    },
    async close() {
      await relay.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
