// Documents that nobody has open cost no memory: many are opened and left, three times over.
// DRAWBRIDGE_OPEN_DOCUMENTS=10000 for the whole of it.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { syncMessage } from "#sync-server/gateways/live-messages.ts";
import { createFakeAccess } from "./fake-access.ts";
import { metaOf, startRelay, until, updateOf, type TestRelay } from "./test-relay.ts";

const DOCUMENTS = Number(process.env["DRAWBRIDGE_OPEN_DOCUMENTS"] ?? 400);
const AT_ONCE = 50;
const ROUNDS = 3;
/** What a heap grows by itself: code that was compiled, buffers that are pooled. */
const ALLOWED_BYTES = 3 * 1024 * 1024;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function openAndLeave(relay: TestRelay, recordId: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${relay.url}/live/${recordId}.internal?ticket=ana`);
    socket.once("open", () => socket.send(syncMessage("step1", new Uint8Array([0]))));
    // The answer: the document is open.
    socket.once("message", () => socket.close());
    socket.once("close", () => resolve());
    socket.once("error", reject);
  });
}

test(
  `memory does not grow with documents that nobody has open: ${DOCUMENTS} opened and left, ${ROUNDS} times`,
  { timeout: 60_000 + DOCUMENTS * 30 },
  async () => {
    const access = createFakeAccess({ ana: "sales" });
    access.join("crm", "ana", "sales");
    const relay = await startRelay(access);
    const ids = Array.from({ length: DOCUMENTS }, (_, index) => `r${index}`);
    await Promise.all(
      ids.map((id) =>
        relay.log.append({
          docId: `${id}.internal`,
          bytes: updateOf("name", id.repeat(20)),
          author: "ana",
          source: {},
          meta: metaOf(id),
        }),
      ),
    );
    const heaps: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (let start = 0; start < ids.length; start += AT_ONCE)
        await Promise.all(ids.slice(start, start + AT_ONCE).map((id) => openAndLeave(relay, id)));
      await until(() => relay.live.stats().connections === 0, "everybody left");
      expect(relay.live.stats().documents).toBe(0);
      collectGarbage();
      heaps.push(process.memoryUsage().heapUsed);
    }
    expect((heaps.at(-1) ?? Infinity) - (heaps[0] ?? 0)).toBeLessThan(ALLOWED_BYTES);
    await relay.close();
  },
);
