import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { err, ok } from "#shared/model/result.ts";
import { createLateEngine } from "#renderer/data/late-engine.ts";
import { createRelayHttp } from "#renderer/data/relay-http.ts";
import { createUnsaved } from "#renderer/data/unsaved.ts";
import { openTestReplica, unwrap } from "./test-replica.ts";

test("several works are unsaved until the last of them has ended, also in failure", async () => {
  const unsaved = createUnsaved();
  await unsaved.settled();
  const ends = [unsaved.begin(), unsaved.begin()];
  const failing = unsaved.track(() => Promise.reject(new Error("no disk")));
  expect(unsaved.any()).toBe(true);
  await expect(failing).rejects.toThrow("no disk");
  let isSettled = false;
  const settled = unsaved.settled().then(() => (isSettled = true));
  ends[0]?.();
  ends[0]?.();
  await Promise.resolve();
  expect([unsaved.any(), isSettled]).toEqual([true, false]);
  ends[1]?.();
  await settled;
  expect(unsaved.any()).toBe(false);
});

test("an edit is unsaved from being asked for, while its code is still loading, until it is on the disk", async () => {
  const { replica, database, watch } = await openTestReplica();
  const unsaved = createUnsaved();
  const http = createRelayHttp("http://127.0.0.1:1", () => Promise.reject(new Error("no network")));
  const engine = createLateEngine(unsaved, {
    http,
    token: () => undefined,
    replica: () => replica,
    quota: watch,
    live: {
      database: () => database,
      relayUrl: "http://127.0.0.1:1",
      ticket: async () => undefined,
      me: () => replica.me,
      unsaved,
      relay: { reached: () => undefined, onReached: () => () => undefined },
    },
    feed: {
      relayUrl: "http://127.0.0.1:1",
      WebSocket,
      ticket: async () => err({ type: "Unreachable" }),
      keys: async () => ok(undefined),
    },
  });
  const creating = engine.edit.create({ type: "company", space: "crm", values: { name: "Harbor Clinic" } });
  expect(unsaved.any()).toBe(true);
  await unsaved.settled();
  expect(await database.records.count()).toBe(1);
  const { id } = unwrap(await creating);
  const refused = engine.edit.set(id, { noSuchField: "x" });
  expect(unsaved.any()).toBe(true);
  expect((await refused).ok).toBe(false);
  expect(unsaved.any()).toBe(false);
});
