import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSyncStatus } from "#renderer/data/sync-status.ts";
import { createCompany, createTestRelay, openTestReplica, tick, type TestReplica } from "./test-replica.ts";

let device: TestReplica;
let stop: () => void;
const status = { keeper: createSyncStatus(tick) };

const settleReads = async (wanted: number): Promise<void> => {
  await vi.waitFor(() => expect(status.keeper.status().waiting).toBe(wanted));
};

beforeEach(async () => {
  device = await openTestReplica();
  status.keeper = createSyncStatus(tick);
  stop = status.keeper.watch(device.database);
});
afterEach(() => stop());

test("synced is said only when connected, caught up and nothing waits", async () => {
  expect(status.keeper.status().state).toBe("offline");
  status.keeper.feed({ connection: "catchingUp", progress: { done: 3, total: 9 } });
  expect(status.keeper.status()).toMatchObject({ state: "saving", progress: { done: 3, total: 9 } });
  status.keeper.feed({ connection: "live", caughtUpAt: "2026-03-01T08:00:00.000Z" });
  expect(status.keeper.status().state).toBe("synced");
  expect(status.keeper.status().progress).toBeUndefined();
});

test("short work does not flicker: saving is said after 400 ms, the number at once", async () => {
  status.keeper.feed({ connection: "live" });
  await createCompany(device);
  await settleReads(1);
  expect(status.keeper.status()).toMatchObject({ state: "synced", waiting: 1 });
  await vi.waitFor(() => expect(status.keeper.status().state).toBe("saving"), { timeout: 900 });
  await createTestRelay().push(device);
  await settleReads(0);
  expect(status.keeper.status().state).toBe("synced");
});

test("a device that counts slowly still says at once that something waits, and that nothing does any more", async () => {
  // Every look at the clock is a minute later: each count takes a minute, and the next one rests for twenty.
  let minutes = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => (minutes += 1) * 60_000);
  const relay = createTestRelay();
  status.keeper.feed({ connection: "live" });
  for (let time = 0; time < 3; time += 1) {
    await createCompany(device);
    await settleReads(1);
    await relay.push(device);
    await settleReads(0);
  }
  expect(status.keeper.status().state).toBe("synced");
  clock.mockRestore();
});

test("a lost relay is unreachable, and stays so while trying again", async () => {
  status.keeper.feed({ connection: "live" });
  status.keeper.feed({ connection: "down" });
  expect(status.keeper.status().state).toBe("unreachable");
  status.keeper.feed({ connection: "connecting" });
  expect(status.keeper.status().state).toBe("unreachable");
  expect(status.keeper.status().lastSyncedAt).toBeDefined();
});

test("a device with a network is never called offline, not while it connects for the first time either", async () => {
  await createCompany(device);
  await settleReads(1);
  status.keeper.feed({ connection: "connecting" });
  expect(status.keeper.status()).toMatchObject({ state: "saving", waiting: 1 });
  status.keeper.feed({ connection: "down" });
  expect(status.keeper.status().state).toBe("unreachable");
});

test("a refused change or a full device needs you, whatever the connection says", async () => {
  status.keeper.feed({ connection: "live" });
  status.keeper.storageFull(true);
  expect(status.keeper.status()).toMatchObject({ state: "needsYou", storageFull: true });
  status.keeper.storageFull(false);
  expect(status.keeper.status().state).toBe("synced");
  await device.database.refused.add({
    docId: "a.internal",
    recordId: "a",
    code: 1,
    reason: "no",
    at: "",
    by: "ana",
    patches: [],
    bytes: new Uint8Array(),
  });
  await vi.waitFor(() => expect(status.keeper.status()).toMatchObject({ state: "needsYou", refused: 1 }));
});
