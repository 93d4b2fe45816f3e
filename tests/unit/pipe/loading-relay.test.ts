// A relay that is still reading its log, as a device meets it: out of reach for a moment, and never a reason to sign anybody out.

import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createRelayHttp } from "#renderer/data/relay-http.ts";
import { assert } from "#shared/model/result.ts";
import { listen, type HttpListener } from "#sync-server/http-listener.ts";

let listener: HttpListener | undefined;
afterEach(async () => listener?.close());

async function loadingRelay(): Promise<string> {
  const listening = await listen({ port: 0, host: "127.0.0.1" });
  assert(listening.ok, "it listens");
  listener = listening.value;
  return `http://127.0.0.1:${listener.port}`;
}

const closeCodeOf = (address: string): Promise<number> =>
  new Promise((resolve) => {
    const socket = new WebSocket(address.replace("http", "ws"));
    socket.on("close", resolve);
    // What comes before the close says the same.
    socket.on("error", () => undefined);
  });

test("every call of the API finds the server out of reach, with a session and without", async () => {
  const http = createRelayHttp(await loadingRelay(), fetch);
  const unreachable = { ok: false, error: { type: "Unreachable" } };
  expect(await http.call("POST", "/auth/sign-in", { body: { email: "a@b.example", password: "x" } })).toMatchObject(
    unreachable,
  );
  for (const path of ["/tickets", "/me"])
    expect(await http.call("POST", path, { token: "t" })).toMatchObject(unreachable);
  expect(await http.file("/privacy/export", { token: "t" })).toMatchObject(unreachable);
  expect(await http.upload("/files/f1", new Uint8Array(2_000), "t")).toMatchObject({ error: { type: "NotNow" } });
  expect(await http.brought("/files/f1", "t")).toMatchObject({ error: { type: "NotNow" } });
});

test("a socket is refused as by a network that failed, so that stock clients try again; then it is let in", async () => {
  const address = await loadingRelay();
  expect(await closeCodeOf(address)).toBe(1006);

  const reached: string[] = [];
  listener?.serve({
    request: (_request, response) => void response.end("served"),
    upgrade(request, socket) {
      reached.push(request.url ?? "");
      socket.destroy();
    },
  });
  expect(await (await fetch(address)).text()).toBe("served");
  await closeCodeOf(`${address}/feed`);
  expect(reached).toEqual(["/feed"]);
});
