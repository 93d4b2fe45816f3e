// What the device does when the relay ends its connection and says why: it tells so, waits a minute, and goes on.

import "fake-indexeddb/auto";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { backoffMs, openFeedClient, type FeedClient } from "#renderer/data/feed-client.ts";
import type { FeedState } from "#renderer/data/feed-state.ts";
import { createSyncStatus } from "#renderer/data/sync-status.ts";
import { chipWords } from "#renderer/features/sync/sync-words.ts";
import { closeCodes } from "#shared/protocol/close-codes.ts";
import { decodeClientFrame } from "#shared/protocol/frames.ts";
import { ok } from "#shared/model/result.ts";
import { openTestReplica, tick } from "./test-replica.ts";

let client: FeedClient | undefined;
afterEach(async () => {
  await client?.close();
  client = undefined;
});

function openClient(
  { replica, watch }: Awaited<ReturnType<typeof openTestReplica>>,
  Socket: new () => EventTarget,
  onState: (state: FeedState) => void,
): FeedClient {
  return openFeedClient({
    replica,
    relayUrl: "http://relay.example",
    WebSocket: Socket as unknown as typeof WebSocket,
    ticket: async () => ok("ticket"),
    held: { isHeld: () => false },
    quota: watch,
    onState,
    keys: async () => ok(undefined),
    handBack: async () => ok(undefined),
  });
}

/** What a feed client asks of a WebSocket; nothing arrives, and what is sent goes nowhere. */
class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  readonly OPEN = 1;
  readyState = 1;
  binaryType = "blob";
  send(_bytes: Uint8Array): void {}
  close(): void {}
}

/** A relay that opens every connection and ends it with the same code. */
async function closedWith(code: number): Promise<{ states: readonly FeedState[]; connections: () => number }> {
  const device = await openTestReplica();
  const states: FeedState[] = [];
  let connections = 0;
  class ClosingSocket extends FakeSocket {
    constructor() {
      super();
      connections += 1;
      queueMicrotask(() => this.dispatchEvent(Object.assign(new Event("close"), { code })));
    }
  }
  client = openClient(device, ClosingSocket, (state) => states.push(state));
  await vi.waitFor(() => expect(states.at(-1)?.connection).toBe("down"));
  return { states, connections: () => connections };
}

test.each([
  [closeCodes.clientTooOld, "appTooOld", "Update the app"],
  [closeCodes.badFrame, "notUnderstood", "Server does not understand"],
  [closeCodes.tooLarge, "notUnderstood", "Server does not understand"],
  [closeCodes.tooFast, "tooFast", "Server asks to wait"],
  [closeCodes.restarting, undefined, "Server not reachable"],
] as const)("closed with %i: %s", async (code, trouble, words) => {
  const { states, connections } = await closedWith(code);
  const state = states.at(-1);
  expect(state?.trouble).toBe(trouble);
  const status = createSyncStatus(tick);
  status.feed(state ?? { connection: "live" });
  expect(chipWords(status.status()).short).toBe(words);
  expect(connections()).toBe(1);
});

test("says hello before anything else, also to a device whose network comes back in that very moment", async () => {
  const device = await openTestReplica();
  const sent: string[] = [];
  class ListeningSocket extends FakeSocket {
    constructor() {
      super();
      queueMicrotask(() => {
        this.dispatchEvent(new Event("open"));
        // The hello still reads the device's database.
        client?.syncNow();
      });
    }
    override send(bytes: Uint8Array): void {
      const frame = decodeClientFrame(bytes);
      sent.push(frame.ok ? frame.value.kind : "unreadable");
    }
  }
  client = openClient(device, ListeningSocket, () => undefined);
  await vi.waitFor(() => expect(sent).toContain("hello"));
  client.syncNow();
  expect(sent).toEqual(["hello", "ping"]);
});

test("tries are spread: never at once, at most 15 s apart; a minute or two after the relay said why", () => {
  fc.assert(
    fc.property(fc.nat({ max: 40 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (tries, random) => {
      const wait = backoffMs(tries, false, () => random);
      expect(wait).toBeGreaterThanOrEqual(500);
      expect(wait).toBeLessThanOrEqual(15_000);
      const calm = backoffMs(tries, true, () => random);
      expect(calm).toBeGreaterThanOrEqual(60_000);
      expect(calm).toBeLessThanOrEqual(120_000);
    }),
  );
  const spread = Array.from({ length: 100 }, (_, index) => backoffMs(8, false, () => index / 100));
  expect(new Set(spread).size).toBe(100);
});
