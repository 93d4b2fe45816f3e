// The bytes of files on their way: what answers a relay may give, and what stays on the device when access ends.

import "fake-indexeddb/auto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createFilesApi } from "#renderer/data/files.ts";
import { readFileStates } from "#renderer/data/file-reads.ts";
import { dropDocuments, discardWaiting } from "#renderer/data/outbox.ts";
import { docsOf } from "#renderer/data/record-rows.ts";
import { createRelayHttp } from "#renderer/data/relay-http.ts";
import { sendFiles, type FileSender } from "#renderer/data/send-files.ts";
import { createSyncStatus } from "#renderer/data/sync-status.ts";
import { createWaitingApi, type WaitingApi } from "#renderer/data/sync.ts";
import { readRefused } from "#renderer/data/waiting-changes.ts";
import { createTestRelay, openTestReplica, settle, tick, unwrap, type TestReplica } from "./test-replica.ts";

type Answer = () => Response | Promise<Response>;

const refusal = (status: number): Answer => {
  const body = { error: { type: "Refused", message: `No, ${status}.` } };
  return () => Response.json(body, { status });
};
const html =
  (status: number): Answer =>
  () =>
    new Response("<html>Sign in to the hotel</html>", { status, headers: { "content-type": "text/html" } });
/** More than any file of this test has: it is there. */
const fine: Answer = () => Response.json({ brought: 1_000 });
const noNetwork: Answer = () => Promise.reject(new TypeError("fetch failed"));

let sender: FileSender | undefined;
afterEach(() => {
  sender?.close();
  sender = undefined;
});

type World = {
  readonly device: TestReplica;
  waiting(): WaitingApi;
  readonly files: ReturnType<typeof createFilesApi>;
  /** File id -> what the relay answers to its bytes; `fine` when not said. */
  readonly answers: Map<string, Answer>;
  readonly uploads: string[];
  attach(name: string): Promise<string>;
  start(): void;
};

async function openWorld(): Promise<World> {
  const device = await openTestReplica("igor", "consultant");
  const relay = createTestRelay();
  const answers = new Map<string, Answer>();
  const uploads: string[] = [];
  const http = createRelayHttp("http://relay.test", async (input, options) => {
    const id = /\/files\/([^/?]+)/.exec(input instanceof Request ? input.url : input.toString())?.[1] ?? "";
    if (options?.method !== "PUT") return Response.json({ brought: 0 });
    uploads.push(id);
    return (answers.get(id) ?? fine)();
  });
  const token = (): string => "token";
  const replica = () => device.replica;
  const files = createFilesApi({ replica, quota: device.watch, edit: device.edit, http, token });
  return {
    device,
    waiting: () => createWaitingApi(replica, { edit: device.edit, unkept: () => [] }),
    files,
    answers,
    uploads,
    attach: async (name) => {
      const bytes = new TextEncoder().encode(`The bytes of ${name}`);
      const made = await files.attach({
        about: "m2",
        space: "crm",
        audience: "internal",
        name,
        mimeType: "text/plain",
        bytes,
      });
      await settle(relay, device);
      return unwrap(made).id;
    },
    start: () => {
      sender = sendFiles(device.replica, { http, token }, () => undefined, 20);
    },
  };
}

const kindOf = async ({ device }: World, id: string): Promise<string | undefined> =>
  (await readFileStates(device.database, [id])).get(id)?.kind;

describe("the bytes of a file", () => {
  test.each([
    ["the relay's disk is full", refusal(500)],
    ["the relay is restarting", html(503)],
    ["too many requests", refusal(429)],
    ["the relay was too slow", refusal(408)],
    ["a proxy that takes no large files", html(413)],
    ["a captive portal", html(200)],
    ["no network", noNetwork],
  ])("are sent again after an answer that passes: %s", async (_why, answer) => {
    const world = await openWorld();
    const photo = await world.attach("photo.jpg");
    world.answers.set(photo, answer);
    world.start();
    await vi.waitFor(() => expect(world.uploads.length).toBeGreaterThan(1));
    expect(await kindOf(world, photo)).toBe("waits");
    expect(await world.device.database.refused.count()).toBe(0);
    world.answers.delete(photo);
    await vi.waitFor(async () => expect(await kindOf(world, photo)).toBe("here"));
  });

  test("of one file hold up no other", async () => {
    const world = await openWorld();
    const [first, second] = [await world.attach("a.jpg"), await world.attach("b.jpg")].sort();
    world.answers.set(first ?? "", refusal(500));
    world.start();
    await vi.waitFor(async () => expect(await kindOf(world, second ?? "")).toBe("here"));
    expect(await kindOf(world, first ?? "")).toBe("waits");
  });

  test.each([400, 403, 404, 410, 413, 422])(
    "refused for good (%i): in the tray with the reason, never called synced, tried again by a button",
    async (status) => {
      const world = await openWorld();
      const photo = await world.attach("photo.jpg");
      world.answers.set(photo, refusal(status));
      world.start();
      await vi.waitFor(async () => expect(await kindOf(world, photo)).toBe("refused"));
      const [inTray] = await readRefused(world.device.replica);
      expect(inTray).toMatchObject({ recordId: photo, title: "photo.jpg", reason: `No, ${status}.`, file: true });
      const keeper = createSyncStatus(tick);
      const stop = keeper.watch(world.device.database);
      keeper.feed({ connection: "live" });
      await vi.waitFor(() => expect(keeper.status()).toMatchObject({ state: "needsYou", refused: 1 }));
      stop();
      expect(await unwrap(await world.files.open(photo)).text()).toBe("The bytes of photo.jpg");

      world.answers.delete(photo);
      await world.waiting().retryRefused(inTray?.id ?? 0);
      await vi.waitFor(async () => expect(await kindOf(world, photo)).toBe("here"));
      expect(await world.device.database.refused.count()).toBe(0);
    },
  );

  test("refused for good and discarded leave this device", async () => {
    const world = await openWorld();
    const photo = await world.attach("photo.jpg");
    world.answers.set(photo, refusal(403));
    world.start();
    await vi.waitFor(async () => expect(await kindOf(world, photo)).toBe("refused"));
    const [inTray] = await readRefused(world.device.replica);
    await world.waiting().discardRefused(inTray?.id ?? 0);
    expect([await world.device.database.files.count(), await world.device.database.refused.count()]).toEqual([0, 0]);
  });
});

describe("when access ends", () => {
  /** An attachment of which the relay has nothing yet, not even the record. */
  const attachInCellar = async ({ files }: World): Promise<string> =>
    unwrap(
      await files.attach({
        about: "m2",
        space: "crm",
        audience: "internal",
        name: "cellar.jpg",
        mimeType: "image/jpeg",
        bytes: new Uint8Array([1, 2, 3]),
      }),
    ).id;
  const end = async ({ device }: World, ...ids: readonly string[]): Promise<void> =>
    dropDocuments(
      device.replica,
      (await docsOf(device.database, ids)).map((doc) => doc.docId),
    );

  test("bytes the relay has leave the device with their record", async () => {
    const world = await openWorld();
    const photo = await world.attach("photo.jpg");
    world.start();
    await vi.waitFor(async () => expect(await kindOf(world, photo)).toBe("here"));
    await end(world, photo);
    expect(await world.device.database.files.count()).toBe(0);
    expect(await world.files.open(photo)).toMatchObject({ ok: false });
  });

  test("own bytes that nobody else has go to the tray, can be saved, and leave when they are discarded", async () => {
    const world = await openWorld();
    const photo = await world.attach("photo.jpg");
    await end(world, photo);
    const [inTray, ...more] = await readRefused(world.device.replica);
    expect(more).toEqual([]);
    expect(inTray).toMatchObject({ recordId: photo, title: "photo.jpg", file: true });
    expect(await unwrap(await world.files.open(photo)).text()).toBe("The bytes of photo.jpg");
    const waiting = world.waiting();
    await waiting.retryRefused(inTray?.id ?? 0);
    expect((await readRefused(world.device.replica))[0]?.reason).toContain("no longer shared");
    await waiting.discardRefused(inTray?.id ?? 0);
    expect([await world.device.database.files.count(), await world.device.database.refused.count()]).toEqual([0, 0]);
  });

  test("a file whose record never arrived is in the tray once, with its bytes", async () => {
    const world = await openWorld();
    const id = await attachInCellar(world);
    await end(world, id);
    const inTray = await readRefused(world.device.replica);
    expect(inTray).toMatchObject([{ recordId: id, title: "cellar.jpg", file: true }]);
    await world.waiting().discardRefused(inTray[0]?.id ?? 0);
    expect(await world.device.database.files.count()).toBe(0);
  });

  test("an attachment that is taken back before it was sent takes its bytes along", async () => {
    const world = await openWorld();
    const id = await attachInCellar(world);
    await discardWaiting(world.device.replica, id);
    expect(await world.device.database.files.count()).toBe(0);
  });

  test("bytes that arrive after their record left are not kept", async () => {
    const world = await openWorld();
    const photo = await world.attach("photo.jpg");
    world.answers.set(photo, async () => {
      await end(world, photo);
      const [inTray] = await readRefused(world.device.replica);
      await world.waiting().discardRefused(inTray?.id ?? 0);
      return fine();
    });
    world.start();
    await vi.waitFor(async () => expect(await world.device.database.documents.count()).toBe(0));
    await vi.waitFor(async () => expect(await world.device.database.refused.count()).toBe(0));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await world.device.database.files.count()).toBe(0);
  });
});
